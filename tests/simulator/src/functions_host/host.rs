//! The host: one app, one handler, and every invocation between them.

mod hung;
mod instance;
mod start;
mod surroundings;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use ::http::header::{CONTENT_TYPE, USER_AGENT};
use ::http::{HeaderMap, HeaderName, HeaderValue};
use jiff::Timestamp;

use super::answer::{Answer, Verdict, judge};
use super::definition::{FunctionDefinition, Trigger};
use super::invocation::{Sys, TriggerInput};
use super::outputs;
use super::script_root::FunctionApp;
use super::transport::{HOST_VERSION, HandlerCall, HandlerTransport, Kill, TransportLost};
use crate::happening::Happening;
use crate::service_bus::{Outgoing, QueueSettings, ServiceBus};
use hung::Hung;
use instance::Instance;

pub use surroundings::Surroundings;

/// How long a handler may take on the runtime's clock when neither its transport nor host.json sets a limit.
const LAST_PATIENCE: Duration = Duration::from_secs(60 * 60);

/// A host with one app. Clones are the same host.
#[derive(Clone)]
pub struct FunctionsHost {
    inner: Arc<Inner>,
}

struct Inner {
    app: FunctionApp,
    transport: Arc<dyn HandlerTransport>,
    around: Surroundings,
    patience: Duration,
    instance: Instance,
    hung: Mutex<Vec<Hung>>,
}

/// An invocation that the handler is done with, its effects not applied yet.
#[derive(Debug)]
pub(crate) struct Finished {
    id: String,
    function: String,
    end: End,
}

#[derive(Debug)]
enum End {
    Success(Answer, Vec<(String, Outgoing)>),
    Failure(String),
    Hang,
    Lost,
}

/// What became of an invocation.
#[derive(Debug, PartialEq)]
pub(crate) enum Settled {
    /// It succeeded; its messages are on their queues.
    Succeeded(Answer),
    /// It failed.
    Failed,
    /// It lasts until the function timeout, under this invocation id.
    Hangs(String),
    /// The instance was lost under it: nobody settles what it was about.
    Lost,
}

impl FunctionsHost {
    /// A host for an app whose handler runs already. Queues that the app names and nobody made are made here.
    #[must_use]
    pub fn new(app: FunctionApp, transport: Arc<dyn HandlerTransport>, around: Surroundings) -> Self {
        let patience = transport.patience().or(app.host.function_timeout).unwrap_or(LAST_PATIENCE);
        create_queues(&app, &around.bus);
        let (instance, hung) = (Instance::default(), Mutex::default());
        Self { inner: Arc::new(Inner { app, transport, around, patience, instance, hung }) }
    }

    /// The app.
    #[must_use]
    pub fn app(&self) -> &FunctionApp {
        &self.inner.app
    }

    /// The parts shared with the rest of the simulation.
    #[must_use]
    pub fn around(&self) -> &Surroundings {
        &self.inner.around
    }

    /// The key that opens functions with `authLevel` function.
    #[must_use]
    pub fn function_key(&self) -> String {
        self.inner.around.seed.guid(&["key", "function"]).simple().to_string()
    }

    /// The key that opens everything.
    #[must_use]
    pub fn master_key(&self) -> String {
        self.inner.around.seed.guid(&["key", "master"]).simple().to_string()
    }

    /// Kills the handler as a crash would; the host starts it again. Returns at once.
    pub fn kill_handler(&self) {
        self.inner.transport.kill(Kill::Crash);
    }

    /// Waits until the handler takes calls, for instance after a kill.
    ///
    /// # Errors
    /// When it never will: it crashed too often, or exited with code 0.
    pub async fn ready(&self) -> Result<(), TransportLost> {
        self.inner.transport.ready().await
    }

