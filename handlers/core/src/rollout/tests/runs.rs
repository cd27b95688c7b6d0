//! Following runs to their ends, and telling of each end once.

use jiff::SignedDuration;

use super::*;
use crate::{
    testing::unread,
    updates::{NoticeKind, Outcome, Timing::Before, UpdateState},
};

/// A run under way, known.
fn under_way() -> Fleet {
    let mut fleet = fleet_of([a_run("r1").stage("canary", &["neu"])]);
    fleet.look();
    fleet.pass(10);
    fleet
}

fn told(plan: &Plan) -> Vec<(NoticeKind, &str)> {
    plan.notices.iter().map(|notice| (notice.notice, notice.says.as_str())).collect()
}

fn outcomes(plan: &Plan) -> Vec<Outcome> {
    plan.endings.iter().map(|(_, verdict)| verdict.outcome).collect()
}

#[test]
fn the_end_of_a_run_is_told_once() {
    let mut fleet = under_way();
    fleet.member_is("r1", "neu", UpdateState::Completed);
    fleet.run_is("r1", UpdateState::Completed);
    let plan = fleet.look();
    assert_eq!(told(&plan), [(NoticeKind::RunEnded, "update run r1: succeeded: 1 of 1 members updated")]);
    assert_eq!(outcomes(&plan), [Outcome::Succeeded]);
    assert_eq!(plan.notices[0].id, "r1:succeeded:2026-01-01T00:10:00Z");
    let note = fleet.knows("r1").expect("it is remembered");
    assert_eq!((note.members, note.updated, note.failed), (1, 1, 0));
    assert_eq!(note.ending.as_ref().map(|ending| ending.found), Some(fleet.now));
    fleet.pass(1);
    assert_eq!(told(&fleet.look()), []);
}

#[test]
fn a_run_that_was_started_again_has_another_end() {
    let mut fleet = under_way();
    fleet.run_is("r1", UpdateState::Stopped);
    assert_eq!(outcomes(&fleet.look()), [Outcome::Stopped]);
    fleet.pass(5);
    fleet.run_is("r1", UpdateState::Running);
    assert_eq!(outcomes(&fleet.look()), []);
    assert_eq!(fleet.knows("r1").and_then(|note| note.ending.clone()), None, "it goes on");
    fleet.pass(5);
    fleet.run_is("r1", UpdateState::Stopped);
    let second = fleet.look();
    assert_eq!(outcomes(&second), [Outcome::Stopped]);
    assert_eq!(second.notices[0].id, "r1:stopped:2026-01-01T00:20:00Z", "not the first end's");
}

#[test]
fn a_run_started_again_that_ended_before_anybody_looked_has_another_end() {
    let mut fleet = under_way();
    fleet.run_is("r1", UpdateState::Failed);
    assert_eq!(outcomes(&fleet.look()), [Outcome::Failed]);
    fleet.pass(5);
    fleet.run_is("r1", UpdateState::Failed);
    assert_eq!(outcomes(&fleet.look()), [Outcome::Failed]);
}

#[test]
fn what_was_over_before_anybody_looked_is_history_and_what_ended_since_is_news() {
    let over = |fleet: &mut Fleet| {
        fleet.add(a_run("r0"));
        fleet.run_is("r0", UpdateState::Completed);
    };
    let mut at_first_sight = fleet_of([]);
    over(&mut at_first_sight);
    assert_eq!(told(&at_first_sight.look()), []);
    assert_eq!(at_first_sight.knows("r0"), None);
    at_first_sight.pass(30);
    assert_eq!(told(&at_first_sight.look()), [], "nor later");

    let mut since = fleet_of([]);
    since.look();
    since.pass(30);
    over(&mut since);
    assert_eq!(outcomes(&since.look()), [Outcome::Skipped], "it had no members");
    assert_eq!(told(&since.look()), []);
}

#[test]
fn a_run_that_was_deleted_has_an_end_only_if_it_was_under_way() {
    let table = [
        (UpdateState::Running, vec![Outcome::Deleted], true),
        (UpdateState::Pending, vec![Outcome::Deleted], true),
        (UpdateState::NotStarted, vec![], false),
        (UpdateState::Completed, vec![], false),
    ];
    for (state, expected, remembered) in table {
        let mut fleet = under_way();
        fleet.run_is("r1", state.clone());
        fleet.look();
        fleet.runs().clear();
        assert_eq!(outcomes(&fleet.look()), expected, "{state}");
        assert_eq!(fleet.knows("r1").is_some(), remembered, "{state}");
        assert_eq!(outcomes(&fleet.look()), [], "{state}: once");
    }
}

#[test]
fn a_run_that_could_not_be_read_is_not_gone() {
    let mut unread_runs = under_way();
    unread_runs.seen.runs = Err(unread("update runs"));
    let mut not_listed = under_way();
    not_listed.runs().clear();
    not_listed.seen.listed = false;
    for mut fleet in [unread_runs, not_listed] {
        assert_eq!(outcomes(&fleet.look()), []);
        assert!(fleet.knows("r1").is_some_and(|note| note.ending.is_none()));
    }
}

#[test]
fn an_ended_run_is_remembered_for_a_week_and_longer_while_stamps_stay_out_for_it() {
    let mut ended = under_way();
    ended.run_is("r1", UpdateState::Completed);
    ended.look();
    ended.runs().clear();
    ended.seen.listed = false;
    ended.pass(7 * 24 * 60 - 1);
    ended.look();
    assert!(ended.knows("r1").is_some());
    ended.pass(1);
    ended.look();
    assert_eq!(ended.knows("r1"), None);

    let mut holding = fleet_of([a_run("r1").stage("canary", &["neu"]).gate(Before, UpdateState::Pending)]);
    holding.look_and_follow();
    holding.gate_is("r1-canary-before", &UpdateState::Completed);
    holding.member_is("r1", "neu", UpdateState::Failed);
    holding.run_is("r1", UpdateState::Failed);
    holding.look();
    holding.runs().clear();
    holding.seen.listed = false;
    holding.pass(8 * 24 * 60);
    holding.look();
    assert!(holding.knows("r1").is_some() && holding.out().len() == 1);
}

#[test]
fn a_run_in_which_something_moves_is_looked_at_every_minute_and_one_that_waits_less_often() {
    let wakes = |run: UpdateState, member: UpdateState| {
        let mut fleet = fleet_of([a_run("r1").that_is(run).stage("canary", &["neu"]).all(&member)]);
        fleet.look();
        fleet.ledger.updates.wake.map(|wake| wake.duration_since(fleet.now))
    };
    let minutes = |minutes| Some(SignedDuration::from_mins(minutes));
    assert_eq!(wakes(UpdateState::Running, UpdateState::Running), minutes(1));
    assert_eq!(wakes(UpdateState::Stopping, UpdateState::Stopped), minutes(1));
    assert_eq!(wakes(UpdateState::Pending, UpdateState::Pending), minutes(5));
    assert_eq!(wakes(UpdateState::NotStarted, UpdateState::NotStarted), None);
    assert_eq!(wakes(UpdateState::Failed, UpdateState::Failed), None);
}
