//! Gates that appear when they are reached, and let pass when they are approved.

use jiff::SignedDuration;
use serde_json::json;

use super::fixture::{FLEETS, body, text};
use super::rollout::{Rollout, approval, full, two_stages};

/// Two stages with gates before and after the first, and around its group.
fn gated() -> serde_json::Value {
    let mut stages = two_stages();
    stages[0]["beforeGates"] = approval("before first");
    stages[0]["afterGates"] = approval("after first");
    stages[0]["groups"][0]["beforeGates"] = approval("before canary");
    stages[0]["groups"][0]["afterGates"] = approval("after canary");
    stages
}

#[test]
fn a_gate_exists_only_once_it_is_reached_and_holds_the_run() {
    let rollout = Rollout::new();
    rollout.create(&gated());
    assert!(rollout.pending_gates().is_empty());
    let gate = "/properties/status/stages/0/beforeGates/0";
    assert_eq!(rollout.run().pointer(gate).expect("the gate's status").get("gateId"), None);
    rollout.act("start");
    rollout.come_to_rest();
    let [pending] = rollout.pending_gates().try_into().expect("one gate");
    assert_eq!(
        text(&rollout.run(), &format!("{gate}/gateId")).to_ascii_lowercase(),
        pending.to_ascii_lowercase()
    );
    assert_eq!((rollout.state(""), rollout.state("/stages/0")), ("Pending".to_owned(), "Pending".to_owned()));
    assert!(rollout.arm().upgrades().is_empty());
    rollout.arm().clock().advance_by(SignedDuration::from_hours(24 * 30));
    assert_eq!(rollout.pending_gates(), [pending], "approvals never expire");
}

#[test]
fn a_gate_says_where_it_stands() {
    let rollout = Rollout::started(&gated());
    rollout.come_to_rest();
    let [stage_gate] = rollout.pending_gates().try_into().expect("one gate");
    let seen = rollout.lab.get(&stage_gate, FLEETS);
    let properties = &body(&seen)["properties"];
    assert_eq!(properties["displayName"], "before first");
    assert_eq!((&properties["gateType"], &properties["state"]), (&json!("Approval"), &json!("Pending")));
    assert_eq!(
        properties["target"]["updateRunProperties"],
        json!({"name": "run-1", "stage": "first", "timing": "Before"})
    );
    assert_eq!(text(properties, "/target/id"), rollout.run_id());
    rollout.approve(&stage_gate);
    rollout.come_to_rest();
    let [group_gate] = rollout.pending_gates().try_into().expect("one gate");
    let seen = rollout.lab.get(&group_gate, FLEETS);
    assert_eq!(text(body(&seen), "/properties/target/updateRunProperties/group"), "canary");
}

#[test]
fn approving_every_gate_in_turn_completes_the_run() {
    let rollout = Rollout::started(&gated());
    let mut names = Vec::new();
    loop {
        rollout.come_to_rest();
        let Some(gate) = rollout.pending_gates().first().cloned() else { break };
        let approved = rollout.approve(&gate);
        assert_eq!(approved.status, 200);
        assert_eq!(text(body(&approved), "/properties/state"), "Completed");
        names.push(text(body(&approved), "/properties/displayName").to_owned());
    }
    assert_eq!(names, ["before first", "before canary", "after canary", "after first"]);
    assert_eq!(rollout.state(""), "Completed");
}

#[test]
fn an_after_gate_and_the_wait_after_a_stage_run_side_by_side() {
    let mut stages = two_stages();
    stages[0]["afterGates"] = approval("after first");
    stages[0]["afterStageWaitInSeconds"] = json!(3600);
    let rollout = Rollout::started(&stages);
    while rollout.pending_gates().is_empty() {
        let next = rollout.arm().next_operation_end().expect("a step");
        rollout.arm().clock().advance_to(next);
    }
    assert_eq!(rollout.state("/stages/0/afterStageWaitStatus"), "Running");
    rollout.approve(&rollout.pending_gates()[0]);
    rollout.pass(3000);
    assert_eq!(rollout.state("/stages/1"), "NotStarted", "the wait is not over");
    rollout.come_to_rest();
    assert_eq!(rollout.state(""), "Completed");
}

