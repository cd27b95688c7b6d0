//! A simulated Service Bus namespace: queues with peek-lock.
//!
//! Simulated: delivery count, lock duration and renewal, dead-lettering at the maximum delivery count, the dead-letter
//! sub-queue, scheduled enqueue, time to live (an expired message vanishes, dead-lettering on expiry is off as by default).
//! Duplicate detection is off. Not simulated: topics, sessions, deferral, transactions, partitioning, size limits.
//!
//! Whoever is outside the simulation comes in by [`RestFront`].

mod message;
mod queue;
mod rest;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use thiserror::Error;

use crate::chance::Seed;
use crate::clock::Clock;
use crate::happening::{Happening, Watchers};

pub use message::{Locked, Message, Outgoing};
pub use queue::QueueSettings;
pub use rest::RestFront;

use queue::{Parked, Queue};

/// The end of a queue's name that addresses its dead-letter sub-queue.
pub const DEAD_LETTER_SUFFIX: &str = "/$DeadLetterQueue";

/// A namespace. Clones share the same queues.
#[derive(Clone)]
pub struct ServiceBus {
    seed: Seed,
    clock: Clock,
    watchers: Watchers,
    queues: Arc<Mutex<BTreeMap<String, Queue>>>,
}

/// Why a call to the namespace fails.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum ServiceBusError {
    /// No such queue.
    #[error("queue {0:?} doesn't exist; create it first")]
    NoSuchQueue(String),
    /// The lock ran out, or the message was settled already.
    #[error("the lock {lock_token} on queue {queue:?} is lost")]
    LockLost {
        /// The queue.
        queue: String,
        /// The lock's token.
        lock_token: String,
    },
}

impl ServiceBus {
    /// A namespace without queues.
    #[must_use]
    pub fn new(seed: Seed, clock: Clock, watchers: Watchers) -> Self {
        Self { seed, clock, watchers, queues: Arc::default() }
    }

    /// Creates a queue; one that exists keeps its messages and settings.
    pub fn create_queue(&self, name: &str, settings: QueueSettings) {
        self.queues().entry(name.to_owned()).or_insert_with(|| Queue::new(name, settings));
    }

    /// Whether a queue exists. A dead-letter sub-queue exists with its queue.
    #[must_use]
    pub fn has_queue(&self, name: &str) -> bool {
        self.queues().contains_key(split(name).0)
    }

    /// Puts a message on a queue and answers its message id.
    ///
    /// # Errors
    /// When the queue doesn't exist.
    pub fn send(&self, queue: &str, message: Outgoing) -> Result<String, ServiceBusError> {
        let now = self.clock.now();
        let id = self.with_queue(queue, |queue| queue.enqueue(message, now, self.seed))?;
        self.watchers.tell(&Happening::MessageEnqueued { queue: queue.to_owned(), id: id.clone() });
        Ok(id)
    }

    /// Locks and answers the next message of a queue or of a dead-letter sub-queue, if one is ready.
    ///
    /// # Errors
    /// When the queue doesn't exist.
    pub fn receive(&self, queue: &str) -> Result<Option<Locked>, ServiceBusError> {
        let now = self.clock.now();
        let (locked, parked) = self.with_queue(queue, |found| {
            let parked = found.expire_locks(now);
            (found.lock_next(is_dead_letter(queue), now, self.seed), parked)
        })?;
        self.tell_parked(queue, parked);
        Ok(locked)
    }

    /// Settles a message as handled.
    ///
    /// # Errors
    /// When the lock is lost or the queue doesn't exist.
    pub fn complete(&self, queue: &str, lock_token: &str) -> Result<(), ServiceBusError> {
        let id = self.settle(queue, lock_token, |found, now| found.complete(lock_token, now))?;
        self.watchers.tell(&Happening::MessageCompleted { queue: queue.to_owned(), id });
        Ok(())
    }

    /// Gives a message back at once. At the maximum delivery count it goes to the dead-letter sub-queue instead.
    ///
    /// # Errors
    /// When the lock is lost or the queue doesn't exist.
    pub fn abandon(&self, queue: &str, lock_token: &str) -> Result<(), ServiceBusError> {
        let outcome = self.settle(queue, lock_token, |found, now| found.abandon(lock_token, now))?;
        match outcome {
            Parked { id, deliveries, dead_letter_reason: None } => {
                self.watchers.tell(&Happening::MessageAbandoned { queue: queue.to_owned(), id, deliveries });
            }
            dead => self.tell_parked(queue, vec![dead]),
        }
        Ok(())
    }

