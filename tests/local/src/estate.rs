//! The world at the beginning: a fleet with an update strategy, a registry, a Front Door profile and two serving stamps.

use fleet_simulator::{
    arm::{Arm, setup::Estate},
    net::{Site, Sites},
};
use serde_json::{Value, json};

/// The subscription of everything.
pub const SUBSCRIPTION: &str = "5b0c6b2e-7c1d-4d0a-9a57-0d6f1c2e3a01";

/// The management group above it.
pub const MANAGEMENT_GROUP: &str = "platform";

/// The built-in initiative "pod security baseline", assigned in audit at the subscription.
const POD_SECURITY: &str =
    "/providers/Microsoft.Authorization/policySetDefinitions/a8640138-9b0a-4a28-b8cb-1666c838647d";

/// The built-in policy "allowed container images", assigned in deny at each stamp's resource group.
const ALLOWED_IMAGES: &str =
    "/providers/Microsoft.Authorization/policyDefinitions/febd0533-8e55-448f-b837-bd0e06f16469";

/// The fleet's update strategy: first the canary, then the others, side by side as far as gates let them.
pub const STRATEGY: &str = "canary-first";

/// One stamp of the story.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// The cluster's name.
    pub cluster: &'static str,
    /// Its region.
    pub region: &'static str,
    /// The public name of its gateway.
    pub host: &'static str,
    /// The update group that the configuration gives it.
    pub group: &'static str,
}

/// The two that serve from the beginning.
pub const SERVING: [Stamp; 2] = [
    Stamp { cluster: "aks-weu-01", region: "westeurope", host: "weu.contoso.example", group: "prod" },
    Stamp { cluster: "aks-neu-01", region: "northeurope", host: "neu.contoso.example", group: "canary" },
];

/// The one that the story is about.
pub const NEWCOMER: Stamp =
    Stamp { cluster: "aks-swc-01", region: "swedencentral", host: "swc.contoso.example", group: "nordic" };

/// Builds the world at the beginning.
#[must_use]
pub fn build(arm: &Arm, sites: &Sites) -> Estate {
    let estate = Estate::new(arm)
        .subscription(SUBSCRIPTION)
        .under_management_group(MANAGEMENT_GROUP)
        .fleet("fleet-shop", "rg-fleet", "westeurope")
        .update_strategy(STRATEGY, &stages())
        .registry("crshop", "rg-shared", "westeurope")
        .replicated_to("northeurope")
        .replicated_to("swedencentral")
        .front_door("afd-shop", "rg-edge", &["web"])
        .built_in_policies();
    for stamp in SERVING {
        sites.set(stamp.host, Site::healthy());
        let _id = estate
            .cluster(stamp.cluster)
            .in_region(stamp.region)
            .with_gateway(stamp.host)
            .tagged("fleet-automation-host", stamp.host)
            .in_update_group(stamp.group)
            .autoscaling(3, 12)
            .serving()
            .present();
    }
    estate
}

/// Two stages; each update group has a gate before it and one after it.
fn stages() -> Value {
    let gate =
        |when: &str, group: &str| json!([{ "type": "Approval", "displayName": format!("{when} {group}") }]);
    let group = |name: &str| json!({ "name": name, "beforeGates": gate("before", name), "afterGates": gate("after", name) });
    json!([
        { "name": "canary", "groups": [group("canary")] },
        { "name": "production", "groups": [group("prod"), group("nordic")] }
    ])
}

/// Makes a cluster appear, with a gateway, and a workload that answers.
#[must_use]
pub fn appears(estate: &Estate, sites: &Sites, stamp: Stamp) -> String {
    sites.set(stamp.host, Site::healthy());
    let cluster = estate.cluster(stamp.cluster).in_region(stamp.region).with_gateway(stamp.host);
    cluster.autoscaling(3, 12).tagged("fleet-automation-host", stamp.host).appears()
}

/// The configuration that fits this world.
#[must_use]
pub fn configuration(estate: &Estate) -> Value {
    json!({
        "fleet": estate.fleet_id(),
        "scope": { "subscriptions": [SUBSCRIPTION] },
        "membership": {
            "defaultGroup": "prod",
            "groups": [
                { "group": "canary", "regions": ["northeurope"] },
                { "group": "nordic", "regions": ["swedencentral"] }
            ],
            "labels": { "team": "platform" }
        },
        "registryAccess": { "registries": estate.registry_ids() },
        "governance": {
            "assignments": [
                {
                    "name": "pod-security-baseline",
                    "displayName": "Pod security baseline",
                    "definition": POD_SECURITY,
                    "scope": "subscription"
                },
                {
                    "name": "allowed-images",
                    "displayName": "Images from our registry only",
                    "definition": ALLOWED_IMAGES,
                    "scope": "resourceGroup",
                    "parameters": { "allowedContainerImagesRegex": "^crshop\\.azurecr\\.io/.+$" }
                }
            ]
        },
        "traffic": {
            "originGroup": estate.origin_group_ids().first(),
            "healthPath": "/healthz",
            "ramp": [
                { "weight": 50, "bakeMinutes": 10 },
                { "weight": 250, "bakeMinutes": 10 },
                { "weight": 1000 }
            ],
            "minimum": { "count": 1, "percent": 50 }
        },
        "health": { "failAfterMinutes": 2, "recoverAfterMinutes": 10 },
        "updates": { "gates": [{ "soakMinutes": 5, "patienceMinutes": 120 }] },
        "tick": { "sweepMinutes": 15 }
    })
}

/// The last segment of an id.
#[must_use]
pub fn name(id: &str) -> &str {
    id.rsplit('/').next().unwrap_or(id)
}
