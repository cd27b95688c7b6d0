//! The cluster of a stamp.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::{
    snapshot::{Snapshot, last_name, members, same, text, texts},
    stamp::{Stamp, shared},
};

/// Minutes of a day.
const DAY: i64 = 24 * 60;

/// R01: two regions or more, each with a cluster and a way in of its own.
#[must_use]
pub fn clusters_in_regions(snapshot: &Snapshot) -> Vec<String> {
    let stamps: Vec<Stamp> = Stamp::all(snapshot).collect();
    let regions: BTreeSet<&str> = stamps.iter().map(|stamp| text(&stamp.cluster()["location"])).collect();
    let mut faults: Vec<String> = stamps.iter().flat_map(cluster_of_region).collect();
    if regions.len() < 2 || regions.len() < stamps.len() {
        faults.push(format!("{} stamps have clusters in {regions:?}", stamps.len()));
    }
    faults
}

fn cluster_of_region(stamp: &Stamp) -> Vec<String> {
    let region = &stamp.group["location"];
    stamp.faults([
        (!stamp.cluster().is_null(), "has no cluster of its own"),
        (same(&stamp.cluster()["location"], region), "its cluster isn't in its region"),
        (same(&stamp.gateway()["location"], region), "no gateway of its own lets traffic in"),
    ])
}

/// R50: the cluster has a resource group of its own, in its region.
#[must_use]
pub fn resource_group(stamp: &Stamp) -> Vec<String> {
    let clusters = stamp.of_type("Microsoft.ContainerService/managedClusters").count();
    stamp.faults([
        (clusters == 1, "its resource group holds another number of clusters than one"),
        (
            same(&stamp.group["location"], &stamp.cluster()["location"]),
            "group and cluster are in different regions",
        ),
    ])
}

/// R63: every pool grows by itself. Of *r* regions one may fail, so its maximum is at least *r* / (*r* − 1) of what runs at
/// the least.
#[must_use]
pub fn autoscaler(stamp: &Stamp) -> Vec<String> {
    let regions = Stamp::all(stamp.snapshot).count() as u64;
    let pools = members(&stamp.cluster()["properties"]["agentPoolProfiles"]);
    let grows = |pool: &Value| {
        let (least, most) = (pool["minCount"].as_u64(), pool["maxCount"].as_u64());
        let needed = |least: u64| (least * regions).div_ceil(regions.saturating_sub(1).max(1));
        pool["enableAutoScaling"] == true
            && pool["count"].is_null()
            && least.zip(most).is_some_and(|(least, most)| most >= needed(least))
    };
    let rigid = pools.clone().filter(|pool| !grows(pool)).map(|pool| text(&pool["name"]));
    let mut faults: Vec<String> =
        rigid.map(|pool| format!("{}: pool {pool} has no room to grow by itself", stamp.name)).collect();
    faults.extend(stamp.faults([(pools.count() > 0, "has no pools")]));
    faults
}

/// R16: nodes of every pool in three zones.
#[must_use]
pub fn zones(stamp: &Stamp) -> Vec<String> {
    let mut pools = members(&stamp.cluster()["properties"]["agentPoolProfiles"]).peekable();
    let some = pools.peek().is_some();
    let spread = |pool: &Value| {
        let zones: BTreeSet<&str> = texts(&pool["availabilityZones"]).collect();
        zones.len() == 3 && pool["minCount"].as_u64() >= Some(3)
    };
    stamp.faults([(some && pools.all(spread), "the loss of a zone can take a whole pool")])
}

/// R11: the cluster upgrades nothing by itself; the fleet does.
#[must_use]
pub fn upgrades_come_from_the_fleet(stamp: &Stamp) -> Vec<String> {
    let profile = &stamp.cluster()["properties"]["autoUpgradeProfile"];
    stamp.faults([
        (profile["upgradeChannel"] == "none", "upgrades Kubernetes by itself"),
        (profile["nodeOSUpgradeChannel"] == "None", "upgrades node images by itself"),
    ])
}

