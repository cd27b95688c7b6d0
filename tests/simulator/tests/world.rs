//! The whole simulated Azure with a toy app in it: events of ARM become messages, messages become writes, writes become
//! events. The toy enrols every cluster that it hears of in the fleet.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use fleet_simulator::arm::setup::Estate;
use fleet_simulator::arm::{Arm, ArmRequest};
use fleet_simulator::chance::Seed;
use fleet_simulator::clock::Clock;
use fleet_simulator::driver::Simulation;
use fleet_simulator::event_grid::{
    ChaosEffect, ChaosRule, EventGrid, EventSubscription, FilterOperator, SystemTopic,
};
use fleet_simulator::faults::{Effect, KillPoint, Rule};
use fleet_simulator::functions_host::{
    AppSettings, FunctionApp, FunctionDefinition, FunctionsHost, HandlerService, HostSettings, Surroundings,
};
use fleet_simulator::happening::Happening;
use fleet_simulator::identity::ManagedIdentity;
use http::{Request, Response};
use serde_json::{Value, json};

struct World {
    arm: Arm,
    member: String,
    simulation: Simulation,
    happenings: Arc<Mutex<Vec<Happening>>>,
}

impl World {
    async fn new() -> Self {
        let arm = Arm::new(Seed(7), Clock::default());
        let happenings = Arc::<Mutex<Vec<Happening>>>::default();
        let heard = Arc::clone(&happenings);
        arm.watchers().watch(Arc::new(move |happening| heard.lock().unwrap().push(happening.clone())));
        let estate = Estate::new(&arm).fleet("fleet-shop", "rg-fleet", "westeurope");
        let member = format!("{}/members/aks-weu-01", estate.fleet_id());

        let (handler_arm, handler_member) = (arm.clone(), member.clone());
        let host = FunctionsHost::in_process(app(), Surroundings::of(&arm), move || {
            toy(&handler_arm, &handler_member)
        });
        let grid = EventGrid::new(arm.seed(), arm.clock().clone(), arm.watchers().clone());
        let clusters = EventSubscription::new("clusters", SystemTopic::Operations, "events").where_field(
            "data.operationName",
            FilterOperator::StringBeginsWith,
            &["Microsoft.ContainerService/"],
        );
        grid.subscribe(clusters, &host).await.unwrap();
        let simulation = Simulation::new(arm.clone(), grid, host);
        let _id = estate.cluster("aks-weu-01").appears();
        Self { arm, member, simulation, happenings }
    }

    async fn come_to_rest(&mut self) {
        self.simulation.run_until_quiet(Duration::from_secs(3600)).await.unwrap();
    }

    fn member_state(&self) -> Option<String> {
        let member = self.arm.resource(&self.member)?;
        member["properties"]["provisioningState"].as_str().map(str::to_owned)
    }

    fn happened<T>(&self, pick: impl Fn(&Happening) -> Option<T>) -> Vec<T> {
        self.happenings.lock().unwrap().iter().filter_map(pick).collect()
    }

    fn subjects_of_events(&self) -> Vec<String> {
        self.happened(|happening| match happening {
            Happening::EventRaised { event_type, subject } if event_type.contains("ResourceWrite") => {
                subject.rsplit_once("/providers/").map(|(_, resource)| resource.to_owned())
            }
            _ => None,
        })
    }

    fn writes(&self) -> Vec<Option<u16>> {
        self.happened(|happening| match happening {
            Happening::ArmCall { method, status, .. } if method == "PUT" => Some(*status),
            _ => None,
        })
    }
}

fn app() -> FunctionApp {
    let settings = AppSettings::from_iter([("Bus__fullyQualifiedNamespace", "ops.servicebus.windows.net")]);
    let read = |name, bindings: Value| {
        FunctionDefinition::from_json(name, json!({ "bindings": bindings }), &settings).unwrap()
    };
    let functions = vec![
        read(
            "events",
            json!([
            {"type": "eventGridTrigger", "name": "event", "direction": "in"},
            {"type": "serviceBus", "name": "work", "direction": "out", "queueName": "nudges", "connection": "Bus"}]),
        ),
        read(
            "work",
            json!([
            {"type": "serviceBusTrigger", "name": "message", "direction": "in", "queueName": "nudges", "connection": "Bus", "dataType": "binary"}]),
        ),
    ];
    FunctionApp { host: HostSettings::default(), functions, settings }
}

