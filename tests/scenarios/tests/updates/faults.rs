//! Approvals and starts under faults: whatever is lost, refused or killed, each gate is approved once.

use std::sync::Arc;

use fleet_core::updates::Outcome;
use fleet_local::world::Options;
use fleet_scenarios::scenario::{
    HOUR, Journal, MINUTE, SEED, Scenario, Vigil, Write, accompanied, cluster_of, three_stages,
};
use fleet_simulator::{
    arm::{Arm, Notice},
    driver::Order,
    faults::{Effect, KillPoint, Rule},
    happening::Listener,
};
use serde_json::json;

use crate::{CANARY, LATE, PROD};

/// The usual run while something goes wrong: it ends as it would have without.
async fn ends_all_the_same(mut scenario: Scenario, what: &str) -> Scenario {
    let vigil = Vigil::over(&scenario, 2);
    let run = scenario.run_begins("run-1", &three_stages());
    scenario.ends(&run, "Completed").await;
    vigil.saw_nothing_wrong(what);
    assert_eq!(scenario.verdicts(), [("run-1".to_owned(), Outcome::Succeeded)], "{what}");
    scenario.gates_are_accounted_for().await;
    for stamp in [CANARY, PROD, LATE] {
        scenario.is_complete(&cluster_of(stamp), stamp.host).await;
    }
    for queue in ["fleet-work", "fleet-commands"] {
        assert_eq!(scenario.world.simulation.bus().dead_letters(queue), [], "{what}");
    }
    scenario
}

async fn with_faults(rules: Vec<Rule>) -> Scenario {
    let scenario = Scenario::accompanying().await;
    for rule in rules {
        scenario.goes_wrong(rule);
    }
    scenario
}

fn once(effect: Effect) -> Rule {
    Rule::once(effect).method("PATCH").path("/gates/").expect("an expression")
}

fn status(status: u16, code: &str) -> Effect {
    let body = json!({ "error": { "code": code, "message": "made up by a test" } });
    Effect::Status { status, body: Some(body) }
}

#[tokio::test(start_paused = true)]
async fn an_approval_that_is_throttled_refused_or_fails_is_tried_again() {
    for effect in [
        Effect::Throttle { retry_after_seconds: Some(17) },
        Effect::Throttle { retry_after_seconds: None },
        status(500, "InternalServerError"),
        status(412, "PreconditionFailed"),
        status(409, "OperationNotAllowed"),
        Effect::ConnectionLost,
    ] {
        let what = format!("{effect:?}");
        let scenario = with_faults(vec![once(effect)]).await;
        let _end = ends_all_the_same(scenario, &what).await;
    }
}

#[tokio::test(start_paused = true)]
async fn an_approval_whose_reply_is_lost_is_seen_and_not_repeated() {
    let scenario = with_faults(vec![once(Effect::ReplyLost)]).await;
    let scenario = ends_all_the_same(scenario, "a lost reply").await;
    let changed = scenario.approvals().iter().filter(|write| write.changed).count();
    assert_eq!(changed, 6);
}

#[tokio::test(start_paused = true)]
async fn an_approval_that_is_refused_for_good_is_no_loop() {
    let denied = status(403, "AuthorizationFailed");
    let always = Rule::always(denied).method("PATCH").path("/gates/").expect("an expression");
    let mut scenario = with_faults(vec![always]).await;
    let _run = scenario.run_begins("run-1", &three_stages());
    scenario.passes(24 * HOUR).await;
    assert!(scenario.is_pending("before first/canary"));
    let tries = scenario.approvals().len();
    assert!((2..=20).contains(&tries), "{tries} tries in a day");
    let gate = scenario.gate("before first/canary").expect("a gate");
    let why = scenario.gate_waits_for(&gate).await;
    assert!(why.contains("AuthorizationFailed"), "{why}");
}

