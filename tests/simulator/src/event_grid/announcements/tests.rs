use serde_json::{Value, json};

use super::event;
use crate::arm::{Announcement, ArmEvent, ClusterNews};
use crate::chance::Seed;
use crate::clock::EPOCH;
use crate::event_grid::{Event, EventSubscription, Schema, SystemTopic};

const SUBSCRIPTION: &str = "/subscriptions/11111111-1111-4111-8111-111111111111";

fn told(what: Announcement, rest: &str, payload: Value) -> Event {
    let id = format!("{SUBSCRIPTION}/resourceGroups/rg-fleet/providers/{rest}");
    event(what, &ArmEvent::announced(what, &id, payload, EPOCH), Seed(7))
}

fn gate(what: Announcement) -> Event {
    let target =
        json!({"id": "/run", "updateRunProperties": {"name": "run-1", "stage": "first", "timing": "Before"}});
    let properties = json!({"gateType": "Approval", "state": "Pending", "target": target});
    told(
        what,
        "Microsoft.ContainerService/fleets/fleet-shop/gates/8a83212d",
        json!({ "properties": properties }),
    )
}

fn as_json(event: &Event, schema: Schema) -> Value {
    serde_json::from_str(&event.in_schema(schema).compact()).expect("JSON")
}

#[test]
fn a_gate_is_told_on_the_topic_of_its_subscription_with_its_properties() {
    let told = as_json(&gate(Announcement::GateCreated), Schema::EventGrid);
    assert_eq!(told["eventType"], "Microsoft.ResourceNotifications.AksResources.FleetGateCreated");
    assert_eq!(told["topic"], SUBSCRIPTION);
    let info = &told["data"]["resourceInfo"];
    assert_eq!((&info["id"], &info["name"]), (&told["subject"], &json!("8a83212d")));
    assert_eq!(info["type"], "Microsoft.ContainerService/fleets/gates");
    assert_eq!(info["properties"]["target"]["updateRunProperties"]["timing"], "Before");
    assert_eq!(told["data"]["operationalInfo"]["resourceEventTime"], "2026-03-04T05:00:00.0000000+00:00");
}

#[test]
fn a_deleted_gate_still_has_its_properties() {
    let told = as_json(&gate(Announcement::GateDeleted), Schema::CloudEvents);
    assert_eq!(told["type"], "Microsoft.ResourceNotifications.AksResources.FleetGateDeleted");
    assert_eq!(told["data"]["resourceInfo"]["properties"]["state"], "Pending");
}

#[test]
fn a_filter_in_the_other_casing_of_the_topic_takes_gates() {
    let subscription = EventSubscription::new("gates", SystemTopic::Gates, "fleet-events")
        .including(&["Microsoft.ResourceNotifications.AKSResources.FleetGateUpdated"]);
    assert!(subscription.wants(&gate(Announcement::GateUpdated)));
    assert!(!subscription.wants(&gate(Announcement::GateCreated)));
}

#[test]
fn news_of_a_cluster_has_the_cluster_as_its_topic_and_a_bare_name_as_its_subject() {
    let rest = "Microsoft.ContainerService/managedClusters/aks-weu-01";
    let what = Announcement::Cluster(ClusterNews::NodePoolRollingStarted);
    let event = told(what, rest, json!({"nodePoolName": "user"}));
    assert_eq!(event.system_topic, SystemTopic::Clusters);
    let told = as_json(&event, Schema::CloudEvents);
    assert_eq!(told["type"], "Microsoft.ContainerService.NodePoolRollingStarted");
    assert!(told["source"].as_str().is_some_and(|source| source.ends_with(rest)));
    assert_eq!((&told["subject"], &told["data"]), (&json!("aks-weu-01"), &json!({"nodePoolName": "user"})));
}

#[test]
fn health_is_told_of_a_machine_with_a_record_below_it() {
    let rest = "Microsoft.Compute/virtualMachineScaleSets/aks-user-1-vmss";
    let properties = json!({"previousAvailabilityState": "Available", "availabilityState": "Unavailable"});
    let payload = json!({"name": "r-1", "properties": properties});
    let event = told(Announcement::AvailabilityChanged, rest, payload);
    assert_eq!(event.event_type, "Microsoft.ResourceNotifications.HealthResources.AvailabilityStatusChanged");
    assert!(event.subject.ends_with(rest));
    let info = as_json(&event, Schema::EventGrid)["data"]["resourceInfo"].clone();
    let id = format!("{}/providers/Microsoft.ResourceHealth/availabilityStatuses/r-1", event.subject);
    assert_eq!(info["id"], id);
    assert_eq!(info["properties"]["availabilityState"], "Unavailable");
}

#[test]
fn the_same_news_of_two_pools_at_one_moment_are_two_events() {
    let rest = "Microsoft.ContainerService/managedClusters/aks-weu-01";
    let what = Announcement::Cluster(ClusterNews::NodePoolRollingStarted);
    let of = |pool: &str| told(what, rest, json!({"nodePoolName": pool})).id;
    assert_ne!(of("user"), of("system"));
}
