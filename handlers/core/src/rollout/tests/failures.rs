//! Stamps that an update failed on stay out until somebody has mended them.

use super::{fleet::turned, script::run_id, *};
use crate::{
    ids::ArmId,
    updates::{
        Timing::{After, Before},
        UpdateState,
    },
};

/// A run has failed on its only stamp, which it had taken out; nobody has looked since.
fn about_to_fail() -> Fleet {
    let run = a_run("r1").stage("canary", &["neu"]).gate(Before, UpdateState::Pending);
    let mut fleet = fleet_of([run]);
    fleet.look_and_follow();
    fleet.gate_is("r1-canary-before", &UpdateState::Completed);
    fleet.member_is("r1", "neu", UpdateState::Running);
    fleet.look_and_follow();
    fleet.pass(10);
    fleet.member_is("r1", "neu", UpdateState::Failed);
    fleet.run_is("r1", UpdateState::Failed);
    fleet
}

fn failed() -> Fleet {
    let mut fleet = about_to_fail();
    fleet.look_and_follow();
    fleet.pass(10);
    fleet
}

/// A follow-up run is at its gate.
fn tried_again() -> Fleet {
    let mut fleet = failed();
    fleet.add(
        a_run("r2")
            .stage("canary", &["neu"])
            .gate(Before, UpdateState::Pending)
            .gate(After, UpdateState::NotStarted),
    );
    fleet.look_and_follow();
    fleet
}

fn kept(fleet: &Fleet) -> Vec<(&str, &str, &ArmId, bool)> {
    let out = fleet.ledger.updates.out.values();
    out.map(|out| (out.cluster.name(), out.owner.as_str(), &out.run, out.failed)).collect()
}

#[test]
fn a_stamp_that_its_update_failed_on_stays_out_under_the_name_of_the_failure() {
    let mut fleet = about_to_fail();
    assert_eq!(turned(&fleet.look()), ["neu"], "its hold changes its name");
    assert_eq!(kept(&fleet), [("neu", "r1 failed", &run_id("r1"), true)]);
    assert_eq!(turned(&fleet.look()), [""; 0]);
}

#[test]
fn a_failure_outlives_its_run() {
    let mut fleet = failed();
    fleet.runs().clear();
    fleet.look();
    assert_eq!(kept(&fleet), [("neu", "r1 failed", &run_id("r1"), true)]);
    fleet.seen.listed = false;
    fleet.look();
    assert_eq!(kept(&fleet).len(), 1);
}

#[test]
fn a_failure_stays_although_its_run_is_taken_up_again_and_stopped() {
    let mut fleet = failed();
    for (run, member) in [
        (UpdateState::Running, UpdateState::NotStarted),
        (UpdateState::Running, UpdateState::Running),
        (UpdateState::Stopped, UpdateState::Stopped),
    ] {
        fleet.run_is("r1", run);
        fleet.member_is("r1", "neu", member);
        fleet.look_and_follow();
        assert_eq!(fleet.out(), [("neu", "r1 failed")].into());
        fleet.pass(1);
    }
}

#[test]
fn a_failure_stays_although_a_follow_up_run_is_stopped_or_deleted() {
    for deleted in [false, true] {
        let mut fleet = tried_again();
        match deleted {
            true => drop(fleet.runs().pop()),
            false => fleet.run_is("r2", UpdateState::Stopped),
        }
        fleet.look();
        assert_eq!(kept(&fleet), [("neu", "r1 failed", &run_id("r1"), true)], "deleted: {deleted}");
    }
}

#[test]
fn the_gate_of_a_follow_up_run_takes_the_stamp_that_is_out_already() {
    let mut fleet = tried_again();
    assert_eq!(fleet.out(), [("neu", "r1 failed")].into());
    fleet.look();
    fleet.pass(5);
    let plan = fleet.look();
    assert_eq!(plan.approved.len(), 1, "{:?}", plan.why_not);
}

#[test]
fn a_later_success_ends_a_failure() {
    let mut fleet = tried_again();
    fleet.gate_is("r2-canary-before", &UpdateState::Completed);
    fleet.pass(5);
    fleet.member_is("r2", "neu", UpdateState::Completed);
    fleet.look_and_follow();
    assert_eq!(kept(&fleet), [("neu", "r2/canary", &run_id("r2"), false)], "until it has been checked");
    fleet.run("r2").stages[0].after[0].state = UpdateState::Completed;
    assert_eq!(turned(&fleet.look()), ["neu"]);
    assert_eq!(kept(&fleet), []);
}

#[test]
fn a_success_from_before_the_failure_ends_nothing() {
    let mut fleet = failed();
    fleet.add(a_run("r0").that_is(UpdateState::Completed).stage("canary", &["neu"]));
    fleet.member_is("r0", "neu", UpdateState::Completed);
    fleet.member("r0", "neu").phase.completed = Some(crate::testing::minute(1));
    fleet.look();
    assert_eq!(fleet.out(), [("neu", "r1 failed")].into());
    fleet.member("r0", "neu").phase.completed = None;
    fleet.look();
    assert_eq!(fleet.out(), [("neu", "r1 failed")].into(), "nobody knows when it was");
}

#[test]
fn a_second_failure_takes_the_place_of_the_first() {
    let mut fleet = tried_again();
    fleet.gate_is("r2-canary-before", &UpdateState::Completed);
    fleet.pass(5);
    fleet.member_is("r2", "neu", UpdateState::Failed);
    fleet.run_is("r2", UpdateState::Failed);
    fleet.look_and_follow();
    assert_eq!(kept(&fleet), [("neu", "r2 failed", &run_id("r2"), true)]);
    fleet.look();
    assert_eq!(kept(&fleet), [("neu", "r2 failed", &run_id("r2"), true)], "the first run is seen too");
}

#[test]
fn a_stamp_that_an_operator_let_go_stays_so() {
    let mut fleet = failed();
    fleet.ledger.updates.out.clear();
    fleet.look();
    assert_eq!(kept(&fleet), []);
}

#[test]
fn a_stamp_that_was_never_taken_out_is_not_kept_out_because_its_update_failed() {
    let mut fleet = fleet_of([a_run("r1").stage("canary", &["neu"])]);
    fleet.look();
    fleet.member_is("r1", "neu", UpdateState::Failed);
    fleet.run_is("r1", UpdateState::Failed);
    fleet.look();
    assert_eq!(kept(&fleet), []);
}

#[test]
fn of_the_members_of_one_part_only_the_failed_one_stays() {
    let run = a_run("r1").stage("prod", &["neu", "weu"]).gate(Before, UpdateState::Pending);
    let mut fleet = fleet_of([run]);
    fleet.look_and_follow();
    fleet.gate_is("r1-prod-before", &UpdateState::Completed);
    fleet.member_is("r1", "neu", UpdateState::Failed);
    fleet.member_is("r1", "weu", UpdateState::Completed);
    fleet.run_is("r1", UpdateState::Completed);
    fleet.look();
    assert_eq!(fleet.out(), [("neu", "r1 failed")].into());
}
