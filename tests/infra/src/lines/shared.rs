//! What there is once for all stamps.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::{
    snapshot::{Snapshot, members, same, text, texts},
    stamp::{Stamp, only, refers_to, shared, shared_workspace},
};

const FLEETS: &str = "Microsoft.ContainerService/fleets";
const ENDPOINTS: &str = "Microsoft.Cdn/profiles/afdEndpoints";

fn faults<const N: usize>(conditions: [(bool, &str); N]) -> Vec<String> {
    conditions.into_iter().filter(|(holds, _)| !holds).map(|(_, fault)| fault.to_owned()).collect()
}

/// R07, R82, R87: one fleet, without a hub; administered by one group; its logs in the shared workspace.
#[must_use]
pub fn fleet(snapshot: &Snapshot) -> Vec<String> {
    let fleet = shared(snapshot, FLEETS);
    let below = |resource: &&Value| text(&resource["id"]).starts_with(&format!("{}/", text(&fleet["id"])));
    let assignments = snapshot.of_type("Microsoft.Authorization/roleAssignments").filter(below);
    let people = assignments.filter(|it| it["properties"]["principalType"] != "ServicePrincipal");
    let people: Vec<&Value> = people.map(|it| &it["properties"]["principalType"]).collect();
    let mut settings = snapshot.of_type("Microsoft.Insights/diagnosticSettings").filter(below);
    faults([
        (!fleet.is_null(), "there isn't one fleet"),
        (fleet["properties"]["hubProfile"].is_null(), "the fleet has a hub"),
        (people == ["Group"], "another than one group of people administers the fleet"),
        (
            settings.any(|it| refers_to(&it["properties"]["workspaceId"], shared_workspace(snapshot))),
            "the fleet's logs go nowhere",
        ),
    ])
}

/// R37: one strategy whose stages reach every cluster once, each stage behind approvals, and all update channels follow it.
#[must_use]
pub fn update_strategy(snapshot: &Snapshot) -> Vec<String> {
    let strategy = shared(snapshot, "Microsoft.ContainerService/fleets/updateStrategies");
    let stages: Vec<&Value> = members(&strategy["properties"]["strategy"]["stages"]).collect();
    let groups: Vec<&str> =
        stages.iter().flat_map(|stage| members(&stage["groups"])).map(|group| text(&group["name"])).collect();
    let stamps: Vec<Stamp> = Stamp::all(snapshot).collect();
    let group_of = |stamp: &Stamp| text(&stamp.cluster()["tags"]["fleet-automation-group"]).to_owned();
    let gated = |stage: &&Value| {
        ["beforeGates", "afterGates"].iter().all(|gates| stage[gates][0]["type"] == "Approval")
    };
    let mut profiles = snapshot.of_type("Microsoft.ContainerService/fleets/autoUpgradeProfiles").peekable();
    let some = profiles.peek().is_some();
    faults([
        (
            stamps.iter().all(|stamp| groups.iter().filter(|&&group| group == group_of(stamp)).count() == 1),
            "a cluster is updated in no stage, or in two",
        ),
        (stages.iter().all(gated), "a stage waits for nobody"),
        (
            some && profiles.all(|it| refers_to(&it["properties"]["updateStrategyId"], strategy)),
            "updates come past the strategy",
        ),
    ])
}

/// R09, R19, R66, R68: one endpoint leads to one origin group, which says how stamps are probed and chosen; clients are sent
/// to HTTPS.
#[must_use]
pub fn front_door(snapshot: &Snapshot) -> Vec<String> {
    let group = shared(snapshot, "Microsoft.Cdn/profiles/originGroups");
    let route = &shared(snapshot, "Microsoft.Cdn/profiles/afdEndpoints/routes")["properties"];
    let balance = &group["properties"]["loadBalancingSettings"];
    let probe = &group["properties"]["healthProbeSettings"];
    faults([
        (
            shared(snapshot, "Microsoft.Cdn/profiles")["sku"]["name"] == "Premium_AzureFrontDoor",
            "no Front Door Premium",
        ),
        (!shared(snapshot, ENDPOINTS).is_null(), "there isn't one endpoint"),
        (refers_to(&route["originGroup"]["id"], group), "the route leads elsewhere"),
        (route["httpsRedirect"] == "Enabled", "clients may stay without encryption"),
        (text(&probe["probePath"]).starts_with('/'), "stamps aren't probed"),
        (
            balance["additionalLatencyInMilliseconds"].as_i64() < Some(100),
            "far stamps are chosen like near ones",
        ),
        (balance["successfulSamplesRequired"].as_i64() > Some(0), "what a healthy stamp is isn't said"),
    ])
}

