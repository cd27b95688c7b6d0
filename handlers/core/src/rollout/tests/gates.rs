//! When a gate is approved, and which gates never are.

use super::{
    fleet::writes,
    script::{gate_id, run_id},
    *,
};
use crate::{
    ids::ArmId,
    testing::shared,
    updates::{
        Asks, GateKind,
        Timing::{After, Before},
        UpdateState,
    },
};

const GATE: &str = "r1-canary-before";

/// A run before its first stage, with stamp neu; its stamp is out already.
fn before_canary() -> Fleet {
    let mut fleet = fleet_of([canary()]);
    fleet.look_and_follow();
    fleet
}

fn canary() -> Script {
    a_run("r1").that_is(UpdateState::Pending).stage("canary", &["neu"]).gate(Before, UpdateState::Pending)
}

/// A run after its first stage.
fn after_canary() -> Fleet {
    fleet_of([a_run("r1")
        .that_is(UpdateState::Pending)
        .stage("canary", &["neu"])
        .all(&UpdateState::Completed)
        .gate(Before, UpdateState::Completed)
        .gate(After, UpdateState::Pending)])
}

#[test]
fn a_gate_is_approved_once_nothing_has_been_missing_for_its_soak() {
    let mut fleet = before_canary();
    assert_eq!(writes(&fleet.look()), [""; 0], "the soak begins");
    assert_eq!(
        fleet.note_of(GATE).waits.why,
        ["nothing is missing; approved at 2026-01-01T00:05:00Z if that lasts"]
    );
    fleet.pass(4);
    assert_eq!(writes(&fleet.look()), [""; 0]);
    fleet.pass(1);
    assert_eq!(writes(&fleet.look()), ["approve gate r1-canary-before"]);
}

#[test]
fn the_version_seen_waiting_is_the_one_that_is_approved() {
    let mut fleet = before_canary();
    fleet.look();
    fleet.pass(5);
    fleet.gate(GATE).etag = Some("e2".to_owned());
    let approve = Action::Approve { gate: gate_id(GATE), etag: Some("e2".to_owned()) };
    assert_eq!(fleet.look().actions, [approve]);
}

