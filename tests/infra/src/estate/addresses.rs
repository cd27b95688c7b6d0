//! Addresses of all networks.

use serde_json::Value;

use crate::{
    range::Range,
    snapshot::{Snapshot, members, text, texts},
};

/// A range, and whose it is.
type Named = (String, Range);

/// No network overlaps another, nor what a cluster keeps to itself, and subnets are separate parts of their network.
#[must_use]
pub fn addresses(snapshot: &Snapshot) -> Vec<String> {
    let mut faults = Vec::new();
    let mut networks = Vec::new();
    for network in snapshot.of_type("Microsoft.Network/virtualNetworks") {
        let spaces = texts(&network["properties"]["addressSpace"]["addressPrefixes"]);
        let spaces = ranges(spaces.map(|space| (text(&network["name"]), space)), &mut faults);
        faults.extend(subnets(network, &spaces));
        networks.extend(spaces);
    }
    faults.extend(overlaps(&networks));
    for cluster in snapshot.of_type("Microsoft.ContainerService/managedClusters") {
        let profile = &cluster["properties"]["networkProfile"];
        let name = |what: &str| format!("{what} of {}", text(&cluster["name"]));
        let (pods, services) = (name("pods"), name("services"));
        let own =
            [(pods.as_str(), text(&profile["podCidr"])), (services.as_str(), text(&profile["serviceCidr"]))];
        // Other clusters may have the same: nothing outside of a cluster sees these addresses.
        let own = ranges(own.into_iter(), &mut faults);
        faults
            .extend(overlaps(&[own, networks.clone()].concat()).into_iter().filter(|it| it.contains(" of ")));
    }
    faults
}

fn subnets(network: &Value, spaces: &[Named]) -> Vec<String> {
    let mut faults = Vec::new();
    let parts = members(&network["properties"]["subnets"]).flat_map(|subnet| {
        let (one, several) =
            (&subnet["properties"]["addressPrefix"], &subnet["properties"]["addressPrefixes"]);
        texts(several).chain(one.as_str()).map(|range| (text(&subnet["name"]), range))
    });
    let parts = ranges(parts, &mut faults);
    let outside = parts.iter().filter(|(_, part)| !spaces.iter().any(|(_, space)| space.contains(*part)));
    faults.extend(outside.map(|(name, _)| format!("{name} isn't part of {}", text(&network["name"]))));
    faults.extend(overlaps(&parts).into_iter().map(|it| format!("{}: {it}", text(&network["name"]))));
    faults
}

/// Those that can be read; a fault for each of the others.
fn ranges<'a>(texts: impl Iterator<Item = (&'a str, &'a str)>, faults: &mut Vec<String>) -> Vec<Named> {
    let mut ranges = Vec::new();
    for (name, text) in texts {
        match text.parse() {
            Ok(range) => ranges.push((name.to_owned(), range)),
            Err(fault) => faults.push(format!("{name}: {fault}")),
        }
    }
    ranges
}

/// A sentence for each pair.
fn overlaps(ranges: &[Named]) -> Vec<String> {
    let mut faults = Vec::new();
    for (index, (name, range)) in ranges.iter().enumerate() {
        let clashing = ranges[index + 1..].iter().filter(|(_, other)| range.overlaps(*other));
        faults.extend(clashing.map(|(other, _)| format!("{name} overlaps {other}")));
    }
    faults
}
