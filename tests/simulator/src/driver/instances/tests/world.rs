//! Several instances whose handlers do what a test says.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use futures::FutureExt;
use http::header::CONTENT_TYPE;
use http::{Method, Request, Response};
use serde_json::json;

use super::{Balance, Happening, Instances};
use crate::arm::{Arm, ArmRequest, Notice};
use crate::chance::Seed;
use crate::clock::Clock;
use crate::driver::Simulation;
use crate::event_grid::{EventGrid, EventSubscription, SystemTopic};
use crate::functions_host::bench::app;
use crate::functions_host::{FunctionsHost, HandlerService, HttpCall, Surroundings};
use crate::service_bus::Outgoing;

pub(super) const MINUTE: Duration = Duration::from_secs(60);

/// What a handler does with an invocation.
#[derive(Debug, Clone, Copy)]
pub(super) enum Act {
    /// Answers at once.
    Succeed,
    /// Answers so that the host waits for the function timeout.
    Hang,
    /// Works on and on.
    Last,
    /// Calls ARM this often, one call after the other, then answers.
    Call(u32),
}

type Behaviour = Arc<dyn Fn(usize, &str) -> Act + Send + Sync>;

pub(super) struct World {
    pub(super) simulation: Simulation,
    /// Instance, function and invocation id of every call of a handler, in their order.
    calls: Arc<Mutex<Vec<(usize, String, String)>>>,
    happenings: Arc<Mutex<Vec<Happening>>>,
}

impl World {
    pub(super) fn new(
        seed: u64,
        instances: usize,
        balance: Balance,
        behaviour: impl Fn(usize, &str) -> Act + Send + Sync + 'static,
    ) -> Self {
        let arm = Arm::new(Seed(seed), Clock::default());
        let (calls, happenings) = (Arc::<Mutex<Vec<_>>>::default(), Arc::<Mutex<Vec<_>>>::default());
        let heard = Arc::clone(&happenings);
        arm.watchers().watch(Arc::new(move |happening| heard.lock().unwrap().push(happening.clone())));
        let (around, behaviour): (_, Behaviour) = (Surroundings::of(&arm), Arc::new(behaviour));
        let host = |instance| {
            let (arm, behaviour, calls) = (arm.clone(), Arc::clone(&behaviour), Arc::clone(&calls));
            let start = move || handler(instance, arm.clone(), Arc::clone(&behaviour), Arc::clone(&calls));
            FunctionsHost::in_process(app(), around.clone(), start)
        };
        let several = (1..instances).fold(Instances::from(host(0)), |several, at| several.and(host(at)));
        let grid = EventGrid::new(arm.seed(), arm.clock().clone(), arm.watchers().clone());
        let simulation = Simulation::new(arm, grid, several.balanced(balance));
        Self { simulation, calls, happenings }
    }

    pub(super) fn send(&self, messages: u32) {
        for number in 0..messages {
            self.simulation.bus().send("fleet-work", Outgoing::of(number.to_string())).unwrap();
        }
    }

    /// A write in ARM whose event goes to the function `events`.
    pub(super) async fn raise_event(&self) {
        let subscription = EventSubscription::new("operations", SystemTopic::Operations, "events");
        self.simulation.event_grid().subscribe(subscription, self.simulation.host()).await.unwrap();
        let id = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/aks-weu-01";
        let body = json!({"type": "Microsoft.ContainerService/managedClusters", "properties": {}});
        self.simulation.arm().put_resource(id, body, Notice::Raised);
    }

    /// A request for the page of the app.
    pub(super) fn page(&self) -> HttpCall {
        let url = "https://app.example/api/fleet/weu".parse().unwrap();
        HttpCall::new(Method::GET, url).header("x-functions-key", &self.simulation.host().function_key())
    }

    /// The instances that a function was called on, in the order of the calls.
    pub(super) fn invocations(&self, function: &str) -> Vec<usize> {
        let calls = self.calls.lock().unwrap();
        calls.iter().filter(|(_, of, _)| of == function).map(|(instance, _, _)| *instance).collect()
    }

    /// The instances that called ARM, in the order of the calls.
    pub(super) fn order_of_calls(&self) -> Vec<usize> {
        let calls = self.calls.lock().unwrap();
        let instances: BTreeMap<&str, usize> =
            calls.iter().map(|(instance, _, id)| (id.as_str(), *instance)).collect();
        let callers = self.happened(|happening| match happening {
            Happening::ArmCall { correlation_id, .. } => Some(correlation_id.clone()),
            _ => None,
        });
        callers.iter().filter_map(|id| instances.get(id.as_str()).copied()).collect()
    }

    /// Whether each finished invocation succeeded.
    pub(super) fn finished(&self) -> Vec<bool> {
        self.happened(|happening| match happening {
            Happening::InvocationFinished { ok, .. } => Some(*ok),
            _ => None,
        })
    }

    pub(super) fn failures(&self) -> Vec<String> {
        self.happened(|happening| match happening {
            Happening::InvocationFinished { failure, .. } => failure.clone(),
            _ => None,
        })
    }

    /// How often a handler was started.
    pub(super) fn starts(&self) -> usize {
        self.happened(|happening| matches!(happening, Happening::HandlerStarted { .. }).then_some(())).len()
    }

    /// Simulated seconds since the beginning.
    pub(super) fn seconds(&self) -> i64 {
        self.simulation.now().duration_since(crate::clock::EPOCH).as_secs()
    }

    fn happened<T>(&self, pick: impl Fn(&Happening) -> Option<T>) -> Vec<T> {
        self.happenings.lock().unwrap().iter().filter_map(pick).collect()
    }
}

fn handler(
    instance: usize,
    arm: Arm,
    behaviour: Behaviour,
    calls: Arc<Mutex<Vec<(usize, String, String)>>>,
) -> HandlerService {
    Arc::new(move |request: Request<Bytes>| {
        let function = request.uri().path().trim_start_matches('/').to_owned();
        let id = request.headers()["x-azure-functions-invocationid"].to_str().unwrap().to_owned();
        let act = behaviour(instance, &function);
        calls.lock().unwrap().push((instance, function, id.clone()));
        let arm = arm.clone();
        async move {
            let body = match act {
                Act::Succeed => "{}",
                Act::Hang => "",
                Act::Last => std::future::pending().await,
                Act::Call(times) => {
                    for _ in 0..times {
                        let read = ArmRequest::new("GET", "/subscriptions/s?api-version=2022-12-01");
                        let _refused = arm.exchange(&read.header("x-ms-correlation-request-id", &id)).await;
                    }
                    "{}"
                }
            };
            let response = Response::builder().header(CONTENT_TYPE, "application/json");
            response.body(Bytes::from_static(body.as_bytes())).unwrap()
        }
        .boxed()
    })
}
