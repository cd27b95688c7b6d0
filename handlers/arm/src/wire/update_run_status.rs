//! How far update runs are. The service writes all of it; lists that would be empty are left out.
//!
//! Unverified: `failureCount` and `maxAllowedFailures` belong to a preview and are absent in the pinned version. They are
//! read where they show as numbers, since a run may have been made with the preview, and passed over otherwise.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::resource::{ServiceError, null_as_default};
use super::update_run::NodeImageVersion;

/// How far a run is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UpdateRunStatus {
    /// The whole.
    #[serde(default, deserialize_with = "null_as_default")]
    pub status: UpdateStatus,
    /// Its stages, in their order.
    #[serde(default, deserialize_with = "null_as_default")]
    pub stages: Vec<StageStatus>,
    /// Node images, once the run has chosen them.
    pub node_image_selection: Option<SelectedImages>,
    /// Members that failed.
    #[serde(default, deserialize_with = "count")]
    pub failure_count: Option<u32>,
}

/// How far something is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UpdateStatus {
    /// `NotStarted`, `Running`, `Pending`, `Stopping`, `Stopped`, `Skipped`, `Failed`, `Completed`, or a word of later
    /// versions.
    pub state: Option<String>,
    /// When it began: a date and time with offset.
    pub start_time: Option<String>,
    /// When it ended, likewise.
    pub completed_time: Option<String>,
    /// What went wrong. May be present with code `None`: see [`UpdateStatus::failure`].
    error: Option<ServiceError>,
}

/// How far a stage is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StageStatus {
    /// Its name.
    pub name: String,
    /// The whole of it.
    #[serde(default, deserialize_with = "null_as_default")]
    pub status: UpdateStatus,
    /// Its groups.
    #[serde(default, deserialize_with = "null_as_default")]
    pub groups: Vec<GroupStatus>,
    /// Gates before it.
    #[serde(default, deserialize_with = "null_as_default")]
    pub before_gates: Vec<GateStatus>,
    /// Gates after it.
    #[serde(default, deserialize_with = "null_as_default")]
    pub after_gates: Vec<GateStatus>,
    /// Members that failed.
    #[serde(default, deserialize_with = "count")]
    pub failure_count: Option<u32>,
    /// How many may fail.
    #[serde(default, deserialize_with = "count")]
    pub max_allowed_failures: Option<u32>,
}

/// How far a group of a stage is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupStatus {
    /// Its name.
    pub name: String,
    /// The whole of it.
    #[serde(default, deserialize_with = "null_as_default")]
    pub status: UpdateStatus,
    /// Its members; none when no member of the fleet is in the group.
    #[serde(default, deserialize_with = "null_as_default")]
    pub members: Vec<MemberUpdateStatus>,
    /// Gates before it.
    #[serde(default, deserialize_with = "null_as_default")]
    pub before_gates: Vec<GateStatus>,
    /// Gates after it.
    #[serde(default, deserialize_with = "null_as_default")]
    pub after_gates: Vec<GateStatus>,
    /// Members that failed.
    #[serde(default, deserialize_with = "count")]
    pub failure_count: Option<u32>,
    /// How many may fail.
    #[serde(default, deserialize_with = "count")]
    pub max_allowed_failures: Option<u32>,
}

/// How far a member is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MemberUpdateStatus {
    /// The member's name.
    pub name: String,
    /// Id of its cluster.
    pub cluster_resource_id: Option<String>,
    /// The member's part of the run.
    #[serde(default, deserialize_with = "null_as_default")]
    pub status: UpdateStatus,
    /// The service's remark, such as why it waits.
    pub message: Option<String>,
}

/// How a gate of a run stands.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GateStatus {
    /// Name for people.
    pub display_name: Option<String>,
    /// Id of the gate; absent or null until the run has reached it.
    pub gate_id: Option<String>,
    /// How it stands.
    #[serde(default, deserialize_with = "null_as_default")]
    pub status: UpdateStatus,
}

/// Node images that a run has chosen.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SelectedImages {
    /// One for each kind of node.
    #[serde(default, deserialize_with = "null_as_default")]
    pub selected_node_image_versions: Vec<NodeImageVersion>,
}

impl UpdateStatus {
    /// What went wrong, if anything did.
    #[must_use]
    pub fn failure(&self) -> Option<&ServiceError> {
        self.error.as_ref().filter(|error| error.is_error())
    }
}

/// A number, if it is one.
fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    Ok(value.as_u64().and_then(|count| u32::try_from(count).ok()))
}
