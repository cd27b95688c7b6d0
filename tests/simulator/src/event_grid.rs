//! A simulated Event Grid: system topics of the estate's subscriptions, pushing to the simulated Functions host.
//!
//! Simulated: both schemas, filters, the validation handshake, delivery at least once with the documented retry schedule,
//! dead-lettering, and chaos on purpose ([`ChaosRule`]). Not simulated: batching, jitter of retries, delayed delivery and
//! probation of failing endpoints, custom topics, destinations other than a function.
//!
//! An event is due at once, in the order of publication. Retries wait in simulated time.

mod announcements;
mod chaos;
mod dead_letter;
mod event;
mod filter;
mod handshake;
mod notifications;
mod operations;
mod retry;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use crate::arm::{ArmEvent, ArmEventKind};
use crate::chance::Seed;
use crate::clock::Clock;
use crate::functions_host::Token;
use crate::happening::{Happening, Watchers};

pub use chaos::{ChaosEffect, ChaosRule};
pub use dead_letter::DeadLetter;
pub use event::{Event, Schema, SystemTopic};
pub use filter::{AdvancedFilter, EventSubscription, FilterOperator};
pub use handshake::HandshakeFailed;
pub use retry::{Outcome, RetryPolicy};

use retry::Next;

/// Event Grid. Clones share the same topics.
#[derive(Clone)]
pub struct EventGrid {
    seed: Seed,
    clock: Clock,
    watchers: Watchers,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    subscriptions: BTreeMap<String, EventSubscription>,
    chaos: Vec<ChaosRule>,
    /// Deliveries by due time, then by the order in which they were planned.
    pending: BTreeMap<(Timestamp, u64), Delivery>,
    planned: u64,
    dead_letters: Vec<DeadLetter>,
    /// Resources whose creation was told: an update differs from it.
    written: BTreeSet<String>,
}

/// One attempt to deliver one event to one subscription.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivery {
    /// The name of the event subscription.
    pub subscription: String,
    /// The function it goes to.
    pub function: String,
    /// The event.
    pub event: Event,
    /// The attempt, from 1.
    pub attempt: u32,
    /// Which copy of the event it is, from 0; more than one comes of chaos.
    pub copy: u32,
    /// When the event was published: the beginning of its time to live.
    pub published: Timestamp,
}

impl EventGrid {
    /// Event Grid without subscriptions.
    #[must_use]
    pub fn new(seed: Seed, clock: Clock, watchers: Watchers) -> Self {
        Self { seed, clock, watchers, state: Arc::default() }
    }

    /// Adds a rule of chaos. It holds for events published from now on; every rule that matches takes part.
    pub fn unsettle(&self, rule: ChaosRule) {
        self.state().chaos.push(rule);
    }

    /// Takes back all rules of chaos.
    pub fn calm(&self) {
        self.state().chaos.clear();
    }

    /// Publishes what ARM says about a finished write: one event of the subscription's topic, and one resource
    /// notification if the type has any. An announcement becomes an event of its own topic.
    pub fn publish_write(&self, write: &ArmEvent) {
        if let ArmEventKind::Announced(what) = write.kind {
            self.publish(&announcements::event(what, write, self.seed));
            return;
        }
        let is_first = self.state().written.insert(write.resource_id.to_ascii_lowercase());
        self.publish(&operations::event(write, is_first, self.seed));
        if let Some(notification) = notifications::event(write, self.seed) {
            self.publish(&notification);
        }
    }

    /// Publishes an event to all subscriptions that want it.
    pub fn publish(&self, event: &Event) {
        let now = self.clock.now();
        let (event_type, subject) = (event.event_type.clone(), event.subject.clone());
        self.watchers.tell(&Happening::EventRaised { event_type, subject });
        let dropped = self.state().plan(event, now, self.seed);
        for subscription in dropped {
            let reason = "dropped by a rule of chaos".to_owned();
            self.watchers.tell(&Happening::EventDropped { subscription, event_id: event.id.clone(), reason });
        }
    }

