//! What Azure itself refuses is a reason to wait, not to try for ever.

use fleet_core::command::Status;
use fleet_scenarios::scenario::{Command, HOUR, MINUTE, Scenario, cluster_of, reasons};
use fleet_simulator::faults::{Effect, Rule};
use serde_json::json;

use crate::{NEU, WEU};

#[tokio::test(start_paused = true)]
async fn front_doors_refusal_of_the_last_origin_is_a_reason_and_no_loop() {
    let mut scenario = Scenario::begins().await;
    let glass = Command::about_the_fleet("override", "glass")
        .with("guard", &json!("minimum"))
        .until(scenario.world.simulation.now() + 12 * HOUR);
    let _broken = scenario.is_told(&glass, Status::Done).await;
    let _one = scenario.is_told(&Command::about(WEU.cluster, "drain", "one"), Status::Done).await;
    scenario.passes(5 * MINUTE).await;
    let answer = scenario.is_told(&Command::about(NEU.cluster, "drain", "two"), Status::Held).await;
    let why = reasons(&answer);
    assert!(why.contains("failed, and tried again") && why.contains("last origin"), "{why}");
    scenario.passes(6 * HOUR).await;
    assert!(scenario.takes_traffic(NEU));
    let tries = scenario.journal.of("PATCH", "/origins/aks-neu-01").len();
    assert!((2..=10).contains(&tries), "{tries} tries in six hours");
    scenario.is_held_because(&cluster_of(NEU), &["last origin"]).await;

    let _back = scenario.is_told(&Command::about(WEU.cluster, "restore", "back"), Status::Done).await;
    scenario.passes(6 * HOUR).await;
    assert!(scenario.takes_traffic(WEU));
    assert!(!scenario.takes_traffic(NEU), "once Azure allows it, what was asked for is done");
}

#[tokio::test(start_paused = true)]
async fn a_profile_that_is_busy_with_somebody_elses_write_is_waited_for() {
    let mut scenario = Scenario::begins().await;
    let busy = Effect::Status {
        status: 409,
        body: Some(json!({"error": {
            "code": "Conflict",
            "message": "Another operation is in progress for the profile.",
        }})),
    };
    scenario.goes_wrong(Rule::once(busy).times(3).method("PATCH").path("/origins/").expect("an expression"));
    let answer = scenario.is_told(&Command::about(WEU.cluster, "drain", "d"), Status::Held).await;
    assert!(reasons(&answer).contains("Another operation is in progress"), "{answer:#?}");
    scenario.passes(30 * MINUTE).await;
    assert!(!scenario.takes_traffic(WEU));
    assert_eq!(scenario.journal.effects(), ["PATCH origins"]);
}

#[tokio::test(start_paused = true)]
async fn a_lost_reply_to_a_drain_is_no_second_drain() {
    let mut scenario = Scenario::begins().await;
    scenario
        .goes_wrong(Rule::once(Effect::ReplyLost).method("PATCH").path("/origins/").expect("an expression"));
    let answer = scenario.asks(&Command::about(WEU.cluster, "drain", "d")).await;
    assert!(matches!(answer.status, Status::Done | Status::Held), "{answer:#?}");
    scenario.passes(30 * MINUTE).await;
    assert!(!scenario.takes_traffic(WEU));
    assert_eq!(scenario.holders_of(WEU).await.len(), 1);
}
