//! What operators ask of updates: the same evidence and the same guard, one effect and one answer.

use std::collections::BTreeSet;

use fleet_core::{command::Status, updates::Outcome};
use fleet_scenarios::scenario::{
    Command, Gate, HOUR, MINUTE, OPERATOR, Scenario, Vigil, accompanied, cluster_of, reasons, three_stages,
};
use fleet_simulator::arm::UpgradeFate;
use serde_json::json;

use crate::{CANARY, LATE, PROD};

/// No rule answers any gate: they wait for people.
async fn left_to_people() -> Scenario {
    Scenario::three(|config| {
        accompanied(config);
        config["updates"]["gates"] = json!([]);
    })
    .await
}

/// A run waits at its first gate, which nobody answers by itself.
async fn at_the_first_gate() -> (Scenario, Gate) {
    let mut scenario = left_to_people().await;
    let _run = scenario.run_begins("run-1", &three_stages());
    let gate = scenario.comes_to("before first/canary").await;
    scenario.passes(MINUTE).await;
    (scenario, gate)
}

fn distinct_answers(scenario: &Scenario, id: &str) -> BTreeSet<String> {
    scenario.results_of(id).iter().map(|result| serde_json::to_string(result).expect("JSON")).collect()
}

#[tokio::test(start_paused = true)]
async fn an_operator_opens_a_gate_once_its_evidence_is_complete() {
    let (mut scenario, gate) = at_the_first_gate().await;
    let vigil = Vigil::over(&scenario, 2);
    let answer = scenario.asks(&Command::to_approve(&gate, "go")).await;
    assert!(matches!(answer.status, Status::Held | Status::Done), "{answer:#?}");
    scenario.passes(10 * MINUTE).await;
    assert!(scenario.is_open("before first/canary"), "{:#?}", scenario.updates().await);
    let note = scenario.note_of(&gate).await;
    assert!(note["approval"]["by"].to_string().contains(OPERATOR), "{note:#}");
    let _gate = scenario.comes_to("after first/canary").await;
    assert!(scenario.approvals().len() == 1, "the next one is its own");
    vigil.saw_nothing_wrong("by command");
    assert_eq!(distinct_answers(&scenario, "go").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_command_to_approve_a_gate_waits_for_its_evidence_like_anybody() {
    let (mut scenario, gate) = at_the_first_gate().await;
    scenario.world.estate.stop_cluster(&cluster_of(CANARY));
    let answer = scenario.asks(&Command::to_approve(&gate, "go")).await;
    assert!(matches!(answer.status, Status::Held | Status::Refused), "{answer:#?}");
    assert!(reasons(&answer).contains("not "), "{answer:#?}");
    scenario.passes(2 * HOUR).await;
    assert!(scenario.is_pending("before first/canary") && scenario.approvals().is_empty());
}

#[tokio::test(start_paused = true)]
async fn evidence_gives_way_to_an_override_of_evidence_and_of_nothing_else() {
    let (mut scenario, gate) = at_the_first_gate().await;
    // Its region does not offer the version, by what is known here.
    let _estate = scenario.world.estate.clone().offering(CANARY.region, &["1.33.2"]);
    let end = scenario.world.simulation.now() + 4 * HOUR;
    let glass = |guard: &str| {
        Command::about_the_fleet("override", &format!("glass-{guard}"))
            .with("guard", &json!(guard))
            .until(end)
    };
    let _answer = scenario.asks(&Command::to_approve(&gate, "go")).await;
    let _broken = scenario.is_told(&glass("minimum"), Status::Done).await;
    scenario.passes(HOUR).await;
    assert!(scenario.is_pending("before first/canary"), "another rule");
    let _broken = scenario.is_told(&glass("evidence"), Status::Done).await;
    let _answer = scenario.asks(&Command::to_approve(&gate, "go-again")).await;
    scenario.passes(HOUR).await;
    assert!(scenario.is_open("before first/canary"), "{:#?}", scenario.updates().await);
    let note = scenario.note_of(&gate).await;
    let excused = note["approval"]["evidence"].to_string();
    assert!(excused.contains("excused") && excused.contains(OPERATOR), "{note:#}");
}

#[tokio::test(start_paused = true)]
async fn a_gate_that_is_none_of_ours_is_refused_with_its_reason() {
    let (mut scenario, gate) = at_the_first_gate().await;
    let unknown = Gate { id: gate.id.replace(gate.name(), "6e3b0a51-70c4-4f3a-8c0e-5c9f2f1b7d11"), ..gate };
    let answer = scenario.asks(&Command::to_approve(&unknown, "unknown")).await;
    assert!(matches!(answer.status, Status::Refused | Status::Rejected), "{answer:#?}");
    assert!(reasons(&answer).contains("6e3b0a51"), "{answer:#?}");
    scenario.passes(HOUR).await;
    assert_eq!(scenario.journal.writes(), []);
}

#[tokio::test(start_paused = true)]
async fn a_gate_that_is_completed_already_is_a_no_op() {
    let mut scenario = Scenario::accompanying().await;
    let _run = scenario.run_begins("run-1", &three_stages());
    scenario.passes_until("open", 6 * HOUR, |scenario| scenario.is_open("before first/canary")).await;
    let gate = scenario.gate("before first/canary").expect("a gate");
    let before = scenario.approvals().len();
    let _noop = scenario.is_told(&Command::to_approve(&gate, "late"), Status::NoOp).await;
    assert_eq!(scenario.approvals().len(), before);
}

#[tokio::test(start_paused = true)]
async fn a_dry_run_says_what_would_be_done_and_changes_nothing() {
    let (mut scenario, gate) = at_the_first_gate().await;
    let before = scenario.holdings().everything();
    let dry = Command::to_approve(&gate, "dry").dry();
    let answer = scenario.asks(&dry).await;
    assert!(answer.dry_run, "{answer:#?}");
    for (command, run) in [("startUpdate", "run-1"), ("stopUpdate", "run-1"), ("retryFailed", "run-1")] {
        let answer = scenario.asks(&Command::about_run(run, command, command).dry()).await;
        assert!(answer.dry_run, "{answer:#?}");
    }
    scenario.passes(2 * HOUR).await;
    assert_eq!(scenario.journal.writes(), []);
    assert_eq!(scenario.holdings().everything(), before);
    assert!(scenario.is_pending("before first/canary"));
}

#[tokio::test(start_paused = true)]
async fn a_run_is_started_and_stopped_by_command_once_each_however_often_it_is_sent() {
    let mut scenario = Scenario::accompanying().await;
    let run = scenario.run_is_made("run-1", &three_stages());
    for _ in 0..3 {
        scenario.orders(&Command::about_run("run-1", "startUpdate", "start"));
    }
    scenario.passes(5 * MINUTE).await;
    assert_eq!(distinct_answers(&scenario, "start").len(), 1, "{:#?}", scenario.results_of("start"));
    assert_eq!(scenario.results_of("start")[0].status, Status::Done);
    assert_eq!(scenario.journal.of("POST", "/start").len(), 1);
    assert_eq!(scenario.state_of_run(&run), "Pending");

    let _stopped = scenario.is_told(&Command::about_run("run-1", "stopUpdate", "stop"), Status::Done).await;
    scenario.passes(10 * MINUTE).await;
    assert_eq!(scenario.state_of_run(&run), "Stopped");
    assert_eq!(scenario.journal.of("POST", "/stop").len(), 1);
    let _again =
        scenario.is_told(&Command::about_run("run-1", "stopUpdate", "stop-again"), Status::NoOp).await;

    let _go_on = scenario.is_told(&Command::about_run("run-1", "startUpdate", "go-on"), Status::Done).await;
    scenario.ends(&run, "Completed").await;
    let outcomes: Vec<Outcome> = scenario.verdicts().into_iter().map(|(_, outcome)| outcome).collect();
    assert_eq!(outcomes, [Outcome::Stopped, Outcome::Succeeded]);
}

#[tokio::test(start_paused = true)]
async fn a_run_that_there_is_not_is_refused() {
    let mut scenario = Scenario::accompanying().await;
    for command in ["startUpdate", "stopUpdate", "retryFailed"] {
        let answer = scenario.asks(&Command::about_run("run-9", command, command)).await;
        assert!(matches!(answer.status, Status::Refused | Status::Rejected), "{command}: {answer:#?}");
        assert!(reasons(&answer).contains("run-9"), "{command}: {answer:#?}");
    }
    assert_eq!(scenario.journal.writes(), []);
}

#[tokio::test(start_paused = true)]
async fn a_second_run_is_refused_while_one_is_under_way() {
    let mut scenario = Scenario::accompanying().await;
    let _first = scenario.run_begins("run-1", &three_stages());
    let _gate = scenario.comes_to("before first/canary").await;
    let second = scenario.run_is_made("run-2", &three_stages());
    let start = Command::about_run("run-2", "startUpdate", "start");
    let answer = scenario.is_told(&start, Status::Refused).await;
    assert!(reasons(&answer).contains("run-1"), "{answer:#?}");
    scenario.passes(HOUR).await;
    assert_eq!(scenario.state_of_run(&second), "NotStarted");
    assert_eq!(scenario.journal.of("POST", "/start"), []);
}

#[tokio::test(start_paused = true)]
async fn a_run_without_failures_leaves_nothing_to_try_again() {
    let mut scenario = Scenario::accompanying().await;
    let run = scenario.run_begins("run-1", &three_stages());
    scenario.ends(&run, "Completed").await;
    scenario.journal.forget();
    let answer = scenario.asks(&Command::about_run("run-1", "retryFailed", "again")).await;
    assert!(matches!(answer.status, Status::NoOp | Status::Refused), "{answer:#?}");
    scenario.passes(2 * HOUR).await;
    assert_eq!(scenario.journal.writes(), []);
}

#[tokio::test(start_paused = true)]
async fn what_failed_is_tried_again_once_however_often_it_is_asked() {
    let mut scenario = Scenario::accompanying().await;
    scenario.world.estate.next_upgrade(&cluster_of(PROD), UpgradeFate::Fails);
    let run = scenario.run_begins("run-1", &three_stages());
    scenario.ends(&run, "Failed").await;
    scenario.journal.forget();
    for _ in 0..3 {
        scenario.orders(&Command::about_run("run-1", "retryFailed", "again"));
    }
    scenario.passes(12 * HOUR).await;
    assert_eq!(distinct_answers(&scenario, "again").len(), 1, "{:#?}", scenario.results_of("again"));
    assert_eq!(scenario.journal.of("PUT", "/updateruns/").len(), 1);
    assert_eq!(scenario.journal.of("POST", "/start").len(), 1);
    scenario.is_complete(&cluster_of(PROD), PROD.host).await;
    let updated: Vec<String> = scenario.arm().upgrades().into_iter().map(|upgrade| upgrade.cluster).collect();
    assert!(!updated.iter().any(|cluster| cluster.ends_with(LATE.cluster)), "just what failed: {updated:?}");
}

#[tokio::test(start_paused = true)]
async fn a_gate_of_a_service_that_only_watches_is_not_approved_by_command() {
    let mut scenario = Scenario::three(|config| {
        accompanied(config);
        config["updates"]["mode"] = json!("observe");
    })
    .await;
    let _run = scenario.run_begins("run-1", &three_stages());
    let gate = scenario.comes_to("before first/canary").await;
    let answer = scenario.asks(&Command::to_approve(&gate, "go")).await;
    assert_ne!(answer.status, Status::Done, "{answer:#?}");
    scenario.passes(HOUR).await;
    assert_eq!(scenario.journal.writes(), []);
}
