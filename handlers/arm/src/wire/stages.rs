//! Stages by which update runs go: their own, or a strategy's.

use serde::{Deserialize, Serialize};

use super::gate::GateType;
use super::resource::null_as_default;

/// The order of an update: stages one after the other.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stages {
    /// At least one.
    #[serde(default, deserialize_with = "null_as_default")]
    pub stages: Vec<Stage>,
}

/// A stage: groups side by side.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Stage {
    /// 1 to 50 of a-z, 0-9, `-`; once per strategy.
    pub name: String,
    /// Its groups, each once; at least one when written.
    #[serde(default, deserialize_with = "null_as_default")]
    pub groups: Vec<Group>,
    /// Seconds between its end and the next stage; 0 unless set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after_stage_wait_in_seconds: Option<u64>,
    /// How many members at once: `10` or `20%`, always as text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_concurrency: Option<String>,
    /// Gates before its first group.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub before_gates: Vec<GateConfiguration>,
    /// Gates after its last group.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub after_gates: Vec<GateConfiguration>,
}

/// An update group within a stage.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Group {
    /// The `group` of the members that it stands for.
    pub name: String,
    /// How many members at once: `10` or `20%`, always as text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_concurrency: Option<String>,
    /// Gates before its first member.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub before_gates: Vec<GateConfiguration>,
    /// Gates after its last member.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub after_gates: Vec<GateConfiguration>,
}

/// A gate as it is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GateConfiguration {
    /// Name for people, 1 to 100 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// What opens it.
    #[serde(rename = "type")]
    pub kind: GateType,
}
