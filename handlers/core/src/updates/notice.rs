//! What is told about updates on the queue `fleet-results`, beside answers to commands.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Verdict;
use crate::ids::ArmId;

/// The wire version of a notice.
pub const NOTICE_VERSION: u8 = 1;

/// One notice. Told apart from a command's answer by its `notice`. It may come twice, under one id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Notice {
    /// Always 1.
    pub v: u8,
    /// What it is about.
    pub notice: Kind,
    /// The same for the same fact: readers keep the first of an id.
    pub id: String,
    /// The run.
    pub run: ArmId,
    /// The gate, where it is about one.
    pub gate: Option<ArmId>,
    /// In words.
    pub says: String,
    /// How the run ended, where it has.
    pub verdict: Option<Verdict>,
    /// When it was found out: milliseconds since the Unix epoch, since the Functions host re-writes ISO dates.
    #[serde(with = "jiff::fmt::serde::timestamp::millisecond::required")]
    #[schemars(with = "i64")]
    pub at: Timestamp,
}

/// What a notice is about.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "camelCase")]
pub enum Kind {
    /// A run has ended.
    RunEnded,
    /// A gate waits longer than configured.
    GateWaits,
    /// A run was made for a new version.
    RunCreated,
}
