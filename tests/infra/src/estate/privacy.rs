//! Private endpoints, and the names by which they are found.

use serde_json::Value;

use crate::{
    snapshot::{Snapshot, is_of_type, members, same, text},
    stamp::{Stamp, refers_to},
};

const ENDPOINTS: &str = "Microsoft.Network/privateEndpoints";

/// What is reached by private endpoints, and what the name of its DNS zone has in it.
const PRIVATE: [(&str, &str); 4] = [
    ("Microsoft.ContainerRegistry/registries", "privatelink.azurecr.io"),
    ("Microsoft.KeyVault/vaults", "privatelink.vaultcore.azure.net"),
    ("Microsoft.ServiceBus/namespaces", "privatelink.servicebus.windows.net"),
    ("Microsoft.Storage/storageAccounts", "privatelink.blob."),
];

/// Storage that nobody reaches by network: Azure's Network Watcher writes flow logs as a trusted service, and people read
/// what the workspace made of them.
const FLOW_LOGS: &str = "stflow";

/// Every private resource has an endpoint, in each region that uses it, and a DNS zone by which the endpoint's own network
/// finds it. The Kubernetes APIs have their zones too.
#[must_use]
pub fn privacy(snapshot: &Snapshot) -> Vec<String> {
    let mut faults: Vec<String> = Stamp::all(snapshot).flat_map(|stamp| api(&stamp)).collect();
    for (kind, zone) in PRIVATE {
        for resource in snapshot.of_type(kind).filter(|it| !text(&it["name"]).starts_with(FLOW_LOGS)) {
            faults.extend(reachable(snapshot, resource, zone));
        }
    }
    faults
}

fn reachable(snapshot: &Snapshot, resource: &Value, zone: &str) -> Vec<String> {
    let name = text(&resource["name"]);
    let leads_here = |endpoint: &&Value| {
        members(&endpoint["properties"]["privateLinkServiceConnections"])
            .any(|it| refers_to(&it["properties"]["privateLinkServiceId"], resource))
    };
    let endpoints: Vec<&Value> = snapshot.of_type(ENDPOINTS).filter(leads_here).collect();
    let mut faults = Vec::new();
    if endpoints.is_empty() {
        faults.push(format!("{name} has no private endpoint"));
    }
    // The one registry is pulled from in every region, without a way through another.
    if is_of_type(resource, "Microsoft.ContainerRegistry/registries") {
        let without =
            Stamp::all(snapshot).filter(|stamp| !endpoints.iter().any(|it| stamp.holds(text(&it["id"]))));
        faults.extend(without.map(|stamp| format!("{name} has no private endpoint in {}", stamp.name)));
    }
    let unnamed = endpoints.iter().filter(|endpoint| !is_found(snapshot, endpoint, zone));
    faults.extend(unnamed.map(|it| format!("{} isn't found by name in its network", text(&it["name"]))));
    faults
}

/// Whether the endpoint's zone group names a zone that is called so and linked to the endpoint's network.
fn is_found(snapshot: &Snapshot, endpoint: &Value, zone: &str) -> bool {
    let below = format!("{}/", text(&endpoint["id"]));
    let network = text(&endpoint["properties"]["subnet"]["id"]).split("/subnets/").next().unwrap_or_default();
    let mut groups = snapshot
        .of_type("Microsoft.Network/privateEndpoints/privateDnsZoneGroups")
        .filter(|group| text(&group["id"]).starts_with(&below));
    groups.any(|group| {
        let configured = &group["properties"]["privateDnsZoneConfigs"][0]["properties"]["privateDnsZoneId"];
        let mut zones = snapshot.of_type("Microsoft.Network/privateDnsZones");
        text(configured).contains(zone)
            && zones.any(|it| refers_to(configured, it) && is_linked(snapshot, it, network))
    })
}

fn is_linked(snapshot: &Snapshot, zone: &Value, network: &str) -> bool {
    let name = text(&zone["name"]);
    let is_of_zone = |link: &Value| match name.strip_prefix('[').and_then(|name| name.strip_suffix(']')) {
        // Azure has yet to tell the name: the link's is an expression around the zone's.
        Some(expression) => text(&link["name"]).contains(expression),
        None => text(&link["id"]).starts_with(&format!("{}/", text(&zone["id"]))),
    };
    let mut links = snapshot.of_type("Microsoft.Network/privateDnsZones/virtualNetworkLinks");
    links.any(|link| {
        text(&link["properties"]["virtualNetwork"]["id"]).eq_ignore_ascii_case(network) && is_of_zone(link)
    })
}

/// The zone of the private Kubernetes API is the stamp's own. AKS links the nodes' network itself; names are asked for in
/// the hub, whose firewall is the region's DNS server.
fn api(stamp: &Stamp) -> Vec<String> {
    let zone = &stamp.cluster()["properties"]["apiServerAccessProfile"]["privateDNSZone"];
    let known = stamp.of_type("Microsoft.Network/privateDnsZones").find(|it| same(zone, &it["id"]));
    let linked = known.is_some_and(|zone| is_linked(stamp.snapshot, zone, text(&stamp.hub()["id"])));
    stamp.faults([
        (known.is_some(), "the zone of the Kubernetes API isn't the region's own"),
        (linked, "the hub doesn't find the Kubernetes API"),
    ])
}
