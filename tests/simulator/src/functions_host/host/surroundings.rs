//! What a host shares with the rest of a simulation, and with the other instances of its app.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::arm::Arm;
use crate::chance::Seed;
use crate::clock::Clock;
use crate::happening::Watchers;
use crate::record::Causes;
use crate::service_bus::ServiceBus;

/// The parts of a simulation that the host shares with the rest of it. Instances of one app are made with clones of one
/// value: they share its queues.
#[derive(Clone)]
pub struct Surroundings {
    /// The seed of invocation ids and keys.
    pub seed: Seed,
    /// Simulated time.
    pub clock: Clock,
    /// Who is told what happens.
    pub watchers: Watchers,
    /// Where the host notes who causes calls to ARM: the correlation id is the invocation id.
    pub causes: Causes,
    /// The namespace of the app's queues.
    pub bus: ServiceBus,
    /// Keeps the ids of invocations apart.
    pub(super) repeats: Repeats,
}

impl Surroundings {
    /// The parts that a simulated ARM brings, and a namespace for the app's queues.
    #[must_use]
    pub fn of(arm: &Arm) -> Self {
        let (seed, clock, watchers) = (arm.seed(), arm.clock().clone(), arm.watchers().clone());
        let bus = ServiceBus::new(seed, clock.clone(), watchers.clone());
        Self { seed, clock, watchers, causes: arm.causes().clone(), bus, repeats: Repeats::default() }
    }
}

/// How often a function was invoked about a subject, over all instances of the app: what makes the ids of repeated
/// invocations differ.
#[derive(Debug, Clone, Default)]
pub(super) struct Repeats {
    counts: Arc<Mutex<BTreeMap<(String, String), u64>>>,
}

impl Repeats {
    /// The number of this invocation, from 1.
    pub(super) fn next(&self, function: &str, subject: &str) -> u64 {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry((function.to_owned(), subject.to_owned())).or_default();
        *count += 1;
        *count
    }
}
