//! Clusters that are none of our business: nothing is written for them, whatever happens to them.

use fleet_local::estate::NEWCOMER;
use fleet_scenarios::scenario::{HOUR, Scenario};
use fleet_simulator::net::Site;

const HOST: &str = "foreign.contoso.example";
const OPT_OUT: &str = "fleet-automation-opt-out";

async fn nothing_is_written(mut scenario: Scenario) {
    scenario.passes(2 * HOUR).await;
    assert_eq!(scenario.journal.writes(), []);
    assert_eq!(scenario.holdings().origins_to(HOST), [] as [serde_json::Value; 0]);
}

#[tokio::test(start_paused = true)]
async fn a_cluster_that_opts_out_before_it_is_met_is_left_alone() {
    let scenario = Scenario::begins().await;
    scenario.world.sites.set(HOST, Site::healthy());
    let cluster = scenario.world.estate.cluster("aks-private").with_gateway(HOST);
    let cluster = cluster.tagged("fleet-automation-host", HOST).tagged(OPT_OUT, "true").appears();
    assert!(scenario.report(&cluster).await.is_none());
    nothing_is_written(scenario).await;
}

#[tokio::test(start_paused = true)]
async fn a_stamp_that_opts_out_later_stays_as_it_is_and_comes_back_when_it_opts_in() {
    let mut scenario = Scenario::begins().await;
    let cluster = scenario.newcomer_appears();
    scenario.comes_to_rest().await;
    let before = scenario.holdings().everything();
    scenario.journal.forget();

    scenario.world.estate.tag_cluster(&cluster, OPT_OUT, Some("yes"));
    scenario.world.estate.change_kubelet_identity(&cluster);
    scenario.passes(2 * HOUR).await;
    scenario.is_held_because(&cluster, &[OPT_OUT]).await;
    assert_eq!(scenario.journal.writes(), [], "not even for its new identity");
    assert_eq!(scenario.holdings().everything(), before);

    scenario.world.estate.tag_cluster(&cluster, OPT_OUT, None);
    scenario.comes_to_rest().await;
    scenario.is_complete(&cluster, NEWCOMER.host).await;
}

#[tokio::test(start_paused = true)]
async fn a_cluster_that_opted_out_and_was_joined_by_hand_stays_a_member_even_after_it_is_deleted() {
    let mut scenario = Scenario::begins().await;
    let estate = &scenario.world.estate;
    let cluster = estate.cluster("aks-private").tagged(OPT_OUT, "true").serving().present();
    scenario.passes(HOUR).await;
    let before = scenario.holdings().everything();
    scenario.world.estate.delete_cluster(&cluster);
    scenario.passes(HOUR).await;
    assert_eq!(scenario.journal.writes(), []);
    assert_eq!(scenario.holdings().everything(), before);
}

#[tokio::test(start_paused = true)]
async fn a_fleets_own_hub_is_left_alone() {
    let scenario = Scenario::begins().await;
    let estate = &scenario.world.estate;
    let hub = estate.cluster("hub").in_group("FL_fleet-shop_fleet-shop_westeurope").with_gateway(HOST);
    let _id = hub.tagged("fleet-automation-host", HOST).appears();
    nothing_is_written(scenario).await;
}

#[tokio::test(start_paused = true)]
async fn a_cluster_of_another_subscription_is_left_alone() {
    let scenario = Scenario::begins().await;
    let elsewhere = scenario.world.estate.clone().subscription("99999999-9999-4999-8999-999999999999");
    let _id = elsewhere.cluster("aks-far").with_gateway(HOST).tagged("fleet-automation-host", HOST).appears();
    nothing_is_written(scenario).await;
}

#[tokio::test(start_paused = true)]
async fn a_cluster_without_the_tag_of_the_scope_is_left_alone_until_it_has_it() {
    let mut scenario =
        Scenario::configured(|config| config["scope"]["tags"] = serde_json::json!({"stage": "live"})).await;
    let cluster = scenario.newcomer_appears();
    scenario.passes(2 * HOUR).await;
    assert_eq!(scenario.journal.writes(), []);
    scenario.world.estate.tag_cluster(&cluster, "Stage", Some("live"));
    scenario.comes_to_rest().await;
    scenario.is_complete(&cluster, NEWCOMER.host).await;
}

#[tokio::test(start_paused = true)]
async fn an_observer_writes_nothing_and_tells_what_it_would_do() {
    let mut scenario = Scenario::configured(|config| {
        for facet in ["membership", "registryAccess", "governance", "traffic"] {
            config[facet]["mode"] = "observe".into();
        }
    })
    .await;
    let cluster = scenario.newcomer_appears();
    let before = scenario.holdings().everything();
    scenario.passes(2 * HOUR).await;
    assert_eq!(scenario.holdings().everything(), before);
    assert_eq!(scenario.journal.writes(), []);
    let would =
        ["would create fleet member", "would grant AcrPull", "would assign policy", "would create origin"];
    scenario.is_held_because(&cluster, &would).await;
}
