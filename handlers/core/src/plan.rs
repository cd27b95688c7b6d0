//! The plan: what to do about one stamp, why not more, and what to remember. A value: immutable, ordered, printable,
//! comparable, and so complete that carrying it out has no choice left.

mod refusal;
mod update;

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    facets::{governance, membership, registry_access, traffic},
    ids::ArmId,
    ledger::{Ledger, StampRecord},
    setback::Setback,
    trigger::NudgeKind,
    world::{NotReady, OutOfScope},
};

pub use refusal::{Despite, Refusal};
pub use update::{Stages, UpdateAction};

/// One effect on Azure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Action {
    /// On the fleet's members.
    Membership(membership::Action),
    /// On a registry's role assignments.
    RegistryAccess(registry_access::Action),
    /// On policy assignments.
    Governance(governance::Action),
    /// On the Front Door profile's origins.
    Traffic(traffic::Action),
}

/// A reason for standing still.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Hold {
    /// The cluster is not ours to care for.
    OutOfScope(OutOfScope),
    /// The cluster is not ready.
    NotReady(NotReady),
    /// The cluster could not be read.
    Unread(crate::facets::Unread),
    /// Membership declines.
    Membership(membership::Reason),
    /// Registry access declines.
    RegistryAccess(registry_access::Reason),
    /// Governance declines.
    Governance(governance::Reason),
    /// Traffic declines.
    Traffic(traffic::Reason),
    /// A write failed and is not due again.
    SetBack {
        /// What the write was for.
        action: String,
        /// What happened and until when.
        setback: Setback,
    },
    /// Another invocation is carrying out the same write.
    Claimed {
        /// What the write is for.
        action: String,
        /// Until when at the latest.
        until: Timestamp,
    },
    /// The facet is only observed.
    ObserveOnly {
        /// What would be done.
        action: String,
    },
    /// The guard forbids it.
    Refused {
        /// What would have been done.
        action: String,
        /// Why not.
        refusal: Refusal,
    },
    /// The guard would forbid it, and it is done all the same.
    Despite {
        /// What is done.
        action: String,
        /// What speaks against it.
        refusal: Refusal,
        /// Why it is done.
        because: Despite,
    },
    /// The cluster updates itself by these channels, which competes with the fleet's update runs.
    UpdatesItself(String),
    /// The version that the cluster runs leaves support, or has left it.
    SupportEnds {
        /// The version, as the service says it.
        version: String,
        /// Whole days until then, where the service said when.
        days: Option<i64>,
        /// Whether it has.
        over: bool,
    },
    /// An operator had the stamp decommissioned.
    Retired {
        /// Who.
        by: String,
        /// Why.
        reason: String,
    },
    /// The next step of a removal waits for this one.
    RemovalPending(String),
}

/// What to do about one stamp.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[must_use = "a plan does nothing until it is carried out"]
pub struct Plan {
    /// The reaction that made it.
    pub reaction: String,
    /// Why we looked.
    pub trigger: NudgeKind,
    /// The stamp's cluster.
    pub subject: ArmId,
    /// When the observation behind it began.
    pub observed: Timestamp,
    /// What to do, in a stable order. Actions don't depend on each other.
    pub actions: Vec<Action>,
    /// Why not more.
    pub holds: Vec<Hold>,
    /// The stamp's record as it shall be before the first write; `None` forgets the stamp.
    pub record: Option<StampRecord>,
}

impl Plan {
    /// Whether it writes nothing to Azure.
    #[must_use]
    pub fn is_noop(&self) -> bool {
        self.actions.is_empty()
    }

