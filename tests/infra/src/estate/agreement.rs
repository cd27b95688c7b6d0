//! What infrastructure and handler must say in the same way, so that they fit without edits.

use std::collections::BTreeSet;

use fleet_core::config::FleetConfig;
use serde_json::Value;

use crate::{
    snapshot::{Snapshot, members, same, text},
    stamp::{Stamp, shared},
};

/// What the handler's configuration says about clusters.
#[derive(Debug, Clone, Copy)]
pub struct Handler<'a> {
    /// Its configuration.
    pub config: &'a FleetConfig,
    /// The regions that have a parameter file.
    pub regions: &'a BTreeSet<String>,
}

/// Clusters are in scope; their tags say group and host in the handler's words; everybody asks the same health path; and the
/// regions are those with a parameter file.
#[must_use]
pub fn agreement(snapshot: &Snapshot, handler: Handler) -> Vec<String> {
    let mut faults: Vec<String> = Stamp::all(snapshot).flat_map(|it| cluster(&it, handler.config)).collect();
    let stamps: BTreeSet<String> = Stamp::all(snapshot).map(|stamp| stamp.name.to_owned()).collect();
    let differing = stamps.symmetric_difference(handler.regions);
    faults.extend(differing.map(|region| format!("{region} is deployed or has a parameter file, not both")));
    let probe = &shared(snapshot, "Microsoft.Cdn/profiles/originGroups")["properties"]["healthProbeSettings"];
    let asked = handler.config.traffic.as_ref().map_or("", |traffic| &traffic.health_path);
    if text(&probe["probePath"]) != asked {
        faults.push(format!("Front Door asks {} and the handler {asked:?}", probe["probePath"]));
    }
    faults
}

fn cluster(stamp: &Stamp, config: &FleetConfig) -> Vec<String> {
    let tags = &stamp.cluster()["tags"];
    let gateway = &stamp.gateway()["properties"];
    let listener = &gateway["httpListeners"][0]["properties"]["hostName"];
    let traffic = config.traffic.as_ref();
    let scope = &config.scope;
    let group = text(&stamp.group["name"]);
    let in_group = |pattern: &String| match pattern.strip_suffix('*') {
        Some(beginning) => group.starts_with(beginning),
        None => group == pattern,
    };
    let tagged = scope.tags.iter().all(|(name, value)| tags[name] == value.as_str());
    stamp.faults([
        (
            traffic.is_some_and(|it| tags[&it.host_tag].is_string() && tags[&it.host_tag] == *listener),
            "the cluster's tag doesn't name the host that the gateway answers for",
        ),
        (
            is_a_group(stamp, &tags[&config.membership.group_tag]),
            "the cluster's tag doesn't name an update group of the strategy",
        ),
        (
            traffic.is_some_and(|it| gateway["probes"][0]["properties"]["path"] == it.health_path.as_str()),
            "gateway and handler ask different health paths",
        ),
        (scope.resource_groups.iter().any(in_group), "its resource group isn't in the handler's scope"),
        (tagged, "the cluster lacks the tags of the handler's scope"),
        (tags[&scope.opt_out_tag].is_null(), "the cluster opts out"),
        (
            scope.subscriptions.iter().any(|it| text(&stamp.group["id"]).contains(it.as_str())),
            "its subscription isn't in the handler's scope",
        ),
    ])
}

fn is_a_group(stamp: &Stamp, name: &Value) -> bool {
    let strategy = shared(stamp.snapshot, "Microsoft.ContainerService/fleets/updateStrategies");
    let stages = members(&strategy["properties"]["strategy"]["stages"]);
    stages.flat_map(|stage| members(&stage["groups"])).any(|group| same(&group["name"], name))
}
