//! How long a gate waits for the next look, and when people hear of it.

use jiff::SignedDuration;

use super::{alarms as raised, *};
use crate::{
    health::Alarm,
    updates::{NoticeKind, Timing::After, UpdateState},
};

const GATE: &str = "r1-canary-after";

/// A run after its only stage, whose stamp has stopped.
fn stopped() -> Fleet {
    let run =
        a_run("r1").stage("canary", &["neu"]).all(&UpdateState::Completed).gate(After, UpdateState::Pending);
    let mut fleet = fleet_of([run]);
    fleet.cluster("neu").running = false;
    fleet
}

/// Minutes until the gate is worth another look.
fn waits(fleet: &Fleet) -> i64 {
    let next = fleet.note_of(GATE).waits.next.expect("it waits");
    next.duration_since(fleet.now).as_secs() / 60
}

#[test]
fn the_longer_nothing_changes_the_longer_a_gate_waits_for_the_next_look() {
    let mut fleet = stopped();
    let told: Vec<i64> = (0..7)
        .map(|_| {
            fleet.look();
            let minutes = waits(&fleet);
            fleet.pass(minutes);
            minutes
        })
        .collect();
    assert_eq!(told, [1, 2, 4, 8, 15, 15, 15]);
}

#[test]
fn something_else_that_is_missing_is_looked_at_soon_again() {
    let mut fleet = stopped();
    for _ in 0..4 {
        fleet.look();
        fleet.pass(waits(&fleet));
    }
    fleet.cluster("neu").runs.version = Some("1.33.4".to_owned());
    fleet.look();
    assert_eq!(waits(&fleet), 1);
}

#[test]
fn looks_before_their_time_neither_lengthen_nor_shorten_the_wait() {
    let mut fleet = stopped();
    for _ in 0..2 {
        fleet.look();
        fleet.pass(waits(&fleet));
    }
    fleet.look();
    let due = fleet.note_of(GATE).waits.next;
    for _ in 0..3 {
        fleet.pass(1);
        fleet.look();
        assert_eq!(fleet.note_of(GATE).waits.next, due);
    }
    fleet.pass(1);
    fleet.look();
    assert_eq!(waits(&fleet), 8, "the next one in the row");
}

#[test]
fn the_fleet_is_looked_at_again_when_the_first_of_its_waits_is_over() {
    let mut fleet = stopped();
    fleet.run("r1").phase.state = UpdateState::Pending;
    fleet.look();
    assert_eq!(fleet.ledger.updates.wake, Some(fleet.now + SignedDuration::from_mins(1)));
    fleet.cluster("neu").running = true;
    fleet.look();
    assert_eq!(fleet.ledger.updates.wake, Some(fleet.now + SignedDuration::from_mins(5)), "the soak's end");
}

#[test]
fn a_gate_that_waits_too_long_is_told_once_and_raised_until_it_is_completed() {
    let mut fleet = stopped();
    fleet.look();
    fleet.pass(59);
    assert_eq!((fleet.look().notices, raised(&fleet.ledger, fleet.now)), (vec![], vec![]));
    fleet.pass(1);
    let notices = fleet.look().notices;
    let [notice] = notices.as_slice() else { panic!("one notice, not {notices:?}") };
    assert_eq!((notice.notice, notice.id.as_str()), (NoticeKind::GateWaits, "gate-waits:r1-canary-after"));
    let says =
        "the gate after r1/canary has waited since 2026-01-01T00:00:00Z: neu: not running: it is stopped";
    assert_eq!(notice.says, says);
    for _ in 0..3 {
        fleet.pass(30);
        assert_eq!(fleet.look().notices, [], "told already");
    }
    let stands = raised(&fleet.ledger, fleet.now);
    assert_eq!(
        stands.iter().map(|one| (one.alarm, one.says.as_str())).collect::<Vec<_>>(),
        [(Alarm::GateWaits, says)]
    );
    fleet.gate_is(GATE, &UpdateState::Completed);
    fleet.look();
    assert_eq!(raised(&fleet.ledger, fleet.now), []);
}

#[test]
fn a_gate_that_the_guard_does_not_let_pass_is_told_too() {
    let run =
        a_run("r1").stage("canary", &["neu"]).gate(crate::updates::Timing::Before, UpdateState::Pending);
    let mut fleet = fleet_of([run]);
    let key = cluster("neu").key().to_owned();
    fleet.seen.clusters.insert(key, Ok(None));
    let notices: Vec<_> = (0..15)
        .flat_map(|_| {
            let notices = fleet.look().notices;
            fleet.pass(5);
            notices
        })
        .collect();
    assert_eq!(notices.len(), 1, "{notices:?}");
    assert!(notices[0].says.ends_with("neu would be updated while its origin takes traffic"), "{notices:?}");
}

#[test]
fn nobody_is_told_of_gates_that_are_left_to_people() {
    let mut fleet = stopped();
    fleet.gate(GATE).display_name = None;
    fleet.look();
    fleet.pass(600);
    assert_eq!((fleet.look().notices, raised(&fleet.ledger, fleet.now)), (vec![], vec![]));
    assert_eq!(fleet.note_of(GATE).waits.why, ["no rule of the configuration answers it"]);
}
