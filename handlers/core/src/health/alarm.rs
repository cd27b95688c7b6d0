//! What people must be told.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Something that people must know, because nothing is done about it by itself.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "camelCase")]
pub enum Alarm {
    /// Too much of the fleet turned bad at once.
    MassFailure,
    /// No stamp has fresh evidence.
    NoEvidence,
}

/// An alarm that stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Raised {
    /// What.
    pub alarm: Alarm,
    /// Since when.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub since: Timestamp,
    /// In words, as it was when raised.
    pub says: String,
    /// Whether the log and the journal have it. A kill before that has it told by the next look.
    #[serde(default)]
    pub told: bool,
}
