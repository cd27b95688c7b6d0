//! One source's word on one stamp.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The most statements that are kept of one stamp. Beyond it the oldest go: a source that makes up a new key for every
/// statement must not grow the state without end.
pub const EVIDENCE_MAX: usize = 64;

/// Where a statement comes from.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "camelCase")]
pub enum Source {
    /// Our own request to the stamp's health path.
    Probe,
    /// An alert on Front Door's view of the origin.
    FrontDoor,
    /// An alert on the Application Gateway's view of its backends.
    Gateway,
    /// Availability events of the stamp's scale sets.
    Nodes,
    /// A Resource Health alert on the cluster.
    ResourceHealth,
    /// A Service Health alert on the stamp's region.
    ServiceHealth,
    /// A log search alert.
    LogAlert,
    /// An operator's statement.
    Operator,
}

impl Source {
    /// All of them, with their spelling in configuration and messages.
    pub const ALL: [(&'static str, Self); 8] = [
        ("probe", Self::Probe),
        ("frontDoor", Self::FrontDoor),
        ("gateway", Self::Gateway),
        ("nodes", Self::Nodes),
        ("resourceHealth", Self::ResourceHealth),
        ("serviceHealth", Self::ServiceHealth),
        ("logAlert", Self::LogAlert),
        ("operator", Self::Operator),
    ];
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Probe => "our probe",
            Self::FrontDoor => "Front Door",
            Self::Gateway => "the Application Gateway",
            Self::Nodes => "the nodes",
            Self::ResourceHealth => "Resource Health",
            Self::ServiceHealth => "Service Health",
            Self::LogAlert => "a log alert",
            Self::Operator => "an operator",
        })
    }
}

/// What a statement says.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "camelCase")]
pub enum Says {
    /// The source takes back what it said before.
    Nothing,
    /// Fit for traffic, as far as the source can tell.
    Good,
    /// Not fit for traffic.
    Bad,
}

/// A statement about one stamp.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Evidence {
    /// Who says it.
    pub source: Source,
    /// Which of the source's statements it replaces: an alert's id, a scale set's name.
    pub key: String,
    /// What it says.
    pub says: Says,
    /// In words.
    pub why: String,
    /// When it became true, as the source says.
    pub at: Timestamp,
    /// When it is stale.
    pub until: Timestamp,
}

impl Evidence {
    /// Whether it still counts.
    #[must_use]
    pub fn is_fresh(&self, now: Timestamp) -> bool {
        self.until > now
    }

    /// Whether it replaces `other`, which has the same source and key. The later one wins, and of two of the same time
    /// the worse: so the order of arrival never matters.
    pub(super) fn replaces(&self, other: &Self) -> bool {
        (self.at, self.says, self.until) > (other.at, other.says, other.until)
    }
}
