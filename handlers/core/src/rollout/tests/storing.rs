//! What a plan leaves in the ledger before its writes, and after them.

use super::{fleet::writes, script::run_id, *};
use crate::{
    command::Order,
    ledger::Outcome,
    setback::{Fault, FaultClass},
    updates::UpdateState,
};

/// A run is to be stopped.
fn stopping() -> (Fleet, Plan) {
    let mut fleet = fleet_of([a_run("r1").that_is(UpdateState::Running)]);
    fleet.look();
    let stop = Order::StopUpdate { run: "r1".to_owned() };
    let mut twin = fleet.clone();
    let plan = twin.order(stop);
    (fleet, plan)
}

fn fault() -> Fault {
    let (class, code) = (FaultClass::Passing, "TooManyRequests".to_owned());
    Fault { class, code, message: "slow down".to_owned(), retry_after_seconds: Some(120) }
}

#[test]
fn what_a_plan_writes_is_claimed_before_it_is_written() {
    let (mut fleet, plan) = stopping();
    plan.begin(&mut fleet.ledger, &fleet.config.fleet, "event-1", "one", fleet.now);
    let claim = fleet.ledger.claim_on(&run_id("r1"), fleet.now, fleet.now).expect("a claim");
    assert_eq!((claim.holder.as_str(), &claim.subject), ("one", &fleet.config.fleet));
    let another = fleet.order(Order::StopUpdate { run: "r1".to_owned() });
    assert_eq!(writes(&another), [""; 0]);
}

#[test]
fn a_write_that_failed_is_tried_again_after_a_while() {
    let (mut fleet, plan) = stopping();
    plan.begin(&mut fleet.ledger, &fleet.config.fleet, "event-1", "one", fleet.now);
    let outcomes = [(run_id("r1"), Outcome::Failed(fault()))];
    plan.settle(&mut fleet.ledger, "one", &outcomes, fleet.now, fleet.now);
    let note = &fleet.ledger.updates;
    let expected = "stop update run r1: TooManyRequests: slow down (failed once, tried again after 2026-01-01T00:02:00Z)";
    assert!(note.why_not.iter().any(|why| why == expected), "{:?}", note.why_not);
    assert!(note.wake.is_some_and(|wake| wake <= crate::testing::minute(2)));
    fleet.pass(1);
    assert_eq!(writes(&fleet.order(Order::StopUpdate { run: "r1".to_owned() })), [""; 0]);
    fleet.pass(1);
    assert_eq!(writes(&fleet.order(Order::StopUpdate { run: "r1".to_owned() })), ["stop update run r1"]);
}

#[test]
fn what_was_told_is_kept_with_the_delivery_it_went_out_with_for_two_days() {
    let mut fleet = fleet_of([a_run("r1")]);
    fleet.look();
    fleet.pass(1);
    fleet.run_is("r1", UpdateState::Completed);
    fleet.look();
    let told = &fleet.ledger.updates.notices;
    assert_eq!(told.iter().map(|told| told.because.as_str()).collect::<Vec<_>>(), ["event-1"]);
    fleet.pass(48 * 60);
    fleet.look();
    assert_eq!(fleet.ledger.updates.notices, []);
}

#[test]
fn only_what_was_not_known_before_is_worth_a_line_in_the_journal() {
    let mut fleet = fleet_of([a_run("r1").that_is(UpdateState::Completed)]);
    let plan = fleet.look();
    assert!(!plan.tells_more(&fleet.ledger.updates), "{plan:?}");
    fleet.seen.runs = Err(crate::testing::unread("update runs"));
    let blind = fleet.plan();
    assert!(blind.tells_more(&fleet.ledger.updates));
    fleet.store(&blind);
    assert!(!fleet.plan().tells_more(&fleet.ledger.updates), "it is still so");
}
