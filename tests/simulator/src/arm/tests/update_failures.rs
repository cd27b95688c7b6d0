//! Members that fail or have to wait, and what becomes of their run.

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::arm::UpgradeFate;
use crate::arm::setup::Estate;

use super::rollout::{Rollout, approval, full, two_stages};

fn all_at_once() -> Value {
    json!([{"name": "all", "groups": [{"name": "canary"}, {"name": "prod", "maxConcurrency": "2"}]}])
}

/// A started run along a stored strategy, which may have the preview's fields.
fn tolerant(stages: &Value, fails: impl Fn(&Rollout) -> Vec<String>) -> Rollout {
    let mut rollout = Rollout::new();
    let estate: Estate = rollout.estate().clone();
    rollout.lab.estate = estate.update_strategy("tolerant", stages);
    for cluster in fails(&rollout) {
        rollout.estate().next_upgrade(&cluster, UpgradeFate::Fails);
    }
    let strategy = format!("{}/updateStrategies/tolerant", rollout.estate().fleet_id());
    let properties = json!({"updateStrategyId": strategy, "managedClusterUpdate": full()});
    let run = rollout.estate().create_update_run("run-1", &properties).expect("a run");
    rollout.estate().start_update_run(&run).expect("a start");
    rollout
}

#[test]
fn a_failed_member_fails_run_stage_and_group_and_keeps_the_others_from_starting() {
    let rollout = Rollout::new();
    rollout.estate().next_upgrade(&rollout.weu, UpgradeFate::Fails);
    rollout.start(&two_stages());
    rollout.come_to_rest();
    let parts = ["", "/stages/0", "/stages/0/groups/0"].map(|part| rollout.state(part));
    assert_eq!(parts, ["Failed", "Failed", "Failed"]);
    assert_eq!(rollout.state("/stages/1"), "NotStarted");
    assert!(rollout.run()["properties"]["status"]["status"]["error"]["message"].is_string());
    assert_eq!(rollout.cluster_text(&rollout.weu, "/properties/provisioningState"), "Failed");
    assert_eq!(rollout.arm().upgrades().len(), 1);
}

#[test]
fn after_a_failure_the_run_is_stopping_until_the_members_in_flight_end() {
    let rollout = Rollout::new();
    rollout.arm().configure(|settings| settings.updates.upgrade_seconds = 600..=1200);
    rollout.estate().next_upgrade(&rollout.sdc, UpgradeFate::Fails);
    rollout.start(&all_at_once());
    let first_end = loop {
        let next = rollout.arm().next_operation_end().expect("something under way");
        rollout.arm().clock().advance_to(next);
        if rollout.members().iter().any(|(_, state)| state == "Failed") {
            break next;
        }
    };
    assert_eq!(rollout.state(""), "Stopping");
    let end = rollout.come_to_rest();
    assert!(end > first_end);
    assert_eq!(rollout.state(""), "Failed");
    assert!(rollout.members().iter().all(|(_, state)| state == "Completed" || state == "Failed"));
}

#[test]
fn a_failed_run_can_be_started_again_and_takes_up_what_failed() {
    let rollout = Rollout::new();
    rollout.estate().next_upgrade(&rollout.weu, UpgradeFate::Fails);
    rollout.start(&two_stages());
    rollout.come_to_rest();
    assert_eq!(rollout.act("start").status, 200);
    rollout.come_to_rest();
    assert_eq!(rollout.state(""), "Completed");
    assert_eq!(rollout.arm().upgrades().len(), 4);
}

#[test]
fn tolerated_failures_complete_even_when_everybody_failed() {
    let groups =
        json!([{"name": "canary", "maxAllowedFailures": 1}, {"name": "prod", "maxAllowedFailures": "100%"}]);
    let stages = json!([{"name": "all", "maxAllowedFailures": 3, "groups": groups}]);
    let rollout = tolerant(&stages, |all| vec![all.weu.clone(), all.neu.clone(), all.sdc.clone()]);
    rollout.come_to_rest();
    assert_eq!(
        (rollout.state("").as_str(), rollout.state("/stages/0/groups/1").as_str()),
        ("Completed", "Completed")
    );
    assert!(rollout.members().iter().all(|(_, state)| state == "Failed"));
    assert_eq!(
        rollout.run()["properties"]["status"].get("failureCount"),
        None,
        "the pinned version has no such field"
    );
    rollout.arm().configure(|settings| settings.updates.show_preview_fields = true);
    assert_eq!(rollout.run()["properties"]["status"]["failureCount"], 3);
}

#[test]
fn one_failure_more_than_a_stage_tolerates_fails_it() {
    let groups =
        json!([{"name": "canary", "maxAllowedFailures": 1}, {"name": "prod", "maxAllowedFailures": 1}]);
    let stages = json!([{"name": "all", "maxAllowedFailures": 1, "groups": groups}]);
    let rollout = tolerant(&stages, |all| vec![all.weu.clone(), all.neu.clone()]);
    rollout.come_to_rest();
    assert_eq!(rollout.state(""), "Failed");
}

#[test]
fn a_stuck_upgrade_never_ends() {
    let rollout = Rollout::new();
    rollout.estate().next_upgrade(&rollout.weu, UpgradeFate::Stuck);
    rollout.start(&two_stages());
    rollout.come_to_rest();
    rollout.arm().clock().advance_by(SignedDuration::from_hours(48));
    assert_eq!(rollout.state(""), "Running");
    assert_eq!(rollout.cluster_text(&rollout.weu, "/properties/provisioningState"), "Upgrading");
}

