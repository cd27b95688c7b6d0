//! What Azure Monitor and Resource Health tell, on its way from the action group or Event Grid to a drain.

use fleet_local::estate::{SERVING, SUBSCRIPTION, Stamp};
use fleet_scenarios::scenario::{HOUR, MINUTE, Scenario, cluster_of, text};
use fleet_simulator::{
    arm::setup::Availability,
    monitor::{MetricAlert, Progress, ResourceHealth, ServiceHealth},
};
use serde_json::{Value, json};

use crate::{NEU, WEU};

/// Dimension values stand for stamps only where configuration says so.
fn mapped(config: &mut Value) {
    config["health"]["stamps"] = json!({ "weu origin": cluster_of(WEU), "neu origin": cluster_of(NEU) });
}

/// The id of the gateway in front of a stamp, as its cluster names it.
fn gateway_of(scenario: &Scenario, stamp: Stamp) -> String {
    let cluster = scenario.arm().resource(&cluster_of(stamp)).expect("a cluster");
    let pointer = "/properties/addonProfiles/ingressApplicationGateway/config/applicationGatewayId";
    text(&cluster, pointer).to_owned()
}

fn profile(scenario: &Scenario) -> String {
    let group = &scenario.world.estate.origin_group_ids()[0];
    group.split("/originGroups/").next().expect("a profile").to_owned()
}

#[tokio::test(start_paused = true)]
async fn front_doors_alert_drains_the_stamp_it_names_and_its_end_brings_it_back() {
    let mut scenario = Scenario::configured(mapped).await;
    let rule = MetricAlert::origin_health(&profile(&scenario), "web", "weu origin");
    let fired = scenario.world.simulation.now();
    scenario.world.alert(&rule.fired(fired, 12.0));
    scenario.passes(5 * MINUTE).await;
    assert!(!scenario.takes_traffic(WEU) && scenario.takes_traffic(NEU));
    let report = scenario.report_of(WEU.cluster).await;
    assert!(report.health.verdict.contains("Front Door: origin health of weu origin"), "{report:#?}");

    scenario.world.alert(&rule.resolved(fired, scenario.world.simulation.now(), 100.0));
    scenario.comes_back().await;
    scenario.is_complete(&cluster_of(WEU), WEU.host).await;
}

#[tokio::test(start_paused = true)]
async fn an_alert_about_a_name_that_nobody_configured_concerns_nobody() {
    let mut scenario = Scenario::configured(mapped).await;
    let rule = MetricAlert::origin_health(&profile(&scenario), "web", "some other origin");
    scenario.world.alert(&rule.fired(scenario.world.simulation.now(), 0.0));
    scenario.passes(HOUR).await;
    assert_eq!(scenario.journal.writes(), []);
    assert!(scenario.serves(&cluster_of(WEU)).await && scenario.serves(&cluster_of(NEU)).await);
}

#[tokio::test(start_paused = true)]
async fn resource_health_alone_drains_nobody() {
    let mut scenario = Scenario::begins().await;
    let down = ResourceHealth::goes_down(&cluster_of(WEU));
    scenario.world.alert(&down.alert(scenario.world.simulation.now()));
    scenario.passes(HOUR).await;
    assert_eq!(scenario.journal.writes(), []);
    let report = scenario.report_of(WEU.cluster).await;
    assert!(report.health.verdict.contains("which does not decide alone"), "{report:#?}");
}

#[tokio::test(start_paused = true)]
async fn two_that_only_support_drain_a_stamp_together_and_only_where_both_speak() {
    let mut scenario =
        Scenario::configured(|config| config["health"]["sources"] = json!({ "gateway": "supports" })).await;
    let now = scenario.world.simulation.now();
    let incident = ServiceHealth {
        subscription: SUBSCRIPTION.to_owned(),
        service: "Azure Kubernetes Service (AKS)".to_owned(),
        region: "West Europe".to_owned(),
        tracking_id: "ABCD-123".to_owned(),
        began: now,
    };
    scenario.world.alert(&incident.alert(Progress::Active, now));
    scenario.passes(10 * MINUTE).await;
    assert_eq!(scenario.journal.writes(), [], "an incident of the region is no incident of the stamp");

    let fired = scenario.world.simulation.now();
    let unhealthy =
        SERVING.map(|stamp| MetricAlert::unhealthy_hosts(&gateway_of(&scenario, stamp), "pool~settings"));
    for hosts in &unhealthy {
        scenario.world.alert(&hosts.fired(fired, 2.0));
    }
    scenario.passes(5 * MINUTE).await;
    assert!(!scenario.takes_traffic(WEU) && scenario.takes_traffic(NEU));

    scenario.world.alert(&incident.alert(Progress::Resolved, scenario.world.simulation.now()));
    scenario.passes(HOUR).await;
    assert!(
        !scenario.takes_traffic(WEU),
        "one that still speaks against it makes it unknown, which is not good"
    );
    scenario.world.alert(&unhealthy[0].resolved(fired, scenario.world.simulation.now(), 0.0));
    scenario.comes_back().await;
    scenario.is_complete(&cluster_of(WEU), WEU.host).await;
}

#[tokio::test(start_paused = true)]
async fn a_stamp_whose_scale_sets_are_all_gone_is_drained_though_its_gateway_answers() {
    let mut scenario = Scenario::begins().await;
    scenario.world.estate.cluster_nodes_become(&cluster_of(WEU), Availability::Unavailable);
    scenario.passes(5 * MINUTE).await;
    assert!(!scenario.takes_traffic(WEU) && scenario.takes_traffic(NEU));
    let report = scenario.report_of(WEU.cluster).await;
    assert!(report.health.verdict.contains("2 of 2 scale sets unavailable"), "{report:#?}");

    scenario.world.estate.cluster_nodes_become(&cluster_of(WEU), Availability::Available);
    scenario.comes_back().await;
    scenario.is_complete(&cluster_of(WEU), WEU.host).await;
}

#[tokio::test(start_paused = true)]
async fn what_is_only_noted_about_nodes_or_uncertain_drains_nobody() {
    let mut scenario = Scenario::begins().await;
    let cluster = cluster_of(WEU);
    scenario.world.estate.cluster_nodes_are_annotated(
        &cluster,
        "VirtualMachineDeallocationInitiated",
        "Customer Initiated",
    );
    scenario.world.estate.cluster_nodes_become(&cluster, Availability::Degraded);
    scenario.passes(HOUR).await;
    scenario.world.estate.cluster_nodes_become(&cluster, Availability::Unknown);
    scenario.passes(HOUR).await;
    assert_eq!(scenario.journal.writes(), []);
    assert!(scenario.serves(&cluster).await);
}

#[tokio::test(start_paused = true)]
async fn an_alert_whose_end_is_never_told_does_not_hold_a_stamp_out_for_ever() {
    let mut scenario = Scenario::configured(|config| {
        mapped(config);
        config["health"]["evidenceMinutes"] = json!(60);
    })
    .await;
    let rule = MetricAlert::origin_health(&profile(&scenario), "web", "weu origin");
    scenario.world.alert(&rule.fired(scenario.world.simulation.now(), 12.0));
    scenario.passes(50 * MINUTE).await;
    assert!(!scenario.takes_traffic(WEU));
    scenario.passes(30 * MINUTE).await;
    assert!(scenario.takes_traffic(WEU), "its probe has answered well all the time");
}
