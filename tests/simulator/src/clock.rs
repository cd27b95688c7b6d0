//! Simulated time.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

/// The moment at which a simulation begins unless told otherwise: 2026-03-04T05:00:00Z.
pub const EPOCH: Timestamp = Timestamp::constant(1_772_600_400, 0);

/// A handle to the one clock of a simulation. Clones show the same time. It never moves by itself.
#[derive(Debug, Clone)]
pub struct Clock {
    now: Arc<Mutex<Timestamp>>,
}

impl Default for Clock {
    fn default() -> Self {
        Self::starting_at(EPOCH)
    }
}

impl Clock {
    /// A clock that stands at `start`.
    #[must_use]
    pub fn starting_at(start: Timestamp) -> Self {
        Self { now: Arc::new(Mutex::new(start)) }
    }

    /// The current simulated time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Moves to `time`; a time in the past leaves the clock where it is. Answers the time shown afterwards.
    pub fn advance_to(&self, time: Timestamp) -> Timestamp {
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        *now = (*now).max(time);
        *now
    }

    /// Moves forward by `step`; a negative step leaves the clock where it is. Answers the time shown
    /// afterwards.
    pub fn advance_by(&self, step: SignedDuration) -> Timestamp {
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        *now = now.saturating_add(step).unwrap_or(Timestamp::MAX).max(*now);
        *now
    }
}

#[cfg(test)]
mod tests;