#[test]
fn a_member_whose_window_is_closed_waits_and_is_looked_at_each_hour() {
    let rollout = Rollout::new();
    let now = rollout.arm().clock().now();
    let at = |minutes| now.saturating_add(SignedDuration::from_mins(minutes)).expect("a moment");
    rollout.estate().maintenance_windows(&rollout.neu, &[(at(70), at(500))]);
    rollout.start(&json!([{"name": "all", "groups": [{"name": "prod"}]}]));
    rollout.pass(1);
    assert_eq!(rollout.members()[0].1, "Pending");
    assert_eq!(rollout.members()[1].1, "Running", "a waiting member takes no place");
    let message = "/properties/status/stages/0/groups/0/members/0/message";
    assert!(
        rollout
            .run()
            .pointer(message)
            .and_then(Value::as_str)
            .is_some_and(|text| text.contains("opens next"))
    );
    rollout.pass(3000);
    assert_eq!(rollout.state(""), "Pending", "only waiting members are left");
    rollout.come_to_rest();
    assert_eq!(rollout.state(""), "Completed");
    let upgrades = rollout.arm().upgrades();
    assert_eq!(upgrades[1].from.duration_since(now).as_secs(), 7201, "the second look after the start");
}

#[test]
fn a_window_between_two_looks_is_missed() {
    let rollout = Rollout::new();
    let now = rollout.arm().clock().now();
    let at = |minutes| now.saturating_add(SignedDuration::from_mins(minutes)).expect("a moment");
    rollout.estate().maintenance_windows(&rollout.weu, &[(at(10), at(50))]);
    rollout.start(&two_stages());
    rollout.arm().clock().advance_by(SignedDuration::from_hours(30));
    assert_eq!(rollout.state(""), "Pending");
    assert!(rollout.arm().upgrades().is_empty());
}

#[test]
fn a_version_that_a_region_lacks_makes_its_members_wait_until_it_appears() {
    let mut rollout = Rollout::new();
    rollout.lab.estate = rollout.estate().clone().offering("westeurope", &["1.33.2"]);
    rollout.start(&two_stages());
    rollout.pass(1);
    assert_eq!(rollout.members()[0].1, "Pending");
    rollout.estate().version_appears("westeurope", "1.33.5");
    rollout.come_to_rest();
    assert_eq!(rollout.state(""), "Completed");
}

#[test]
fn a_stopped_cluster_fails_its_member() {
    let rollout = Rollout::new();
    rollout.estate().stop_cluster(&rollout.weu);
    let mut stages = two_stages();
    stages[0]["groups"][0]["afterGates"] = approval("after canary");
    rollout.start(&stages);
    rollout.pass(1);
    let parts = ["", "/stages/0/groups/0", "/stages/0/groups/0/members/0"].map(|part| rollout.state(part));
    assert_eq!(parts, ["Failed", "Failed", "Failed"]);
    assert!(rollout.arm().upgrades().is_empty());
    assert!(rollout.pending_gates().is_empty(), "a failed group reaches no after-gate");
}

#[test]
fn a_cluster_made_anew_under_its_upgrade_is_left_alone_by_it() {
    let rollout = Rollout::started(&two_stages());
    rollout.pass(1);
    rollout.estate().recreate_cluster(&rollout.weu);
    rollout.estate().set_provisioning_state(&rollout.weu, "Creating");
    rollout.come_to_rest();
    assert_eq!(rollout.arm().upgrades()[0].succeeded, Some(false));
    assert_eq!(rollout.cluster_text(&rollout.weu, "/properties/currentKubernetesVersion"), "1.33.2");
    assert_eq!(rollout.cluster_text(&rollout.weu, "/properties/provisioningState"), "Creating");
}

#[test]
fn a_stage_over_its_tolerance_reaches_no_gate_of_a_group_within_its_own() {
    let groups = json!([{"name": "canary", "maxAllowedFailures": 1, "afterGates": approval("after canary")}]);
    let stages = json!([{"name": "all", "groups": groups}]);
    let rollout = tolerant(&stages, |all| vec![all.weu.clone()]);
    rollout.come_to_rest();
    assert_eq!(rollout.state(""), "Failed");
    assert!(rollout.pending_gates().is_empty());
}

#[test]
fn two_runs_never_upgrade_a_cluster_at_the_same_time() {
    let rollout = Rollout::started(&two_stages());
    let properties = json!({"strategy": {"stages": two_stages()}, "managedClusterUpdate": full()});
    let other = rollout.estate().create_update_run("run-2", &properties).expect("a run");
    rollout.estate().start_update_run(&other).expect("a start");
    rollout.pass(1);
    let body = rollout.arm().resource(&other).expect("the other run");
    assert_eq!(body["properties"]["status"]["status"]["state"], "Pending");
    rollout.come_to_rest();
    let upgrades = rollout.arm().upgrades();
    assert_eq!(upgrades.len(), 3, "what one run has upgraded the other skips: {upgrades:#?}");
    let body = rollout.arm().resource(&other).expect("the other run");
    assert_eq!(body["properties"]["status"]["status"]["state"], "Skipped");
}
