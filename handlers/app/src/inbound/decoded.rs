//! What becomes of an event: a subject to look at, a reason to do nothing, or a fault.

use std::fmt;

use fleet_core::{ids::ArmId, trigger::NudgeKind};
use serde::Deserialize;

use super::{statement::Statement, support::SupportStatement};
use crate::envelope::fault_text;

/// What an event means to us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decoded {
    /// Look at this subject.
    Nudge {
        /// What may have happened to it.
        kind: NudgeKind,
        /// The managed cluster, update run or gate concerned.
        subject: ArmId,
    },
    /// Evidence about somebody's health.
    Signal(Statement),
    /// News of the end of support of a cluster's version.
    Support(SupportStatement),
    /// Well-formed, and nothing to do.
    Ignored(IgnoreReason),
}

impl Decoded {
    /// Where a cluster is to be looked at, a statement about its support instead.
    pub(super) fn into_support(self, statement: impl FnOnce(ArmId) -> SupportStatement) -> Self {
        match self {
            Self::Nudge { subject, .. } => Self::Support(statement(subject)),
            other => other,
        }
    }
}

/// Why an event is dropped. Not an error: a subscription's filter cannot be as exact as we are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum IgnoreReason {
    /// The event concerns a resource that is neither a managed cluster nor below one, and no update run.
    OtherResource,
    /// The cluster is a fleet's hub, which Azure runs and updates itself.
    FleetHub,
    /// The event about gates concerns something else.
    NoGate,
    /// The gate waits for its time, say, and not for somebody's approval: it completes by itself.
    NoApproval,
    /// The event concerns neither a virtual machine nor a scale set in a resource group.
    NoMachine,
    /// The event concerns one instance of a scale set.
    OneInstance,
    /// The event explains or foretells a change of availability.
    Annotation,
    /// A documented event type that no reaction uses.
    NoReaction,
    /// An event type nobody has told us about.
    UnknownType,
    /// The handshake of an event subscription.
    Handshake,
}

impl fmt::Display for IgnoreReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OtherResource => "the resource is neither a managed cluster nor an update run",
            Self::FleetHub => "the cluster is a fleet's hub",
            Self::NoGate => "the resource is no gate of a fleet",
            Self::NoApproval => "the gate does not wait for an approval",
            Self::NoMachine => "the resource is neither a virtual machine nor a scale set",
            Self::OneInstance => "one instance does not speak for its scale set",
            Self::Annotation => "an annotation tells no change of availability",
            Self::NoReaction => "no reaction uses this event type",
            Self::UnknownType => "the event type is unknown",
            Self::Handshake => "answered by the host",
        })
    }
}

/// What makes an event unreadable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{fault} (at `{path}`)")]
pub struct Fault {
    /// JSON path inside the event; empty for the event as a whole.
    pub path: String,
    /// What is wrong there.
    pub fault: String,
}

impl Fault {
    /// A fault at a path.
    pub fn at(path: impl Into<String>, fault: impl Into<String>) -> Self {
        Self { path: path.into(), fault: fault.into() }
    }

    /// Reads JSON text that stood at a path.
    ///
    /// # Errors
    /// The parse error, with the path joined.
    pub fn read<'a, T: Deserialize<'a>>(below: &str, text: &'a str) -> Result<T, Self> {
        Self::catch(below, serde_path_to_error::deserialize(&mut serde_json::Deserializer::from_str(text)))
    }

    /// Turns a parse error into a fault, below the path at which the parsed text stood.
    ///
    /// # Errors
    /// The parse error, with the path joined.
    pub fn catch<T>(
        below: &str,
        parsed: Result<T, serde_path_to_error::Error<serde_json::Error>>,
    ) -> Result<T, Self> {
        parsed.map_err(|error| {
            let inner = error.path().to_string();
            let path = match (below, inner.as_str()) {
                (below, ".") => below.to_owned(),
                ("", inner) => inner.to_owned(),
                (below, inner) if inner.starts_with('[') => format!("{below}{inner}"),
                (below, inner) => format!("{below}.{inner}"),
            };
            Self { path, fault: fault_text(error.inner()) }
        })
    }
}
