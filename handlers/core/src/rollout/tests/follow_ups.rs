//! Follow-up runs for just the members that failed.

use super::{fleet::writes, script::phase, *};
use crate::{
    command::{Order, Status},
    updates::{GroupPlan, StagePlan, UpdateState},
};

/// A run of three stages that failed on one member of the second.
fn failed(name: &str) -> Fleet {
    let run = a_run(name)
        .that_is(UpdateState::Failed)
        .stage("canary", &["neu"])
        .all(&UpdateState::Completed)
        .stage("prod", &["swc", "weu"])
        .all(&UpdateState::Completed)
        .stage("late", &["eus"]);
    let mut fleet = fleet_of([run]);
    fleet.run(name).plan[1].before = vec![Some("ours".to_owned())];
    fleet.member_is(name, "weu", UpdateState::Failed);
    fleet
}

fn retry(run: &str) -> Order {
    Order::RetryFailed { run: run.to_owned() }
}

/// The stages of the run that a plan makes.
fn stages(plan: &Plan) -> Vec<StagePlan> {
    let made = plan.actions.iter().find_map(|action| match action {
        Action::Create { by: Stages::Own(stages), .. } => Some(stages.clone()),
        _ => None,
    });
    made.expect("a run is made")
}

#[test]
fn a_follow_up_run_has_the_stages_in_which_members_failed_with_their_gates() {
    let mut fleet = failed("r1");
    let plan = fleet.order(retry("r1"));
    assert_eq!(writes(&plan), ["make update run r1-retry for Kubernetes 1.33.5 by stages of its own"]);
    assert_eq!(stages(&plan), [fleet.run("r1").plan[1].clone()]);
    let answer = plan.answer.expect("an answer");
    assert_eq!(answer.status, Status::Held, "it is not over with that");
    assert_eq!(answer.why, ["update run r1-retry follows for weu"]);
}

#[test]
fn it_starts_once_those_that_did_not_fail_are_seen_left_out() {
    let mut fleet = failed("r1");
    fleet.order(retry("r1"));
    assert_eq!(writes(&fleet.look()), [""; 0], "not seen yet");
    fleet.pass(2);
    let follow_up = a_run("r1-retry").that_is(UpdateState::NotStarted).stage("prod", &["swc", "weu"]);
    fleet.add(follow_up);
    assert_eq!(writes(&fleet.look()), ["leave swc out of update run r1-retry"]);
    fleet.pass(2);
    assert_eq!(
        writes(&fleet.look()),
        ["leave swc out of update run r1-retry"],
        "it is not seen to have worked"
    );
    fleet.pass(2);
    fleet.member_is("r1-retry", "swc", UpdateState::Skipped);
    assert_eq!(writes(&fleet.look()), ["start update run r1-retry"]);
    fleet.pass(2);
    fleet.run_is("r1-retry", UpdateState::Running);
    assert_eq!(writes(&fleet.look()), [""; 0]);
    assert!(fleet.ledger.updates.retries.is_empty());
}

#[test]
fn nobody_starts_it_before_those_that_did_not_fail_are_left_out() {
    let mut fleet = failed("r1");
    fleet.order(retry("r1"));
    fleet.pass(2);
    fleet.add(a_run("r1-retry").that_is(UpdateState::NotStarted).stage("prod", &["swc", "weu"]));
    let plan = fleet.order(Order::StartUpdate { run: "r1-retry".to_owned() });
    assert_eq!(writes(&plan), ["leave swc out of update run r1-retry"]);
    let answer = plan.answer.expect("an answer");
    let why = "update run r1-retry starts by itself once those that did not fail are left out";
    assert_eq!((answer.status, answer.why), (Status::Held, vec![why.to_owned()]));
}

#[test]
fn it_is_taken_back_by_a_stop() {
    let mut fleet = failed("r1");
    fleet.order(retry("r1"));
    fleet.pass(2);
    fleet.add(a_run("r1-retry").that_is(UpdateState::NotStarted).stage("prod", &["weu"]));
    let plan = fleet.order(Order::StopUpdate { run: "r1-retry".to_owned() });
    assert_eq!((writes(&plan), plan.answer.expect("an answer").status), (vec![], Status::Done));
    assert_eq!(writes(&fleet.look()), [""; 0]);
}

