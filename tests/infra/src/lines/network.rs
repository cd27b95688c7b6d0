//! Networks of a stamp.

use serde_json::Value;

use crate::{
    range::Range,
    snapshot::{last_name, members, same, text, texts},
    stamp::{Stamp, only, refers_to, shared},
};

const PEERINGS: &str = "Microsoft.Network/virtualNetworks/virtualNetworkPeerings";
const POLICIES: &str = "Microsoft.Network/firewallPolicies";

/// Addresses of every subnet that Azure keeps for itself.
const TAKEN_BY_AZURE: u64 = 5;

/// R02: a hub and a spoke in the region, peered with each other both ways, and with no other region's.
#[must_use]
pub fn hub_and_spoke(stamp: &Stamp) -> Vec<String> {
    let (hub, spoke) = (stamp.hub(), stamp.spoke());
    let peered = |from: &Value, to: &Value| {
        stamp.of_type(PEERINGS).any(|peering| {
            refers_to(&peering["properties"]["remoteVirtualNetwork"]["id"], to)
                && text(&peering["id"]).starts_with(&format!("{}/", text(&from["id"])))
        })
    };
    let stays = |peering: &Value| stamp.holds(text(&peering["properties"]["remoteVirtualNetwork"]["id"]));
    stamp.faults([
        (!hub.is_null(), "no network is the firewall's"),
        (!spoke.is_null(), "no network is the nodes'"),
        (hub != spoke, "hub and spoke are one network"),
        (same(&hub["location"], &stamp.group["location"]), "the hub is in another region"),
        (same(&spoke["location"], &stamp.group["location"]), "the spoke is in another region"),
        (peered(hub, spoke), "the hub isn't peered with the spoke"),
        (peered(spoke, hub), "the spoke isn't peered with the hub"),
        (stamp.of_type(PEERINGS).all(stays), "a network is peered with another region's"),
    ])
}

/// R03: the firewall obeys a policy of its region, which is a child of the one base policy.
#[must_use]
pub fn firewall_policies(stamp: &Stamp) -> Vec<String> {
    let firewall = stamp.the("Microsoft.Network/azureFirewalls");
    let policy = stamp.the(POLICIES);
    let base = shared(stamp.snapshot, POLICIES);
    stamp.faults([
        (
            refers_to(&firewall["properties"]["firewallPolicy"]["id"], policy),
            "the firewall doesn't obey the region's policy",
        ),
        (
            refers_to(&policy["properties"]["basePolicy"]["id"], base),
            "the region's policy isn't a child of the base policy",
        ),
        (same(&policy["location"], &base["location"]), "the policy isn't in its parent's region"),
        (
            same(&policy["properties"]["sku"]["tier"], &firewall["properties"]["sku"]["tier"]),
            "firewall and policy are of different tiers",
        ),
    ])
}

/// R61: room for the failure of another region. The node subnet holds every pool at its maximum in the middle of an upgrade;
/// pods take their addresses from a range of the cluster's own, a /24 a node.
#[must_use]
pub fn room_for_failover(stamp: &Stamp) -> Vec<String> {
    let cluster = &stamp.cluster()["properties"];
    let most = |pool: &Value| pool["maxCount"].as_u64().unwrap_or(u64::MAX / 8);
    // A third more while an upgrade surges; one address for the private endpoint of the Kubernetes API.
    let nodes = members(&cluster["agentPoolProfiles"]).map(|pool| most(pool) + most(pool).div_ceil(3));
    let addresses: u64 = nodes.sum::<u64>() + 1;
    let subnet = stamp.subnet(&cluster["agentPoolProfiles"][0]["vnetSubnetID"]);
    let size = |range: &Value| text(range).parse().map_or(0, Range::size);
    let profile = &cluster["networkProfile"];
    stamp.faults([
        (
            size(&subnet["properties"]["addressPrefix"]) >= addresses + TAKEN_BY_AZURE,
            "the node subnet is too small for its pools at their maximum",
        ),
        (text(&profile["networkPluginMode"]) == "overlay", "pods take addresses of the network"),
        (size(&profile["podCidr"]) >= addresses * 256, "the range of pods has no /24 for every node"),
    ])
}

/// R64: whatever leaves goes through the firewall of the region's hub. The gateway's subnet can't: Azure refuses such a route
/// there, and the gateway calls nobody but its vault and the cluster.
#[must_use]
pub fn egress(stamp: &Stamp) -> Vec<String> {
    let gateway = &stamp.gateway()["properties"]["gatewayIPConfigurations"][0]["properties"]["subnet"]["id"];
    let spoke = stamp.spoke();
    let subnets = members(&spoke["properties"]["subnets"]);
    let open = subnets
        .filter(|subnet| text(&subnet["name"]) != last_name(text(gateway)))
        .filter(|subnet| !leaves_by_firewall(stamp, &subnet["properties"]));
    let open = open.map(|subnet| format!("{}: {} has another way out", stamp.name, text(&subnet["name"])));
    let outbound = &stamp.cluster()["properties"]["networkProfile"]["outboundType"];
    let cluster = stamp.faults([
        (!spoke.is_null(), "no network is the nodes'"),
        (text(outbound) == "userDefinedRouting", "the cluster makes a way out of its own"),
    ]);
    open.chain(cluster).collect()
}

fn leaves_by_firewall(stamp: &Stamp, subnet: &Value) -> bool {
    let tables = stamp.of_type("Microsoft.Network/routeTables");
    let table = only(tables.filter(|table| refers_to(&subnet["routeTable"]["id"], table)));
    let default = only(
        members(&table["properties"]["routes"]).filter(|it| it["properties"]["addressPrefix"] == "0.0.0.0/0"),
    );
    let firewall = stamp.the("Microsoft.Network/azureFirewalls");
    // The firewall's address is Azure's to give: the prediction holds the expression that asks for it.
    let asks_firewall = format!("[reference('{}'", text(&firewall["id"]));
    subnet["defaultOutboundAccess"] == false
        && default["properties"]["nextHopType"] == "VirtualAppliance"
        && text(&default["properties"]["nextHopIpAddress"]).starts_with(&asks_firewall)
        && !firewall.is_null()
}

/// R56: the firewall lets the cluster fetch its configuration from the repository that Flux is told of, by HTTPS.
#[must_use]
pub fn way_to_git(stamp: &Stamp) -> Vec<String> {
    let flux = stamp.the("Microsoft.KubernetesConfiguration/fluxConfigurations");
    let url = text(&flux["properties"]["gitRepository"]["url"]);
    let host = url.strip_prefix("https://").and_then(|rest| rest.split('/').next());
    let nodes = stamp.subnet(&stamp.cluster()["properties"]["agentPoolProfiles"][0]["vnetSubnetID"]);
    let groups = stamp.of_type("Microsoft.Network/firewallPolicies/ruleCollectionGroups");
    let collections = groups.flat_map(|group| members(&group["properties"]["ruleCollections"]));
    let allowing = collections.filter(|collection| collection["action"]["type"] == "Allow");
    let mut rules = allowing.flat_map(|collection| members(&collection["rules"]));
    let admits = |rule: &Value| {
        texts(&rule["targetFqdns"]).any(|name| Some(name) == host)
            && members(&rule["protocols"]).any(|it| it["protocolType"] == "Https" && it["port"] == 443)
            && texts(&rule["sourceAddresses"]).any(|it| nodes["properties"]["addressPrefix"] == it)
    };
    stamp.faults([
        (host.is_some(), "Flux fetches from nowhere, or without encryption"),
        (rules.any(admits), "the firewall doesn't let the cluster reach its repository"),
    ])
}