/// R42, R44: Flux configures the cluster from the repository, Azure Policy watches it.
#[must_use]
pub fn bootstrap(stamp: &Stamp) -> Vec<String> {
    let flux = stamp.the("Microsoft.KubernetesConfiguration/fluxConfigurations");
    let policy = &stamp.cluster()["properties"]["addonProfiles"]["azurepolicy"];
    stamp.faults([
        (!stamp.the("Microsoft.KubernetesConfiguration/extensions").is_null(), "Flux isn't installed"),
        (flux["properties"]["kustomizations"]["cluster"]["prune"] == true, "Flux doesn't remove what left"),
        (
            flux["properties"]["kustomizations"]["cluster"]["path"] == "./infra/workload/cluster",
            "Flux applies something else",
        ),
        (policy["enabled"] == true, "the policy add-on is off"),
    ])
}

/// R88: cluster and nodes are updated in the region's own night, and on a day of its own.
#[must_use]
pub fn maintenance(stamp: &Stamp) -> Vec<String> {
    let windows: Vec<&Value> = windows_of(*stamp).collect();
    let names: BTreeSet<&str> = windows.iter().map(|it| last_name(text(&it["id"]))).collect();
    let others = Stamp::all(stamp.snapshot).filter(|other| other.name != stamp.name);
    let taken: BTreeSet<&str> = others.flat_map(|other| windows_of(other).map(day)).collect();
    stamp.faults([
        (
            names == BTreeSet::from(["aksManagedAutoUpgradeSchedule", "aksManagedNodeOSUpgradeSchedule"]),
            "not both of cluster and nodes have a window",
        ),
        (windows.iter().all(|window| at_night(window)), "a window isn't in the night"),
        (windows.iter().all(|window| !taken.contains(day(window))), "another region is updated on that day"),
    ])
}

fn windows_of(stamp: Stamp<'_>) -> impl Iterator<Item = &Value> {
    let kind = "Microsoft.ContainerService/managedClusters/maintenanceConfigurations";
    stamp.snapshot.of_type(kind).filter(move |it| stamp.holds(text(&it["id"])))
}

fn day(window: &Value) -> &str {
    text(&window["properties"]["maintenanceWindow"]["schedule"]["weekly"]["dayOfWeek"])
}

/// Between eight in the evening and eight in the morning of a stated local time, four hours at least.
fn at_night(window: &Value) -> bool {
    let window = &window["properties"]["maintenanceWindow"];
    let start = text(&window["startTime"]).split_once(':');
    let start =
        start.and_then(|(hour, minute)| Some(hour.parse::<i64>().ok()? * 60 + minute.parse::<i64>().ok()?));
    let length = window["durationHours"].as_i64().map(|hours| hours * 60);
    let known_offset = text(&window["utcOffset"]).len() == "+00:00".len();
    let (evening, morning) = (20 * 60, 8 * 60 + DAY);
    start.zip(length).is_some_and(|(start, length)| {
        let start = if start < evening { start + DAY } else { start };
        known_offset && length >= 4 * 60 && start + length <= morning
    })
}

/// R89: what a namespace costs can be seen. Azure asks for a paid tier.
#[must_use]
pub fn cost_analysis(stamp: &Stamp) -> Vec<String> {
    let cluster = stamp.cluster();
    stamp.faults([
        (cluster["properties"]["metricsProfile"]["costAnalysis"]["enabled"] == true, "cost analysis is off"),
        (["Standard", "Premium"].contains(&text(&cluster["sku"]["tier"])), "its tier has no cost analysis"),
    ])
}

/// R10, R75, R77: the one registry is replicated to the region, and the stamp pulls from it.
#[must_use]
pub fn registry(stamp: &Stamp) -> Vec<String> {
    let registry = shared(stamp.snapshot, "Microsoft.ContainerRegistry/registries");
    let region = &stamp.group["location"];
    let replicas = stamp.snapshot.of_type("Microsoft.ContainerRegistry/registries/replications");
    let mut copies = replicas.chain([registry]).filter(|copy| same(&copy["location"], region));
    let server = format!("{}.azurecr.io", text(&registry["name"]));
    let flux = stamp.the("Microsoft.KubernetesConfiguration/fluxConfigurations");
    let variables = &flux["properties"]["kustomizations"]["cluster"]["postBuild"]["substitute"];
    stamp.faults([
        (registry["sku"]["name"] == "Premium", "the registry can't be replicated"),
        (
            copies.any(|copy| copy["properties"]["zoneRedundancy"] == "Enabled"),
            "the registry has no replica there",
        ),
        (variables["REGISTRY_LOGIN_SERVER"] == server.as_str(), "images come from another registry"),
    ])
}
