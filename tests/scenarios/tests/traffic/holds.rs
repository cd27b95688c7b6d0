//! Holds of several owners: each ends only its own, and whoever acts behind our back is noticed.

use fleet_core::command::Status;
use fleet_scenarios::scenario::{Command, HOUR, MINUTE, Scenario, cluster_of};
use serde_json::json;

use crate::WEU;

#[tokio::test(start_paused = true)]
async fn a_hold_with_an_end_ends_by_itself() {
    let mut scenario = Scenario::begins().await;
    let end = scenario.world.simulation.now() + 40 * MINUTE;
    let _out = scenario.is_told(&Command::about(WEU.cluster, "drain", "d").until(end), Status::Done).await;
    scenario.passes(38 * MINUTE).await;
    assert!(!scenario.takes_traffic(WEU));
    scenario.passes(4 * MINUTE).await;
    assert!(scenario.takes_traffic(WEU), "back at once, at the ramp's first step");
    scenario.comes_to_rest().await;
    scenario.is_complete(&cluster_of(WEU), WEU.host).await;
}

#[tokio::test(start_paused = true)]
async fn an_operator_who_releases_during_an_incident_does_not_end_the_incident() {
    let mut scenario = Scenario::begins().await;
    let _out = scenario.is_told(&Command::about(WEU.cluster, "drain", "d"), Status::Done).await;
    scenario.region_fails(WEU);
    scenario.passes(10 * MINUTE).await;
    assert_eq!(scenario.holders_of(WEU).await.len(), 2);
    let _own = scenario.is_told(&Command::about(WEU.cluster, "restore", "r"), Status::Held).await;
    scenario.passes(HOUR).await;
    assert!(!scenario.takes_traffic(WEU));
    assert_eq!(scenario.holders_of(WEU).await, ["incident"]);

    scenario.region_recovers(WEU);
    scenario.comes_back().await;
    scenario.is_complete(&cluster_of(WEU), WEU.host).await;
}

#[tokio::test(start_paused = true)]
async fn an_incident_that_ends_does_not_end_the_operators_drain() {
    let mut scenario = Scenario::begins().await;
    scenario.region_fails(WEU);
    scenario.passes(10 * MINUTE).await;
    let _also = scenario.is_told(&Command::about(WEU.cluster, "drain", "d"), Status::Done).await;
    scenario.region_recovers(WEU);
    scenario.passes(2 * HOUR).await;
    assert!(!scenario.takes_traffic(WEU));
    let holders = scenario.holders_of(WEU).await;
    assert!(holders.len() == 1 && holders[0].starts_with("operator "), "{holders:?}");
}

#[tokio::test(start_paused = true)]
async fn a_held_origin_that_somebody_enables_is_taken_out_again() {
    let mut scenario = Scenario::begins().await;
    let _out = scenario.is_told(&Command::about(WEU.cluster, "drain", "d"), Status::Done).await;
    scenario.passes(MINUTE).await;
    scenario.somebody_switches(WEU, "Enabled");
    scenario.passes(20 * MINUTE).await;
    assert!(!scenario.takes_traffic(WEU), "the next sweep has seen it");
    assert_eq!(scenario.journal.effects().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_serving_origin_that_somebody_disables_comes_back_when_an_operator_releases_it() {
    let mut scenario = Scenario::begins().await;
    scenario.somebody_switches(WEU, "Disabled");
    scenario.passes(2 * HOUR).await;
    assert_eq!(scenario.journal.writes(), [], "nobody fights");
    assert_eq!(scenario.holders_of(WEU).await, ["unknown owner"]);

    let release = Command::about(WEU.cluster, "release", "r").with("owner", &json!("unknown"));
    let _released = scenario.is_told(&release, Status::Done).await;
    scenario.comes_to_rest().await;
    scenario.is_complete(&cluster_of(WEU), WEU.host).await;
}

#[tokio::test(start_paused = true)]
async fn a_drain_that_the_operator_ends_leaves_an_unknown_owners_hold() {
    let mut scenario = Scenario::begins().await;
    scenario.somebody_switches(WEU, "Disabled");
    scenario.passes(30 * MINUTE).await;
    let _also = scenario.is_told(&Command::about(WEU.cluster, "drain", "d"), Status::Done).await;
    let _own = scenario.is_told(&Command::about(WEU.cluster, "restore", "r"), Status::Held).await;
    scenario.passes(2 * HOUR).await;
    assert!(!scenario.takes_traffic(WEU));
    assert_eq!(scenario.holders_of(WEU).await, ["unknown owner"]);
}
