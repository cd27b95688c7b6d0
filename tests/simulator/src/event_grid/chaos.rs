//! Delivery gone wrong on purpose. What happens to an event hangs on the seed, its id and the subscription alone.

use std::time::Duration;

use super::event::Event;
use crate::chance::Seed;

/// A rule about how the deliveries of some events go wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChaosRule {
    /// Only event types that contain this, in any case; empty for all.
    pub event_type: String,
    /// Only subjects that contain this, in any case; empty for all.
    pub subject: String,
    /// How many of 1000 events it strikes.
    pub per_mille: u64,
    /// What happens to them.
    pub effect: ChaosEffect,
}

/// What happens to an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChaosEffect {
    /// It is delivered this many times more, at the same moment.
    Duplicate(u32),
    /// It comes this late, at random up to the limit.
    Delay {
        /// The least delay.
        from: Duration,
        /// The greatest delay.
        to: Duration,
    },
    /// It changes places with others: comes at a random moment of this span.
    Reorder(Duration),
    /// It never comes.
    Drop,
}

impl ChaosRule {
    /// A rule that strikes every event.
    #[must_use]
    pub fn always(effect: ChaosEffect) -> Self {
        Self { event_type: String::new(), subject: String::new(), per_mille: 1000, effect }
    }

    fn strikes(&self, event: &Event, key: &[&str], seed: Seed) -> bool {
        let contains =
            |text: &str, part: &str| text.to_ascii_lowercase().contains(&part.to_ascii_lowercase());
        contains(&event.event_type, &self.event_type)
            && contains(&event.subject, &self.subject)
            && seed.happens(self.per_mille, key)
    }
}

/// The delays with which copies of an event go out: `[0]` without chaos, empty when it is dropped.
pub(super) fn delays(rules: &[ChaosRule], event: &Event, subscription: &str, seed: Seed) -> Vec<Duration> {
    let mut delays = vec![Duration::ZERO];
    for (index, rule) in rules.iter().enumerate() {
        let index = index.to_string();
        let key = ["chaos", subscription, &event.id, &index];
        if !rule.strikes(event, &key, seed) {
            continue;
        }
        match rule.effect {
            ChaosEffect::Drop => return Vec::new(),
            ChaosEffect::Duplicate(more) => {
                for _ in 0..more {
                    delays.push(delays[0]);
                }
            }
            ChaosEffect::Delay { from, to } => postpone(&mut delays, from, to, &key, seed),
            ChaosEffect::Reorder(within) => postpone(&mut delays, Duration::ZERO, within, &key, seed),
        }
    }
    delays
}

/// Adds a delay of its own to every copy.
fn postpone(delays: &mut [Duration], from: Duration, to: Duration, key: &[&str; 4], seed: Seed) {
    let millis = |duration: Duration| u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    for (copy, delay) in delays.iter_mut().enumerate() {
        let copy = copy.to_string();
        let [chaos, subscription, event, rule] = key;
        let more = seed.between(millis(from), millis(to), &[chaos, subscription, event, rule, &copy]);
        *delay += Duration::from_millis(more);
    }
}
