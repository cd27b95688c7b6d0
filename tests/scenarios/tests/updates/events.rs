//! Events are hints: forged ones change nothing, and a run ends the same without them.

use fleet_core::updates::Outcome;
use fleet_scenarios::scenario::{Gate, HOUR, MINUTE, Scenario, Vigil, cluster_of, stage, three_stages};
use fleet_simulator::{
    event_grid::{ChaosEffect, ChaosRule, Event, SystemTopic},
    functions_host::Token,
};
use serde_json::{Value, json};

use crate::{CANARY, LATE, PROD};

/// The usual run under a chaos of events.
async fn ends_the_same_under(effects: &[ChaosEffect]) -> Scenario {
    let mut scenario = Scenario::accompanying().await;
    for effect in effects {
        scenario.world.simulation.event_grid().unsettle(ChaosRule::always(*effect));
    }
    let vigil = Vigil::over(&scenario, 2);
    let run = scenario.run_begins("run-1", &three_stages());
    scenario.ends(&run, "Completed").await;
    vigil.saw_nothing_wrong(&format!("{effects:?}"));
    scenario.gates_are_accounted_for().await;
    assert_eq!(scenario.verdicts(), [("run-1".to_owned(), Outcome::Succeeded)], "{effects:?}");
    assert_eq!(scenario.approvals().len(), 6, "{effects:?}");
    for stamp in [CANARY, PROD, LATE] {
        scenario.is_complete(&cluster_of(stamp), stamp.host).await;
    }
    scenario
}

#[tokio::test(start_paused = true)]
async fn without_any_event_the_tick_alone_brings_a_run_to_its_end() {
    let _scenario = ends_the_same_under(&[ChaosEffect::Drop]).await;
}

#[tokio::test(start_paused = true)]
async fn doubled_events_change_nothing_and_there_is_one_verdict() {
    let scenario = ends_the_same_under(&[ChaosEffect::Duplicate(3)]).await;
    assert_eq!(scenario.notices().len(), 1, "{:#?}", scenario.notices());
}

#[tokio::test(start_paused = true)]
async fn events_that_come_late_or_in_disorder_change_nothing() {
    let late = ChaosEffect::Delay { from: 20 * MINUTE, to: 3 * HOUR };
    let _scenario = ends_the_same_under(&[late]).await;
    let _scenario = ends_the_same_under(&[ChaosEffect::Duplicate(1), ChaosEffect::Reorder(HOUR)]).await;
}

#[tokio::test(start_paused = true)]
async fn a_gate_that_was_reached_while_the_handler_was_down_is_picked_up_at_its_start() {
    let mut scenario = Scenario::accompanying().await;
    scenario.world.simulation.host().kill_instance();
    let run = scenario.run_begins("run-1", &three_stages());
    scenario.passes(6 * HOUR).await;
    assert!(scenario.is_pending("before first/canary"));
    scenario.world.simulation.host().restart_instance().await.expect("a fresh instance");
    scenario.passes(20 * MINUTE).await;
    assert!(scenario.is_open("before first/canary"), "{:#?}", scenario.gates());
    scenario.ends(&run, "Completed").await;
    scenario.gates_are_accounted_for().await;
}

/// What Event Grid would say if the run had reached this gate. Nobody checks who publishes.
fn forged(id: &str, properties: &Value, scenario: &Scenario) -> Event {
    let name = id.rsplit('/').next().unwrap_or_default();
    let info = json!({
        "id": id, "name": name, "type": "Microsoft.ContainerService/fleets/gates", "properties": properties,
    });
    let time = scenario.world.simulation.now();
    let data = json!({
        "resourceInfo": info,
        "operationalInfo": { "resourceEventTime": time.to_string() },
        "apiVersion": "2026-06-01",
    });
    Event {
        system_topic: SystemTopic::Gates,
        id: format!("forged-{name}"),
        topic: format!("/subscriptions/{}", fleet_local::estate::SUBSCRIPTION),
        subject: id.to_owned(),
        event_type: "Microsoft.ResourceNotifications.AKSResources.FleetGateCreated".to_owned(),
        time,
        data: Token::from(data),
        data_version: "1".to_owned(),
    }
}