    /// Whether the host has given up after too many crashes, was shut down, or lost its instance. Its triggers listen no
    /// more.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.is_gone() || self.inner.transport.is_stopped()
    }

    /// Ends the handler and waits until it is gone. Invocations fail from then on.
    pub async fn shutdown(&self) {
        self.inner.transport.shutdown().await;
    }

    /// The host's own identifier at the broker.
    pub(crate) fn client_id(&self) -> String {
        self.inner.around.seed.guid(&["service bus client"]).to_string()
    }

    /// Invokes a function and waits for the handler. Effects follow with [`FunctionsHost::settle`], so that the order in
    /// which parallel invocations end can't change the order of their messages.
    pub(crate) async fn run(&self, function: &FunctionDefinition, input: &TriggerInput) -> Finished {
        let id = self.begin(function, input);
        let call = self.call(function, input, &id);
        let losses_before = self.inner.instance.begin(&id);
        let answer = tokio::time::timeout(self.inner.patience, self.inner.transport.post(call)).await;
        let instance_lost = self.inner.instance.end(&id, losses_before);
        let end = match answer {
            // An answer that came in spite of the loss came before it.
            Err(_) | Ok(Err(_)) if instance_lost => End::Lost,
            Err(_impatient) => End::Hang,
            Ok(Err(lost)) => End::Failure(lost.to_string()),
            Ok(Ok(answer)) => match judge(&answer) {
                Verdict::Hang => End::Hang,
                Verdict::Failure(reason) => End::Failure(reason),
                Verdict::Success(answer) => self.with_messages(function, answer),
            },
        };
        Finished { id, function: function.name.clone(), end }
    }

    /// Applies the effects of an invocation: sends its messages, tells the watchers, notes a hang.
    pub(crate) fn settle(&self, finished: Finished) -> Settled {
        let Finished { id, function, end } = finished;
        match end {
            End::Success(answer, messages) => {
                for (queue, message) in messages {
                    // The queue was there when the invocation ended, and queues are never deleted.
                    let _sent = self.inner.around.bus.send(&queue, message);
                }
                let logs = answer.logs.clone();
                self.tell(&Happening::InvocationFinished { id, function, ok: true, logs, failure: None });
                Settled::Succeeded(answer)
            }
            End::Failure(reason) => {
                self.tell_failure(id, function, reason);
                Settled::Failed
            }
            End::Lost => {
                self.tell_failure(id, function, "the instance was lost".to_owned());
                Settled::Lost
            }
            End::Hang => {
                self.tell(&Happening::InvocationHangs { id: id.clone(), function: function.clone() });
                self.note_hang(id.clone(), function);
                Settled::Hangs(id)
            }
        }
    }

    /// Names an invocation, and notes what it is about for whoever sees its calls to ARM.
    fn begin(&self, function: &FunctionDefinition, input: &TriggerInput) -> String {
        let Surroundings { seed, causes, repeats, .. } = &self.inner.around;
        let repeat = repeats.next(&function.name, &input.subject).to_string();
        let id = seed.guid(&["invocation", &function.name, &input.subject, &repeat]).to_string();
        causes.set(&id, &function.name, &input.subject);
        self.tell(&Happening::InvocationStarted { id: id.clone(), function: function.name.clone() });
        id
    }

    fn call(&self, function: &FunctionDefinition, input: &TriggerInput, id: &str) -> HandlerCall {
        let Surroundings { seed, clock, .. } = &self.inner.around;
        let sys = Sys {
            method_name: &function.name,
            utc_now: clock.now(),
            rand_guid: seed.guid(&["invocation", id, "RandGuid"]),
        };
        let body = input.body(&function.binding, sys).into();
        HandlerCall { function: function.name.clone(), headers: headers(id), body }
    }

    fn with_messages(&self, function: &FunctionDefinition, answer: Answer) -> End {
        match outputs::messages(function, &answer) {
            Err(reason) => End::Failure(reason),
            Ok(messages) => {
                match messages.iter().find(|(queue, _)| !self.inner.around.bus.has_queue(queue)) {
                    Some((queue, _)) => End::Failure(format!("queue {queue:?} doesn't exist")),
                    None => End::Success(answer, messages),
                }
            }
        }
    }

    fn tell_failure(&self, id: String, function: String, reason: String) {
        let (logs, failure) = (Vec::new(), Some(reason));
        self.tell(&Happening::InvocationFinished { id, function, ok: false, logs, failure });
    }

    fn tell(&self, happening: &Happening) {
        self.inner.around.watchers.tell(happening);
    }

    fn now(&self) -> Timestamp {
        self.inner.around.clock.now()
    }
}

/// Creates every queue that a trigger or an output names; in Azure they are deployed before the app.
fn create_queues(app: &FunctionApp, bus: &ServiceBus) {
    for function in &app.functions {
        let triggered = if let Trigger::ServiceBus { queue, .. } = &function.trigger {
            Some(queue.as_str())
        } else {
            None
        };
        let sent = function.outputs.iter().filter_map(|output| output.queue());
        for queue in triggered.into_iter().chain(sent).filter(|queue| !bus.has_queue(queue)) {
            bus.create_queue(queue, QueueSettings::default());
        }
    }
}

/// The headers of an invocation, in the host's order.
fn headers(id: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(
        HeaderName::from_static("x-azure-functions-hostversion"),
        HeaderValue::from_static(HOST_VERSION),
    );
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(HeaderName::from_static("x-azure-functions-invocationid"), id);
    }
    if let Ok(agent) = HeaderValue::from_str(&format!("Azure-Functions-Host/{HOST_VERSION}")) {
        headers.insert(USER_AGENT, agent);
    }
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
    headers
}

#[cfg(test)]
mod tests;
