//! An update run in the whole simulated Azure, with a toy app that approves every gate it hears of.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use fleet_simulator::arm::setup::{Availability, Estate};
use fleet_simulator::arm::{Arm, ArmRequest};
use fleet_simulator::chance::Seed;
use fleet_simulator::clock::Clock;
use fleet_simulator::driver::Simulation;
use fleet_simulator::event_grid::{ChaosEffect, ChaosRule, EventGrid, EventSubscription, SystemTopic};
use fleet_simulator::functions_host::{
    AppSettings, FunctionApp, FunctionDefinition, FunctionsHost, HandlerService, HostSettings, Surroundings,
};
use fleet_simulator::identity::ManagedIdentity;
use http::{Request, Response};
use serde_json::{Value, json};

const DAY: Duration = Duration::from_secs(24 * 3600);

struct World {
    simulation: Simulation,
    estate: Estate,
    cluster: String,
    run: String,
}

impl World {
    /// Two members in one group with a gate before and after it, and a run that has been started.
    async fn new() -> Self {
        let arm = Arm::new(Seed(11), Clock::default());
        let gates = |name: &str| json!([{"displayName": name, "type": "Approval"}]);
        let group =
            json!({"name": "prod", "beforeGates": gates("may it begin"), "afterGates": gates("is it well")});
        let estate = Estate::new(&arm)
            .fleet("fleet-shop", "rg-fleet", "westeurope")
            .update_strategy("careful", &json!([{"name": "all", "groups": [group]}]));
        let cluster = estate.cluster("aks-weu-01").in_update_group("prod").serving().present();
        let _other = estate.cluster("aks-neu-01").in_update_group("prod").serving().present();
        let simulation = simulation(&arm).await;
        let update = json!({"upgrade": {"type": "Full", "kubernetesVersion": "1.33.5"}});
        let strategy = format!("{}/updateStrategies/careful", estate.fleet_id());
        let properties = json!({"updateStrategyId": strategy, "managedClusterUpdate": update});
        let run = estate.create_update_run("run-1", &properties).expect("a run");
        estate.start_update_run(&run).expect("a start");
        Self { simulation, estate, cluster, run }
    }

    fn state(&self) -> String {
        let run = self.simulation.arm().resource(&self.run).unwrap_or_default();
        run["properties"]["status"]["status"]["state"].as_str().unwrap_or_default().to_owned()
    }

    fn calls(&self) -> u32 {
        self.simulation.arm().calls().writes
    }
}

async fn simulation(arm: &Arm) -> Simulation {
    let handler_arm = arm.clone();
    let host = FunctionsHost::in_process(app(), Surroundings::of(arm), move || approver(&handler_arm));
    let grid = EventGrid::new(arm.seed(), arm.clock().clone(), arm.watchers().clone());
    let gates = EventSubscription::new("gates", SystemTopic::Gates, "events")
        .including(&["Microsoft.ResourceNotifications.AKSResources.FleetGateCreated"]);
    grid.subscribe(gates, &host).await.expect("a handshake");
    grid.subscribe(EventSubscription::new("health", SystemTopic::Health, "events"), &host)
        .await
        .expect("a handshake");
    Simulation::new(arm.clone(), grid, host)
}

fn app() -> FunctionApp {
    let settings = AppSettings::from_iter(Vec::<(&str, &str)>::new());
    let binding = json!({"type": "eventGridTrigger", "name": "event", "direction": "in"});
    let function = FunctionDefinition::from_json("events", json!({"bindings": [binding]}), &settings)
        .expect("a function");
    FunctionApp { host: HostSettings::default(), functions: vec![function], settings }
}

/// Approves the gate that an event is about; other events it only counts as calls by reading their subject.
fn approver(arm: &Arm) -> HandlerService {
    let arm = arm.clone();
    Arc::new(move |request: Request<Bytes>| {
        let arm = arm.clone();
        Box::pin(async move {
            let body: Value = serde_json::from_slice(request.body()).expect("JSON");
            let subject = body["Data"]["event"]["subject"].as_str().unwrap_or_default().to_owned();
            if subject.contains("/gates/") {
                approve(&arm, &subject).await;
            }
            let response = Response::builder().header("content-type", "application/json");
            response.body(json!({}).to_string().into()).expect("a response")
        })
    })
}

async fn approve(arm: &Arm, gate: &str) {
    let identity = ManagedIdentity::named("toy", arm.seed());
    let token = arm.tokens().issue(&identity, "https://management.azure.com").text;
    let request = ArmRequest::new("PATCH", &format!("{gate}?api-version=2026-06-01"))
        .header("authorization", &format!("Bearer {token}"))
        .json(&json!({"properties": {"state": "Completed"}}));
    arm.exchange(&request).await;
}

#[tokio::test(start_paused = true)]
async fn an_app_that_hears_of_gates_brings_a_run_to_its_end() {
    let mut world = World::new().await;
    world.simulation.run_until_quiet(DAY).await.expect("an end");
    assert_eq!(world.state(), "Completed");
    assert_eq!(world.calls(), 2, "one approval for each gate");
    assert!(world.simulation.arm().upgrades().iter().all(|upgrade| upgrade.succeeded == Some(true)));
}

#[tokio::test(start_paused = true)]
async fn without_its_events_a_run_comes_to_rest_at_its_first_gate() {
    let mut world = World::new().await;
    world.simulation.event_grid().unsettle(ChaosRule::always(ChaosEffect::Drop));
    world.simulation.run_until_quiet(DAY).await.expect("nothing is due while a gate waits");
    assert_eq!(world.state(), "Pending");
    assert!(world.simulation.arm().upgrades().is_empty());
}

#[tokio::test(start_paused = true)]
async fn the_health_of_nodes_reaches_the_app() {
    let mut world = World::new().await;
    world.simulation.run_until_quiet(DAY).await.expect("an end");
    let delivered = Arc::new(std::sync::Mutex::new(0));
    let count = Arc::clone(&delivered);
    world.simulation.arm().watchers().watch(Arc::new(move |happening| {
        if let fleet_simulator::happening::Happening::EventDelivered { subscription, .. } = happening {
            *count.lock().expect("no panic before") += u32::from(subscription == "health");
        }
    }));
    world.estate.cluster_nodes_become(&world.cluster, Availability::Unavailable);
    world.simulation.run_until_quiet(DAY).await.expect("an end");
    assert_eq!(*delivered.lock().expect("no panic before"), 2, "one for the scale set of each node pool");
}
