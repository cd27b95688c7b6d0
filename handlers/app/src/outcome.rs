//! What an invocation came to, and what the host is told.

use fleet_core::plan::Hold;

/// The end of one reconciliation.
#[derive(Debug, Clone, PartialEq)]
#[must_use = "an outcome that the host is not told leaves the message locked"]
pub enum Outcome {
    /// Something was written.
    Done {
        /// The plan, its writes' outcomes and its holds, a sentence each.
        story: Vec<String>,
    },
    /// Everything is as wanted, or was looked at already.
    Noop {
        /// Why there was nothing to do.
        why: String,
    },
    /// Nothing was written, for reasons.
    Held {
        /// At least one.
        holds: Vec<Hold>,
    },
    /// Another delivery may fare better.
    Retry {
        /// What failed.
        why: String,
    },
}

impl Outcome {
    /// One word for logs.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Done { .. } => "done",
            Self::Noop { .. } => "no-op",
            Self::Held { .. } => "held",
            Self::Retry { .. } => "retry",
        }
    }

    /// The lines of the function's log.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        match self {
            Self::Done { story } => story.clone(),
            Self::Noop { why } | Self::Retry { why } => vec![why.clone()],
            Self::Held { holds } => holds.iter().map(|hold| format!("hold: {hold}")).collect(),
        }
    }
}
