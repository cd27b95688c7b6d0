//! The discrete-event loop that moves a whole simulation forward.
//!
//! [`Simulation::step`] does all that is due at the present moment, in parallel as Azure would; the clock stands still
//! meanwhile. When nothing is due, the clock jumps to the next moment at which something is: a retry, the end of a lock or
//! of a long-running operation, a timer, a function timeout. Nothing sleeps in real time.

mod step;
mod timers;

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use thiserror::Error;

use crate::arm::Arm;
use crate::event_grid::{Delivery, EventGrid};
use crate::functions_host::{FunctionsHost, Trigger};
use crate::happening::Happening;
use crate::service_bus::ServiceBus;
use step::Source;
use timers::Timers;

/// More rounds than this at one moment mean that work makes work without end.
const ROUNDS_AT_ONE_MOMENT: u32 = 10_000;

/// A simulated Azure with the app under test in it.
pub struct Simulation {
    arm: Arm,
    event_grid: EventGrid,
    host: FunctionsHost,
    timers: Timers,
    /// What waits for hanging invocations, by invocation id.
    hanging: BTreeMap<String, Source>,
    /// Deliveries that nobody answers, by the moment at which Event Grid stops waiting.
    unanswered: BTreeMap<(Timestamp, String), Delivery>,
    order: Order,
}

/// How invocations that are due at one moment are run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// Side by side, as Azure does. What two of them make of one shared thing may differ from run to run when the handler
    /// is a process.
    #[default]
    SideBySide,
    /// One after the other, which makes a run with a handler process repeatable.
    OneByOne,
}

/// The simulation did not come to rest within its limit.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "still busy at {at}: {deliveries} deliveries, {messages} messages, {hanging} hanging invocations, a running operation: {operation}"
)]
pub struct StillBusy {
    /// The limit.
    pub at: Timestamp,
    /// Event Grid deliveries that wait.
    pub deliveries: usize,
    /// Messages on queues that a function listens to.
    pub messages: usize,
    /// Invocations that hang.
    pub hanging: usize,
    /// Whether ARM runs an operation.
    pub operation: bool,
}

impl Simulation {
    /// A simulation of these parts, which share one clock. A fault that kills the handler reaches it from now on.
    #[must_use]
    pub fn new(arm: Arm, event_grid: EventGrid, host: FunctionsHost) -> Self {
        let killed = host.clone();
        arm.on_kill(std::sync::Arc::new(move |_| killed.kill_handler()));
        let timers = Timers::of(host.app(), arm.clock().now());
        Self {
            arm,
            event_grid,
            host,
            timers,
            hanging: BTreeMap::new(),
            unanswered: BTreeMap::new(),
            order: Order::default(),
        }
    }

    /// The same simulation with invocations of one moment in this order.
    #[must_use]
    pub fn in_order(mut self, order: Order) -> Self {
        self.order = order;
        self
    }

    /// The resource manager.
    #[must_use]
    pub fn arm(&self) -> &Arm {
        &self.arm
    }

    /// Event Grid.
    #[must_use]
    pub fn event_grid(&self) -> &EventGrid {
        &self.event_grid
    }

    /// The Functions host.
    #[must_use]
    pub fn host(&self) -> &FunctionsHost {
        &self.host
    }

    /// The queues.
    #[must_use]
    pub fn bus(&self) -> &ServiceBus {
        &self.host.around().bus
    }

    /// The present moment.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.arm.clock().now()
    }

    /// Does everything that is due now, and what follows from it at the same moment.
    ///
    /// # Panics
    /// When work makes more work at the same moment without end.
    pub async fn settle(&mut self) {
        for _ in 0..ROUNDS_AT_ONE_MOMENT {
            if !self.step().await {
                return;
            }
        }
        panic!(
            "{ROUNDS_AT_ONE_MOMENT} rounds at {}: a function keeps making work for this very moment",
            self.now()
        );
    }

    /// Runs up to `time`, which must not lie in the past, and everything due at it.
    pub async fn run_until(&mut self, time: Timestamp) {
        self.settle().await;
        while self.advance(time) {
            self.settle().await;
        }
    }

    /// Runs for a span of simulated time.
    pub async fn run_for(&mut self, span: Duration) {
        self.run_until(self.end_of(span)).await;
    }

    /// Runs until only timers are left: no delivery or operation under way, no message for a function, nothing hanging.
    ///
    /// # Errors
    /// When that doesn't come within `limit` of simulated time.
    pub async fn run_until_quiet(&mut self, limit: Duration) -> Result<(), StillBusy> {
        if self.run_until_true(limit, |simulation| simulation.busy().is_none()).await {
            return Ok(());
        }
        self.busy().map_or(Ok(()), Err)
    }

    /// Runs until `condition` holds, which is looked at whenever a moment is settled. False when it doesn't within `limit`.
    pub async fn run_until_true(&mut self, limit: Duration, condition: impl Fn(&Self) -> bool) -> bool {
        let end = self.end_of(limit);
        loop {
            self.settle().await;
            if condition(self) {
                return true;
            }
            if !self.advance(end) {
                return false;
            }
        }
    }

    /// Moves the clock to the next moment at which something is due, at most to `limit`. False when it stands there already.
    fn advance(&self, limit: Timestamp) -> bool {
        let now = self.now();
        let next = self.next_due().map_or(limit, |next| next.min(limit));
        if next <= now {
            return false;
        }
        self.arm.clock().advance_to(next);
        self.arm.watchers().tell(&Happening::ClockMoved { to: next });
        true
    }

    /// The next moment after now at which something is due.
    fn next_due(&self) -> Option<Timestamp> {
        let now = self.now();
        let moments = [
            self.event_grid.next_due(),
            self.bus().next_due(),
            self.host.next_timeout(),
            self.arm.next_operation_end(),
            self.unanswered.keys().next().map(|(moment, _)| *moment),
            self.timers.next_due(),
        ];
        moments.into_iter().flatten().filter(|moment| *moment > now).min()
    }

    fn busy(&self) -> Option<StillBusy> {
        let listened = self.host.app().functions.iter().filter_map(|function| match &function.trigger {
            Trigger::ServiceBus { queue, .. } => Some(queue),
            _ => None,
        });
        let busy = StillBusy {
            at: self.now(),
            deliveries: self.event_grid.waiting() + self.unanswered.len(),
            messages: listened.map(|queue| self.bus().waiting(queue)).sum(),
            hanging: self.hanging.len(),
            operation: self.arm.next_operation_end().is_some(),
        };
        let StillBusy { at: _, deliveries, messages, hanging, operation } = busy;
        (deliveries + messages + hanging > 0 || operation).then_some(busy)
    }

    fn end_of(&self, span: Duration) -> Timestamp {
        self.now().checked_add(span).unwrap_or(Timestamp::MAX)
    }
}

#[cfg(test)]
mod tests;