#[test]
fn a_gate_takes_one_approval_and_no_other_change() {
    let rollout = Rollout::started(&gated());
    rollout.come_to_rest();
    let [gate] = rollout.pending_gates().try_into().expect("one gate");
    for other in
        [json!({"properties": {"state": "Skipped"}}), json!({"properties": {"displayName": "x"}}), json!({})]
    {
        assert_eq!(rollout.lab.patch(&gate, FLEETS, &other).status, 400, "{other}");
    }
    let stale = rollout.lab.request("PATCH", &gate, FLEETS).header("if-match", "\"stale\"");
    let approval = json!({"properties": {"state": "Completed"}});
    assert_eq!(rollout.lab.send(&stale.json(&approval)).status, 412);
    assert_eq!(rollout.approve(&gate).status, 200);
    assert_eq!(rollout.approve(&gate).status, 409);
    let missing = format!("{}/gates/00000000-0000-4000-8000-000000000000", rollout.estate().fleet_id());
    assert_eq!(rollout.approve(&missing).status, 404);
}

#[test]
fn gates_cannot_be_made_or_deleted_and_go_with_their_run() {
    let rollout = Rollout::started(&gated());
    rollout.come_to_rest();
    let [gate] = rollout.pending_gates().try_into().expect("one gate");
    assert_eq!(rollout.lab.delete(&gate, FLEETS).status, 501);
    let announced = rollout.announcements();
    assert_eq!(announced.iter().filter(|(what, _)| what == "GateCreated").count(), 1);
    rollout.lab.delete(&rollout.run_id(), FLEETS);
    assert_eq!(rollout.lab.get(&gate, FLEETS).status, 404);
    assert_eq!(rollout.announcements()[0].0, "GateDeleted");
}

#[test]
fn a_run_of_the_same_name_has_other_gates() {
    let rollout = Rollout::started(&gated());
    rollout.come_to_rest();
    let first = rollout.pending_gates();
    rollout.lab.delete(&rollout.run_id(), FLEETS);
    rollout.pass(60);
    rollout.start(&gated());
    rollout.come_to_rest();
    assert_ne!(rollout.pending_gates(), first);
}

#[test]
fn skipping_a_stage_skips_its_gates() {
    let rollout = Rollout::started(&gated());
    rollout.come_to_rest();
    let [gate] = rollout.pending_gates().try_into().expect("one gate");
    let targets = json!({"targets": [{"type": "Stage", "name": "first"}]});
    let skip = rollout.lab.request("POST", &format!("{}/skip", rollout.run_id()), FLEETS);
    assert_eq!(rollout.lab.send(&skip.json(&targets)).status, 200);
    assert_eq!(text(body(&rollout.lab.get(&gate, FLEETS)), "/properties/state"), "Skipped");
    rollout.come_to_rest();
    assert_eq!(
        (rollout.state(""), rollout.state("/stages/0")),
        ("Completed".to_owned(), "Skipped".to_owned())
    );
}

#[test]
fn a_scheduled_gate_completes_by_itself_and_takes_no_approval() {
    let mut rollout = Rollout::new();
    let now = rollout.arm().clock().now();
    let start = now.saturating_add(SignedDuration::from_hours(2)).expect("a moment");
    let mut stages = two_stages();
    stages[0]["beforeGates"] = json!([{"displayName": "at seven", "type": "ScheduledStart", "absoluteStartTime": start.to_string()}]);
    rollout.lab.estate = rollout.estate().clone().update_strategy("timed", &stages);
    let strategy = format!("{}/updateStrategies/timed", rollout.estate().fleet_id());
    let properties = json!({"updateStrategyId": strategy, "managedClusterUpdate": full()});
    let run = rollout.estate().create_update_run("run-1", &properties).expect("a run");
    rollout.estate().start_update_run(&run).expect("a start");
    rollout.pass(60);
    let [gate] = rollout.pending_gates().try_into().expect("one gate");
    assert_eq!(rollout.approve(&gate).status, 409);
    assert_eq!(text(body(&rollout.lab.get(&gate, FLEETS)), "/properties/gateType"), "ScheduledStart");
    rollout.come_to_rest();
    assert_eq!(rollout.arm().upgrades()[0].from, start);
}

#[test]
fn starting_a_run_and_approving_a_gate_are_rights_of_their_own() {
    let rollout = Rollout::started(&gated());
    rollout.come_to_rest();
    let [gate] = rollout.pending_gates().try_into().expect("one gate");
    let fleets = "Microsoft.ContainerService/fleets";
    rollout.arm().grant_only(&[&format!("{fleets}/*/read"), &format!("{fleets}/updateRuns/*")]);
    assert_eq!((rollout.approve(&gate).status, rollout.act("stop").status), (403, 200));
    rollout.arm().grant_only(&[&format!("{fleets}/gates/write")]);
    assert_eq!((rollout.approve(&gate).status, rollout.act("start").status), (200, 403));
    let used = rollout.arm().actions_used();
    assert!(used.contains(&format!("{fleets}/updateRuns/start/action")), "{used:?}");
}
