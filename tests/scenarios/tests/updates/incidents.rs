//! An update and an incident at one stamp: each hold is its owner's, and the stamp serves when nobody holds it.

use fleet_core::command::Status;
use fleet_scenarios::scenario::{Command, HOUR, MINUTE, Scenario, Vigil, cluster_of, three_stages};

use crate::{CANARY, PROD};

#[tokio::test(start_paused = true)]
async fn an_incident_during_an_update_outlasts_it() {
    let mut scenario = Scenario::accompanying().await;
    let vigil = Vigil::over(&scenario, 1);
    let run = scenario.run_begins("run-1", &three_stages());
    scenario.passes_until("an upgrade", 6 * HOUR, |scenario| !scenario.arm().upgrades().is_empty()).await;
    scenario.region_fails(CANARY);
    let _gate = scenario.comes_to("after first/canary").await;
    scenario.passes(HOUR).await;
    assert!(scenario.is_pending("after first/canary"), "it does not answer");
    let owners = scenario.holders_of(CANARY).await;
    assert!(owners.contains(&"update run-1/first/canary".to_owned()), "{owners:?}");

    scenario.region_recovers(CANARY);
    scenario.ends(&run, "Completed").await;
    vigil.saw_nothing_wrong("an incident during the update");
    scenario.is_complete(&cluster_of(CANARY), CANARY.host).await;
}

#[tokio::test(start_paused = true)]
async fn an_update_of_a_stamp_that_is_out_for_an_incident_takes_it_over() {
    let mut scenario = Scenario::accompanying().await;
    let vigil = Vigil::over(&scenario, 1);
    scenario.region_fails(CANARY);
    scenario.passes(10 * MINUTE).await;
    assert_eq!(scenario.holders_of(CANARY).await, ["incident"]);
    let run = scenario.run_begins("run-1", &three_stages());
    scenario.passes(HOUR).await;
    let owners = scenario.holders_of(CANARY).await;
    assert!(owners.contains(&"incident".to_owned()), "{owners:?}");
    scenario.region_recovers(CANARY);
    scenario.ends(&run, "Completed").await;
    vigil.saw_nothing_wrong("an update during the incident");
    scenario.is_complete(&cluster_of(CANARY), CANARY.host).await;
}

#[tokio::test(start_paused = true)]
async fn an_incident_elsewhere_keeps_the_next_stamp_from_going_out() {
    let mut scenario = Scenario::accompanying().await;
    let vigil = Vigil::over(&scenario, 1);
    scenario.region_fails(PROD);
    scenario.passes(10 * MINUTE).await;
    let run = scenario.run_begins("run-1", &three_stages());
    scenario.passes(2 * HOUR).await;
    assert!(scenario.takes_traffic(CANARY) && scenario.is_pending("before first/canary"));
    scenario.region_recovers(PROD);
    scenario.ends(&run, "Completed").await;
    vigil.saw_nothing_wrong("an incident elsewhere");
    scenario.gates_are_accounted_for().await;
}

#[tokio::test(start_paused = true)]
async fn a_stamp_that_an_operator_holds_is_updated_and_stays_the_operators() {
    let mut scenario = Scenario::accompanying().await;
    let _out = scenario.is_told(&Command::about(CANARY.cluster, "drain", "out"), Status::Done).await;
    let run = scenario.run_begins("run-1", &three_stages());
    scenario.passes_until("updated", 12 * HOUR, |scenario| scenario.is_open("after first/canary")).await;
    scenario.passes(3 * HOUR).await;
    assert!(!scenario.takes_traffic(CANARY), "it is the operator's to bring back");
    let owners = scenario.holders_of(CANARY).await;
    assert!(owners.len() == 1 && owners[0].starts_with("operator "), "{owners:?}");
    let _back = scenario.asks(&Command::about(CANARY.cluster, "restore", "back")).await;
    scenario.ends(&run, "Completed").await;
    scenario.is_complete(&cluster_of(CANARY), CANARY.host).await;
}

#[tokio::test(start_paused = true)]
async fn an_operators_restore_brings_no_stamp_into_traffic_that_is_updated() {
    let mut scenario = Scenario::accompanying().await;
    let vigil = Vigil::over(&scenario, 2);
    let run = scenario.run_begins("run-1", &three_stages());
    scenario.passes_until("an upgrade", 6 * HOUR, |scenario| !scenario.arm().upgrades().is_empty()).await;
    let _no = scenario.asks(&Command::about(CANARY.cluster, "restore", "back")).await;
    scenario.ends(&run, "Completed").await;
    vigil.saw_nothing_wrong("a restore during the update");
}
