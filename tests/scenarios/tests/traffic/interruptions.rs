//! A command that is delivered again, or whose handler is killed at any of its calls, has one effect and one answer.

use std::collections::BTreeSet;

use fleet_core::command::Status;
use fleet_local::estate::SERVING;
use fleet_scenarios::scenario::{Command, MINUTE, Scenario, cluster_of};
use fleet_simulator::faults::{Effect, KillPoint, Rule};

use crate::WEU;

/// Distinct answers to a command, as JSON.
fn distinct_answers(scenario: &Scenario, id: &str) -> BTreeSet<String> {
    scenario.results_of(id).iter().map(|result| serde_json::to_string(result).expect("JSON")).collect()
}

/// The drain is sent, the handler dies once as the rule says, and time passes for redelivery.
async fn drain_with_a_kill(rule: Rule) -> Scenario {
    let mut scenario = Scenario::begins().await;
    scenario.goes_wrong(rule);
    scenario.orders(&Command::about(WEU.cluster, "drain", "d"));
    scenario.passes(10 * MINUTE).await;
    scenario
}

fn kill(point: KillPoint, method: &str, path: &str) -> Rule {
    Rule::once(Effect::KillHandler(point)).method(method).path(path).expect("an expression")
}

/// What must be so after every interruption.
async fn is_drained_once(scenario: &mut Scenario, what: &str) {
    let answers = distinct_answers(scenario, "d");
    assert_eq!(answers.len(), 1, "{what}: {answers:#?}");
    let answer = &scenario.results_of("d")[0];
    assert_eq!(answer.status, Status::Done, "{what}: {answer:#?}");
    assert!(
        answer.stamps[0].did[0].contains("disable origin"),
        "{what}: what was decided first is told: {answer:#?}"
    );
    assert!(!scenario.takes_traffic(WEU), "{what}");
    let holds = scenario.holders_of(WEU).await;
    assert_eq!(holds.len(), 1, "{what}: {holds:?}");
    assert!(holds[0].starts_with("operator "), "{what}: {holds:?}");
    assert_eq!(scenario.journal.effects(), ["PATCH origins"], "{what}");
    assert_eq!(scenario.world.simulation.bus().dead_letters("fleet-commands"), [], "{what}");
    // The one hold is the one that the requester releases.
    let _back = scenario.is_told(&Command::about(WEU.cluster, "restore", "r"), Status::Done).await;
    scenario.comes_to_rest().await;
    scenario.is_complete(&cluster_of(WEU), WEU.host).await;
}

#[tokio::test(start_paused = true)]
async fn killed_while_it_looks_a_drain_is_decided_at_the_next_delivery() {
    let read = format!("/managedclusters/{}$", WEU.cluster);
    let mut scenario = drain_with_a_kill(kill(KillPoint::BeforeWrite, "GET", &read)).await;
    is_drained_once(&mut scenario, "killed while looking").await;
}

#[tokio::test(start_paused = true)]
async fn killed_between_the_ledger_and_the_write_a_drain_is_done_by_the_next_delivery() {
    let mut scenario = drain_with_a_kill(kill(KillPoint::BeforeWrite, "PATCH", "/origins/")).await;
    is_drained_once(&mut scenario, "killed before the write").await;
}

#[tokio::test(start_paused = true)]
async fn killed_after_the_write_a_drain_is_answered_and_not_written_again() {
    let mut scenario = drain_with_a_kill(kill(KillPoint::AfterWrite, "PATCH", "/origins/")).await;
    is_drained_once(&mut scenario, "killed after the write").await;
}

#[tokio::test(start_paused = true)]
async fn a_command_that_is_sent_three_times_has_one_effect_and_says_the_same_each_time() {
    let mut scenario = Scenario::begins().await;
    for _ in 0..3 {
        scenario.orders(&Command::about(WEU.cluster, "drain", "d"));
    }
    scenario.passes(5 * MINUTE).await;
    assert_eq!(scenario.results_of("d").len(), 3);
    is_drained_once(&mut scenario, "sent three times").await;
}

#[tokio::test(start_paused = true)]
async fn a_command_that_was_refused_stays_refused_when_it_is_delivered_again() {
    let mut scenario = Scenario::begins().await;
    scenario.region_fails(SERVING[1]);
    let refused = scenario.is_told(&Command::about(WEU.cluster, "drain", "d"), Status::Refused).await;
    scenario.region_recovers(SERVING[1]);
    scenario.comes_to_rest().await;
    scenario.orders(&Command::about(WEU.cluster, "drain", "d"));
    scenario.passes(5 * MINUTE).await;
    assert_eq!(
        scenario.results_of("d"),
        [refused.clone(), refused],
        "whoever asks again under a new id may succeed"
    );
    assert!(scenario.takes_traffic(WEU));
}
