//! One round: everything that is due now, side by side.

use std::time::Duration;

use futures::future::join_all;

use super::{Order, Simulation};
use crate::event_grid::{Delivery, Outcome};
use crate::functions_host::{
    Finished, FunctionDefinition, Settled, Token, Trigger, TriggerInput, inputs_of, service_bus_message,
    timer_run,
};

/// How long Event Grid waits for an answer.
const EVENT_GRID_PATIENCE: Duration = Duration::from_secs(30);

/// One thing that makes the host invoke a function.
struct Job {
    source: Source,
    function: FunctionDefinition,
    /// One invocation each; more than one only for a delivery of several events.
    inputs: Vec<TriggerInput>,
}

/// Who waits for the end of an invocation.
#[derive(Debug, Clone)]
pub(super) enum Source {
    /// Event Grid.
    Event(Delivery),
    /// The listener of a queue.
    Message { function: String, queue: String, lock_token: String },
    /// A timer.
    Timer(String),
}

impl Simulation {
    /// Does one round. False when nothing was due.
    pub async fn step(&mut self) -> bool {
        for write in self.arm.take_events() {
            self.event_grid.publish_write(&write);
        }
        let ended = self.strike_timeouts().await;
        let jobs = self.due_jobs();
        if jobs.is_empty() {
            return ended;
        }
        let finished = self.run_jobs(&jobs).await;
        for (job, finished) in jobs.into_iter().zip(finished) {
            self.settle_job(job.source, finished);
        }
        true
    }

    /// Runs jobs in the order asked for; answers come back in the order of the jobs either way.
    async fn run_jobs(&self, jobs: &[Job]) -> Vec<Vec<Finished>> {
        let run = |job: &Job| {
            let (host, function) = (self.host.clone(), job.function.clone());
            let inputs = job.inputs.clone();
            async move { join_all(inputs.iter().map(|input| host.run(&function, input))).await }
        };
        match self.order {
            Order::SideBySide => join_all(jobs.iter().map(run)).await,
            Order::OneByOne => {
                let mut finished = Vec::new();
                for job in jobs {
                    finished.push(run(job).await);
                }
                finished
            }
        }
    }

    /// Ends what waited in vain: deliveries after Event Grid's patience, and everything at a function timeout.
    async fn strike_timeouts(&mut self) -> bool {
        let now = self.now();
        let later = self.unanswered.split_off(&(now, String::from(char::MAX)));
        let unanswered = std::mem::replace(&mut self.unanswered, later);
        let mut any = !unanswered.is_empty();
        for delivery in unanswered.into_values() {
            self.event_grid.settle(delivery, &Outcome::TimedOut);
        }
        for invocation in self.host.strike_timeouts().await {
            any = true;
            if let Some(source) = self.hanging.remove(&invocation) {
                self.fail(source);
            }
        }
        any
    }

    /// The jobs due now. A stopped host takes none; deliveries to it fail.
    fn due_jobs(&mut self) -> Vec<Job> {
        let deliveries = self.event_grid.take_due();
        if self.host.is_stopped() {
            for delivery in deliveries {
                self.event_grid.settle(delivery, &Outcome::Answered(503));
            }
            return Vec::new();
        }
        let mut jobs: Vec<Job> =
            deliveries.into_iter().filter_map(|delivery| self.event_job(delivery)).collect();
        jobs.extend(self.message_jobs());
        jobs.extend(self.timer_jobs());
        jobs
    }

    /// The invocations of a delivery; a function that isn't there answers 404 at once.
    fn event_job(&self, delivery: Delivery) -> Option<Job> {
        let function = self.host.event_grid_function(&delivery.function).cloned();
        let body = Token::parse(&self.event_grid.body(&delivery)).ok();
        match function.zip(body) {
            Some((function, body)) => {
                let inputs = inputs_of(&function, body);
                Some(Job { source: Source::Event(delivery), function, inputs })
            }
            None => {
                self.event_grid.settle(delivery, &Outcome::Answered(404));
                None
            }
        }
    }

    /// As many messages per function as it may handle side by side.
    fn message_jobs(&self) -> Vec<Job> {
        let mut jobs = Vec::new();
        for function in &self.host.app().functions {
            let Trigger::ServiceBus { queue, binary, namespace } = &function.trigger else { continue };
            let free =
                self.host.app().host.max_concurrent_calls.saturating_sub(self.hanging_calls(&function.name));
            for _ in 0..free {
                let Ok(Some(locked)) = self.bus().receive(queue) else { break };
                let inputs = vec![service_bus_message(&locked, *binary, namespace, &self.host.client_id())];
                let source = Source::Message {
                    function: function.name.clone(),
                    queue: queue.clone(),
                    lock_token: locked.lock_token,
                };
                jobs.push(Job { source, function: function.clone(), inputs });
            }
        }
        jobs
    }

    fn timer_jobs(&mut self) -> Vec<Job> {
        let now = self.now();
        let due = self.timers.take_due(now);
        let job = |(name, run): (String, _)| {
            let function = self.host.app().function(&name)?.clone();
            let inputs = vec![timer_run(&name, run)];
            Some(Job { source: Source::Timer(name), function, inputs })
        };
        due.into_iter().filter_map(job).collect()
    }

    fn hanging_calls(&self, function: &str) -> usize {
        let occupied =
            |source: &&Source| matches!(source, Source::Message { function: of, .. } if of == function);
        self.hanging.values().filter(occupied).count()
    }

    /// Applies the effects of a job's invocations, and tells its source.
    fn settle_job(&mut self, source: Source, finished: Vec<Finished>) {
        let settled: Vec<_> = finished.into_iter().map(|finished| self.host.settle(finished)).collect();
        let hanging = settled.iter().find_map(|settled| match settled {
            Settled::Hangs(invocation) => Some(invocation.clone()),
            _ => None,
        });
        if let Some(invocation) = hanging {
            self.hang(invocation, source);
        } else if settled.contains(&Settled::Failed) {
            self.fail(source);
        } else {
            self.succeed(source);
        }
    }

    fn succeed(&mut self, source: Source) {
        match source {
            Source::Event(delivery) => self.event_grid.settle(delivery, &Outcome::Answered(202)),
            Source::Message { queue, lock_token, .. } => {
                // A lock lost meanwhile means a second delivery, as in Azure.
                let _lost = self.bus().complete(&queue, &lock_token);
            }
            Source::Timer(function) => self.timers.finish(&function),
        }
    }

    /// A failed timer run is only logged.
    fn fail(&mut self, source: Source) {
        match source {
            Source::Event(delivery) => self.event_grid.settle(delivery, &Outcome::Answered(500)),
            Source::Message { queue, lock_token, .. } => {
                let _lost = self.bus().abandon(&queue, &lock_token);
            }
            Source::Timer(function) => self.timers.finish(&function),
        }
    }

    /// Event Grid waits for its own span; a message stays locked as long as the host renews; a timer stays running.
    fn hang(&mut self, invocation: String, source: Source) {
        match source {
            Source::Event(delivery) => {
                self.unanswered.insert((self.end_of(EVENT_GRID_PATIENCE), invocation), delivery);
            }
            Source::Message { function, queue, lock_token } => {
                let renewed_until = self.end_of(self.host.app().host.max_auto_lock_renewal);
                let _lost = self.bus().renew(&queue, &lock_token, renewed_until);
                self.hanging.insert(invocation, Source::Message { function, queue, lock_token });
            }
            Source::Timer(function) => {
                self.hanging.insert(invocation, Source::Timer(function));
            }
        }
    }
}
