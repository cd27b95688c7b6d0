//! Runs that are to start.

use super::{fleet::writes, script::run_id, *};
use crate::{
    command::{Order, Status},
    config::NewVersionAction,
    testing::unread,
    updates::{
        Asked,
        Timing::{After, Before},
        UpdateState,
    },
};

/// A run that was stopped behind an approve gate, while its stamp was updated.
fn stopped() -> Fleet {
    let run = a_run("r1").stage("canary", &["neu"]).gate(Before, UpdateState::Pending);
    let mut fleet = fleet_of([run.gate(After, UpdateState::NotStarted)]);
    fleet.look_and_follow();
    fleet.gate_is("r1-canary-before", &UpdateState::Completed);
    fleet.member_is("r1", "neu", UpdateState::Stopped);
    fleet.run_is("r1", UpdateState::Stopped);
    fleet.look_and_follow();
    assert!(fleet.out().is_empty());
    fleet.pass(1);
    fleet
}

fn start(run: &str) -> Order {
    Order::StartUpdate { run: run.to_owned() }
}

#[test]
fn a_run_that_goes_on_behind_a_passed_gate_waits_until_its_stamps_are_out_again() {
    let mut fleet = stopped();
    let plan = fleet.order(start("r1"));
    assert_eq!((writes(&plan), fleet.out()), (vec![], [("neu", "r1/canary")].into()));
    let answer = plan.answer.expect("an answer");
    assert_eq!(answer.status, Status::Held);
    assert_eq!(answer.why, ["update run r1 starts once neu take no traffic"]);
    fleet.stamps_follow();
    fleet.pass(1);
    assert_eq!(writes(&fleet.look()), ["start update run r1"]);
}

#[test]
fn what_cannot_be_seen_of_its_stamps_keeps_a_run_from_starting() {
    let mut out = stopped();
    out.order(start("r1"));
    out.stamps_follow();
    out.pass(1);
    let not_held = |fleet: &mut Fleet| fleet.record("neu").traffic = Some(crate::testing::note());
    let unread_origins = |fleet: &mut Fleet| fleet.seen.origins = Some(Err(unread("origins")));
    let not_asked = |fleet: &mut Fleet| fleet.seen.origins = None;
    let write_under_way = |fleet: &mut Fleet| {
        let record = fleet.record("neu").clone();
        let origin = record.report.origin.clone().expect("an origin").id;
        fleet.ledger.begin(Some(&record), &record.cluster, &[origin], "another", fleet.now);
    };
    let table: [&dyn Fn(&mut Fleet); 4] = [&not_held, &unread_origins, &not_asked, &write_under_way];
    for (row, change) in table.into_iter().enumerate() {
        let mut fleet = out.clone();
        change(&mut fleet);
        assert_eq!(writes(&fleet.look()), [""; 0], "row {row}");
    }
}

#[test]
fn a_member_that_failed_leaves_traffic_before_its_run_takes_it_up_again() {
    let mut fleet = stopped();
    fleet.run_is("r1", UpdateState::Failed);
    fleet.member_is("r1", "neu", UpdateState::Failed);
    fleet.look_and_follow();
    assert!(fleet.out().is_empty(), "it was let go before it failed");
    assert_eq!(writes(&fleet.order(start("r1"))), [""; 0]);
    assert_eq!(fleet.out(), [("neu", "r1 failed")].into());
    fleet.stamps_follow();
    fleet.pass(1);
    assert_eq!(writes(&fleet.look()), ["start update run r1"]);
}

#[test]
fn a_run_without_passed_gates_starts_at_once_and_is_not_asked_for_again() {
    let fresh = a_run("r1").that_is(UpdateState::NotStarted).stage("canary", &["neu"]);
    let mut fleet = fleet_of([fresh.gate(Before, UpdateState::NotStarted)]);
    let plan = fleet.order(start("r1"));
    assert_eq!(writes(&plan), ["start update run r1"]);
    assert_eq!(plan.answer.expect("an answer").status, Status::Done);
    assert_eq!(writes(&fleet.look()), [""; 0], "the write is not seen yet");
    fleet.run_is("r1", UpdateState::Running);
    fleet.pass(5);
    assert_eq!(writes(&fleet.look()), [""; 0]);
    assert!(fleet.ledger.updates.starts.is_empty());
    fleet.run_is("r1", UpdateState::Stopped);
    fleet.pass(5);
    assert_eq!(writes(&fleet.look()), [""; 0], "one order is one start");
}

