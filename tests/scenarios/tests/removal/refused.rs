//! No removal takes the last healthy stamps' help away.

use fleet_local::estate::{NEWCOMER, SERVING};
use fleet_scenarios::scenario::{HOUR, Scenario};
use fleet_simulator::net::Site;

#[tokio::test(start_paused = true)]
async fn a_removal_waits_while_too_few_healthy_stamps_would_stay() {
    let (mut scenario, cluster) = Scenario::with_newcomer().await;
    scenario.world.sites.set(SERVING[0].host, Site::unhealthy());
    scenario.world.estate.delete_cluster(&cluster);
    scenario.passes(6 * HOUR).await;
    let refusal = "1 other healthy origin(s) would be left in traffic, the configured minimum is 2";
    scenario.is_held_because(&cluster, &["refused to disable origin", refusal]).await;
    assert_eq!(scenario.journal.writes(), [], "nothing is taken away behind its back either");
    assert!(scenario.holdings().takes_traffic(NEWCOMER.host));

    scenario.world.sites.set(SERVING[0].host, Site::healthy());
    scenario.comes_to_rest().await;
    assert!(scenario.holdings().origins_to(NEWCOMER.host).is_empty());
    assert!(scenario.holdings().members_of(&cluster).is_empty());
}

#[tokio::test(start_paused = true)]
async fn when_all_clusters_go_at_once_enough_origins_stay_enabled() {
    let (mut scenario, cluster) = Scenario::with_newcomer().await;
    for stamp in SERVING {
        let cluster = scenario.report_of(stamp.cluster).await.cluster;
        scenario.world.estate.delete_cluster(cluster.as_str());
    }
    scenario.world.estate.delete_cluster(&cluster);
    for _ in 0..24 {
        scenario.passes(HOUR / 4).await;
        let hosts = [SERVING[0].host, SERVING[1].host, NEWCOMER.host];
        let serving = hosts.into_iter().filter(|host| scenario.holdings().takes_traffic(host)).count();
        assert!(serving >= 2, "{serving} of three still serve");
    }
}

#[tokio::test(start_paused = true)]
async fn a_cluster_created_again_keeps_its_traffic_while_nobody_healthy_could_take_it_over() {
    let (mut scenario, cluster) = Scenario::with_newcomer().await;
    for stamp in SERVING {
        scenario.world.sites.set(stamp.host, Site::unhealthy());
    }
    scenario.world.estate.recreate_cluster(&cluster);
    for _ in 0..12 {
        scenario.passes(HOUR / 12).await;
        assert!(scenario.holdings().takes_traffic(NEWCOMER.host));
    }
}
