//! Whom updates want out of traffic, and until when.

use super::{fleet::turned, *};
use crate::{
    command::{GuardRule, Target},
    testing::unread,
    updates::{
        GateRef,
        Timing::{After, Before},
        UpdateState,
    },
};

/// Two stages behind gates, the first one reached; and the way back from the first is checked too.
fn two_stages() -> Fleet {
    fleet_of([a_run("r1")
        .stage("canary", &["neu"])
        .gate(Before, UpdateState::Pending)
        .gate(After, UpdateState::NotStarted)
        .stage("prod", &["swc", "weu"])
        .gate(Before, UpdateState::NotStarted)])
}

fn nobody(fleet: &Fleet) -> bool {
    fleet.out().is_empty()
}

#[test]
fn the_stamps_behind_a_gate_are_wanted_out_once_their_run_has_reached_it() {
    let mut fleet = two_stages();
    let plan = fleet.look();
    assert_eq!(fleet.out(), [("neu", "r1/canary")].into());
    assert_eq!(turned(&plan), ["neu"]);
    assert_eq!(turned(&fleet.look()), [""; 0], "wanted out already");
    let out = fleet.ledger.updates.out.values().next().expect("one");
    assert_eq!(out.reason, "update run r1 brings Kubernetes 1.33.5");
}

#[test]
fn a_stamp_stays_out_until_its_part_has_been_checked() {
    let mut fleet = two_stages();
    fleet.look_and_follow();
    fleet.gate_is("r1-canary-before", &UpdateState::Completed);
    let states =
        [UpdateState::NotStarted, UpdateState::Pending, UpdateState::Running, UpdateState::Completed];
    for state in states {
        fleet.member_is("r1", "neu", state.clone());
        let plan = fleet.look();
        assert_eq!((fleet.out(), turned(&plan)), ([("neu", "r1/canary")].into(), vec![]), "{state}");
    }
    fleet.run("r1").stages[0].after[0].state = UpdateState::Completed;
    assert_eq!(turned(&fleet.look()), ["neu"]);
    assert!(nobody(&fleet));
}

#[test]
fn without_a_gate_after_its_part_a_stamp_comes_back_when_the_run_is_done_with_it() {
    let mut fleet = two_stages();
    fleet.run("r1").stages[0].after.clear();
    fleet.look_and_follow();
    fleet.gate_is("r1-canary-before", &UpdateState::Completed);
    fleet.member_is("r1", "neu", UpdateState::Completed);
    assert_eq!(turned(&fleet.look()), ["neu"]);
    assert!(nobody(&fleet));
}

#[test]
fn a_groups_gates_are_about_its_own_stamps_only() {
    let run = a_run("r1")
        .stage("prod", &["swc", "weu"])
        .group_gate(Before, UpdateState::Pending)
        .gate(After, UpdateState::NotStarted);
    let mut fleet = fleet_of([run]);
    let mut second = fleet.run("r1").stages[0].groups[0].clone();
    second.name = "second".to_owned();
    second.members.truncate(1);
    second.members[0].name = "neu".to_owned();
    second.members[0].cluster = Some(cluster("neu"));
    second.before[0] = GateRef { gate: None, state: UpdateState::NotStarted, ..second.before[0].clone() };
    fleet.run("r1").stages[0].groups.push(second);
    fleet.look_and_follow();
    assert_eq!(fleet.out(), [("swc", "r1/prod/prod"), ("weu", "r1/prod/prod")].into());

    fleet.gate_is("r1-prod-before-group", &UpdateState::Completed);
    fleet.member_is("r1", "swc", UpdateState::Completed);
    fleet.look();
    assert_eq!(fleet.out(), [("weu", "r1/prod/prod")].into(), "the stage's gate is not the group's");
}

