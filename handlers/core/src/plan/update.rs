//! Writes to runs and gates.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    ids::ArmId,
    updates::{StagePlan, Update},
};

/// One effect on the fleet's updates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum UpdateAction {
    /// Approve a gate.
    Approve {
        /// The gate.
        gate: ArmId,
        /// The version that was seen waiting: a gate that changed since is decided about anew.
        etag: Option<String>,
    },
    /// Start a run, or go on with one that was stopped or failed.
    Start {
        /// The run.
        run: ArmId,
    },
    /// Stop a run; what is in flight ends first.
    Stop {
        /// The run.
        run: ArmId,
    },
    /// Make a run. Not started by that.
    Create {
        /// The run to be made.
        run: ArmId,
        /// What it brings.
        update: Update,
        /// Whose stages it goes by.
        by: Stages,
    },
    /// Have an auto-upgrade profile make a run.
    Generate {
        /// The profile.
        profile: ArmId,
    },
    /// Leave members out of a run.
    Skip {
        /// The run.
        run: ArmId,
        /// The members' names; at least one.
        members: Vec<String>,
    },
}

/// Whose stages a run goes by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Stages {
    /// A strategy's, copied by the service when the run is made.
    Strategy(ArmId),
    /// Its own.
    Own(Vec<StagePlan>),
}

impl UpdateAction {
    /// The resource that the action writes: what it claims, and what a setback is kept under.
    #[must_use]
    pub fn target(&self) -> &ArmId {
        match self {
            Self::Approve { gate, .. } => gate,
            Self::Start { run } | Self::Stop { run } | Self::Create { run, .. } | Self::Skip { run, .. } => {
                run
            }
            Self::Generate { profile } => profile,
        }
    }
}

impl fmt::Display for UpdateAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.target().name();
        match self {
            Self::Approve { .. } => write!(f, "approve gate {name}"),
            Self::Start { .. } => write!(f, "start update run {name}"),
            Self::Stop { .. } => write!(f, "stop update run {name}"),
            Self::Create { update, by: Stages::Strategy(strategy), .. } => {
                write!(f, "make update run {name} for {update} by strategy {}", strategy.name())
            }
            Self::Create { update, by: Stages::Own(_), .. } => {
                write!(f, "make update run {name} for {update} by stages of its own")
            }
            Self::Generate { .. } => write!(f, "have auto-upgrade profile {name} make an update run"),
            Self::Skip { members, .. } => write!(f, "leave {} out of update run {name}", members.join(", ")),
        }
    }
}
