//! The simulated Azure Resource Manager.
//!
//! [`Arm::handle`] answers one request at once; [`Arm::exchange`] also holds the answer back for the
//! configured latency, as the servers in [`crate::net`] and the in-process client do. A request goes through
//! `pipeline`, is looked up in the table in `routes`, and is answered by one function in `providers`, which
//! reads and writes the JSON in `store`.

mod call;
mod error;
mod event;
mod exchange;
mod id;
mod in_process;
mod names;
mod operations;
mod page;
mod permissions;
mod pipeline;
mod providers;
mod route;
mod routes;
mod settings;
pub mod setup;
mod state;
mod status_urls;
mod store;
mod throttle;
mod traffic;
mod updates;
mod world;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use crate::chance::Seed;
use crate::clock::Clock;
use crate::faults::Rule;
use crate::happening::Watchers;
use crate::identity::Tokens;
use crate::record::{Causes, Recorder};

use state::State;

pub use error::ArmError;
pub use event::{Announcement, ArmEvent, ArmEventKind, ClusterNews};
pub use exchange::{ArmRequest, ArmResponse, Headers, Outcome};
pub use in_process::InProcess;
pub use settings::{Bucket, Limits, Settings};
pub use traffic::CallCounts;
pub use updates::{ClusterUpgrade, UpdateSettings, UpgradeFate};
pub use world::Notice;

/// Called when a fault kills the handler, with the correlation id of the call at which it dies.
pub type KillHook = Arc<dyn Fn(&str) + Send + Sync>;

/// A handle to one simulated ARM. Clones share the same state.
#[derive(Clone)]
pub struct Arm {
    shared: Arc<Shared>,
}

struct Shared {
    state: Mutex<State>,
    seed: Seed,
    clock: Clock,
    tokens: Tokens,
    watchers: Watchers,
    causes: Causes,
    recorder: Recorder,
    kill_hook: Mutex<Option<KillHook>>,
}

impl Arm {
    /// An ARM without any subscription or resource. [`setup::Estate`] fills it.
    #[must_use]
    pub fn new(seed: Seed, clock: Clock) -> Self {
        let shared = Shared {
            state: Mutex::new(State::new(seed)),
            seed,
            clock,
            tokens: Tokens::default(),
            watchers: Watchers::default(),
            causes: Causes::default(),
            recorder: Recorder::default(),
            kill_hook: Mutex::default(),
        };
        Self { shared: Arc::new(shared) }
    }

    /// Answers one request at once.
    #[must_use]
    pub fn handle(&self, request: &ArmRequest) -> Outcome {
        let decided = self.decide(request);
        self.lock().traffic.release(&decided.ticket);
        if decided.kills_handler {
            self.kill_handler(decided.ticket.correlation());
        }
        decided.outcome
    }

    /// Answers one request after the configured latency. Never returns when the caller is to get no answer at
    /// all.
    pub async fn exchange(&self, request: &ArmRequest) -> Outcome {
        let decided = self.decide(request);
        if decided.kills_handler {
            self.kill_handler(decided.ticket.correlation());
        }
        if decided.outcome == Outcome::Silent {
            std::future::pending::<()>().await;
        }
        let latency = self.settings().latency + decided.delay;
        tokio::time::sleep(latency).await;
        self.lock().traffic.release(&decided.ticket);
        decided.outcome
    }

    /// The seed.
    #[must_use]
    pub fn seed(&self) -> Seed {
        self.shared.seed
    }

    /// The clock.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.shared.clock
    }

    /// The directory whose tokens are accepted.
    #[must_use]
    pub fn tokens(&self) -> &Tokens {
        &self.shared.tokens
    }

    /// Who is told of every call. Others may tell their happenings here too.
    #[must_use]
    pub fn watchers(&self) -> &Watchers {
        &self.shared.watchers
    }

    /// The causes behind correlation ids, to be filled by the Functions host.
    #[must_use]
    pub fn causes(&self) -> &Causes {
        &self.shared.causes
    }

    /// The record of calls.
    #[must_use]
    pub fn recorder(&self) -> &Recorder {
        &self.shared.recorder
    }

    /// The settings in force.
    #[must_use]
    pub fn settings(&self) -> Settings {
        self.lock().settings.clone()
    }

    /// Changes settings, from now on.
    pub fn configure(&self, change: impl FnOnce(&mut Settings)) {
        change(&mut self.lock().settings);
    }

    /// Adds a fault behind those already there.
    pub fn inject(&self, rule: Rule) {
        self.lock().faults.add(rule);
    }

    /// Removes all faults.
    pub fn clear_faults(&self) {
        self.lock().faults.clear();
    }

    /// Says what to do when a fault kills the handler. Called while no lock is held.
    pub fn on_kill(&self, hook: KillHook) {
        *self.shared.kill_hook.lock().unwrap_or_else(PoisonError::into_inner) = Some(hook);
    }

    /// Lets callers do only these RBAC actions (`*` stands for any text); others get 403
    /// `AuthorizationFailed`.
    pub fn grant_only(&self, actions: &[&str]) {
        self.lock().permissions.grant_only(actions);
    }

    /// Every RBAC action that calls have needed so far, granted or not. Compare without case.
    #[must_use]
    pub fn actions_used(&self) -> BTreeSet<String> {
        self.lock().permissions.used()
    }

    /// All calls so far.
    #[must_use]
    pub fn calls(&self) -> CallCounts {
        self.lock().traffic.total()
    }

    /// The calls with one correlation id.
    #[must_use]
    pub fn calls_of(&self, correlation_id: &str) -> CallCounts {
        self.lock().traffic.of(correlation_id)
    }

    /// The calls by correlation id, in lower case.
    #[must_use]
    pub fn calls_by_correlation(&self) -> BTreeMap<String, CallCounts> {
        self.lock().traffic.each()
    }

    /// Begins counting calls anew.
    pub fn reset_calls(&self) {
        self.lock().traffic.reset();
    }

    /// Takes the events that have been raised since the last time, operations that ended meanwhile included.
    #[must_use]
    pub fn take_events(&self) -> Vec<ArmEvent> {
        let now = self.clock().now();
        let events = {
            let mut state = self.lock();
            state.carry_on(now);
            std::mem::take(&mut state.outbox)
        };
        self.tell();
        events
    }

    /// When the next long-running operation ends or the next step of a cluster's upgrade or an update run is due;
    /// `None` when nothing is under way. A run that waits for an approval has no next step.
    #[must_use]
    pub fn next_operation_end(&self) -> Option<Timestamp> {
        self.lock().next_due()
    }

    /// Every upgrade of a member's cluster so far, those under way included, in the order of their beginnings.
    #[must_use]
    pub fn upgrades(&self) -> Vec<ClusterUpgrade> {
        let mut state = self.lock();
        state.carry_on(self.clock().now());
        state.updates.upgrades.history()
    }

    /// Tells listeners what has happened while the lock was held.
    fn tell(&self) {
        let untold = std::mem::take(&mut self.lock().untold);
        for happening in untold {
            self.watchers().tell(&happening);
        }
    }

    fn kill_handler(&self, correlation: &str) {
        let hook = self.shared.kill_hook.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(hook) = hook {
            hook(correlation);
        }
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Arm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Arm").field("seed", &self.shared.seed).field("now", &self.clock().now()).finish()
    }
}

#[cfg(test)]
mod tests;