#[test]
fn its_name_is_free_and_legal() {
    let names = |name: &str, taken: &[&str]| {
        let mut fleet = failed(name);
        taken.iter().for_each(|name| fleet.add(a_run(name).that_is(UpdateState::Completed)));
        let plan = fleet.order(retry(name));
        plan.actions.first().map(|action| action.target().name().to_owned()).expect("a run is made")
    };
    assert_eq!(names("r1", &["r1-retry"]), "r1-retry-2");
    assert_eq!(names("r1", &["r1-retry", "r1-retry-2"]), "r1-retry-3");
    let longest = format!("{}-x", "a".repeat(48));
    let name = names(&longest, &[]);
    assert_eq!((name.len(), name.ends_with("a-retry")), (50, true), "{name}");
    let dashed = format!("{}-{}", "a".repeat(43), "b".repeat(6));
    assert_eq!(names(&dashed, &[]), format!("{}-retry", "a".repeat(43)), "no two dashes in a row");
}

#[test]
fn where_members_went_one_by_one_it_goes_by_the_update_groups_of_those_that_failed() {
    let mut fleet = failed("r1");
    fleet.run("r1").plan.clear();
    fleet.record("weu").report.update_group = Some("west".to_owned());
    let groups = vec![GroupPlan { name: "west".to_owned(), ..GroupPlan::default() }];
    let expected = StagePlan { name: "retry".to_owned(), groups, ..StagePlan::default() };
    assert_eq!(stages(&fleet.order(retry("r1"))), [expected]);
}

#[test]
fn without_any_group_no_run_is_made_and_that_is_said() {
    let mut fleet = failed("r1");
    fleet.run("r1").plan.clear();
    let plan = fleet.order(retry("r1"));
    assert_eq!(writes(&plan), [""; 0]);
    assert_eq!(plan.why_not, ["nobody knows the update groups of those that failed in update run r1"]);
    assert!(fleet.ledger.updates.retries.is_empty());
}

#[test]
fn what_cannot_be_tried_again_is_answered_with_the_reason() {
    let answer = |fleet: &mut Fleet| {
        let answer = fleet.order(retry("r1")).answer.expect("an answer");
        (answer.status, answer.why.join("; "))
    };
    let mut under_way = failed("r1");
    under_way.run("r1").phase = phase(UpdateState::Running);
    let running = "the run is Running; wait for its end, or stop it".to_owned();
    assert_eq!(answer(&mut under_way), (Status::Refused, running));
    let mut good = failed("r1");
    good.member_is("r1", "weu", UpdateState::Completed);
    assert_eq!(answer(&mut good), (Status::NoOp, "no member failed in the run".to_owned()));
    let mut busy = failed("r1");
    busy.add(a_run("r2"));
    let other = "update run r2 is under way; stop it or wait".to_owned();
    assert_eq!(answer(&mut busy), (Status::Refused, other));
    let mut custom = failed("r1");
    custom.run("r1").update.image_selection = Some("Custom".to_owned());
    let by_hand = "the run's node images were chosen by hand; make the follow-up run by hand too".to_owned();
    assert_eq!(answer(&mut custom), (Status::Refused, by_hand));
    let mut twice = failed("r1");
    twice.order(retry("r1"));
    assert_eq!(answer(&mut twice), (Status::NoOp, "update run r1-retry is on its way".to_owned()));
}

#[test]
fn when_the_first_run_is_deleted_nothing_of_it_is_tried_again() {
    let mut fleet = failed("r1");
    fleet.order(retry("r1"));
    fleet.pass(2);
    fleet.runs().clear();
    assert_eq!(fleet.look().why_not, ["update run r1 is gone, and nothing of it can be tried again"]);
    assert!(fleet.ledger.updates.retries.is_empty());
}