#[test]
fn a_run_that_is_gone_or_over_is_not_waited_for() {
    let deleted = |fleet: &mut Fleet| fleet.runs().clear();
    let over = |fleet: &mut Fleet| fleet.run_is("r1", UpdateState::Completed);
    let table: [(Change, &str); 2] = [
        (deleted, "update run r1 is gone and can't be started"),
        (over, "update run r1 is Completed and can't be started again"),
    ];
    for (change, expected) in table {
        let mut fleet = stopped();
        fleet.order(start("r1"));
        change(&mut fleet);
        assert_eq!(fleet.look().why_not, [expected]);
        assert!(fleet.ledger.updates.starts.is_empty());
    }
}

#[test]
fn one_run_at_a_time() {
    let mut fleet = stopped();
    fleet.order(start("r1"));
    fleet.stamps_follow();
    fleet.pass(1);
    fleet.add(a_run("r2").that_is(UpdateState::Pending));
    let plan = fleet.look();
    assert_eq!(writes(&plan), [""; 0]);
    let expected = "refused to start update run r1: update run r2 is under way, and two at once may take too much of the fleet";
    assert!(plan.why_not.iter().any(|why| why == expected), "{:?}", plan.why_not);
}

// ---- runs for new versions

/// A run was made for a new version, with a gate before each of its stages.
fn made() -> Fleet {
    let run = a_run("auto")
        .that_is(UpdateState::NotStarted)
        .stage("canary", &["neu"])
        .gate(Before, UpdateState::NotStarted)
        .stage("prod", &["swc", "weu"])
        .group_gate(Before, UpdateState::NotStarted);
    let mut fleet = fleet_of([run]).where_updates(|updates| {
        updates.new_versions.action = NewVersionAction::CreateAndStart;
        updates.new_versions.strategy = Some("two-stages".to_owned());
    });
    let version = Some("1.33.5".parse().expect("a version"));
    fleet.ledger.updates.asked =
        Some(Asked { version, run: Some(run_id("auto")), seen: true, at: fleet.now });
    fleet.runs_version("weu", "1.33.4");
    fleet
}

#[test]
fn a_run_that_brings_nothing_new_is_not_started_by_itself() {
    let mut fleet = made();
    fleet.runs_version("weu", "1.33.5");
    let plan = fleet.plan();
    assert_eq!(writes(&plan), [""; 0]);
    assert_eq!(plan.why_not, ["update run auto is not started: every stamp has what it brings"]);
}

#[test]
fn a_run_made_for_a_new_version_starts_where_that_is_configured() {
    assert_eq!(writes(&made().plan()), ["start update run auto"]);
    let create = made().where_updates(|updates| updates.new_versions.action = NewVersionAction::Create);
    assert_eq!(writes(&create.plan()), [""; 0]);
    let observe = made().where_updates(|updates| updates.mode = Mode::Observe);
    assert_eq!(observe.plan().why_not, ["only observed: would start update run auto"]);
    let mut people_have_stopped_it = made();
    people_have_stopped_it.run_is("auto", UpdateState::Stopped);
    assert_eq!(writes(&people_have_stopped_it.plan()), [""; 0]);
}

#[test]
fn a_run_asked_for_twice_over_starts_once() {
    assert_eq!(writes(&made().order(start("auto"))), ["start update run auto"]);
}

#[test]
fn a_run_that_would_update_stamps_in_traffic_is_not_started_by_itself() {
    let mut stage = made();
    stage.run("auto").plan[0].before = vec![None];
    let mut group = made();
    group.run("auto").plan[1].groups[0].before = vec![None];
    let mut only_scheduled = made();
    only_scheduled.run("auto").plan[0].before.clear();
    let mut one_by_one = made();
    one_by_one.run("auto").plan.clear();
    let canary = "auto/canary/canary";
    let rows = [(stage, canary), (group, "auto/prod/prod"), (only_scheduled, canary), (one_by_one, "auto")];
    for (fleet, part) in rows {
        let plan = fleet.plan();
        assert_eq!(writes(&plan), [""; 0], "{part}");
        let said = plan.why_not.iter().any(|why| why.contains(&format!("a gate before {part},")));
        assert!(said, "{part}: {:?}", plan.why_not);
    }
    let mut without_traffic = made();
    without_traffic.config.traffic = None;
    without_traffic.run("auto").plan[0].before.clear();
    assert_eq!(writes(&without_traffic.plan()), ["start update run auto"]);
}
