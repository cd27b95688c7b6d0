//! What is due now, and which instance takes it.

use super::Simulation;
use super::step::{End, Source};
use crate::event_grid::{Delivery, Outcome};
use crate::functions_host::{
    FunctionDefinition, Token, Trigger, TriggerInput, inputs_of, service_bus_message, timer_run,
};
use crate::monitor;
use crate::service_bus::Locked;

/// One thing that makes an instance invoke a function.
pub(super) struct Job {
    pub(super) source: Source,
    pub(super) instance: usize,
    pub(super) function: FunctionDefinition,
    /// One invocation each; more than one only for a delivery of several events.
    pub(super) inputs: Vec<TriggerInput>,
}

impl Simulation {
    /// The jobs due now. Without an instance that is up there are none, and callers hear that nobody is there.
    pub(super) fn due_jobs(&mut self) -> Vec<Job> {
        let deliveries = self.event_grid.take_due();
        let calls = self.action_group.as_ref().map(monitor::ActionGroup::take_due).unwrap_or_default();
        if self.instances.up().is_empty() {
            for delivery in deliveries {
                self.event_grid.settle(delivery, &Outcome::Answered(503));
            }
            for call in calls {
                self.finish_alert(call, &End::Succeeded(503));
            }
            return Vec::new();
        }
        let mut jobs: Vec<Job> =
            deliveries.into_iter().filter_map(|delivery| self.event_job(delivery)).collect();
        jobs.extend(calls.into_iter().filter_map(|call| self.alert_job(call)));
        jobs.extend(self.message_jobs());
        jobs.extend(self.timer_jobs());
        jobs
    }

    /// The invocations of a delivery; a function that isn't there answers 404 at once.
    fn event_job(&self, delivery: Delivery) -> Option<Job> {
        let function = self.host().event_grid_function(&delivery.function).cloned();
        let body = Token::parse(&self.event_grid.body(&delivery)).ok();
        match function.zip(body) {
            Some((function, body)) => {
                let inputs = inputs_of(&function, body);
                let source = Source::Event(delivery);
                let instance = self.instances.pick(&[&source.key()], &self.instances.up())?;
                Some(Job { source, instance, function, inputs })
            }
            None => {
                self.event_grid.settle(delivery, &Outcome::Answered(404));
                None
            }
        }
    }

    /// The invocation of an alert; the host itself may refuse it.
    fn alert_job(&self, call: monitor::Call) -> Option<Job> {
        match self.host().admit(&call.request()) {
            Ok((function, input)) => {
                let (function, inputs) = (function.clone(), vec![input]);
                let source = Source::Alert(call);
                let instance = self.instances.pick(&[&source.key()], &self.instances.up())?;
                Some(Job { source, instance, function, inputs })
            }
            Err(refused) => {
                self.finish_alert(call, &End::Succeeded(refused.status));
                None
            }
        }
    }

    /// As many messages per function and instance as it may handle side by side.
    fn message_jobs(&self) -> Vec<Job> {
        let mut jobs = Vec::new();
        for function in &self.host().app().functions {
            let Trigger::ServiceBus { queue, binary, namespace } = &function.trigger else { continue };
            let mut free = self.free_places(&function.name);
            while let Some((instance, locked)) = self.next_message(queue, &free) {
                free[instance] -= 1;
                let client = self.instances.all()[instance].client_id();
                let inputs = vec![service_bus_message(&locked, *binary, namespace, &client)];
                let source = Source::Message {
                    function: function.name.clone(),
                    queue: queue.clone(),
                    lock_token: locked.lock_token,
                };
                jobs.push(Job { source, instance, function: function.clone(), inputs });
            }
        }
        jobs
    }

    /// The next message of a queue and the instance that gets it, out of those with a free place.
    fn next_message(&self, queue: &str, free: &[usize]) -> Option<(usize, Locked)> {
        let candidates: Vec<usize> = self.instances.up().into_iter().filter(|at| free[*at] > 0).collect();
        if candidates.is_empty() {
            return None;
        }
        let locked = self.bus().receive(queue).ok()??;
        let instance = self.instances.pick(&["message", &locked.lock_token], &candidates)?;
        Some((instance, locked))
    }

    /// How many more messages each instance may take for a function.
    fn free_places(&self, function: &str) -> Vec<usize> {
        let occupied = |at: usize| {
            let here = self.hanging.values().filter(|hanging| hanging.instance == at);
            here.filter(
                |hanging| matches!(&hanging.source, Source::Message { function: of, .. } if of == function),
            )
            .count()
        };
        let instances = self.instances.all().iter().enumerate();
        instances
            .map(|(at, host)| host.app().host.max_concurrent_calls.saturating_sub(occupied(at)))
            .collect()
    }

    fn timer_jobs(&mut self) -> Vec<Job> {
        let now = self.now();
        let Some(instance) = self.instances.timer_holder() else { return Vec::new() };
        let due = self.timers.take_due(now);
        let job = |(name, run): (String, _)| {
            let function = self.host().app().function(&name)?.clone();
            let inputs = vec![timer_run(&name, run)];
            Some(Job { source: Source::Timer(name), instance, function, inputs })
        };
        due.into_iter().filter_map(job).collect()
    }
}
