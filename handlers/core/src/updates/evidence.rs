//! What must be known before a gate is approved: one piece per question and cluster, kept with the approval.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::ids::ArmId;

/// One answer to one question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Piece {
    /// The cluster that is asked about; none where the fleet is.
    pub cluster: Option<ArmId>,
    /// What is asked.
    pub asks: Asks,
    /// The answer.
    pub found: Found,
}

/// What is asked before a gate is approved.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "camelCase")]
pub enum Asks {
    /// The cluster is a stamp of ours, and can be read.
    Known,
    /// Its origin takes no traffic.
    OutOfTraffic,
    /// Its region offers the version.
    Offered,
    /// It runs.
    Running,
    /// No operation on it is under way, and the last one succeeded.
    Idle,
    /// Nor on any of its node pools.
    PoolsReady,
    /// The run is done with it.
    Updated,
    /// It has reached the version.
    VersionReached,
    /// Its nodes have reached the image.
    ImageReached,
    /// Its health path answers well.
    Answers,
    /// The rest of the fleet serves: at least as many healthy stamps as configured.
    RestServes,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Found {
    /// It is so, in words.
    Good(String),
    /// It is not, or nobody can tell, in words.
    Missing(String),
    /// It is not, and an operator lets it pass all the same.
    Excused {
        /// What is missing.
        missing: String,
        /// Who lets it pass, and why.
        by: String,
    },
}

impl Piece {
    /// Whether it stands in the way.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        matches!(self.found, Found::Missing(_))
    }
}

impl Asks {
    /// In words.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Known => "a stamp of ours",
            Self::OutOfTraffic => "out of traffic",
            Self::Offered => "version offered",
            Self::Running => "running",
            Self::Idle => "idle",
            Self::PoolsReady => "node pools ready",
            Self::Updated => "done by the run",
            Self::VersionReached => "version reached",
            Self::ImageReached => "node image reached",
            Self::Answers => "answers well",
            Self::RestServes => "the rest serves",
        }
    }
}

impl fmt::Display for Piece {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(cluster) = &self.cluster {
            write!(f, "{}: ", cluster.name())?;
        }
        match &self.found {
            Found::Good(says) => write!(f, "{}: {says}", self.asks.name()),
            Found::Missing(why) => write!(f, "not {}: {why}", self.asks.name()),
            Found::Excused { missing, by } => {
                write!(f, "not {}: {missing} (excused by {by})", self.asks.name())
            }
        }
    }
}
