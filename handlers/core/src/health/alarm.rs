//! What people must be told.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::ArmId;

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
    /// An update run's gate waits longer than configured.
    GateWaits,
    /// An update failed on stamps, which stay out of traffic.
    UpdateFailed,
}

/// An alarm that stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Raised {
    /// What.
    pub alarm: Alarm,
    /// The gate or run that it is about; none where it is about the whole fleet. Two alarms of one kind may stand, about
    /// two things.
    #[serde(default)]
    pub about: Option<ArmId>,
    /// Since when.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub since: Timestamp,
    /// In words, as it was when raised.
    pub says: String,
    /// Whether the log and the journal have it. A kill before that has it told by the next look.
    #[serde(default)]
    pub told: bool,
}

impl Raised {
    /// Whether both are the same alarm, be it raised at different times.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        (self.alarm, &self.about) == (other.alarm, &other.about)
    }
}