#[test]
fn what_a_gate_was_approved_on_is_told_and_remembered() {
    let mut fleet = before_canary();
    fleet.look();
    fleet.pass(5);
    let plan = fleet.look();
    let told: Vec<String> = plan.approved[0].evidence.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(told.join("\n"), @r#"
    neu: a stamp of ours: on record
    neu: out of traffic: origin neu-f2792fd2 is disabled and held
    neu: version offered: region-of-neu offers 1.33.5
    neu: running: it runs
    neu: idle: its provisioning state is Succeeded
    neu: node pools ready: 1 of them
    the rest serves: at least as many healthy stamps as configured
    "#);
    let approval = fleet.note_of(GATE).approval.as_ref().expect("it was approved");
    assert_eq!((approval.at, approval.by.as_str()), (fleet.now, "a rule of the configuration"));
    assert_eq!(approval.evidence, plan.approved[0].evidence);
    assert_eq!(fleet.note_of(GATE).waits.why, [""; 0]);
}

#[test]
fn a_gate_is_approved_once_however_late_that_is_seen() {
    let mut fleet = before_canary();
    fleet.look();
    fleet.pass(5);
    fleet.look();
    let again = fleet.look();
    assert_eq!((writes(&again), again.approved), (vec![], vec![]), "the write is not seen yet");
    assert!(fleet.note_of(GATE).approval.is_some());

    fleet.pass(1);
    fleet.cluster("neu").progress = crate::facets::Progress::Busy;
    let late = fleet.look();
    assert_eq!(writes(&late), [""; 0], "the run has gone on, and the gate is seen as it was");
    assert!(fleet.note_of(GATE).approval.is_some(), "what it was approved on is kept");

    fleet.gate_is(GATE, &UpdateState::Completed);
    fleet.pass(60);
    assert_eq!(writes(&fleet.look()), [""; 0]);
    assert!(fleet.note_of(GATE).approval.is_some());
}

#[test]
fn an_approval_that_failed_is_remembered_for_as_long_as_it_may_still_show() {
    use crate::{
        ledger::Outcome,
        setback::{Fault, FaultClass},
    };
    let mut fleet = before_canary();
    fleet.look();
    fleet.pass(5);
    let plan = fleet.plan();
    plan.begin(&mut fleet.ledger, &fleet.config.fleet, "event-1", "a test", fleet.now);
    let (class, code, message) = (FaultClass::Lasting, "Forbidden".to_owned(), "no".to_owned());
    let fault = Fault { class, code, message, retry_after_seconds: None };
    let outcomes = [(gate_id(GATE), Outcome::Failed(fault))];
    plan.settle(&mut fleet.ledger, "a test", &outcomes, fleet.now, fleet.now);
    let mut lost = fleet.clone();
    lost.gate_is(GATE, &UpdateState::Completed);
    lost.look();
    assert!(lost.note_of(GATE).approval.is_some(), "only its answer was lost");
    fleet.pass(6);
    assert_eq!(writes(&fleet.look()), [""; 0], "not before its time");
    assert_eq!(fleet.note_of(GATE).approval, None);
    fleet.pass(5);
    assert_eq!(writes(&fleet.look()), ["approve gate r1-canary-before"]);
}

#[test]
fn what_is_missing_again_during_the_soak_starts_it_over() {
    let mut fleet = after_canary();
    fleet.look();
    fleet.pass(4);
    fleet.cluster("neu").running = false;
    fleet.look();
    assert_eq!(fleet.note_of("r1-canary-after").waits.why, ["neu: not running: it is stopped"]);
    fleet.pass(1);
    fleet.cluster("neu").running = true;
    assert_eq!(writes(&fleet.look()), [""; 0], "its five minutes begin again");
    fleet.pass(4);
    assert_eq!(writes(&fleet.look()), [""; 0]);
    fleet.pass(1);
    assert_eq!(writes(&fleet.look()), ["approve gate r1-canary-after"]);
}

#[test]
fn the_evidence_after_a_stage_is_about_what_the_update_was_to_bring() {
    let mut fleet = after_canary();
    fleet.look();
    fleet.pass(5);
    let plan = fleet.look();
    let asked: Vec<Asks> = plan.approved[0].evidence.iter().map(|piece| piece.asks).collect();
    let expected = [
        Asks::Known,
        Asks::Updated,
        Asks::VersionReached,
        Asks::Answers,
        Asks::Running,
        Asks::Idle,
        Asks::PoolsReady,
        Asks::RestServes,
    ];
    assert_eq!(asked, expected);
}

#[test]
fn gates_that_are_not_ours_to_approve_are_left_alone_and_nothing_is_asked_about_them() {
    let another_fleet =
        |suffix: &str| -> ArmId { shared(&format!("Microsoft.ContainerService/fleets/fleet-two/{suffix}")) };
    let elsewhere = another_fleet("gates/r1-canary-before");
    let table: [(&str, Change); 6] = [
        ("a time of day completes it", |fleet| {
            fleet.gate(GATE).kind = GateKind::Other("ScheduledStart".to_owned());
        }),
        ("completed already", |fleet| fleet.gate_is(GATE, &UpdateState::Completed)),
        ("left out", |fleet| fleet.gate_is(GATE, &UpdateState::Skipped)),
        ("a state that nobody knows", |fleet| {
            fleet.gate(GATE).state = UpdateState::Other("Thinking".to_owned());
        }),
        ("no rule answers it", |fleet| fleet.gate(GATE).display_name = Some("theirs".to_owned())),
        ("updates are switched off", |fleet| {
            fleet.config.updates.as_mut().expect("configured").mode = Mode::Off;
        }),
    ];
    for (why, change) in table {
        let mut fleet = before_canary();
        fleet.look();
        fleet.pass(5);
        assert_eq!(fleet.plan().approved.len(), 1, "it would be approved");
        change(&mut fleet);
        let plan = fleet.plan();
        assert_eq!((writes(&plan), plan.approved), (vec![], vec![]), "{why}");
    }
    for id in [elsewhere, another_fleet("updateRuns/r1")] {
        let mut fleet = before_canary();
        fleet.look();
        fleet.pass(5);
        match id.key().contains("/gates/") {
            true => fleet.gate(GATE).id = id,
            false => fleet.gate(GATE).run = id,
        }
        assert_eq!(writes(&fleet.plan()), [""; 0], "another fleet's");
    }
}

#[test]
fn a_gate_whose_run_could_not_be_read_waits() {
    let mut fleet = before_canary();
    fleet.look();
    fleet.pass(5);
    fleet.seen.runs = Err(crate::testing::unread("update runs"));
    assert_eq!(writes(&fleet.look()), [""; 0]);
    assert_eq!(fleet.note_of(GATE).waits.why, ["its run could not be read"]);
    assert_eq!(fleet.out(), [("neu", "r1/canary")].into(), "its stamp stays out");
}

#[test]
fn a_gate_of_a_run_that_was_stopped_waits_whatever_is_known() {
    let mut fleet = after_canary();
    fleet.look();
    fleet.pass(5);
    for minutes in [0, 5, 5] {
        fleet.pass(minutes);
        fleet.run_is("r1", UpdateState::Stopped);
        assert_eq!(writes(&fleet.look()), [""; 0]);
        assert_eq!(fleet.note_of("r1-canary-after").waits.why, ["its run is Stopped"]);
    }
}

#[test]
fn a_gate_that_is_gone_is_forgotten() {
    let mut fleet = before_canary();
    fleet.gates().clear();
    fleet.look();
    assert!(fleet.ledger.updates.gates.is_empty());
    let mut blind = before_canary();
    blind.seen.gates = Err(crate::testing::unread("gates"));
    blind.look();
    assert!(!blind.ledger.updates.gates.is_empty(), "what could not be read is not gone");
}

#[test]
fn where_updates_are_only_observed_it_is_said_what_would_be_done() {
    let mut fleet = after_canary().where_updates(|updates| updates.mode = Mode::Observe);
    fleet.look();
    fleet.pass(5);
    let plan = fleet.look();
    assert_eq!((writes(&plan), &plan.approved), (vec![], &vec![]));
    let expected = [
        "only observed: would keep neu out of traffic for update r1/canary",
        "only observed: would approve gate r1-canary-after",
    ];
    assert_eq!(plan.why_not, expected);
    assert_eq!(fleet.note_of("r1-canary-after").approval, None);
}

#[test]
fn a_group_without_stamps_has_nothing_to_wait_for_but_the_rest() {
    let empty = a_run("r1").stage("canary", &[]).gate(Before, UpdateState::Pending);
    let mut fleet = fleet_of([empty]);
    fleet.look();
    fleet.pass(5);
    assert_eq!(writes(&fleet.look()), ["approve gate r1-canary-before"]);
}

#[test]
fn a_gate_before_a_part_that_its_run_does_not_have_waits() {
    let mut fleet = fleet_of([canary().stage("prod", &["weu"])]);
    fleet.gate(GATE).scope.stage = "Canary".to_owned();
    fleet.look();
    fleet.pass(5);
    assert_eq!(writes(&fleet.look()), [""; 0]);
    let expected = ["not a stamp of ours: update run r1 has no part r1/Canary"];
    assert_eq!(fleet.note_of(GATE).waits.why, expected);
    assert_eq!(fleet.gate(GATE).run, run_id("r1"));
}