    /// Adds to the stamp's report which of the plan's writes failed, why, and when they are tried again. The report was
    /// made before the writes were, and the next look at the stamp may be hours away.
    pub fn tell_failures(&self, ledger: &mut Ledger) {
        let Some(record) = ledger.stamps.get_mut(self.subject.key()) else { return };
        for action in &self.actions {
            let setback =
                record.setbacks.get(action.target().key()).filter(|setback| setback.until > record.observed);
            let Some(setback) = setback.cloned() else { continue };
            let hold = Hold::SetBack { action: action.to_string(), setback };
            record.report.why_not.push(hold.to_string());
        }
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: ", self.reaction, self.subject.name())?;
        match self.actions.len() {
            0 => f.write_str("nothing to do")?,
            1 => f.write_str("1 write")?,
            n => write!(f, "{n} writes")?,
        }
        self.actions.iter().try_for_each(|action| write!(f, "\n  do    {action}"))?;
        self.holds.iter().try_for_each(|hold| write!(f, "\n  hold  {hold}"))
    }
}

impl Action {
    /// The resource that the action writes: what it claims, and what a setback is kept under.
    #[must_use]
    pub fn target(&self) -> ArmId {
        match self {
            Self::Membership(
                membership::Action::Put { member, .. }
                | membership::Action::Patch { member, .. }
                | membership::Action::Delete { member },
            ) => member.clone(),
            Self::RegistryAccess(registry_access::Action::Grant { registry, name, .. }) => {
                let suffix = format!("providers/Microsoft.Authorization/roleAssignments/{name}");
                registry.child(&suffix).unwrap_or_else(|_| registry.clone())
            }
            Self::RegistryAccess(registry_access::Action::Revoke { assignment })
            | Self::Governance(governance::Action::Unassign { assignment }) => assignment.clone(),
            Self::Governance(governance::Action::Assign(assignment)) => assignment.id.clone(),
            Self::Traffic(action) => action.origin().clone(),
        }
    }

    /// Whether it repeats a write because the service failed at it. Such repeats wait longer each time.
    #[must_use]
    pub fn repairs_failure(&self) -> bool {
        match self {
            Self::Membership(membership::Action::Put { repair, .. }) => {
                *repair == Some(membership::Repair::Failed)
            }
            Self::Traffic(traffic::Action::Put(origin)) => origin.rewrites_failed,
            _ => false,
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Membership(action) => action.fmt(f),
            Self::RegistryAccess(action) => action.fmt(f),
            Self::Governance(action) => action.fmt(f),
            Self::Traffic(action) => action.fmt(f),
        }
    }
}

impl fmt::Display for Hold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OutOfScope(reason) => write!(f, "left alone: {reason}"),
            Self::NotReady(reason) => reason.fmt(f),
            Self::Unread(unread) => unread.fmt(f),
            Self::Membership(reason) => reason.fmt(f),
            Self::RegistryAccess(reason) => reason.fmt(f),
            Self::Governance(reason) => reason.fmt(f),
            Self::Traffic(reason) => reason.fmt(f),
            Self::SetBack { action, setback } => write!(f, "{action}: {setback}"),
            Self::Claimed { action, until } => {
                write!(f, "{action}: another invocation is at it, until {until} at the latest")
            }
            Self::ObserveOnly { action } => write!(f, "only observed: would {action}"),
            Self::Refused { action, refusal } => write!(f, "refused to {action}: {refusal}"),
            Self::Despite { action, refusal, because } => {
                write!(f, "done although {refusal}: {action} ({because})")
            }
            Self::UpdatesItself(channels) => write!(
                f,
                "the cluster updates itself by its {channels}, beside the fleet's update runs; set them to none"
            ),
            Self::SupportEnds { version, over: true, .. } => {
                write!(f, "Kubernetes {version} of the cluster has left support; update it")
            }
            Self::SupportEnds { version, days: Some(days), .. } => {
                write!(f, "Kubernetes {version} of the cluster leaves support in {days} day(s); update it")
            }
            Self::SupportEnds { version, days: None, .. } => {
                write!(f, "Kubernetes {version} of the cluster leaves support soon; update it")
            }
            Self::Retired { by, reason } => {
                write!(f, "decommissioned by {by} ({reason}); the command enroll brings it back")
            }
            Self::RemovalPending(what) => write!(f, "removal waits: {what}"),
        }
    }
}