#[tokio::test(start_paused = true)]
async fn a_gate_that_somebody_else_approves_first_is_not_approved_again() {
    let mut scenario = Scenario::accompanying().await;
    let run = scenario.run_begins("run-1", &three_stages());
    let gate = scenario.comes_to("before first/canary").await;
    scenario.passes_until("out", HOUR, |scenario| !scenario.takes_traffic(CANARY)).await;
    scenario.world.estate.approve_gate(&gate.id).expect("an approval");
    scenario.ends(&run, "Completed").await;
    assert!(scenario.journal.of("PATCH", gate.name()).is_empty());
    assert_eq!(scenario.verdicts(), [("run-1".to_owned(), Outcome::Succeeded)]);
    scenario.is_complete(&cluster_of(CANARY), CANARY.host).await;
}

#[tokio::test(start_paused = true)]
async fn a_gate_that_is_touched_between_look_and_approval_is_looked_at_again() {
    let mut scenario = Scenario::accompanying().await;
    let run = scenario.run_begins("run-1", &three_stages());
    let gate = scenario.comes_to("before first/canary").await;
    // Nothing but its version changes, each minute.
    for _ in 0..30 {
        scenario
            .arm()
            .edit_resource(&gate.id, Notice::Silent, |gate| gate["tags"] = json!({ "seen": "again" }));
        scenario.passes(MINUTE).await;
    }
    scenario.ends(&run, "Completed").await;
    scenario.gates_are_accounted_for().await;
}

#[tokio::test(start_paused = true)]
async fn two_instances_approve_each_gate_once_however_they_interleave() {
    for seed in 0..4 {
        let staggered = Order::Staggered(std::time::Duration::from_millis(120));
        let options = Options {
            instances: 2,
            configure: accompanied,
            order: (seed > 0).then_some(staggered),
            ..Options::in_process(SEED + seed)
        };
        let (scenario, _) = Scenario::of_three(options).await;
        let scenario = ends_all_the_same(scenario, &format!("two instances, seed {seed}")).await;
        assert_eq!(scenario.approvals().len(), 6, "seed {seed}: {:#?}", scenario.approvals());
        assert_eq!(scenario.notices().len(), 1, "seed {seed}: {:#?}", scenario.notices());
    }
}

/// The writes of a run that nothing happens to, each with the how-manieth of exactly its kind it is since the beginning.
async fn writes_of_an_undisturbed_run() -> Vec<(Write, u32)> {
    let all = Journal::default();
    let heard = all.clone();
    let listener = move |arm: &Arm| -> Listener {
        let clock = arm.clock().clone();
        Arc::new(move |happening| heard.hear(happening, clock.now()))
    };
    let options =
        Options { configure: accompanied, listener: Some(Box::new(listener)), ..Options::in_process(SEED) };
    let (scenario, _) = Scenario::of_three(options).await;
    let before = all.writes().len();
    let _end = ends_all_the_same(scenario, "undisturbed").await;
    let writes = all.writes();
    let nth = |last: usize| {
        let same = |write: &&Write| write.method == writes[last].method && write.path == writes[last].path;
        u32::try_from(writes[..=last].iter().filter(same).count()).expect("few")
    };
    (before..writes.len()).map(|at| (writes[at].clone(), nth(at))).collect()
}

/// The handler is killed once at each of those writes, in a world of its own each time.
async fn killed_at_every_write(point: KillPoint) {
    for (write, nth) in writes_of_an_undisturbed_run().await {
        let rule = Rule::once(Effect::KillHandler(point)).method(&write.method).nth(nth);
        let path = format!("{}$", write.path);
        let scenario = with_faults(vec![rule.path(&path).expect("an expression")]).await;
        let what = format!("killed {point:?} of {} {path}, number {nth}", write.method);
        let _end = ends_all_the_same(scenario, &what).await;
    }
}

#[tokio::test(start_paused = true)]
async fn killed_before_any_write_of_an_update_the_handler_loses_nothing() {
    killed_at_every_write(KillPoint::BeforeWrite).await;
}

#[tokio::test(start_paused = true)]
async fn killed_after_any_write_of_an_update_the_handler_repeats_nothing() {
    killed_at_every_write(KillPoint::AfterWrite).await;
}

#[tokio::test(start_paused = true)]
async fn reads_that_fail_now_and_then_cost_time_only() {
    let sometimes = Rule::always(status(503, "ServiceUnavailable")).method("GET").per_mille(150);
    let scenario = with_faults(vec![sometimes]).await;
    let _end = ends_all_the_same(scenario, "reads that fail").await;
}
