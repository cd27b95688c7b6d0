//! Where diagnostic settings send what.

use serde_json::Value;

use crate::{
    snapshot::{Snapshot, is_of_type, text},
    stamp::{Stamp, refers_to, shared_workspace},
};

const SETTINGS: &str = "Microsoft.Insights/diagnosticSettings";

/// What is never without diagnostic settings, wherever it is. What a region's network is made of,
/// [`regional_workspace`](crate::lines::observation::regional_workspace) asks for.
const SPEAKING: [&str; 8] = [
    "Microsoft.Cdn/profiles",
    "Microsoft.ContainerRegistry/registries",
    "Microsoft.ContainerService/fleets",
    "Microsoft.ContainerService/managedClusters",
    "Microsoft.EventGrid/systemTopics",
    "Microsoft.KeyVault/vaults",
    "Microsoft.ServiceBus/namespaces",
    "Microsoft.Web/sites",
];

/// Clusters, and what there is once, report to the shared workspace; everything else in a region to the region's.
#[must_use]
pub fn diagnostics(snapshot: &Snapshot) -> Vec<String> {
    let stamps: Vec<Stamp> = Stamp::all(snapshot).collect();
    let astray = snapshot.of_type(SETTINGS).filter_map(|setting| {
        let stamp = stamps.iter().find(|stamp| stamp.holds(text(&setting["id"])));
        let regional = stamp.filter(|stamp| !stamp.diagnostics_of(stamp.cluster()).any(|it| it == setting));
        let wanted = regional.map_or_else(|| shared_workspace(snapshot), |stamp| stamp.workspace());
        let right = refers_to(&setting["properties"]["workspaceId"], wanted);
        (!right).then(|| format!("{} reports to the wrong workspace", reporter(setting)))
    });
    let silent = snapshot
        .resources()
        .filter(|resource| SPEAKING.iter().any(|kind| is_of_type(resource, kind)))
        .filter(|resource| {
            !snapshot.of_type(SETTINGS).any(|setting| reporter(setting) == text(&resource["id"]))
        });
    astray.chain(silent.map(|resource| format!("{} reports nothing", text(&resource["id"])))).collect()
}

/// The id of the resource that a setting is of.
fn reporter(setting: &Value) -> &str {
    text(&setting["id"]).split("/providers/Microsoft.Insights/").next().unwrap_or_default()
}
