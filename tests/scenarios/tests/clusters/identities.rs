//! Kubelet identities that change, and clusters that are created again under their old id.

use fleet_local::estate::NEWCOMER;
use fleet_scenarios::scenario::{MINUTE, Scenario, text};
use fleet_simulator::arm::Notice;

#[tokio::test(start_paused = true)]
async fn a_new_kubelet_identity_gets_the_role_and_our_stale_grant_goes() {
    let (mut scenario, cluster) = Scenario::with_newcomer().await;
    let old = scenario.world.estate.kubelet_principal(&cluster).expect("an identity");
    scenario.world.estate.change_kubelet_identity(&cluster);
    scenario.comes_to_rest().await;
    scenario.is_complete(&cluster, NEWCOMER.host).await;
    assert!(scenario.holdings().grants_of(&old).is_empty());
    assert_eq!(
        scenario.journal.effects(),
        ["PUT roleassignments", "DELETE roleassignments"],
        "in this order"
    );
}

#[tokio::test(start_paused = true)]
async fn a_stale_grant_of_somebody_else_stays() {
    let (mut scenario, cluster) = Scenario::with_newcomer().await;
    let old = scenario.world.estate.kubelet_principal(&cluster).expect("an identity");
    let theirs = text(&scenario.holdings().grants_of(&old)[0], "/id").to_owned();
    scenario.arm().edit_resource(&theirs, Notice::Silent, |grant| {
        grant["properties"]["description"] = "given by hand".into();
    });
    scenario.world.estate.change_kubelet_identity(&cluster);
    scenario.comes_to_rest().await;
    scenario.is_complete(&cluster, NEWCOMER.host).await;
    assert_eq!(scenario.holdings().grants_of(&old).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_serving_cluster_created_again_is_proven_anew_before_it_takes_traffic_again() {
    let (mut scenario, cluster) = Scenario::with_newcomer().await;
    let old = scenario.world.estate.kubelet_principal(&cluster).expect("an identity");
    scenario.world.estate.recreate_cluster(&cluster);
    scenario.passes(MINUTE / 6).await;
    assert!(!scenario.holdings().takes_traffic(NEWCOMER.host), "its new nodes can't pull yet");
    scenario.comes_to_rest().await;
    scenario.is_complete(&cluster, NEWCOMER.host).await;
    assert!(scenario.holdings().grants_of(&old).is_empty());
    let repairs = scenario.journal.of("PUT", "/members/");
    assert_eq!(repairs.iter().map(|write| write.status).collect::<Vec<_>>(), [Some(200)], "one repair");
    let uid = scenario.arm().resource(&cluster).expect("a cluster")["properties"]["resourceUID"].clone();
    let member = scenario.holdings().members_of(&cluster).remove(0);
    assert_eq!(member["properties"]["labels"]["fleet-automation/cluster-uid"], uid);
}