#[test]
fn all_the_stamps_of_a_part_leave_or_none_does() {
    let mut fleet = fleet_of([a_run("r1").stage("prod", &["neu", "swc"]).gate(Before, UpdateState::Pending)]);
    fleet = fleet.at_least(3);
    let plan = fleet.look();
    assert!(nobody(&fleet) && plan.turned.is_empty());
    let expected = "the stamps of r1/prod stay in traffic: 2 other healthy origin(s) would be left in traffic, the configured minimum is 3";
    assert!(plan.why_not.iter().any(|why| why == expected), "{:?}", plan.why_not);

    let one = fleet.clone().overridden(Target::Stamp("neu".to_owned()), GuardRule::Minimum);
    assert!(one.plan().turned.is_empty(), "the glass is broken for one of them only");
    let both = fleet.overridden(Target::Fleet, GuardRule::Minimum);
    assert_eq!(turned(&both.plan()), ["neu", "swc"]);
}

#[test]
fn when_another_stamp_falls_ill_those_that_wait_at_a_gate_are_let_back() {
    let mut fleet = fleet_of([a_run("r1").stage("prod", &["neu", "swc"]).gate(Before, UpdateState::Pending)]);
    fleet.look_and_follow();
    assert_eq!(fleet.out().len(), 2);
    fleet.record("weu").health.standing = crate::health::Standing::Sick;
    assert_eq!(turned(&fleet.look_and_follow()), ["neu", "swc"]);
    assert_eq!(turned(&fleet.look()), [""; 0], "and not taken out again while it is");
}

/// Two stages at their gates, of which the fleet can spare one; the second was reached first, and its stamps have not left
/// yet.
fn two_gates() -> Fleet {
    let run = a_run("r1")
        .stage("a", &["eus", "neu"])
        .gate(Before, UpdateState::NotStarted)
        .stage("b", &["swc", "weu"])
        .gate(Before, UpdateState::Pending);
    let mut fleet = fleet_of([run]);
    fleet.look();
    fleet.pass(1);
    let run = a_run("r1").stage("a", &["eus", "neu"]).gate(Before, UpdateState::Pending);
    fleet.gates().extend(run.gates);
    fleet.run("r1").stages[0].before = run.run.stages[0].before.clone();
    fleet
}

#[test]
fn of_two_gates_the_one_reached_first_has_its_stamps_and_the_other_says_why_not() {
    let mut fleet = two_gates();
    let plan = fleet.look();
    assert_eq!(fleet.out(), [("swc", "r1/b"), ("weu", "r1/b")].into());
    let said = plan.why_not.iter().any(|why| why.starts_with("the stamps of r1/a stay in traffic"));
    assert!(said, "{:?}", plan.why_not);
}

#[test]
fn a_gate_that_nobody_could_read_yet_comes_after_those_that_wait_already() {
    let mut fleet = two_gates();
    fleet.gates().retain(|gate| gate.id.name() == "r1-b-before");
    assert_eq!(turned(&fleet.look()), [""; 0]);
    assert_eq!(fleet.out(), [("swc", "r1/b"), ("weu", "r1/b")].into());
}

#[test]
fn between_two_gates_before_one_part_its_stamps_stay_out() {
    let run = a_run("r1").stage("canary", &["neu"]).gate(Before, UpdateState::Pending);
    let mut fleet = fleet_of([run.gate(Before, UpdateState::NotStarted)]);
    fleet.look_and_follow();
    fleet.gate_is("r1-canary-before", &UpdateState::Completed);
    assert_eq!(turned(&fleet.look()), [""; 0]);
    assert_eq!(fleet.out(), [("neu", "r1/canary")].into());
}

#[test]
fn members_and_parts_that_are_left_out_stay_in_traffic() {
    let mut fleet = two_stages();
    fleet.member_is("r1", "neu", UpdateState::Skipped);
    assert!(fleet.look().turned.is_empty());

    let mut fleet = two_stages();
    fleet.run("r1").stages[0].phase.state = UpdateState::Skipped;
    fleet.gate_is("r1-canary-before", &UpdateState::Skipped);
    assert!(fleet.look().turned.is_empty(), "though its member is told to be {}", UpdateState::NotStarted);
}

#[test]
fn clusters_without_a_stamp_are_nobodys_to_take_out() {
    let mut fleet = two_stages();
    fleet.ledger.stamps.remove(cluster("neu").key());
    assert!(fleet.look().turned.is_empty());
}

