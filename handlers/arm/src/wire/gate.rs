//! Gates of update runs (`Microsoft.ContainerService/fleets/gates`).

use serde::{Deserialize, Serialize};

use super::open_enum::open_enum;
use super::resource::Resource;

/// A gate that its run has reached.
pub type Gate = Resource<GateProperties>;

/// Properties of a gate.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GateProperties {
    /// Name for people.
    pub display_name: Option<String>,
    /// What completes it.
    pub gate_type: GateType,
    /// What waits behind it.
    pub target: GateTarget,
    /// `Pending`, `Completed`, `Skipped`, or a word of later versions.
    pub state: String,
}

/// What waits behind a gate.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GateTarget {
    /// Resource id: that of an update run, as far as is known.
    pub id: String,
    /// Where in the run; absent if the gate is not about a run.
    pub update_run_properties: Option<GatedPart>,
}

/// The part of a run that a gate stands before or after.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct GatedPart {
    /// The stage.
    pub stage: Option<String>,
    /// The group; absent for gates of the whole stage.
    pub group: Option<String>,
    /// On which side.
    pub timing: GateTiming,
}

open_enum! {
    /// What completes a gate. Previews know `ScheduledStart`, which completes by itself.
    GateType { Approval }
}

open_enum! {
    /// On which side of its part a gate stands.
    GateTiming { Before, After }
}

/// Body of a gate PATCH.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GatePatch {
    properties: GatePatchProperties,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct GatePatchProperties {
    state: &'static str,
}

impl GatePatch {
    /// Completes the gate: the only change that the service takes.
    #[must_use]
    pub fn completed() -> Self {
        Self { properties: GatePatchProperties { state: "Completed" } }
    }
}
