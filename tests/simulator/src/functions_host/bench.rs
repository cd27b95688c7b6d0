//! What tests of the host share: a small app, and a handler that answers from a script.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use futures::FutureExt;
use http::header::CONTENT_TYPE;
use http::{Request, Response};
use serde_json::{Value, json};

use super::{
    AppSettings, FunctionApp, FunctionDefinition, FunctionsHost, HandlerService, HostSettings, Surroundings,
};
use crate::arm::Arm;
use crate::chance::Seed;
use crate::clock::Clock;
use crate::happening::Happening;

/// What the scripted handler answers to a call of a function with a body: a status and a JSON text.
pub(crate) type Script = dyn Fn(&str, &Value) -> (u16, String) + Send + Sync;

/// A host over a scripted handler, and everything that happened.
pub(crate) struct Bench {
    pub(crate) arm: Arm,
    pub(crate) host: FunctionsHost,
    happenings: Arc<Mutex<Vec<Happening>>>,
    bodies: Arc<Mutex<Vec<Value>>>,
}

impl Bench {
    pub(crate) fn new(
        app: FunctionApp,
        script: impl Fn(&str, &Value) -> (u16, String) + Send + Sync + 'static,
    ) -> Self {
        let arm = Arm::new(Seed(7), Clock::default());
        let (happenings, bodies) = (Arc::<Mutex<Vec<_>>>::default(), Arc::<Mutex<Vec<_>>>::default());
        let heard = Arc::clone(&happenings);
        arm.watchers().watch(Arc::new(move |happening| heard.lock().unwrap().push(happening.clone())));
        let (script, seen): (Arc<Script>, _) = (Arc::new(script), Arc::clone(&bodies));
        let start = move || scripted(Arc::clone(&script), Arc::clone(&seen));
        let host = FunctionsHost::in_process(app, Surroundings::of(&arm), start);
        Self { arm, host, happenings, bodies }
    }

    /// The bodies of all invocations so far.
    pub(crate) fn bodies(&self) -> Vec<Value> {
        self.bodies.lock().unwrap().clone()
    }

    /// What happened so far, as far as `pick` wants it.
    pub(crate) fn happened<T>(&self, pick: impl Fn(&Happening) -> Option<T>) -> Vec<T> {
        self.happenings.lock().unwrap().iter().filter_map(pick).collect()
    }

    /// The reasons of failed invocations.
    pub(crate) fn failures(&self) -> Vec<String> {
        self.happened(|happening| match happening {
            Happening::InvocationFinished { failure, .. } => failure.clone(),
            _ => None,
        })
    }
}

fn scripted(script: Arc<Script>, seen: Arc<Mutex<Vec<Value>>>) -> HandlerService {
    Arc::new(move |request: Request<Bytes>| {
        let function = request.uri().path().trim_start_matches('/').to_owned();
        let body: Value = serde_json::from_slice(request.body()).unwrap();
        seen.lock().unwrap().push(body.clone());
        let (status, answer) = script(&function, &body);
        let response = Response::builder().status(status).header(CONTENT_TYPE, "application/json");
        std::future::ready(response.body(Bytes::from(answer)).unwrap()).boxed()
    })
}

/// An app with one function of every kind: `events` and `batch` put messages on `fleet-work`, `work` takes them, `tick`
/// fires each minute, `page` answers GET, `alerts` takes POST.
pub(crate) fn app() -> FunctionApp {
    let out = json!({"type": "serviceBus", "name": "work", "direction": "out", "queueName": "fleet-work", "connection": "Bus"});
    let functions = [
        (
            "alerts",
            json!([
            {"type": "httpTrigger", "name": "req", "direction": "in", "authLevel": "function", "methods": ["post"]},
            {"type": "http", "name": "res", "direction": "out"}]),
        ),
        (
            "batch",
            json!([{"type": "eventGridTrigger", "name": "event", "direction": "in", "cardinality": "many"}, out]),
        ),
        ("events", json!([{"type": "eventGridTrigger", "name": "event", "direction": "in"}, out])),
        (
            "page",
            json!([
            {"type": "httpTrigger", "name": "req", "direction": "in", "authLevel": "function", "methods": ["get"], "route": "fleet/{stamp}"},
            {"type": "http", "name": "res", "direction": "out"}]),
        ),
        (
            "tick",
            json!([{"type": "timerTrigger", "name": "timer", "direction": "in", "schedule": "0 */1 * * * *"}]),
        ),
        (
            "work",
            json!([{"type": "serviceBusTrigger", "name": "message", "direction": "in", "queueName": "fleet-work",
            "connection": "Bus", "dataType": "binary"}]),
        ),
    ];
    let settings = AppSettings::from_iter([("Bus__fullyQualifiedNamespace", "ops.servicebus.windows.net")]);
    let read = |(name, bindings)| {
        FunctionDefinition::from_json(name, json!({ "bindings": bindings }), &settings).unwrap()
    };
    let functions = functions.into_iter().map(read).collect();
    FunctionApp {
        host: HostSettings { max_concurrent_calls: 4, ..HostSettings::default() },
        functions,
        settings,
    }
}

/// The answer that succeeds and does nothing.
pub(crate) fn fine() -> (u16, String) {
    (200, "{}".to_owned())
}