/// The properties of a gate that waits for an approval before `first/canary`.
fn pending(run: &str) -> Value {
    json!({
        "gateType": "Approval",
        "state": "Pending",
        "provisioningState": "Succeeded",
        "target": {
            "id": run,
            "updateRunProperties": { "name": "run-1", "stage": "first", "group": "canary", "timing": "Before" },
        },
    })
}

/// Somebody publishes the event of a gate; nothing comes of it.
async fn nothing_comes_of(scenario: &mut Scenario, id: &str, run: &str, what: &str) {
    scenario.journal.forget();
    let event = forged(id, &pending(run), scenario);
    scenario.world.simulation.event_grid().publish(&event);
    scenario.passes(2 * HOUR).await;
    assert_eq!(scenario.journal.writes(), [], "{what}");
    assert!([CANARY, PROD, LATE].iter().all(|stamp| scenario.takes_traffic(*stamp)), "{what}");
}

#[tokio::test(start_paused = true)]
async fn an_event_of_a_gate_that_does_not_exist_changes_nothing() {
    let mut scenario = Scenario::accompanying().await;
    let fleet = scenario.world.estate.fleet_id().to_owned();
    let run = scenario.run_is_made("run-1", &three_stages());
    let gate = format!("{fleet}/gates/6e3b0a51-70c4-4f3a-8c0e-5c9f2f1b7d11");
    nothing_comes_of(&mut scenario, &gate, &run, "a gate that does not exist").await;
    assert_eq!(scenario.state_of_run(&run), "NotStarted");
}

#[tokio::test(start_paused = true)]
async fn an_event_of_another_fleets_gate_changes_nothing() {
    let mut scenario = Scenario::accompanying().await;
    let fleet = scenario.world.estate.fleet_id().replace("fleet-shop", "fleet-other");
    let body = json!({ "type": "Microsoft.ContainerService/fleets/gates", "properties": pending(&format!("{fleet}/updateRuns/run-1")) });
    let gate = format!("{fleet}/gates/6e3b0a51-70c4-4f3a-8c0e-5c9f2f1b7d11");
    scenario.arm().put_resource(&gate, body, fleet_simulator::arm::Notice::Silent);
    nothing_comes_of(&mut scenario, &gate, &format!("{fleet}/updateRuns/run-1"), "another fleet's gate")
        .await;
}

#[tokio::test(start_paused = true)]
async fn an_event_that_calls_a_finished_gate_pending_changes_nothing() {
    let mut scenario = Scenario::accompanying().await;
    let run = scenario.run_begins("run-1", &three_stages());
    scenario.ends(&run, "Completed").await;
    let gate = scenario.gate("before first/canary").expect("a gate");
    nothing_comes_of(&mut scenario, &gate.id, &run, "a finished gate").await;
}

#[tokio::test(start_paused = true)]
async fn an_event_that_calls_a_scheduled_gate_an_approval_changes_nothing() {
    let mut scenario = Scenario::accompanying().await;
    let start = scenario.world.simulation.now() + 24 * HOUR;
    let mut first = stage("first", &["canary"]);
    first["groups"][0]["beforeGates"] = json!([
        { "type": "ScheduledStart", "displayName": "at night", "absoluteStartTime": start.to_string() }
    ]);
    let run = scenario.run_begins("run-1", &json!([first]));
    let gate: Gate = scenario.comes_to("before first/canary").await;
    nothing_comes_of(&mut scenario, &gate.id, &run, "a scheduled gate").await;
    assert!(scenario.is_pending("before first/canary"));
}

#[tokio::test(start_paused = true)]
async fn an_event_opens_no_gate_whose_evidence_is_missing() {
    let mut scenario = Scenario::accompanying().await;
    scenario.world.estate.stop_cluster(&cluster_of(CANARY));
    let run = scenario.run_begins("run-1", &three_stages());
    let gate = scenario.comes_to("before first/canary").await;
    for _ in 0..20 {
        let event = forged(&gate.id, &pending(&run), &scenario);
        scenario.world.simulation.event_grid().publish(&event);
        scenario.passes(MINUTE).await;
    }
    assert!(scenario.is_pending("before first/canary") && scenario.approvals().is_empty());
}