/// R69: Front Door forwards and probes by HTTPS only, whatever a client came with.
#[must_use]
pub fn forwarded_encrypted(snapshot: &Snapshot) -> Vec<String> {
    let route = &shared(snapshot, "Microsoft.Cdn/profiles/afdEndpoints/routes")["properties"];
    let probe = &shared(snapshot, "Microsoft.Cdn/profiles/originGroups")["properties"]["healthProbeSettings"];
    faults([
        (route["forwardingProtocol"] == "HttpsOnly", "Front Door forwards without encryption"),
        (probe["probeProtocol"] == "Https", "Front Door probes without encryption"),
    ])
}

/// R67: a web application firewall in front of every path of the endpoint.
#[must_use]
pub fn web_application_firewall(snapshot: &Snapshot) -> Vec<String> {
    let policy = shared(snapshot, "Microsoft.Network/FrontDoorWebApplicationFirewallPolicies");
    let settings = &policy["properties"]["policySettings"];
    let link = &shared(snapshot, "Microsoft.Cdn/profiles/securityPolicies")["properties"]["parameters"];
    let guarded = &link["associations"][0];
    faults([
        (settings["enabledState"] == "Enabled" && settings["mode"] == "Prevention", "it only watches"),
        (refers_to(&link["wafPolicy"]["id"], policy), "its policy is linked to nothing"),
        (
            same(&guarded["domains"][0]["id"], &shared(snapshot, ENDPOINTS)["id"]),
            "the endpoint isn't behind it",
        ),
        (texts(&guarded["patternsToMatch"]).eq(["/*"]), "some paths aren't behind it"),
        (
            members(&policy["properties"]["managedRules"]["managedRuleSets"]).count() >= 2,
            "it has no rules of Azure",
        ),
    ])
}

/// R48, R46, R47: one initiative with the workload's policies; it denies images that aren't the registry's.
#[must_use]
pub fn initiative(snapshot: &Snapshot) -> Vec<String> {
    let initiative = &shared(snapshot, "Microsoft.Authorization/policySetDefinitions")["properties"];
    let registry = shared(snapshot, "Microsoft.ContainerRegistry/registries");
    let images = text(&initiative["parameters"]["allowedContainerImagesRegex"]["defaultValue"]);
    let references: BTreeSet<&str> = members(&initiative["policyDefinitions"])
        .map(|it| text(&it["policyDefinitionReferenceId"]))
        .collect();
    faults([
        (
            references.len() > 1 && references.contains("allowed-images"),
            "the initiative has no rule of images",
        ),
        (
            initiative["parameters"]["denyEffect"]["defaultValue"] == "Deny",
            "what isn't allowed isn't refused",
        ),
        (initiative["parameters"]["effect"]["defaultValue"] == "Audit", "what is watched only is refused"),
        (
            images == format!(r"^{}\.azurecr\.io/.+$", text(&registry["name"])),
            "images of another registry are allowed, or not anchored",
        ),
    ])
}

/// R08: with a hub its API is private, and in reach of every stamp: peered with its spoke, both ways.
#[must_use]
pub fn fleet_hub(snapshot: &Snapshot) -> Vec<String> {
    let hub = &shared(snapshot, FLEETS)["properties"]["hubProfile"];
    let network = shared_network_of(snapshot, text(&hub["agentProfile"]["subnetId"]));
    let peered = |from: &Value, to: &Value| {
        snapshot.of_type("Microsoft.Network/virtualNetworks/virtualNetworkPeerings").any(|peering| {
            text(&peering["id"]).starts_with(&format!("{}/", text(&from["id"])))
                && refers_to(&peering["properties"]["remoteVirtualNetwork"]["id"], to)
        })
    };
    let mut faults = faults([
        (
            hub["apiServerAccessProfile"]["enablePrivateCluster"] == true,
            "the hub's API is public, or there is no hub",
        ),
        (!network.is_null(), "the hub has no network of its own"),
    ]);
    for stamp in Stamp::all(snapshot) {
        faults.extend(stamp.faults([
            (peered(stamp.spoke(), network), "its cluster doesn't reach the hub"),
            (peered(network, stamp.spoke()), "the hub doesn't answer its cluster"),
        ]));
    }
    faults
}

fn shared_network_of<'a>(snapshot: &'a Snapshot, subnet: &str) -> &'a Value {
    let stamps: Vec<Stamp> = Stamp::all(snapshot).collect();
    let networks = snapshot.of_type("Microsoft.Network/virtualNetworks");
    let outside = networks.filter(|it| !stamps.iter().any(|stamp| stamp.holds(text(&it["id"]))));
    only(outside.filter(|it| subnet.starts_with(&format!("{}/", text(&it["id"])))))
}
