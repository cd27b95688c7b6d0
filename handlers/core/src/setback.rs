//! Setbacks: writes that failed, why, and when trying again can help. They make a failure a reason to stand still
//! instead of a loop.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// Why a write failed, as far as it decides when to try again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Fault {
    /// What a caller should do about it.
    pub class: FaultClass,
    /// The service's code, such as `PrincipalNotFound`.
    pub code: String,
    /// The service's words.
    pub message: String,
    /// How long the service asked us to wait, in seconds.
    pub retry_after_seconds: Option<u32>,
}

/// What to do about a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum FaultClass {
    /// It passes by itself: service errors, lost replies, throttling, identities that are not replicated yet.
    Passing,
    /// Another operation is in the way; soon it is not.
    Busy,
    /// It stays until somebody changes something: rights, policy, a cluster in another fleet, a body refused.
    Lasting,
    /// The service accepted the write and failed at it.
    OperationFailed,
}

impl FaultClass {
    /// The first wait and the longest. Waits double with each failure in a row.
    const fn waits(self) -> (SignedDuration, SignedDuration) {
        let minutes = SignedDuration::from_mins;
        match self {
            Self::Busy => (SignedDuration::from_secs(30), minutes(5)),
            Self::Passing => (SignedDuration::from_secs(30), minutes(15)),
            Self::OperationFailed => (minutes(1), minutes(60)),
            Self::Lasting => (minutes(10), minutes(6 * 60)),
        }
    }
}

/// A write that failed, possibly several times in a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Setback {
    /// Failures in a row, at least 1.
    pub attempts: u32,
    /// The last one.
    pub fault: Fault,
    /// Not to be tried again before.
    pub until: Timestamp,
}

impl Setback {
    /// The setback after one more failure. A wait that the service asked for is never cut short.
    #[must_use]
    pub fn after(previous: Option<&Self>, fault: Fault, now: Timestamp) -> Self {
        let attempts = previous.map_or(0, |setback| setback.attempts).saturating_add(1);
        let (first, longest) = fault.class.waits();
        let doubled = first.checked_mul(1_i32 << (attempts - 1).min(16)).unwrap_or(longest).min(longest);
        let asked = SignedDuration::from_secs(i64::from(fault.retry_after_seconds.unwrap_or(0)));
        Self { attempts, fault, until: now + doubled.max(asked) }
    }
}

impl fmt::Display for Setback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Fault { class: _, code, message, retry_after_seconds: _ } = &self.fault;
        let times = if self.attempts == 1 { "once".to_owned() } else { format!("{} times", self.attempts) };
        write!(f, "{code}: {message} (failed {times}, tried again after {})", self.until)
    }
}

#[cfg(test)]
mod tests;