    /// Keeps a message locked until `until`.
    ///
    /// # Errors
    /// When the lock is lost or the queue doesn't exist.
    pub fn renew(&self, queue: &str, lock_token: &str, until: Timestamp) -> Result<(), ServiceBusError> {
        self.settle(queue, lock_token, |found, now| found.renew(lock_token, until, now))
    }

    /// Keeps a message locked for one lock duration from now.
    ///
    /// # Errors
    /// When the lock is lost or the queue doesn't exist.
    pub fn renew_once(&self, queue: &str, lock_token: &str) -> Result<(), ServiceBusError> {
        self.settle(queue, lock_token, |found, now| found.renew_once(lock_token, now))
    }

    /// The message that a lock is on.
    ///
    /// # Errors
    /// When the lock is lost or the queue doesn't exist.
    pub fn locked(&self, queue: &str, lock_token: &str) -> Result<Message, ServiceBusError> {
        self.settle(queue, lock_token, |found, now| found.message(lock_token, now))
    }

    /// Stops the renewal of a lock, whose holder is lost: it ends one lock duration from now, or when it would anyway.
    ///
    /// # Errors
    /// When the lock is lost or the queue doesn't exist.
    pub fn renew_no_more(&self, queue: &str, lock_token: &str) -> Result<(), ServiceBusError> {
        self.settle(queue, lock_token, |found, now| found.renew_no_more(lock_token, now))
    }

    /// The messages of a queue in order, locked and scheduled ones included.
    #[must_use]
    pub fn messages(&self, queue: &str) -> Vec<Message> {
        self.queues().get(queue).map(Queue::messages).unwrap_or_default()
    }

    /// The dead letters of a queue, oldest first.
    #[must_use]
    pub fn dead_letters(&self, queue: &str) -> Vec<Message> {
        self.queues().get(queue).map(Queue::dead_letters).unwrap_or_default()
    }

    /// Whether a message could be received from `queue` now.
    #[must_use]
    pub fn is_ready(&self, queue: &str) -> bool {
        let now = self.clock.now();
        self.queues().get(split(queue).0).is_some_and(|found| found.is_ready(is_dead_letter(queue), now))
    }

    /// How many messages a queue or a dead-letter sub-queue holds, locked and scheduled ones included.
    #[must_use]
    pub fn waiting(&self, queue: &str) -> usize {
        let (name, dead) = split(queue);
        self.queues()
            .get(name)
            .map_or(0, |found| if dead { found.dead_letters().len() } else { found.messages().len() })
    }

    /// When the next lock runs out or the next scheduled message becomes visible; `None` when nothing waits.
    #[must_use]
    pub fn next_due(&self) -> Option<Timestamp> {
        let now = self.clock.now();
        self.queues().values().filter_map(|queue| queue.next_due(now)).min()
    }

    fn settle<T>(
        &self,
        queue: &str,
        lock_token: &str,
        settle: impl FnOnce(&mut Queue, Timestamp) -> Option<T>,
    ) -> Result<T, ServiceBusError> {
        let now = self.clock.now();
        let (settled, parked) = self.with_queue(queue, |found| {
            let parked = found.expire_locks(now);
            (settle(found, now), parked)
        })?;
        self.tell_parked(queue, parked);
        let lost =
            || ServiceBusError::LockLost { queue: queue.to_owned(), lock_token: lock_token.to_owned() };
        settled.ok_or_else(lost)
    }

    fn tell_parked(&self, queue: &str, parked: Vec<Parked>) {
        for Parked { id, dead_letter_reason, .. } in parked {
            if let Some(reason) = dead_letter_reason {
                let queue = split(queue).0.to_owned();
                self.watchers.tell(&Happening::MessageDeadLettered { queue, id, reason });
            }
        }
    }

    fn with_queue<T>(&self, name: &str, act: impl FnOnce(&mut Queue) -> T) -> Result<T, ServiceBusError> {
        let mut queues = self.queues();
        let queue =
            queues.get_mut(split(name).0).ok_or_else(|| ServiceBusError::NoSuchQueue(name.to_owned()))?;
        Ok(act(queue))
    }

    fn queues(&self) -> MutexGuard<'_, BTreeMap<String, Queue>> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The queue's own name, and whether its dead-letter sub-queue is meant. Azure compares the suffix in any case.
fn split(name: &str) -> (&str, bool) {
    let at = name.len().saturating_sub(DEAD_LETTER_SUFFIX.len());
    match name.get(at..) {
        Some(end) if end.eq_ignore_ascii_case(DEAD_LETTER_SUFFIX) => (&name[..at], true),
        _ => (name, false),
    }
}

fn is_dead_letter(name: &str) -> bool {
    split(name).1
}

#[cfg(test)]
mod tests;
