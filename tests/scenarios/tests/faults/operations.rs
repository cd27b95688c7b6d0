//! Long-running operations: every way to begin, and the ways to end badly.

use std::collections::BTreeSet;

use fleet_local::{estate::NEWCOMER, world::Options};
use fleet_scenarios::scenario::{HOUR, MINUTE, SEED, Scenario, Write, text};
use fleet_simulator::faults::{Effect, Rule};

fn fails(code: &str) -> Effect {
    Effect::OperationFails { code: code.to_owned() }
}

/// The pauses between writes, in whole minutes.
fn pauses(writes: &[Write]) -> Vec<i64> {
    writes.windows(2).map(|pair| pair[1].at.duration_since(pair[0].at).as_mins()).collect()
}

#[tokio::test(start_paused = true)]
async fn operations_that_begin_with_200_201_and_202_are_followed_alike() {
    let mut scenario = Scenario::unmet(Options::in_process(SEED)).await;
    scenario.goes_wrong(
        Rule::once(fails("InternalError")).method("PUT").path("/members/aks-swc-01").expect("a pattern"),
    );
    let cluster = scenario.newcomer_appears();
    scenario.comes_to_rest().await;
    scenario.is_complete(&cluster, NEWCOMER.host).await;
    let statuses: BTreeSet<_> =
        scenario.journal.of("PUT", "/members/").iter().map(|write| write.status).collect();
    assert_eq!(statuses, BTreeSet::from([Some(200), Some(201)]), "a repair, and a join");
    assert!(scenario.journal.of("PATCH", "/members/").iter().all(|write| write.status == Some(202)));
}

#[tokio::test(start_paused = true)]
async fn an_operation_that_fails_once_is_done_again() {
    for (method, path) in [("PUT", "/members/"), ("PUT", "/origins/"), ("PATCH", "/origins/")] {
        let mut scenario = Scenario::begins().await;
        let rule = Rule::once(fails("InternalError")).method(method).path(path).expect("a pattern");
        scenario.goes_wrong(rule);
        let cluster = scenario.newcomer_appears();
        scenario.comes_to_rest().await;
        scenario.is_complete(&cluster, NEWCOMER.host).await;
        let member = scenario.holdings().members_of(&cluster).remove(0);
        let settled = [member, scenario.holdings().origin_to(NEWCOMER.host)];
        for resource in settled {
            assert_eq!(text(&resource, "/properties/provisioningState"), "Succeeded", "{method} {path}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_join_that_always_fails_is_tried_with_growing_pauses_and_explained() {
    let mut scenario = Scenario::begins().await;
    scenario.goes_wrong(
        Rule::always(fails("SubnetIsFull")).method("PUT").path("/members/aks-swc-01").expect("a pattern"),
    );
    let cluster = scenario.newcomer_appears();
    scenario.passes(6 * HOUR).await;
    scenario.is_held_because(&cluster, &["OperationFailed", "SubnetIsFull", "fleet membership"]).await;
    let writes = scenario.journal.of("PUT", "/members/");
    let pauses = pauses(&writes);
    assert!((8..=12).contains(&writes.len()), "{} writes with pauses of {pauses:?} minutes", writes.len());
    assert!(pauses.is_sorted() && pauses.last() >= Some(&60), "pauses of {pauses:?} minutes");
    assert!(!scenario.holdings().takes_traffic(NEWCOMER.host));
}

#[tokio::test(start_paused = true)]
async fn an_origin_that_always_fails_is_tried_with_growing_pauses_and_never_serves() {
    let mut scenario = Scenario::begins().await;
    scenario
        .goes_wrong(Rule::always(fails("InternalError")).method("PUT").path("/origins/").expect("a pattern"));
    let cluster = scenario.newcomer_appears();
    scenario.passes(6 * HOUR).await;
    scenario.is_held_because(&cluster, &["OperationFailed"]).await;
    let writes = scenario.journal.of("PUT", "/origins/");
    let pauses = pauses(&writes);
    assert!((8..=12).contains(&writes.len()), "{} writes with pauses of {pauses:?} minutes", writes.len());
    assert!(pauses.is_sorted(), "pauses of {pauses:?} minutes");
    assert!(!scenario.serves(&cluster).await && !scenario.holdings().takes_traffic(NEWCOMER.host));
}

#[tokio::test(start_paused = true)]
async fn a_join_that_never_ends_is_waited_for_and_keeps_only_the_newcomer_out() {
    let mut scenario = Scenario::begins().await;
    scenario
        .goes_wrong(Rule::always(Effect::OperationStuck).method("PUT").path("/members/").expect("a pattern"));
    let cluster = scenario.newcomer_appears();
    scenario.passes(6 * HOUR).await;
    scenario
        .is_held_because(&cluster, &["has an operation running", "quarantined", "fleet membership"])
        .await;
    assert_eq!(
        scenario.journal.of("PUT", "/members/").len(),
        1,
        "nothing is written over a running operation"
    );
    assert!(!scenario.holdings().takes_traffic(NEWCOMER.host));
}

#[tokio::test(start_paused = true)]
async fn an_origin_whose_creation_never_ends_is_waited_for() {
    let mut scenario = Scenario::begins().await;
    scenario
        .goes_wrong(Rule::always(Effect::OperationStuck).method("PUT").path("/origins/").expect("a pattern"));
    let cluster = scenario.newcomer_appears();
    scenario.passes(6 * HOUR).await;
    scenario.is_held_because(&cluster, &["has an operation running"]).await;
    assert_eq!(scenario.journal.of("PUT", "/origins/").len(), 1);
    assert_eq!(scenario.journal.of("PATCH", "/origins/").len(), 0);
}

#[tokio::test(start_paused = true)]
async fn stamps_that_appear_at_once_take_turns_at_front_door() {
    let mut scenario = Scenario::begins().await;
    let hosts = ["one.contoso.example", "two.contoso.example", "three.contoso.example"];
    let clusters = hosts.map(|host| {
        let name = format!("aks-{}", host.split('.').next().unwrap_or_default());
        scenario.appears(&name, &format!("rg-{name}"), host)
    });
    scenario.passes(MINUTE).await;
    let refused =
        scenario.journal.of("PUT", "/origins/").iter().filter(|write| write.status == Some(409)).count();
    assert!(refused > 0, "Front Door does one operation at a time in a profile");
    scenario.comes_to_rest().await;
    for (cluster, host) in clusters.iter().zip(hosts) {
        scenario.is_complete(cluster, host).await;
    }
}
