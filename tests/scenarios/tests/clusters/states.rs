//! Clusters that are not ready, not yet or not now.

use fleet_local::estate::{NEWCOMER, SERVING};
use fleet_scenarios::scenario::{HOUR, MINUTE, Scenario};
use fleet_simulator::net::Site;

const HOST: &str = "later.contoso.example";

#[tokio::test(start_paused = true)]
async fn a_cluster_that_is_being_created_waits_until_it_is() {
    let mut scenario = Scenario::begins().await;
    scenario.world.sites.set(HOST, Site::healthy());
    let cluster = scenario.world.estate.cluster("aks-later").in_region(NEWCOMER.region).in_state("Creating");
    let cluster = cluster.with_gateway(HOST).tagged("fleet-automation-host", HOST).appears();
    scenario.passes(30 * MINUTE).await;
    scenario.is_held_because(&cluster, &["Creating"]).await;
    assert_eq!(scenario.journal.writes(), []);
    scenario.world.estate.set_provisioning_state(&cluster, "Succeeded");
    scenario.comes_to_rest().await;
    scenario.is_complete(&cluster, HOST).await;
}

#[tokio::test(start_paused = true)]
async fn a_cluster_whose_creation_failed_is_left_with_its_state_as_the_reason() {
    let mut scenario = Scenario::begins().await;
    let cluster = scenario.newcomer_appears();
    scenario.world.estate.set_provisioning_state(&cluster, "Failed");
    scenario.passes(HOUR).await;
    scenario.is_held_because(&cluster, &["Failed"]).await;
    assert_eq!(scenario.journal.writes(), []);
}

#[tokio::test(start_paused = true)]
async fn a_stopped_cluster_is_left_as_it_is_until_it_starts() {
    let mut scenario = Scenario::begins().await;
    let cluster = scenario.newcomer_appears();
    scenario.world.estate.stop_cluster(&cluster);
    scenario.passes(HOUR).await;
    scenario.is_held_because(&cluster, &["stopped"]).await;
    assert_eq!(scenario.journal.writes(), []);
    scenario.world.estate.start_cluster(&cluster);
    scenario.comes_to_rest().await;
    scenario.is_complete(&cluster, NEWCOMER.host).await;
}

#[tokio::test(start_paused = true)]
async fn a_stamp_in_mid_upgrade_stays_as_it_is() {
    let mut scenario = Scenario::begins().await;
    let cluster = scenario.report_of(SERVING[0].cluster).await.cluster;
    let before = scenario.holdings().everything();
    scenario.world.estate.set_provisioning_state(cluster.as_str(), "Upgrading");
    scenario.passes(2 * HOUR).await;
    scenario.is_held_because(cluster.as_str(), &["Upgrading"]).await;
    assert_eq!(scenario.journal.writes(), []);
    assert_eq!(scenario.holdings().everything(), before);
}

#[tokio::test(start_paused = true)]
async fn a_cluster_on_a_service_principal_is_told_what_it_lacks() {
    let mut scenario = Scenario::begins().await;
    let cluster = scenario.world.estate.cluster("aks-old").with_service_principal().appears();
    scenario.passes(HOUR).await;
    scenario.is_held_because(&cluster, &["no managed identity"]).await;
    assert_eq!(scenario.journal.writes(), []);
}
