//! One queue and its dead-letter sub-queue.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use super::message::{Locked, Message, Outgoing};
use crate::chance::Seed;

/// The settings of a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueueSettings {
    /// How long a lock holds unless renewed; Azure allows up to 5 minutes.
    pub lock_duration: Duration,
    /// The delivery after which a message that isn't completed becomes a dead letter.
    pub max_delivery_count: u32,
    /// How long a message lives; `None` is forever.
    pub time_to_live: Option<Duration>,
}

impl Default for QueueSettings {
    /// One minute, ten deliveries, 14 days.
    fn default() -> Self {
        Self {
            lock_duration: Duration::from_secs(60),
            max_delivery_count: 10,
            time_to_live: Some(Duration::from_secs(14 * 24 * 3600)),
        }
    }
}

/// A queue. All times come from the caller.
#[derive(Debug)]
pub(super) struct Queue {
    name: String,
    settings: QueueSettings,
    entries: Vec<Entry>,
    last_sequence_number: u64,
}

#[derive(Debug)]
struct Entry {
    message: Message,
    visible_from: Timestamp,
    lock: Option<Lock>,
    dead: bool,
}

#[derive(Debug)]
struct Lock {
    token: String,
    until: Timestamp,
}

/// A message that went back to its queue or to the dead letters.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Parked {
    pub(super) id: String,
    pub(super) deliveries: u32,
    pub(super) dead_letter_reason: Option<String>,
}

impl Queue {
    pub(super) fn new(name: &str, settings: QueueSettings) -> Self {
        Self { name: name.to_owned(), settings, entries: Vec::new(), last_sequence_number: 0 }
    }

    pub(super) fn enqueue(&mut self, message: Outgoing, now: Timestamp, seed: Seed) -> String {
        self.last_sequence_number += 1;
        let sequence_number = self.last_sequence_number;
        let key = ["message", &self.name, &sequence_number.to_string()];
        let visible_from = message.scheduled.unwrap_or(now);
        let life = [message.time_to_live, self.settings.time_to_live].into_iter().flatten().min();
        // The binding's SDK sends no message id of its own that is documented; brokers and SDKs use 32 hex digits.
        let id = message.message_id.unwrap_or_else(|| seed.guid(&key).simple().to_string());
        self.entries.push(Entry {
            message: Message {
                body: message.body,
                message_id: id.clone(),
                content_type: message.content_type,
                subject: message.subject,
                correlation_id: message.correlation_id,
                session_id: message.session_id,
                reply_to: message.reply_to,
                to: message.to,
                application_properties: message.application_properties,
                sequence_number,
                enqueued: visible_from,
                expires: life.and_then(|life| visible_from.checked_add(life).ok()),
                delivery_count: 0,
                dead_letter_source: None,
            },
            visible_from,
            lock: None,
            dead: false,
        });
        id
    }

    /// Locks the next visible message, which counts as a delivery.
    pub(super) fn lock_next(&mut self, dead: bool, now: Timestamp, seed: Seed) -> Option<Locked> {
        self.entries.retain(|entry| entry.dead || entry.lock.is_some() || !is_expired(&entry.message, now));
        let until = now.checked_add(self.settings.lock_duration).unwrap_or(Timestamp::MAX);
        let entry = self.entries.iter_mut().find(|entry| entry.is_ready(dead, now))?;
        entry.message.delivery_count += 1;
        let delivery = entry.message.delivery_count.to_string();
        let key = ["lock", &self.name, &entry.message.sequence_number.to_string(), &delivery];
        let token = seed.guid(&key).to_string();
        entry.lock = Some(Lock { token: token.clone(), until });
        Some(Locked { message: entry.message.clone(), lock_token: token, locked_until: until })
    }

    pub(super) fn complete(&mut self, token: &str, now: Timestamp) -> Option<String> {
        let at = self.locked(token, now)?;
        Some(self.entries.remove(at).message.message_id)
    }

    pub(super) fn abandon(&mut self, token: &str, now: Timestamp) -> Option<Parked> {
        let at = self.locked(token, now)?;
        Some(self.give_back(at))
    }

