//! One round: everything that is due now, and what becomes of it.

use std::time::Duration;

use futures::future::join_all;

use super::jobs::Job;
use super::{Order, Simulation};
use crate::event_grid::{Delivery, Outcome};
use crate::functions_host::{Answer, Finished, FunctionDefinition, Settled, Trigger, reply};
use crate::monitor;

/// How long Event Grid waits for an answer.
const EVENT_GRID_PATIENCE: Duration = Duration::from_secs(30);

/// Who waits for the end of an invocation.
#[derive(Debug, Clone)]
pub(super) enum Source {
    /// Event Grid.
    Event(Delivery),
    /// An action group.
    Alert(monitor::Call),
    /// The listener of a queue.
    Message { function: String, queue: String, lock_token: String },
    /// A timer.
    Timer(String),
}

/// An invocation that hangs, who waits for it, and on which instance.
#[derive(Debug)]
pub(super) struct Hanging {
    pub(super) instance: usize,
    pub(super) source: Source,
}

impl Source {
    /// The name of this one attempt, for whatever is decided about it by chance.
    pub(super) fn key(&self) -> String {
        match self {
            Self::Event(Delivery { subscription, event, attempt, copy, .. }) => {
                format!("event {subscription} {} {attempt} {copy}", event.id)
            }
            Self::Alert(call) => format!("alert {} {}", call.id, call.attempt),
            Self::Message { lock_token, .. } => format!("message {lock_token}"),
            Self::Timer(function) => format!("timer {function}"),
        }
    }
}

impl Simulation {
    /// Does one round. False when nothing was due.
    pub async fn step(&mut self) -> bool {
        for write in self.arm.take_events() {
            self.event_grid.publish_write(&write);
        }
        let ended = self.end_what_waited_in_vain().await;
        let jobs = self.due_jobs();
        if jobs.is_empty() {
            return ended;
        }
        let finished = self.run_jobs(&jobs).await;
        for (job, finished) in jobs.into_iter().zip(finished) {
            self.settle_job(job, finished);
        }
        true
    }

    /// Runs jobs in the order asked for; answers come back in the order of the jobs either way.
    async fn run_jobs(&self, jobs: &[Job]) -> Vec<Vec<Finished>> {
        let run = |job: &Job| {
            let host = self.instances.all()[job.instance].clone();
            let (function, inputs) = (job.function.clone(), job.inputs.clone());
            async move { join_all(inputs.iter().map(|input| host.run(&function, input))).await }
        };
        match self.order {
            Order::SideBySide => join_all(jobs.iter().map(run)).await,
            Order::Staggered(most) => {
                let begin_late = |job| {
                    let (pause, run) = (self.pause_before(job, most), run(job));
                    async move {
                        tokio::time::sleep(pause).await;
                        run.await
                    }
                };
                join_all(jobs.iter().map(begin_late)).await
            }
            Order::OneByOne => {
                let mut finished = Vec::new();
                for job in jobs {
                    finished.push(run(job).await);
                }
                finished
            }
        }
    }

    /// How much later than the others of its moment a job begins.
    fn pause_before(&self, job: &Job, most: Duration) -> Duration {
        let most = u64::try_from(most.as_millis()).unwrap_or(u64::MAX);
        let key = ["pause", &job.source.key(), &self.now().to_string()];
        Duration::from_millis(self.arm.seed().between(0, most, &key))
    }

    /// Ends what waited in vain: what hung on a lost instance, deliveries after Event Grid's patience, and everything at a
    /// function timeout. True when there was any.
    async fn end_what_waited_in_vain(&mut self) -> bool {
        self.bury_hanging();
        let now = self.now();
        let later = self.unanswered.split_off(&(now, String::from(char::MAX)));
        let unanswered = std::mem::replace(&mut self.unanswered, later);
        let mut any = !unanswered.is_empty();
        for delivery in unanswered.into_values() {
            self.event_grid.settle(delivery, &Outcome::TimedOut);
        }
        for host in self.instances.all().to_vec() {
            for invocation in host.strike_timeouts().await {
                any = true;
                if let Some(Hanging { instance, source }) = self.hanging.remove(&invocation) {
                    self.finish(source, instance, End::Failed);
                }
            }
        }
        any
    }

