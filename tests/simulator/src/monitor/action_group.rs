//! An action group with one action: POST every alert to one address.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::Method;
use jiff::Timestamp;
use serde_json::Value;
use url::Url;

use crate::arm::Arm;
use crate::clock::Clock;
use crate::functions_host::HttpCall;
use crate::happening::{Happening, Watchers};

/// The waits before each retry of a call.
const WAITS: [Duration; 5] = [
    Duration::from_secs(5),
    Duration::from_secs(20),
    Duration::from_secs(5),
    Duration::from_secs(40),
    Duration::from_secs(5),
];

/// How long the address isn't called after a call whose retries all failed.
const SILENCE: Duration = Duration::from_secs(15 * 60);

/// An action group. Clones are the same group.
///
/// A call is retried after 408, 429, 503, 504 and when no answer comes, five times at most. Then the group calls nobody for
/// 15 minutes. What becomes of the alerts of those minutes isn't documented; here they are lost, as no dead letter is
/// documented either.
#[derive(Clone)]
pub struct ActionGroup {
    url: Url,
    clock: Clock,
    watchers: Watchers,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    /// Calls by due time, then by the order in which they were planned.
    pending: BTreeMap<(Timestamp, u64), Call>,
    planned: u64,
    alerts: u64,
    silent_until: Option<Timestamp>,
}

/// One attempt to tell of one alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The number of the alert in this group, from 1.
    pub id: u64,
    /// The attempt, from 1.
    pub attempt: u32,
    /// Where it goes.
    pub url: Url,
    /// The alert as JSON text.
    pub body: String,
}

/// What became of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The address answered with a status.
    Answered(u16),
    /// The connection broke or no answer came in time.
    NoAnswer,
}

impl Call {
    /// The request. Its body has a length, without which the host would hand over none; that the real sender gives one
    /// isn't verified.
    #[must_use]
    pub fn request(&self) -> HttpCall {
        let body = self.body.clone().into();
        HttpCall { body, ..HttpCall::new(Method::POST, self.url.clone()) }
            .header("content-type", "application/json; charset=utf-8")
            .header("content-length", &self.body.len().to_string())
    }
}

impl ActionGroup {
    /// A group that POSTs to `url`, mostly a function's
    /// [`trigger_url`](crate::functions_host::FunctionsHost::trigger_url).
    #[must_use]
    pub fn calling(url: Url, arm: &Arm) -> Self {
        Self { url, clock: arm.clock().clone(), watchers: arm.watchers().clone(), state: Arc::default() }
    }

    /// Tells the address of an alert, due at once. `body` is a whole alert in the common schema; see
    /// [`MetricAlert`](super::MetricAlert) and its neighbours.
    pub fn alert(&self, body: &Value) {
        let now = self.clock.now();
        let mut state = self.state();
        state.alerts += 1;
        let call = Call { id: state.alerts, attempt: 1, url: self.url.clone(), body: body.to_string() };
        state.push(now, call);
    }

    /// How many calls wait, retries included.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.state().pending.len()
    }

    /// When the next call is due.
    #[must_use]
    pub fn next_due(&self) -> Option<Timestamp> {
        self.state().pending.keys().next().map(|(due, _)| *due)
    }

    /// Takes the calls that are due now. Each must come back through [`ActionGroup::settle`]. While the group is silent
    /// there are none, and what is due is lost.
    #[must_use]
    pub fn take_due(&self) -> Vec<Call> {
        let now = self.clock.now();
        let (due, is_silent) = {
            let mut state = self.state();
            let later = state.pending.split_off(&(now, u64::MAX));
            let due: Vec<Call> = std::mem::replace(&mut state.pending, later).into_values().collect();
            (due, state.silent_until.is_some_and(|until| now < until))
        };
        if is_silent {
            for call in due {
                self.tell_lost(call.id, "no call for 15 minutes after retries in vain");
            }
            return Vec::new();
        }
        due
    }

    /// Notes what became of a call: done, again later, or given up.
    pub fn settle(&self, call: Call, outcome: Outcome) {
        let now = self.clock.now();
        match outcome {
            Outcome::Answered(200..=299) => {
                self.watchers.tell(&Happening::AlertDelivered { id: call.id, attempt: call.attempt });
            }
            Outcome::Answered(408 | 429 | 503 | 504) | Outcome::NoAnswer => self.retry(call, now),
            Outcome::Answered(status) => {
                self.tell_lost(call.id, &format!("the answer was {status}, which isn't retried"));
            }
        }
    }

    fn retry(&self, call: Call, now: Timestamp) {
        let retries_before = usize::try_from(call.attempt - 1).unwrap_or(usize::MAX);
        match WAITS.get(retries_before) {
            Some(wait) => {
                let due = now.checked_add(*wait).unwrap_or(Timestamp::MAX);
                self.state().push(due, Call { attempt: call.attempt + 1, ..call });
            }
            None => {
                self.state().silent_until = now.checked_add(SILENCE).ok();
                self.tell_lost(call.id, "all retries failed");
            }
        }
    }

    fn tell_lost(&self, id: u64, reason: &str) {
        self.watchers.tell(&Happening::AlertLost { id, reason: reason.to_owned() });
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn push(&mut self, due: Timestamp, call: Call) {
        self.planned += 1;
        self.pending.insert((due, self.planned), call);
    }
}

#[cfg(test)]
mod tests;
