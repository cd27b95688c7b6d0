//! Update runs (`Microsoft.ContainerService/fleets/updateRuns`): what they bring and by whose stages. How far they are is
//! in [`super::UpdateRunStatus`].

use serde::{Deserialize, Serialize};

use super::resource::{Resource, null_as_default};
use super::stages::Stages;
use super::update_run_status::UpdateRunStatus;

/// An update run. Its `provisioningState` is left out on purpose: it tells of the last write to the run, and is
/// `Succeeded` before the update has begun.
pub type UpdateRun = Resource<UpdateRunProperties>;

/// Properties of a run.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UpdateRunProperties {
    /// The strategy that it was made from.
    pub update_strategy_id: Option<String>,
    /// The stages that it goes by: a copy of the strategy's, or its own. A read run may show both, which no PUT may
    /// carry: see [`UpdateRunPut`].
    pub strategy: Option<Stages>,
    /// The auto-upgrade profile that made it.
    pub auto_upgrade_profile_id: Option<String>,
    /// What it brings.
    pub managed_cluster_update: ManagedClusterUpdate,
    /// How far it is.
    #[serde(default, deserialize_with = "null_as_default")]
    pub status: UpdateRunStatus,
}

/// What a run brings to clusters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ManagedClusterUpdate {
    /// To what parts.
    pub upgrade: Upgrade,
    /// Which node images.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node_image_selection: Option<NodeImageSelection>,
}

/// To what parts of a cluster a run brings something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Upgrade {
    /// `Full`, `NodeImageOnly` or `ControlPlaneOnly`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The version in full; must be left out for node images only, and given otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kubernetes_version: Option<String>,
}

/// Which node images a run brings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NodeImageSelection {
    /// `Latest` of each region, `Consistent` over all regions, or `Custom`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The images of a `Custom` selection; must be left out otherwise.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub custom_node_image_versions: Vec<NodeImageVersion>,
}

/// A node image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeImageVersion {
    /// Its name in full, such as `AKSUbuntu-2204gen2containerd-202603.02.0`.
    pub version: String,
}

/// Body of a run PUT.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UpdateRunPut {
    /// All properties of the run.
    pub properties: UpdateRunPutProperties,
}

/// Properties of a run PUT.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UpdateRunPutProperties {
    /// Whose stages it goes by.
    #[serde(flatten)]
    pub order: UpdateOrder,
    /// What it brings.
    pub managed_cluster_update: ManagedClusterUpdate,
}

/// Whose stages a new run goes by. One of the two: the service takes no run with both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum UpdateOrder {
    /// Those of the strategy with this id, copied when the run is made.
    #[serde(rename = "updateStrategyId")]
    Strategy(String),
    /// Its own.
    #[serde(rename = "strategy")]
    Own(Stages),
}

/// Body of a run's skip.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Skip {
    targets: Vec<SkipTarget>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct SkipTarget {
    #[serde(rename = "type")]
    kind: &'static str,
    name: String,
}

impl Skip {
    /// Leaves members out, by their names.
    #[must_use]
    pub fn members(names: &[String]) -> Self {
        let target = |name: &String| SkipTarget { kind: "Member", name: name.clone() };
        Self { targets: names.iter().map(target).collect() }
    }
}