    pub(super) fn renew(&mut self, token: &str, until: Timestamp, now: Timestamp) -> Option<()> {
        let at = self.locked(token, now)?;
        let lock = self.entries[at].lock.as_mut()?;
        lock.until = lock.until.max(until);
        Some(())
    }

    /// Renews a lock for one lock duration from now.
    pub(super) fn renew_once(&mut self, token: &str, now: Timestamp) -> Option<()> {
        self.renew(token, now.checked_add(self.settings.lock_duration).ok()?, now)
    }

    /// The message that a lock is on.
    pub(super) fn message(&self, token: &str, now: Timestamp) -> Option<Message> {
        self.locked(token, now).map(|at| self.entries[at].message.clone())
    }

    pub(super) fn renew_no_more(&mut self, token: &str, now: Timestamp) -> Option<()> {
        let at = self.locked(token, now)?;
        let end = now.checked_add(self.settings.lock_duration).unwrap_or(Timestamp::MAX);
        let lock = self.entries[at].lock.as_mut()?;
        lock.until = lock.until.min(end);
        Some(())
    }

    /// Gives back every message whose lock has run out.
    pub(super) fn expire_locks(&mut self, now: Timestamp) -> Vec<Parked> {
        let mut parked = Vec::new();
        for at in 0..self.entries.len() {
            if self.entries[at].lock.as_ref().is_some_and(|lock| lock.until <= now) {
                parked.push(self.give_back(at));
            }
        }
        parked
    }

    pub(super) fn is_ready(&self, dead: bool, now: Timestamp) -> bool {
        self.entries.iter().any(|entry| {
            entry.is_ready(dead, now)
                || (entry.dead == dead && entry.lock.as_ref().is_some_and(|lock| lock.until <= now))
        })
    }

    pub(super) fn next_due(&self, now: Timestamp) -> Option<Timestamp> {
        let due = |entry: &Entry| match &entry.lock {
            Some(lock) => (lock.until > now).then_some(lock.until),
            None => (entry.visible_from > now).then_some(entry.visible_from),
        };
        self.entries.iter().filter_map(due).min()
    }

    pub(super) fn messages(&self) -> Vec<Message> {
        self.entries.iter().filter(|entry| !entry.dead).map(|entry| entry.message.clone()).collect()
    }

    pub(super) fn dead_letters(&self) -> Vec<Message> {
        self.entries.iter().filter(|entry| entry.dead).map(|entry| entry.message.clone()).collect()
    }

    fn locked(&self, token: &str, now: Timestamp) -> Option<usize> {
        let holds = |lock: &Lock| lock.token == token && lock.until > now;
        self.entries.iter().position(|entry| entry.lock.as_ref().is_some_and(holds))
    }

    fn give_back(&mut self, at: usize) -> Parked {
        let maximum = self.settings.max_delivery_count;
        let entry = &mut self.entries[at];
        entry.lock = None;
        // A dead letter stays where it is however often it is given back.
        let exhausted = !entry.dead && entry.message.delivery_count >= maximum;
        if exhausted {
            entry.bury(&self.name, maximum);
        }
        Parked {
            id: entry.message.message_id.clone(),
            deliveries: entry.message.delivery_count,
            dead_letter_reason: exhausted.then(|| MAX_DELIVERIES.to_owned()),
        }
    }
}

/// The broker's word for too many deliveries.
const MAX_DELIVERIES: &str = "MaxDeliveryCountExceeded";

impl Entry {
    fn is_ready(&self, dead: bool, now: Timestamp) -> bool {
        self.dead == dead
            && self.lock.is_none()
            && self.visible_from <= now
            && !is_expired(&self.message, now)
    }

    fn bury(&mut self, queue: &str, maximum: u32) {
        let description = format!("Message could not be consumed after {maximum} delivery attempts.");
        let properties = &mut self.message.application_properties;
        properties.insert("DeadLetterReason".to_owned(), Value::from(MAX_DELIVERIES));
        properties.insert("DeadLetterErrorDescription".to_owned(), Value::from(description));
        self.message.dead_letter_source = Some(queue.to_owned());
        self.message.expires = None;
        self.dead = true;
    }
}

fn is_expired(message: &Message, now: Timestamp) -> bool {
    message.expires.is_some_and(|expires| expires <= now)
}
