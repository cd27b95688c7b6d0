//! How far a run, or a part of one, has come.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The state of a run, a stage, a group, a member, a wait or a gate (ARM contract: fleets, run status). A word that nobody
/// has told us about is kept, and never taken for an end.
#[derive(
    Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(from = "String", into = "String")]
#[schemars(with = "String")]
pub enum UpdateState {
    /// Not begun.
    #[default]
    NotStarted,
    /// Under way.
    Running,
    /// Waits: for a gate, a maintenance window, or a version that its region does not offer yet.
    Pending,
    /// Ending early; what is in flight ends first.
    Stopping,
    /// Ended early. A run can be started again.
    Stopped,
    /// Left out.
    Skipped,
    /// Ended badly. A run can be started again.
    Failed,
    /// Ended; for a run that says nothing about its members.
    Completed,
    /// Another word.
    Other(String),
}

impl UpdateState {
    /// Every known state with its spelling.
    const NAMES: [(&'static str, Self); 8] = [
        ("NotStarted", Self::NotStarted),
        ("Running", Self::Running),
        ("Pending", Self::Pending),
        ("Stopping", Self::Stopping),
        ("Stopped", Self::Stopped),
        ("Skipped", Self::Skipped),
        ("Failed", Self::Failed),
        ("Completed", Self::Completed),
    ];

    /// The service's word for it.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Other(name) => name,
            known => Self::NAMES.iter().find(|(_, state)| state == known).map_or("", |(name, _)| name),
        }
    }

    /// Whether it has ended, be it that it can be started again.
    #[must_use]
    pub fn is_over(&self) -> bool {
        matches!(self, Self::Stopped | Self::Skipped | Self::Failed | Self::Completed)
    }

    /// Whether it is at work, or waits in the middle of it. A word that nobody knows counts, to be on the safe side.
    #[must_use]
    pub fn is_active(&self) -> bool {
        !self.is_over() && *self != Self::NotStarted
    }
}

impl From<String> for UpdateState {
    fn from(name: String) -> Self {
        let known = Self::NAMES.into_iter().find(|(known, _)| name.eq_ignore_ascii_case(known));
        known.map_or(Self::Other(name), |(_, state)| state)
    }
}

impl From<UpdateState> for String {
    fn from(state: UpdateState) -> Self {
        state.name().to_owned()
    }
}

impl fmt::Display for UpdateState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
