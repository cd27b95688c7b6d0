//! Breaking the glass: each rule of the guard gives way to an operator's reason, for a while, and says so.

use fleet_core::command::Status;
use fleet_local::estate::{NEWCOMER, Stamp};
use fleet_scenarios::scenario::{Command, HOUR, MINUTE, OPERATOR, Scenario, cluster_of, reasons};
use fleet_simulator::arm::Notice;
use serde_json::{Value, json};

use crate::{NEU, WEU};

fn override_of(scenario: &Scenario, guard: &str) -> Command {
    let end = scenario.world.simulation.now() + HOUR;
    Command::about_the_fleet("override", &format!("glass-{guard}")).with("guard", &json!(guard)).until(end)
}

/// A drain is refused for `said`; under an override of `guard` it passes, and the answer names who broke the glass.
async fn gives_way(mut scenario: Scenario, guard: &str, said: &str) {
    let drain = |id| Command::about(NEU.cluster, "drain", id);
    let refused = scenario.is_told(&drain("before"), Status::Refused).await;
    assert!(reasons(&refused).contains(said), "{refused:#?}");
    let glass = override_of(&scenario, guard);
    let _broken = scenario.is_told(&glass, Status::Done).await;
    assert_eq!(scenario.page().await["overrides"][0]["by"], OPERATOR);

    let passed = scenario.is_told(&drain("under-glass"), Status::Done).await;
    let why = reasons(&passed);
    assert!(why.contains(said) && why.contains(OPERATOR) && why.contains("a drill"), "{why}");
    assert!(!scenario.takes_traffic(NEU));
    scenario.passes(HOUR).await;
    assert_eq!(scenario.page().await["overrides"], json!([]), "it is over by itself");
}

/// The autoscaler of a stamp has reached its end, and the app has seen it.
async fn can_grow_no_more(scenario: &mut Scenario, stamp: Stamp) {
    scenario.arm().edit_resource(&cluster_of(stamp), Notice::Raised, |cluster| {
        for pool in cluster["properties"]["agentPoolProfiles"].as_array_mut().into_iter().flatten() {
            pool["maxCount"] = pool["count"].clone();
        }
    });
    scenario.passes(MINUTE).await;
}

#[tokio::test(start_paused = true)]
async fn the_minimum_gives_way() {
    let scenario = Scenario::configured(|config| config["traffic"]["minimum"] = json!({ "count": 2 })).await;
    gives_way(scenario, "minimum", "the configured minimum is 2").await;
}

#[tokio::test(start_paused = true)]
async fn the_maximum_of_drained_stamps_gives_way() {
    let mut scenario = Scenario::three(|config| {
        config["traffic"]["maximumDrained"] = json!(1);
        config["traffic"]["minimum"] = json!({ "count": 1, "percent": 0 });
    })
    .await;
    let _first = scenario.is_told(&Command::about(WEU.cluster, "drain", "first"), Status::Done).await;
    scenario.passes(MINUTE).await;
    gives_way(scenario, "maximumDrained", "the configured maximum is 1").await;
}

#[tokio::test(start_paused = true)]
async fn the_capacity_rule_gives_way() {
    let mut scenario = Scenario::configured(|config| config["traffic"]["capacity"] = json!("refuse")).await;
    can_grow_no_more(&mut scenario, WEU).await;
    gives_way(scenario, "capacity", "it runs 3 node(s), and the other serving stamps may add 0").await;
}

#[tokio::test(start_paused = true)]
async fn a_lack_of_capacity_is_only_said_where_configuration_does_not_refuse_for_it() {
    let mut scenario = Scenario::begins().await;
    can_grow_no_more(&mut scenario, WEU).await;
    let answer = scenario.is_told(&Command::about(NEU.cluster, "drain", "d"), Status::Done).await;
    assert!(reasons(&answer).contains("may add 0"), "{answer:#?}");
}

#[tokio::test(start_paused = true)]
async fn the_brake_gives_way_and_the_minimum_still_stands() {
    fn lenient(config: &mut Value) {
        config["traffic"]["minimum"] = json!({ "count": 1, "percent": 0 });
    }
    let mut scenario = Scenario::three(lenient).await;
    scenario.region_fails(WEU);
    scenario.region_fails(NEU);
    scenario.passes(20 * MINUTE).await;
    assert!(scenario.takes_traffic(WEU) && scenario.takes_traffic(NEU), "two of three at once");
    let glass = override_of(&scenario, "brake");
    let _broken = scenario.is_told(&glass, Status::Done).await;
    scenario.passes(20 * MINUTE).await;
    assert!(!scenario.takes_traffic(WEU) && !scenario.takes_traffic(NEU));
    scenario.region_fails(NEWCOMER);
    scenario.passes(20 * MINUTE).await;
    assert!(scenario.takes_traffic(NEWCOMER), "somebody must serve");
}

#[tokio::test(start_paused = true)]
async fn an_override_of_one_rule_is_none_of_another() {
    let mut scenario =
        Scenario::configured(|config| config["traffic"]["minimum"] = json!({ "count": 2 })).await;
    let glass = override_of(&scenario, "capacity");
    let _broken = scenario.is_told(&glass, Status::Done).await;
    let _refused = scenario.is_told(&Command::about(NEU.cluster, "drain", "d"), Status::Refused).await;
    assert!(scenario.takes_traffic(NEU));
}
