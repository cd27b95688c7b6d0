//! What the internet can reach.

use serde_json::Value;

use crate::snapshot::{Snapshot, is_of_type, members, text, texts};

/// What may have a public address, and why it is no way in. The way in is Front Door.
const ADDRESSED: [&str; 4] = [
    // Its security group admits Front Doors only, its firewall ours only: `lines::gateway`.
    "Microsoft.Network/applicationGateways",
    // Egress: without rules for destination translation nothing enters by it.
    "Microsoft.Network/azureFirewalls",
    // Management: whoever comes proves to Entra ID who they are.
    "Microsoft.Network/bastionHosts",
    // Egress of the function app.
    "Microsoft.Network/natGateways",
];

/// What is public unless it says that it isn't, and so has to.
const CLOSED: [&str; 4] = [
    "Microsoft.ContainerRegistry/registries",
    "Microsoft.KeyVault/vaults",
    "Microsoft.ServiceBus/namespaces",
    "Microsoft.Storage/storageAccounts",
];

/// What may say that it is public. Azure Monitor is sent metrics to at an endpoint that asks for tokens; the function app
/// refuses by default, below.
const OPEN: [&str; 2] = ["Microsoft.Insights/dataCollectionEndpoints", "Microsoft.Web/sites"];

/// Who may call the functions: Event Grid and Azure Monitor's action groups, each with a key or a token on top.
const CALLERS: [&str; 2] = ["ActionGroup", "AzureEventGrid"];

/// Everybody, as sources of a security rule.
const EVERYBODY: [&str; 4] = ["*", "0.0.0.0/0", "Any", "Internet"];

/// Nothing is publicly reachable but Front Door and what is argued above.
#[must_use]
pub fn exposure(snapshot: &Snapshot) -> Vec<String> {
    [
        addresses(snapshot),
        doors(snapshot),
        clusters(snapshot),
        functions(snapshot),
        guards(snapshot),
        translated(snapshot),
    ]
    .concat()
}

fn addresses(snapshot: &Snapshot) -> Vec<String> {
    let owners: Vec<&Value> =
        snapshot.resources().filter(|it| ADDRESSED.iter().any(|kind| is_of_type(it, kind))).collect();
    let is_owned = |address: &Value| {
        let id = text(&address["id"]).to_lowercase();
        owners.iter().any(|owner| mentions(&owner["properties"], &id))
    };
    let loose = snapshot.of_type("Microsoft.Network/publicIPAddresses").filter(|address| !is_owned(address));
    loose
        .map(|it| format!("{} is a public address of nothing that may have one", text(&it["name"])))
        .collect()
}

fn mentions(value: &Value, id: &str) -> bool {
    match value {
        Value::String(text) => text.to_lowercase() == id,
        Value::Array(members) => members.iter().any(|member| mentions(member, id)),
        Value::Object(fields) => fields.values().any(|field| mentions(field, id)),
        _ => false,
    }
}

fn doors(snapshot: &Snapshot) -> Vec<String> {
    let of = |kinds: &[&str], resource: &Value| kinds.iter().any(|kind| is_of_type(resource, kind));
    let must_close = snapshot
        .resources()
        .filter(|it| of(&CLOSED, it) && it["properties"]["publicNetworkAccess"] != "Disabled");
    let is_open = snapshot.resources().filter(|it| !of(&OPEN, it) && says_public(&it["properties"]));
    let anonymous = snapshot.resources().filter(|it| {
        it["properties"]["allowBlobPublicAccess"] == true || it["properties"]["anonymousPullEnabled"] == true
    });
    let open = must_close.chain(is_open).chain(anonymous);
    open.map(|it| format!("{} is open to the internet", text(&it["name"]))).collect()
}

fn says_public(value: &Value) -> bool {
    match value {
        Value::Array(members) => members.iter().any(says_public),
        Value::Object(fields) => fields.iter().any(|(name, field)| {
            name.starts_with("publicNetworkAccess") && field == "Enabled" || says_public(field)
        }),
        _ => false,
    }
}

fn clusters(snapshot: &Snapshot) -> Vec<String> {
    let clusters = snapshot.of_type("Microsoft.ContainerService/managedClusters");
    let public = clusters.filter(|cluster| {
        let profile = &cluster["properties"]["apiServerAccessProfile"];
        profile["enablePrivateCluster"] != true || profile["enablePrivateClusterPublicFQDN"] != false
    });
    public.map(|cluster| format!("the Kubernetes API of {} is public", text(&cluster["name"]))).collect()
}

fn functions(snapshot: &Snapshot) -> Vec<String> {
    let refuses = |site: &Value| {
        let config = &site["properties"]["siteConfig"];
        config["ipSecurityRestrictionsDefaultAction"] == "Deny"
            && members(&config["ipSecurityRestrictions"])
                .filter(|rule| rule["action"] == "Allow")
                .all(|rule| rule["tag"] == "ServiceTag" && CALLERS.contains(&text(&rule["ipAddress"])))
    };
    let sites = snapshot.of_type("Microsoft.Web/sites").filter(|site| !refuses(site));
    sites
        .map(|site| format!("{} lets others in than Event Grid and action groups", text(&site["name"])))
        .collect()
}

/// No security group lets everybody in. Azure Bastion can't do without, by HTTPS.
fn guards(snapshot: &Snapshot) -> Vec<String> {
    let mut faults = Vec::new();
    for guard in snapshot.of_type("Microsoft.Network/networkSecurityGroups") {
        let is_bastion = text(&guard["name"]).starts_with("nsg-bastion-");
        for rule in members(&guard["properties"]["securityRules"]).map(|rule| &rule["properties"]) {
            let mut sources =
                texts(&rule["sourceAddressPrefixes"]).chain(rule["sourceAddressPrefix"].as_str());
            let https = texts(&rule["destinationPortRanges"]).eq(["443"]);
            let admits = rule["access"] == "Allow" && rule["direction"] == "Inbound";
            if admits && sources.any(|it| EVERYBODY.contains(&it)) && !(is_bastion && https) {
                faults.push(format!("{} lets everybody in", text(&guard["name"])));
            }
        }
    }
    faults
}

fn translated(snapshot: &Snapshot) -> Vec<String> {
    let groups = snapshot.of_type("Microsoft.Network/firewallPolicies/ruleCollectionGroups");
    let inward = groups.filter(|group| {
        members(&group["properties"]["ruleCollections"])
            .any(|it| text(&it["ruleCollectionType"]) != "FirewallPolicyFilterRuleCollection")
    });
    inward.map(|group| format!("{} translates addresses inward", text(&group["name"]))).collect()
}