#[test]
fn runs_that_could_not_be_read_keep_their_stamps_out() {
    let mut fleet = two_stages();
    fleet.look_and_follow();
    let blind =
        Fleet { seen: Seen { runs: Err(unread("update runs")), ..fleet.seen.clone() }, ..fleet.clone() };
    let mut one_not_read = fleet.clone();
    one_not_read.runs().clear();
    one_not_read.seen.listed = false;
    for mut fleet in [blind, one_not_read] {
        assert_eq!(turned(&fleet.look()), [""; 0]);
        assert_eq!(fleet.out(), [("neu", "r1/canary")].into());
    }
}

#[test]
fn a_run_that_was_stopped_or_deleted_lets_its_stamps_go() {
    let stopped = |fleet: &mut Fleet| fleet.run_is("r1", UpdateState::Stopped);
    let deleted = |fleet: &mut Fleet| fleet.runs().clear();
    let not_found = |fleet: &mut Fleet| {
        fleet.seen.listed = false;
        let run = fleet.runs().remove(0).id;
        fleet.seen.gone.push(run);
    };
    let table: [(&str, Change); 3] = [("stopped", stopped), ("deleted", deleted), ("not found", not_found)];
    for (why, change) in table {
        let mut fleet = two_stages();
        fleet.look_and_follow();
        change(&mut fleet);
        assert_eq!(turned(&fleet.look()), ["neu"], "{why}");
        assert!(nobody(&fleet), "{why}");
    }
}

#[test]
fn a_part_that_no_rule_answers_leaves_its_stamps_in_traffic_until_an_operator_asks() {
    let mut fleet = two_stages();
    fleet.gate("r1-canary-before").display_name = None;
    fleet.run("r1").stages[0].before[0].display_name = None;
    assert!(fleet.look().turned.is_empty());
    let gate = "r1-canary-before".to_owned();
    let plan = fleet.order(crate::command::Order::ApproveGate { gate });
    assert_eq!(turned(&plan), ["neu"]);
}

#[test]
fn where_updates_are_only_observed_nobody_is_wanted_out_and_it_is_said_who_would_be() {
    let mut fleet = two_stages();
    fleet.look_and_follow();
    fleet = fleet.where_updates(|updates| updates.mode = Mode::Observe);
    let plan = fleet.look();
    assert_eq!(turned(&plan), ["neu"], "let back");
    assert!(nobody(&fleet));
    let expected = "only observed: would keep neu out of traffic for update r1/canary".to_owned();
    assert!(plan.why_not.contains(&expected), "{:?}", plan.why_not);
}

#[test]
fn switched_off_updates_let_everybody_back() {
    let mut fleet = two_stages();
    fleet.look_and_follow();
    fleet = fleet.where_updates(|updates| updates.mode = Mode::Off);
    assert_eq!(turned(&fleet.look()), ["neu"]);
    assert!(nobody(&fleet) && fleet.ledger.updates.gates.is_empty() && fleet.ledger.updates.runs.is_empty());
}

#[test]
fn a_stamp_disagrees_until_its_own_look_has_dealt_with_it() {
    let mut fleet = two_stages();
    let disagreeing = |fleet: &Fleet| {
        NAMES.into_iter().filter(|name| disagrees(&fleet.ledger, &cluster(name))).collect::<Vec<_>>()
    };
    fleet.look();
    assert_eq!(disagreeing(&fleet), ["neu"]);
    let mut refused = fleet.clone();
    refused.pass(1);
    refused.record("neu").observed = crate::testing::minute(1);
    assert_eq!(disagreeing(&refused), [""; 0], "it was looked at since; the guard said no");
    fleet.stamps_follow();
    assert_eq!(disagreeing(&fleet), [""; 0]);
    fleet.run_is("r1", UpdateState::Stopped);
    fleet.look();
    assert_eq!(disagreeing(&fleet), ["neu"], "it is to come back");
    fleet.record("neu").observed = crate::testing::minute(1);
    assert_eq!(disagreeing(&fleet), [""; 0], "it was looked at since, and could not be let back yet");
}
