//! Commands about updates: what is done of them, and what they are told.

use super::{fleet::writes, *};
use crate::{
    command::{Order, Status},
    testing::unread,
    updates::{
        GateKind,
        Timing::{After, Before},
        UpdateState,
    },
};

const GATE: &str = "r1-canary-after";

/// A run after its only stage.
fn after_canary() -> Fleet {
    let run = a_run("r1").stage("canary", &["neu"]).all(&UpdateState::Completed);
    fleet_of([run.gate(After, UpdateState::Pending)])
}

fn approve(gate: &str) -> Order {
    Order::ApproveGate { gate: gate.to_owned() }
}

fn stop(run: &str) -> Order {
    Order::StopUpdate { run: run.to_owned() }
}

fn start(run: &str) -> Order {
    Order::StartUpdate { run: run.to_owned() }
}

fn told(fleet: &mut Fleet, order: Order) -> (Status, Vec<String>, Vec<String>) {
    let answer = fleet.order(order).answer.expect("a command is answered");
    (answer.status, answer.did, answer.why)
}

fn only(status: Status, why: &str) -> (Status, Vec<String>, Vec<String>) {
    (status, vec![], vec![why.to_owned()])
}

#[test]
fn a_gate_is_approved_on_an_operators_wish_without_its_soak_and_without_a_rule() {
    let mut ruled = after_canary();
    let mut unruled = after_canary();
    unruled.gate(GATE).display_name = None;
    for fleet in [&mut ruled, &mut unruled] {
        let expected = (Status::Done, vec!["approve gate r1-canary-after".to_owned()], vec![]);
        assert_eq!(told(fleet, approve("R1-canary-AFTER")), expected);
        let approval = fleet.note_of(GATE).approval.clone().expect("approved");
        assert_eq!(approval.by, "ann (a test)");
        assert!(!approval.evidence.is_empty());
    }
}

#[test]
fn a_wish_that_lacks_evidence_is_held_and_granted_as_soon_as_it_can_be() {
    let mut fleet = after_canary();
    fleet.gate(GATE).display_name = None;
    fleet.cluster("neu").running = false;
    let (status, did, why) = told(&mut fleet, approve(GATE));
    assert_eq!((status, did), (Status::Held, vec![]));
    assert_eq!(why, ["neu: not running: it is stopped"]);
    fleet.pass(1);
    fleet.cluster("neu").running = true;
    assert_eq!(writes(&fleet.look()), ["approve gate r1-canary-after"]);
}

#[test]
fn a_gate_that_cannot_be_approved_is_answered_with_the_reason_and_left() {
    let table: [(Status, &str, Change); 6] = [
        (Status::NoOp, "the gate is Completed", |fleet| fleet.gate_is(GATE, &UpdateState::Completed)),
        (
            Status::Refused,
            "the gate is of type ScheduledStart, which nobody approves; only Approval gates are",
            |fleet| fleet.gate(GATE).kind = GateKind::Other("ScheduledStart".to_owned()),
        ),
        (
            Status::Rejected,
            "the fleet has no gate r1-canary-after; a gate exists once its run has reached it",
            |fleet| {
                fleet.gates().clear();
            },
        ),
        (Status::Refused, "gates could not be read: 503 ServiceUnavailable", |fleet| {
            fleet.seen.gates = Err(unread("gates"));
        }),
        (Status::Refused, "the gate belongs to another fleet", |fleet| {
            fleet.gate(GATE).run =
                crate::testing::shared("Microsoft.ContainerService/fleets/two/updateRuns/r1");
        }),
        (Status::Refused, "updates are only observed; the configuration's updates.mode says so", |fleet| {
            fleet.config.updates.as_mut().expect("configured").mode = Mode::Observe;
        }),
    ];
    for (status, why, change) in table {
        let mut fleet = after_canary();
        change(&mut fleet);
        assert_eq!(told(&mut fleet, approve(GATE)), only(status, why));
        let asked = fleet.ledger.updates.gates.values().any(|note| note.asked.is_some());
        assert!(!asked && fleet.plan().actions.is_empty(), "{why}");
    }
}

#[test]
fn without_the_section_every_command_is_refused() {
    let mut fleet = after_canary();
    fleet.config.updates = None;
    let why = "the configuration has no section `updates`, or switches it off";
    for order in [approve(GATE), start("r1"), stop("r1"), Order::RetryFailed { run: "r1".to_owned() }] {
        assert_eq!(told(&mut fleet, order), only(Status::Refused, why));
    }
}

#[test]
fn a_run_is_stopped_while_it_is_under_way_and_otherwise_it_is_said_how_it_stands() {
    for state in [UpdateState::Running, UpdateState::Pending] {
        let mut fleet = fleet_of([a_run("r1").that_is(state)]);
        let expected = (Status::Done, vec!["stop update run r1".to_owned()], vec![]);
        assert_eq!(told(&mut fleet, stop("r1")), expected);
    }
    let table = [
        (UpdateState::Stopping, "the run is stopping already"),
        (UpdateState::NotStarted, "the run is not under way: it is NotStarted"),
        (UpdateState::Stopped, "the run is not under way: it is Stopped"),
        (UpdateState::Completed, "the run is not under way: it is Completed"),
    ];
    for (state, why) in table {
        let mut fleet = fleet_of([a_run("r1").that_is(state)]);
        assert_eq!(told(&mut fleet, stop("r1")), only(Status::NoOp, why));
    }
}

#[test]
fn a_start_that_waits_is_taken_back_by_a_stop() {
    let stopped = a_run("r1").that_is(UpdateState::Stopped).stage("canary", &["neu"]);
    let mut fleet = fleet_of([stopped.gate(Before, UpdateState::Completed)]);
    assert_eq!(told(&mut fleet, start("r1")).0, Status::Held);
    assert_eq!(fleet.out().len(), 1);
    fleet.stamps_follow();
    fleet.pass(1);
    let plan = fleet.order(stop("r1"));
    assert_eq!((writes(&plan), plan.answer.expect("an answer").status), (vec![], Status::Done));
    assert!(fleet.look().actions.is_empty() && fleet.ledger.updates.starts.is_empty());
    assert!(fleet.out().is_empty(), "its stamps come back");
}

#[test]
fn a_run_that_cannot_start_is_answered_with_the_reason() {
    let table = [
        (UpdateState::Completed, Status::Refused, "the run is Completed and can't be started again"),
        (UpdateState::Skipped, Status::Refused, "the run is Skipped and can't be started again"),
        (UpdateState::Running, Status::NoOp, "the run is Running already"),
    ];
    for (state, status, why) in table {
        let mut fleet = fleet_of([a_run("r1").that_is(state)]);
        assert_eq!(told(&mut fleet, start("r1")), only(status, why));
    }
    let mut fleet = fleet_of([a_run("r1").that_is(UpdateState::NotStarted), a_run("r2")]);
    let busy = "update run r2 is under way; stop it or wait";
    assert_eq!(told(&mut fleet, start("r1")), only(Status::Refused, busy));
    let unknown = "the fleet has no update run r9; there are r1, r2";
    assert_eq!(told(&mut fleet, start("r9")), only(Status::Rejected, unknown));
    assert!(fleet.ledger.updates.starts.is_empty());
}