/// `events` puts the subject on the queue; `work` enrols it, unless the member is there.
fn toy(arm: &Arm, member: &str) -> HandlerService {
    let (arm, member) = (arm.clone(), member.to_owned());
    Arc::new(move |request: Request<Bytes>| {
        let (arm, member) = (arm.clone(), member.clone());
        Box::pin(async move {
            let body: Value = serde_json::from_slice(request.body()).unwrap();
            let answer = if request.uri().path() == "/events" {
                json!({"Outputs": {"work": [{"subject": body["Data"]["event"]["subject"]}]}})
            } else {
                let invocation = request.headers()["x-azure-functions-invocationid"].to_str().unwrap();
                enrol(&arm, &member, &subject_of(&body), invocation).await;
                json!({})
            };
            let response = Response::builder().header("content-type", "application/json");
            response.body(answer.to_string().into()).unwrap()
        })
    })
}

/// The subject in a message, which travels as base64.
fn subject_of(invocation: &Value) -> String {
    let message = STANDARD.decode(invocation["Data"]["message"].as_str().unwrap()).unwrap();
    let nudge: Value = serde_json::from_slice(&message).unwrap();
    nudge["subject"].as_str().unwrap().to_owned()
}

async fn enrol(arm: &Arm, member: &str, cluster: &str, invocation: &str) {
    let identity = ManagedIdentity::named("toy", arm.seed());
    let token = arm.tokens().issue(&identity, "https://management.azure.com").text;
    let request = |method: &str| {
        ArmRequest::new(method, &format!("{member}?api-version=2026-06-01"))
            .header("authorization", &format!("Bearer {token}"))
            .header("x-ms-correlation-request-id", invocation)
    };
    let seen = arm.exchange(&request("GET")).await.answer();
    if seen.is_some_and(|answer| answer.status == 404) {
        arm.exchange(&request("PUT").json(&json!({"properties": {"clusterResourceId": cluster}}))).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_new_cluster_becomes_a_member_and_the_end_of_the_operation_is_an_event_too() {
    let mut world = World::new().await;
    world.come_to_rest().await;
    assert_eq!(world.member_state().as_deref(), Some("Succeeded"));
    assert_eq!(world.writes(), [Some(201)]);
    assert_eq!(
        world.subjects_of_events(),
        [
            "Microsoft.ContainerService/managedClusters/aks-weu-01",
            "Microsoft.ContainerService/fleets/fleet-shop/members/aks-weu-01",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn calls_to_arm_name_the_message_that_caused_them() {
    let mut world = World::new().await;
    world.come_to_rest().await;
    let causes = world.happened(|happening| match happening {
        Happening::ArmCall { cause, .. } => Some(cause.as_ref().map(|cause| cause.function.clone())),
        _ => None,
    });
    assert_eq!(causes, vec![Some("work".to_owned()); 3]);
}

#[tokio::test(start_paused = true)]
async fn a_handler_killed_after_its_write_heals_by_redelivery() {
    let mut world = World::new().await;
    world.arm.inject(Rule::once(Effect::KillHandler(KillPoint::AfterWrite)).method("PUT"));
    world.come_to_rest().await;
    assert_eq!(world.member_state().as_deref(), Some("Succeeded"));
    assert_eq!(world.writes(), [None], "the second delivery finds the member there");
    let abandoned = world.happened(|happening| match happening {
        Happening::MessageAbandoned { deliveries, .. } => Some(*deliveries),
        _ => None,
    });
    assert_eq!(abandoned, [1]);
}

#[tokio::test(start_paused = true)]
async fn doubled_and_delayed_events_end_in_the_same_state() {
    let mut world = World::new().await;
    world.simulation.event_grid().unsettle(ChaosRule::always(ChaosEffect::Duplicate(2)));
    world.simulation.event_grid().unsettle(ChaosRule::always(ChaosEffect::Reorder(Duration::from_secs(60))));
    world.come_to_rest().await;
    assert_eq!(world.member_state().as_deref(), Some("Succeeded"));
    assert_eq!(world.writes(), [Some(201)]);
}
