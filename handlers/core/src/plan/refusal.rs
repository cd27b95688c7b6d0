//! Why the guard forbids an action, and why one is carried out all the same.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{command::GuardRule, ledger::Override};

/// Why the guard forbids an action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Refusal {
    /// Too few healthy origins would be left.
    TooFewServing {
        /// Origins that are enabled, held by nobody and healthy, this one not counted.
        left: usize,
        /// The configured minimum.
        minimum: usize,
    },
    /// Too many stamps would be held out at once.
    TooManyDrained {
        /// Stamps that are held out already, this one not counted.
        out: usize,
        /// The configured maximum.
        maximum: usize,
    },
    /// The others' node pools cannot grow by what this stamp runs.
    TooLittleCapacity {
        /// Nodes that this stamp runs.
        needed: u32,
        /// Nodes that the others may still add.
        spare: u32,
    },
    /// So much looks bad at once that the evidence is more likely wrong.
    MassFailure {
        /// Stamps that look bad.
        bad: usize,
        /// Of so many.
        of: usize,
    },
    /// It would touch something that is not this stamp's.
    NotThisStamps,
    /// Whether others serve could not be read.
    Blind,
    /// A gate is not waiting for an approval of ours.
    NotWaiting,
    /// A gate's approval would have a cluster updated whose origin takes traffic.
    StillInTraffic {
        /// The cluster's name.
        stamp: String,
    },
    /// Another update run is under way.
    AnotherRun {
        /// Its name.
        run: String,
    },
}

impl Refusal {
    /// The rule behind it; `None` where nobody may override.
    #[must_use]
    pub fn rule(&self) -> Option<GuardRule> {
        match self {
            Self::TooFewServing { .. } | Self::Blind => Some(GuardRule::Minimum),
            Self::TooManyDrained { .. } => Some(GuardRule::MaximumDrained),
            Self::TooLittleCapacity { .. } => Some(GuardRule::Capacity),
            Self::MassFailure { .. } => Some(GuardRule::Brake),
            Self::StillInTraffic { .. } => Some(GuardRule::Evidence),
            Self::NotThisStamps | Self::NotWaiting | Self::AnotherRun { .. } => None,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooFewServing { left, minimum } => write!(
                f,
                "{left} other healthy origin(s) would be left in traffic, the configured minimum is {minimum}"
            ),
            Self::TooManyDrained { out, maximum } => {
                write!(
                    f,
                    "{out} stamp(s) are held out of traffic already, the configured maximum is {maximum}"
                )
            }
            Self::TooLittleCapacity { needed, spare } => write!(
                f,
                "it runs {needed} node(s), and the other serving stamps may add {spare} before their pools are full"
            ),
            Self::MassFailure { bad, of } => {
                write!(
                    f,
                    "{bad} of {of} stamps look bad, which is more than the mass-failure brake lets pass"
                )
            }
            Self::NotThisStamps => f.write_str("it would touch something that does not belong to this stamp"),
            Self::Blind => f.write_str("which other origins serve could not be read"),
            Self::NotWaiting => f.write_str("it is no approval gate of this fleet that waits"),
            Self::StillInTraffic { stamp } => {
                write!(f, "{stamp} would be updated while its origin takes traffic")
            }
            Self::AnotherRun { run } => {
                write!(f, "update run {run} is under way, and two at once may take too much of the fleet")
            }
        }
    }
}

/// Why something is done although the guard speaks against it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Despite {
    /// Configuration asks for a warning only.
    Warned,
    /// An operator broke the glass.
    Overridden {
        /// Who.
        by: String,
        /// Why.
        reason: String,
        /// Until when.
        until: Timestamp,
    },
}

impl From<&Override> for Despite {
    fn from(broken: &Override) -> Self {
        let Override { target: _, guard: _, by, reason, until } = broken;
        Self::Overridden { by: by.clone(), reason: reason.clone(), until: *until }
    }
}

impl fmt::Display for Despite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Warned => f.write_str("the configuration only warns"),
            Self::Overridden { by, reason, until } => {
                write!(f, "overridden by {by} until {until}: {reason}")
            }
        }
    }
}
