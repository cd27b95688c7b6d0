//! The facets of a stamp: one concern each, with what is *seen* of it in ARM, what is *wanted* by configuration, and a
//! pure `diff` between the two that gives actions and, where it stands still, reasons.
//!
//! A facet takes its own slice of the world and never another facet's.

pub mod governance;
pub mod membership;
pub mod registry_access;
pub mod traffic;

use serde::{Deserialize, Serialize};

/// What we may do about a facet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Mode {
    /// Plan and act.
    #[default]
    Enforce,
    /// Plan and report, never act.
    Observe,
    /// Neither read nor plan.
    Off,
}

impl Mode {
    /// The spellings allowed in configuration.
    pub const ALLOWED: [(&'static str, Self); 3] =
        [("enforce", Self::Enforce), ("observe", Self::Observe), ("off", Self::Off)];
}

/// A hole in what was seen: something that could not be read, and why. A hole may forbid an action, never permit one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{what} could not be read: {why}")]
pub struct Unread {
    /// The thing, in words: "the fleet's members".
    pub what: String,
    /// What came instead.
    pub why: String,
}

/// What was seen, or the hole where it should be.
pub type Sight<T> = Result<T, Unread>;

/// How far ARM has come with a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Progress {
    /// The last operation succeeded.
    Settled,
    /// An operation is running; a second one would be refused.
    Busy,
    /// The last operation failed or was cancelled.
    Failed,
}

impl Progress {
    /// Reads a `provisioningState`: terminal states compare without case, everything else is running, and a missing
    /// state means success (ARM contract: long-running operations).
    #[must_use]
    pub fn of(provisioning_state: Option<&str>) -> Self {
        match provisioning_state {
            None => Self::Settled,
            Some(state) if state.eq_ignore_ascii_case("Succeeded") => Self::Settled,
            Some(state) if ["failed", "canceled"].iter().any(|end| state.eq_ignore_ascii_case(end)) => {
                Self::Failed
            }
            Some(_) => Self::Busy,
        }
    }
}

/// What a facet makes of seen and wanted: actions in a stable order, and a reason for everything it leaves alone
/// although it is not as wanted.
#[derive(Debug, Clone, PartialEq)]
#[must_use = "a diff that nobody reads changes nothing and explains nothing"]
pub struct Diff<A, R> {
    /// What to do, each independent of the others.
    pub actions: Vec<A>,
    /// Why something is left as it is.
    pub reasons: Vec<R>,
}

impl<A, R> Diff<A, R> {
    /// As wanted: nothing to do and nothing to explain.
    pub const fn none() -> Self {
        Self { actions: Vec::new(), reasons: Vec::new() }
    }

    /// One action.
    pub fn act(action: A) -> Self {
        Self { actions: vec![action], reasons: Vec::new() }
    }

    /// One reason for standing still.
    pub fn hold(reason: R) -> Self {
        Self { actions: Vec::new(), reasons: vec![reason] }
    }

    /// Adds what another part of the same facet found.
    pub fn merge(&mut self, other: Self) {
        self.actions.extend(other.actions);
        self.reasons.extend(other.reasons);
    }

    /// Whether everything is as wanted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.actions.is_empty() && self.reasons.is_empty()
    }
}
