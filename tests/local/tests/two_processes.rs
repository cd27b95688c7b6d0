//! Two handler processes on one state, as two instances of the app are in Azure.

use std::{path::PathBuf, sync::Arc, time::Duration};

use fleet_core::command::{CommandResult, Status};
use fleet_local::{
    estate::{SERVING, Stamp},
    world::{HandlerKind, Options, RESULTS, World},
};
use fleet_simulator::{
    driver::Order,
    faults::{Effect, KillPoint, Rule},
    service_bus::Outgoing,
};
use serde_json::json;

const SEED: u64 = 17;
const MINUTE: Duration = Duration::from_secs(60);

/// Two processes that have met the two stamps of the estate.
async fn two_processes() -> World {
    let handler = HandlerKind::Process {
        executable: PathBuf::from(env!("CARGO_BIN_EXE_fleet-local")),
        arguments: vec!["handler".to_owned()],
    };
    let order = Some(Order::SideBySide);
    let options = Options { handler, instances: 2, order, ..Options::in_process(SEED) };
    let mut world = World::start(options).await.expect("two processes");
    assert!(world.run_until_settled(30 * MINUTE).await.expect("an answer"), "the stamps are met");
    world
}

fn asks_to_drain(world: &World, stamp: Stamp) {
    let command = json!({
        "id": stamp.cluster,
        "command": "drain",
        "target": { "stamp": stamp.cluster },
        "requestedBy": "ops@contoso.example",
        "reason": "a drill",
    });
    world.simulation.bus().send("fleet-commands", Outgoing::of(command.to_string())).expect("a queue");
}

fn results(world: &World) -> Vec<CommandResult> {
    let messages = world.simulation.bus().messages(RESULTS);
    messages.iter().map(|message| serde_json::from_str(&message.text()).expect("a result")).collect()
}

/// The hosts whose origins may take traffic, as ARM has it.
fn serving(world: &World) -> Vec<String> {
    let origins = world.arm().resources_of_type("Microsoft.Cdn/profiles/originGroups/origins");
    let enabled = origins.iter().filter(|origin| origin["properties"]["enabledState"] == "Enabled");
    enabled.filter_map(|origin| origin["properties"]["hostName"].as_str().map(str::to_owned)).collect()
}

async fn end(world: &World) {
    for host in world.simulation.instances().all() {
        host.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_drains_at_once_two_processes_refuse_one() {
    let mut world = two_processes().await;
    for stamp in SERVING {
        asks_to_drain(&world, stamp);
    }
    world.simulation.run_for(5 * MINUTE).await;
    let results = results(&world);
    let count = |status| results.iter().filter(|result| result.status == status).count();
    assert_eq!((results.len(), count(Status::Refused)), (2, 1), "{results:#?}");
    let refused = results.iter().find(|result| result.status == Status::Refused).expect("one");
    let why = refused.stamps[0].why_not.join("\n");
    assert!(why.contains("0 other healthy origin(s) would be left"), "{why}");
    assert_eq!(serving(&world).len(), 1);
    end(&world).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_is_lost_in_the_profiles_lane_is_taken_over_from() {
    let mut world = two_processes().await;
    let instances = world.simulation.instances().clone();
    world.arm().on_kill(Arc::new(move |invocation| {
        instances.running(invocation).unwrap_or_else(|| instances.first()).kill_instance();
    }));
    let kill = Rule::once(Effect::KillHandler(KillPoint::BeforeWrite)).method("PATCH").path("/origins/");
    world.arm().inject(kill.expect("an expression"));
    asks_to_drain(&world, SERVING[0]);
    world.simulation.run_for(10 * MINUTE).await;
    let lost = world.simulation.instances().all().iter().filter(|host| host.is_gone()).count();
    assert_eq!(lost, 1, "the one that was in the lane");
    assert_eq!(serving(&world), [SERVING[1].host], "the other has done it");
    let results = results(&world);
    assert_eq!(results.len(), 1, "{results:#?}");
    assert!(matches!(results[0].status, Status::Done | Status::Held), "{results:#?}");
    end(&world).await;
}
