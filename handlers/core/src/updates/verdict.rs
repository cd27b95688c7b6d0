//! How a run ended, said honestly: a service that calls a run Completed says nothing about its members.

mod judge;
mod sentence;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::RunNote;
use crate::ids::ArmId;

pub use judge::verdict;

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Verdict {
    /// In a word.
    pub outcome: Outcome,
    /// How many members the run has.
    pub members: usize,
    /// How many of them are done.
    pub updated: usize,
    /// Those that failed, as far as they are known by name: what to try again. See [`Verdict::failures`].
    pub failed: Vec<FailedMember>,
    /// The names of those left out.
    pub skipped: Vec<String>,
    /// The names of those that the run did not come to, or did not finish.
    pub not_reached: Vec<String>,
    /// How many failures the service counts, where it counts; more than are known by name at times.
    pub failure_count: Option<u32>,
    /// When the service says that it ended.
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    pub ended: Option<Timestamp>,
}

/// The end of a run in a word.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "camelCase")]
pub enum Outcome {
    /// Every member that was not left out is done.
    Succeeded,
    /// The service calls it Completed, and some members failed, or were neither done nor left out.
    CompletedWithFailures,
    /// The service calls it Completed, and every member that it tried failed.
    AllFailed,
    /// It failed. It can be started again.
    Failed,
    /// It was stopped. It can be started again.
    Stopped,
    /// Nothing of it was done, as asked.
    Skipped,
    /// It was deleted before it had ended.
    Deleted,
}

/// A member that failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FailedMember {
    /// Its name.
    pub member: String,
    /// Its cluster.
    pub cluster: Option<ArmId>,
    /// The stage in which it failed.
    pub stage: String,
    /// Its update group.
    pub group: String,
    /// What the service says about it.
    pub why: String,
}

impl Verdict {
    /// On a run that was deleted before its end: what was last known of it. Names of members went with it, so that those
    /// which failed are only counted.
    #[must_use]
    pub fn deleted(last: &RunNote) -> Self {
        Self {
            outcome: Outcome::Deleted,
            members: last.members,
            updated: last.updated,
            failed: Vec::new(),
            skipped: Vec::new(),
            not_reached: Vec::new(),
            failure_count: u32::try_from(last.failed).ok().filter(|count| *count > 0),
            ended: None,
        }
    }

    /// How many members failed: those known by name, or as many as the service counts where that is more.
    #[must_use]
    pub fn failures(&self) -> usize {
        let counted = self.failure_count.and_then(|count| usize::try_from(count).ok());
        self.failed.len().max(counted.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests;
