//! The discrete-event loop that moves a whole simulation forward.
//!
//! [`Simulation::step`] does all that is due at the present moment, in parallel as Azure would; the clock stands still
//! meanwhile. When nothing is due, the clock jumps to the next moment at which something is: a retry, the end of a lock or
//! of a long-running operation, a timer, a function timeout. Nothing sleeps in real time.

mod instances;
mod jobs;
mod step;
mod timers;

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use thiserror::Error;

use crate::arm::Arm;
use crate::event_grid::{Delivery, EventGrid};
use crate::functions_host::{FunctionsHost, HttpCall, HttpReply, Trigger};
use crate::happening::Happening;
use crate::monitor::ActionGroup;
use crate::service_bus::ServiceBus;
use step::Hanging;
use timers::Timers;

pub use instances::{Balance, Instances};

/// More rounds than this at one moment mean that work makes work without end.
const ROUNDS_AT_ONE_MOMENT: u32 = 10_000;

/// A simulated Azure with the app under test in it.
pub struct Simulation {
    arm: Arm,
    event_grid: EventGrid,
    instances: Instances,
    /// Who tells the app of alerts, if anybody does.
    action_group: Option<ActionGroup>,
    timers: Timers,
    /// Invocations that hang, by their ids.
    hanging: BTreeMap<String, Hanging>,
    /// Deliveries that nobody answers, by the moment at which Event Grid stops waiting.
    unanswered: BTreeMap<(Timestamp, String), Delivery>,
    order: Order,
}

/// How invocations that are due at one moment are run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// Side by side, as Azure does: whenever one waits for ARM, the others go on, so that their calls interleave. What two
    /// of them make of one shared thing may differ from run to run when the handler is a process.
    #[default]
    SideBySide,
    /// Side by side, each beginning after a pause of up to this long, drawn by the seed: other seeds interleave otherwise.
    /// The pause is on the runtime's clock, which tests stop. Where that is still too regular, a rule that delays some of
    /// ARM's answers ([`crate::faults::Effect::Delay`]) shuffles further.
    Staggered(Duration),
    /// One after the other, which makes a run with a handler process repeatable.
    OneByOne,
}

/// The simulation did not come to rest within its limit.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "still busy at {at}: {deliveries} deliveries, {alerts} alerts, {messages} messages, {hanging} hanging invocations, a running operation: {operation}"
)]
pub struct StillBusy {
    /// The limit.
    pub at: Timestamp,
    /// Event Grid deliveries that wait.
    pub deliveries: usize,
    /// Alerts that wait to be told.
    pub alerts: usize,
    /// Messages on queues that a function listens to.
    pub messages: usize,
    /// Invocations that hang.
    pub hanging: usize,
    /// Whether ARM runs an operation.
    pub operation: bool,
}

impl Simulation {
    /// A simulation of these parts, which share one clock, around one host or several [`Instances`] of it. A fault that
    /// kills the handler reaches the one that made the call from now on.
    #[must_use]
    pub fn new(arm: Arm, event_grid: EventGrid, instances: impl Into<Instances>) -> Self {
        let instances = instances.into();
        let known = instances.clone();
        arm.on_kill(std::sync::Arc::new(move |invocation| {
            // A call that no instance is known to make is the first one's.
            known.running(invocation).unwrap_or_else(|| known.first()).kill_handler();
        }));
        let timers = Timers::of(instances.first().app(), arm.clock().now());
        Self {
            arm,
            event_grid,
            instances,
            action_group: None,
            timers,
            hanging: BTreeMap::new(),
            unanswered: BTreeMap::new(),
            order: Order::default(),
        }
    }

    /// The same simulation with an action group that tells the app of alerts.
    #[must_use]
    pub fn with_action_group(mut self, group: ActionGroup) -> Self {
        self.action_group = Some(group);
        self
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

    /// The instances of the app.
    #[must_use]
    pub fn instances(&self) -> &Instances {
        &self.instances
    }

    /// The Functions host: the first instance when there are several.
    #[must_use]
    pub fn host(&self) -> &FunctionsHost {
        self.instances.first()
    }

    /// Sends an HTTP request to the app, to whichever instance gets it.
    pub async fn http(&self, call: HttpCall) -> HttpReply {
        self.instances.http(call).await
    }

    /// Who tells the app of alerts, if anybody does.
    #[must_use]
    pub fn action_group(&self) -> Option<&ActionGroup> {
        self.action_group.as_ref()
    }

    /// The queues.
    #[must_use]
    pub fn bus(&self) -> &ServiceBus {
        &self.host().around().bus
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
            self.action_group.as_ref().and_then(ActionGroup::next_due),
            self.bus().next_due(),
            self.instances.all().iter().filter_map(FunctionsHost::next_timeout).min(),
            self.arm.next_operation_end(),
            self.unanswered.keys().next().map(|(moment, _)| *moment),
            self.timers.next_due(),
        ];
        moments.into_iter().flatten().filter(|moment| *moment > now).min()
    }

    fn busy(&self) -> Option<StillBusy> {
        let listened = self.host().app().functions.iter().filter_map(|function| match &function.trigger {
            Trigger::ServiceBus { queue, .. } => Some(queue),
            _ => None,
        });
        let busy = StillBusy {
            at: self.now(),
            deliveries: self.event_grid.waiting() + self.unanswered.len(),
            alerts: self.action_group.as_ref().map_or(0, ActionGroup::waiting),
            messages: listened.map(|queue| self.bus().waiting(queue)).sum(),
            hanging: self.hanging.len(),
            operation: self.arm.next_operation_end().is_some(),
        };
        let StillBusy { at: _, deliveries, alerts, messages, hanging, operation } = busy;
        (deliveries + alerts + messages + hanging > 0 || operation).then_some(busy)
    }

    fn end_of(&self, span: Duration) -> Timestamp {
        self.now().checked_add(span).unwrap_or(Timestamp::MAX)
    }
}

#[cfg(test)]
mod tests;
