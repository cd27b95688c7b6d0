//! One source's word on one stamp.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::config::Source;

/// The most statements that are kept of one stamp. Beyond it the oldest go: a source that makes up a new key for every
/// statement must not grow the state without end.
pub const EVIDENCE_MAX: usize = 64;

/// How the key of a statement about a single machine begins; any other key of [`Source::Nodes`] is a scale set's name, in
/// which no blank is legal.
pub const MACHINE_KEY: &str = "machine ";

/// What a stamp's nodes are made of, as far as is known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct NodeCount {
    /// Scale sets: one per node pool.
    pub scale_sets: usize,
    /// Machines in all of them.
    pub machines: usize,
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
    /// the worse, down to the words: so the order of arrival never matters.
    pub(super) fn replaces(&self, other: &Self) -> bool {
        let rank = |one: &Self| (one.at, one.says, one.until);
        (rank(self), &self.why) > (rank(other), &other.why)
    }
}
