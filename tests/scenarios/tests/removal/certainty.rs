//! Only ARM's own word that a cluster is gone counts: not an event, and not every 404.

use std::sync::Arc;

use fleet_handler::state::MemoryStore;
use fleet_local::{estate::NEWCOMER, world::Options};
use fleet_scenarios::scenario::{HOUR, MINUTE, SEED, Scenario};
use fleet_simulator::{
    arm::{ArmEvent, ArmEventKind, Notice},
    event_grid::{ChaosEffect, ChaosRule},
    faults::{Effect, Rule},
};
use serde_json::json;

/// Somebody's word that a cluster was deleted, true or not.
fn deletion_is_told(scenario: &Scenario, cluster: &str) {
    let resource_type = "Microsoft.ContainerService/managedClusters";
    scenario.world.simulation.event_grid().publish_write(&ArmEvent {
        kind: ArmEventKind::Delete,
        succeeded: true,
        resource_id: cluster.to_owned(),
        resource_type: resource_type.to_owned(),
        operation_name: format!("{resource_type}/delete"),
        at: scenario.world.simulation.now(),
        correlation_id: "3b2e6c1a-0000-4000-8000-000000000001".to_owned(),
        caller: None,
        resource: None,
    });
}

#[tokio::test(start_paused = true)]
async fn the_deletion_event_of_a_cluster_that_exists_changes_nothing() {
    let (mut scenario, cluster) = Scenario::with_newcomer().await;
    let before = scenario.holdings().everything();
    deletion_is_told(&scenario, &cluster);
    scenario.passes(HOUR).await;
    assert_eq!(scenario.journal.writes(), []);
    assert_eq!(scenario.holdings().everything(), before);
}

#[tokio::test(start_paused = true)]
async fn late_and_doubled_deletion_events_do_not_harm_a_cluster_created_again() {
    let (mut scenario, cluster) = Scenario::with_newcomer().await;
    let delay = ChaosEffect::Delay { from: 5 * MINUTE, to: 3 * HOUR };
    for effect in [ChaosEffect::Duplicate(5), delay] {
        let rule = ChaosRule { event_type: "Delete".to_owned(), ..ChaosRule::always(effect) };
        scenario.world.simulation.event_grid().unsettle(rule);
    }
    scenario.world.estate.recreate_cluster(&cluster);
    scenario.passes(5 * HOUR).await;
    scenario.is_complete(&cluster, NEWCOMER.host).await;
    assert_eq!(scenario.journal.of("DELETE", "/members/"), []);
    assert_eq!(scenario.journal.of("DELETE", "/origins/"), []);
}

#[tokio::test(start_paused = true)]
async fn a_cluster_created_again_while_its_stamp_is_taken_apart_becomes_complete_again() {
    let (mut scenario, cluster) = Scenario::with_newcomer().await;
    let body = scenario.arm().resource(&cluster).expect("a cluster");
    let principal = scenario.world.estate.kubelet_principal(&cluster).expect("an identity");
    scenario.world.estate.delete_cluster(&cluster);
    scenario.passes(2 * MINUTE).await;
    assert!(!scenario.journal.writes().is_empty(), "the removal is under way");
    let _estate = scenario.world.estate.clone().principal(&principal);
    scenario.arm().put_resource(&cluster, body, Notice::Raised);
    scenario.comes_to_rest().await;
    scenario.is_complete(&cluster, NEWCOMER.host).await;
}

#[tokio::test(start_paused = true)]
async fn a_404_with_another_meaning_is_never_taken_as_deletion() {
    for code in ["SubscriptionNotFound", "InvalidResourceType", "NotFound"] {
        let (mut scenario, cluster) = Scenario::with_newcomer().await;
        let before = scenario.holdings().everything();
        let body = json!({"error": {"code": code, "message": "Not here."}});
        let answer = Effect::Status { status: 404, body: Some(body) };
        let rule =
            Rule::always(answer).method("GET").path("/managedClusters/aks-swc-01$").expect("a pattern");
        scenario.goes_wrong(rule);
        deletion_is_told(&scenario, &cluster);
        scenario.passes(2 * HOUR).await;
        scenario.is_held_because(&cluster, &["the cluster could not be read", code]).await;
        assert_eq!(scenario.journal.writes(), [], "{code}");
        assert_eq!(scenario.holdings().everything(), before, "{code}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_lost_deletion_event_is_made_up_for_by_the_sweep() {
    let (mut scenario, cluster) = Scenario::with_newcomer().await;
    scenario.world.simulation.event_grid().unsettle(ChaosRule::always(ChaosEffect::Drop));
    scenario.world.estate.delete_cluster(&cluster);
    scenario.passes(HOUR).await;
    assert!(scenario.holdings().members_of(&cluster).is_empty());
    assert!(scenario.holdings().origins_to(NEWCOMER.host).is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_cluster_that_went_without_a_word_while_the_ledger_was_lost_is_found_by_its_member() {
    let state = Arc::new(MemoryStore::default());
    let options = Options { state: Arc::<MemoryStore>::clone(&state), ..Options::in_process(SEED) };
    let mut scenario = Scenario::with(options).await;
    let cluster = scenario.newcomer_appears();
    scenario.comes_to_rest().await;
    state.lose_everything();
    assert!(scenario.arm().remove_resource(&cluster, Notice::Silent));
    scenario.passes(2 * HOUR).await;
    assert!(scenario.holdings().members_of(&cluster).is_empty());
    assert!(!scenario.holdings().takes_traffic(NEWCOMER.host));
    assert!(scenario.report(&cluster).await.is_none());
}