    /// Buries what hung on instances that are lost.
    fn bury_hanging(&mut self) {
        for (invocation, hanging) in std::mem::take(&mut self.hanging) {
            if self.instances.all()[hanging.instance].hangs(&invocation) {
                self.hanging.insert(invocation, hanging);
            } else {
                self.finish(hanging.source, hanging.instance, End::Lost);
            }
        }
    }

    /// Applies the effects of a job's invocations, and tells its source.
    fn settle_job(&mut self, job: Job, finished: Vec<Finished>) {
        let host = self.instances.all()[job.instance].clone();
        let mut end = End::Succeeded(202);
        for settled in finished.into_iter().map(|finished| host.settle(finished)) {
            end = end.and(match settled {
                Settled::Succeeded(answer) => End::Succeeded(status(&job.function, &answer)),
                Settled::Failed => End::Failed,
                Settled::Hangs(invocation) => End::Hangs(invocation),
                Settled::Lost => End::Lost,
            });
        }
        self.finish(job.source, job.instance, end);
    }

    /// Tells a source what its job came to.
    fn finish(&mut self, source: Source, instance: usize, end: End) {
        match source {
            Source::Event(delivery) => self.finish_event(delivery, end),
            Source::Alert(call) => self.finish_alert(call, &end),
            Source::Message { ref queue, ref lock_token, .. } => {
                // A lock lost meanwhile means a second delivery, as in Azure.
                let _or_lock_lost = match end {
                    End::Succeeded(_) => self.bus().complete(queue, lock_token),
                    End::Failed => self.bus().abandon(queue, lock_token),
                    End::Lost => self.bus().renew_no_more(queue, lock_token),
                    End::Hangs(invocation) => {
                        // The message stays locked as long as the host renews.
                        let until = self.end_of(self.host().app().host.max_auto_lock_renewal);
                        let renewed = self.bus().renew(queue, lock_token, until);
                        self.hanging.insert(invocation, Hanging { instance, source });
                        renewed
                    }
                };
            }
            // A failed run is only logged; a hanging one lasts.
            Source::Timer(function) => match end {
                End::Hangs(invocation) => {
                    let source = Source::Timer(function);
                    self.hanging.insert(invocation, Hanging { instance, source });
                }
                End::Succeeded(_) | End::Failed | End::Lost => self.timers.finish(&function),
            },
        }
    }

    fn finish_event(&mut self, delivery: Delivery, end: End) {
        let outcome = match end {
            End::Succeeded(_) => Outcome::Answered(202),
            End::Failed => Outcome::Answered(500),
            End::Lost => Outcome::ConnectionLost,
            End::Hangs(invocation) => {
                self.unanswered.insert((self.end_of(EVENT_GRID_PATIENCE), invocation), delivery);
                return;
            }
        };
        self.event_grid.settle(delivery, &outcome);
    }

    /// How long an action group waits for an answer isn't documented; here it gives up a hanging call at once.
    pub(super) fn finish_alert(&self, call: monitor::Call, end: &End) {
        let outcome = match end {
            End::Succeeded(status) => monitor::Outcome::Answered(*status),
            End::Failed => monitor::Outcome::Answered(500),
            End::Lost | End::Hangs(_) => monitor::Outcome::NoAnswer,
        };
        if let Some(group) = &self.action_group {
            group.settle(call, outcome);
        }
    }
}

/// What a job came to.
pub(super) enum End {
    /// All its invocations succeeded; the status that an HTTP caller sees.
    Succeeded(u16),
    Failed,
    /// One hangs, under this invocation id.
    Hangs(String),
    /// Its instance was lost.
    Lost,
}

impl End {
    /// The end of two invocations of one job: the worse one.
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Lost, _) | (_, Self::Lost) => Self::Lost,
            (hangs @ Self::Hangs(_), _) | (_, hangs @ Self::Hangs(_)) => hangs,
            (Self::Failed, _) | (_, Self::Failed) => Self::Failed,
            (Self::Succeeded(_), Self::Succeeded(status)) => Self::Succeeded(status),
        }
    }
}

/// The status that the caller of a function sees after a success.
fn status(function: &FunctionDefinition, answer: &Answer) -> u16 {
    match &function.trigger {
        Trigger::Http { .. } => reply(function, answer).status,
        _ => 202,
    }
}
