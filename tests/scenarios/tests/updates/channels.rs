//! What speaks against leaving a cluster's version to the fleet: it updates itself, or its version leaves support.

use fleet_local::world::{Options, SCHEDULED};
use fleet_scenarios::scenario::{HOUR, MINUTE, SEED, Scenario, accompanied, cluster_of};
use fleet_simulator::{
    arm::ClusterNews,
    event_grid::{Event, EventSubscription, SystemTopic},
    functions_host::Token,
    net::Site,
};
use serde_json::json;

use crate::CANARY;

#[tokio::test(start_paused = true)]
async fn a_cluster_that_updates_itself_is_reported_and_left_as_it_is() {
    let mut scenario = Scenario::unmet(Options { configure: accompanied, ..Options::in_process(SEED) }).await;
    let host = "gwc.contoso.example";
    scenario.world.sites.set(host, Site::healthy());
    let cluster =
        scenario.world.estate.cluster("aks-gwc-01").in_region("germanywestcentral").with_gateway(host);
    let cluster =
        cluster.tagged("fleet-automation-host", host).upgrading_itself("stable", "SecurityPatch").appears();
    scenario.comes_to_rest().await;
    scenario.is_held_because(&cluster, &["stable", "SecurityPatch", "update"]).await;
    assert!(scenario.serves(&cluster).await, "said, and nothing else");
    assert_eq!(scenario.journal.of("PUT", "/managedclusters/"), []);
}

#[tokio::test(start_paused = true)]
async fn a_version_that_leaves_support_is_reported_until_the_cluster_has_left_it_behind() {
    let mut scenario = Scenario::accompanying().await;
    let cluster = cluster_of(CANARY);
    scenario.world.estate.support_ends(&cluster, ClusterNews::ClusterSupportEnding);
    scenario.passes(20 * MINUTE).await;
    scenario.is_held_because(&cluster, &["leaves support"]).await;
    scenario.world.estate.support_ends(&cluster, ClusterNews::ClusterSupportEnded);
    scenario.passes(20 * MINUTE).await;
    scenario.is_held_because(&cluster, &["has left support"]).await;
    assert!(scenario.takes_traffic(CANARY), "nothing is done about it");

    scenario.arm().edit_resource(&cluster, fleet_simulator::arm::Notice::Raised, |cluster| {
        cluster["properties"]["currentKubernetesVersion"] = json!("1.34.1");
        cluster["properties"]["kubernetesVersion"] = json!("1.34");
    });
    scenario.passes(20 * MINUTE).await;
    let why = scenario.why_not(&cluster).await;
    assert!(!why.contains("support"), "{why}");
}

#[tokio::test(start_paused = true)]
async fn the_days_that_are_left_are_counted_down() {
    let mut scenario = Scenario::accompanying().await;
    let cluster = cluster_of(CANARY);
    let now = scenario.world.simulation.now();
    let ends = now + HOUR * (24 * 10 + 1);
    // The form of the service's end-of-support notices.
    let details =
        json!({ "kubernetesVersion": "1.33.2", "eolDate": ends.to_string(), "supportType": "Community" });
    let info = json!({
        "id": format!("{cluster}/scheduledEvents/5f6c1d2e"),
        "name": "5f6c1d2e",
        "type": "Microsoft.ContainerService/managedClusters/scheduledEvents",
        "properties": { "eventSource": "EOLNotification", "eventStatus": "Scheduled", "eventDetails": details },
    });
    let event = Event {
        // No topic of the simulation raises these.
        system_topic: SystemTopic::Health,
        id: "eol-1".to_owned(),
        topic: format!("/subscriptions/{}", fleet_local::estate::SUBSCRIPTION),
        subject: cluster.clone(),
        event_type: "Microsoft.ResourceNotifications.ContainerServiceEventResources.ScheduledEventEmitted"
            .to_owned(),
        time: now,
        data: Token::from(json!({ "resourceInfo": info, "apiVersion": "2023-11-02-preview" })),
        data_version: "1".to_owned(),
    };
    let grid = scenario.world.simulation.event_grid().clone();
    let scheduled =
        EventSubscription::new("scheduled", SystemTopic::Health, "fleet-events").including(&SCHEDULED);
    grid.subscribe(scheduled, scenario.world.simulation.host()).await.expect("a handshake");
    grid.publish(&event);
    scenario.passes(30 * MINUTE).await;
    scenario.is_held_because(&cluster, &["leaves support in 10 day(s)"]).await;
    scenario.passes(3 * 24 * HOUR).await;
    scenario.is_held_because(&cluster, &["leaves support in 7 day(s)"]).await;
}