    /// The dead letters written so far, oldest first.
    #[must_use]
    pub fn dead_letters(&self) -> Vec<DeadLetter> {
        let now = self.clock.now();
        self.state().dead_letters.iter().filter(|letter| letter.written <= now).cloned().collect()
    }

    /// How many deliveries wait, retries included.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.state().pending.len()
    }

    /// When the next delivery is due.
    #[must_use]
    pub fn next_due(&self) -> Option<Timestamp> {
        self.state().pending.keys().next().map(|(due, _)| *due)
    }

    /// Takes the deliveries that are due now. Each must come back through [`EventGrid::settle`].
    #[must_use]
    pub fn take_due(&self) -> Vec<Delivery> {
        let now = self.clock.now();
        let mut state = self.state();
        let later = state.pending.split_off(&(now, u64::MAX));
        std::mem::replace(&mut state.pending, later).into_values().collect()
    }

    /// Notes what became of a delivery: done, again later, or given up.
    pub fn settle(&self, delivery: Delivery, outcome: &Outcome) {
        let now = self.clock.now();
        let Some(subscription) = self.state().subscriptions.get(&delivery.subscription).cloned() else {
            return;
        };
        let (name, event_id) = (delivery.subscription.clone(), delivery.event.id.clone());
        match subscription.retry.next(&delivery, outcome, now) {
            Next::Done => {
                let attempt = delivery.attempt;
                self.watchers.tell(&Happening::EventDelivered { subscription: name, event_id, attempt });
            }
            Next::Again(due) => {
                let again = Delivery { attempt: delivery.attempt + 1, ..delivery };
                self.state().push(due, again);
            }
            Next::GiveUp(reason) if subscription.dead_letters => {
                let reason = reason.to_owned();
                let letter = DeadLetter::of(&delivery, &subscription, &reason, outcome, now);
                self.state().dead_letters.push(letter);
                self.watchers.tell(&Happening::EventDeadLettered { subscription: name, event_id, reason });
            }
            Next::GiveUp(reason) => {
                let reason = reason.to_owned();
                self.watchers.tell(&Happening::EventDropped { subscription: name, event_id, reason });
            }
        }
    }

    /// The event of a delivery as it travels: JSON text in the schema of its subscription. The Event Grid schema always
    /// travels as an array.
    #[must_use]
    pub fn body(&self, delivery: &Delivery) -> String {
        let schema = self
            .state()
            .subscriptions
            .get(&delivery.subscription)
            .map_or(Schema::EventGrid, |found| found.schema);
        match schema {
            Schema::EventGrid => Token::Array(vec![delivery.event.in_schema(schema)]).compact(),
            Schema::CloudEvents => delivery.event.in_schema(schema).compact(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Plans the first attempts of an event; answers the subscriptions for which chaos dropped it.
    fn plan(&mut self, event: &Event, now: Timestamp, seed: Seed) -> Vec<String> {
        let mut dropped = Vec::new();
        let wanting: Vec<_> =
            self.subscriptions.values().filter(|found| found.wants(event)).cloned().collect();
        for subscription in wanting {
            let delays = chaos::delays(&self.chaos, event, &subscription.name, seed);
            if delays.is_empty() {
                dropped.push(subscription.name.clone());
            }
            for (copy, delay) in (0..).zip(delays) {
                let delivery = Delivery {
                    subscription: subscription.name.clone(),
                    function: subscription.function.clone(),
                    event: event.clone(),
                    attempt: 1,
                    copy,
                    published: now,
                };
                self.push(now.checked_add(delay).unwrap_or(now), delivery);
            }
        }
        dropped
    }

    fn push(&mut self, due: Timestamp, delivery: Delivery) {
        self.planned += 1;
        self.pending.insert((due, self.planned), delivery);
    }
}

#[cfg(test)]
mod tests;
