//! When a delivery is tried again, and when it is given up.

use std::time::Duration;

use jiff::Timestamp;

use super::Delivery;

/// The waits between attempts: 10 s, 30 s, 1, 5, 10, 30 min, 1, 3, 6 h, then every 12 h. Azure adds jitter; here is none.
const WAITS: [Duration; 10] = [
    Duration::from_secs(10),
    Duration::from_secs(30),
    Duration::from_secs(60),
    Duration::from_secs(5 * 60),
    Duration::from_secs(10 * 60),
    Duration::from_secs(30 * 60),
    Duration::from_secs(3600),
    Duration::from_secs(3 * 3600),
    Duration::from_secs(6 * 3600),
    Duration::from_secs(12 * 3600),
];

/// What became of one delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The destination answered with a status.
    Answered(u16),
    /// It didn't answer within 30 seconds.
    TimedOut,
    /// The connection broke.
    ConnectionLost,
}

/// The limits of a subscription; whichever is reached first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// 1 to 30.
    pub max_delivery_attempts: u32,
    /// 1 minute to 24 hours.
    pub time_to_live: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self { max_delivery_attempts: 30, time_to_live: Duration::from_secs(24 * 3600) }
    }
}

/// What follows an outcome.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    Done,
    Again(Timestamp),
    /// With Event Grid's word for the reason.
    GiveUp(&'static str),
}

impl RetryPolicy {
    pub(super) fn next(&self, delivery: &Delivery, outcome: &Outcome, now: Timestamp) -> Next {
        if matches!(outcome, Outcome::Answered(200..=204)) {
            return Next::Done;
        }
        if matches!(outcome, Outcome::Answered(400 | 401 | 403 | 413)) {
            return Next::GiveUp(UNDELIVERABLE);
        }
        if delivery.attempt >= self.max_delivery_attempts {
            return Next::GiveUp("MaxDeliveryAttemptsExceeded");
        }
        let waits_before = usize::try_from(delivery.attempt - 1).unwrap_or(usize::MAX);
        let wait = WAITS[waits_before.min(WAITS.len() - 1)].max(least_wait(*outcome));
        let expires = delivery.published.checked_add(self.time_to_live).unwrap_or(Timestamp::MAX);
        match now.checked_add(wait) {
            Ok(due) if due < expires => Next::Again(due),
            _ => Next::GiveUp(EXPIRED),
        }
    }
}

/// The word for a status that isn't retried. Not verified.
const UNDELIVERABLE: &str = "UndeliverableDueToClientError";

/// The word for an event whose time to live is over. Not verified.
const EXPIRED: &str = "TimeToLiveExceeded";

/// Some statuses have a longer first wait.
fn least_wait(outcome: Outcome) -> Duration {
    match outcome {
        Outcome::Answered(404) => Duration::from_secs(5 * 60),
        Outcome::Answered(408) => Duration::from_secs(2 * 60),
        Outcome::Answered(503) => Duration::from_secs(30),
        Outcome::Answered(_) | Outcome::TimedOut | Outcome::ConnectionLost => Duration::from_secs(10),
    }
}

impl Outcome {
    /// Event Grid's word for it, as in `lastDeliveryOutcome`. Only the first five are documented.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::TimedOut => "TimedOut",
            Self::ConnectionLost => "SocketError",
            Self::Answered(404) => "NotFound",
            Self::Answered(401) => "Unauthorized",
            Self::Answered(403) => "Forbidden",
            Self::Answered(400) => "BadRequest",
            Self::Answered(413) => "PayloadTooLarge",
            Self::Answered(503) => "Busy",
            Self::Answered(_) => "GenericError",
        }
    }
}
