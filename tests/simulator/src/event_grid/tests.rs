use std::time::Duration;

use serde_json::json;

use super::*;
use crate::arm::ArmEventKind;
use crate::functions_host::bench::{Bench, app, fine};

const CLUSTER: &str = "/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/rg-weu/providers/Microsoft.ContainerService/managedClusters/aks-weu-01";

fn write(kind: ArmEventKind, succeeded: bool) -> ArmEvent {
    let (verb, resource) = match kind {
        ArmEventKind::Write => (
            "write",
            Some(json!({"location": "westeurope", "tags": {"region": "weu"},
            "properties": {"enableRBAC": true, "provisioningState": "Succeeded"}})),
        ),
        ArmEventKind::Delete => ("delete", None),
        ArmEventKind::Action | ArmEventKind::Announced(_) => ("start/action", None),
    };
    ArmEvent {
        kind,
        succeeded,
        resource_id: CLUSTER.to_owned(),
        resource_type: "Microsoft.ContainerService/managedClusters".to_owned(),
        operation_name: format!("Microsoft.ContainerService/managedClusters/{verb}"),
        at: crate::clock::EPOCH,
        correlation_id: "corr-1".to_owned(),
        caller: None,
        resource,
    }
}

fn raw_event(id: &str) -> Event {
    Event {
        system_topic: SystemTopic::Operations,
        id: id.to_owned(),
        topic: "/subscriptions/s".to_owned(),
        subject: CLUSTER.to_owned(),
        event_type: "Microsoft.Resources.ResourceWriteSuccess".to_owned(),
        time: crate::clock::EPOCH,
        data: Token::parse(r#"{"operationName":"Microsoft.ContainerService/managedClusters/write"}"#)
            .unwrap(),
        data_version: "2".to_owned(),
    }
}

struct GridBench {
    bench: Bench,
    grid: EventGrid,
}

impl GridBench {
    fn new() -> Self {
        let bench = Bench::new(app(), |_, _| fine());
        let grid = EventGrid::new(Seed(7), bench.arm.clock().clone(), bench.arm.watchers().clone());
        Self { bench, grid }
    }

    async fn subscribed(subscription: EventSubscription) -> Self {
        let bench = Self::new();
        bench.grid.subscribe(subscription, &bench.bench.host).await.unwrap();
        bench
    }

    /// Publishes one event and lets every delivery have `outcome`; answers the seconds of all attempts since publication.
    fn attempts(&self, outcome: Outcome) -> Vec<i64> {
        let clock = self.bench.arm.clock();
        let start = clock.now();
        self.grid.publish(&raw_event("e-1"));
        let mut seconds = Vec::new();
        while let Some(due) = self.grid.next_due() {
            clock.advance_to(due);
            for delivery in self.grid.take_due() {
                seconds.push(due.duration_since(start).as_secs());
                self.grid.settle(delivery, &outcome);
            }
        }
        seconds
    }
}

fn operations() -> EventSubscription {
    EventSubscription::new("operations", SystemTopic::Operations, "events")
}

/// The events that a write publishes to a subscription, as they travel.
async fn bodies(subscription: EventSubscription, writes: &[ArmEvent]) -> Vec<String> {
    let bench = GridBench::subscribed(subscription).await;
    for write in writes {
        bench.grid.publish_write(write);
    }
    bench.grid.take_due().iter().map(|delivery| bench.grid.body(delivery)).collect()
}

#[tokio::test]
async fn a_write_is_told_with_its_operation_and_an_update_also_with_its_request() {
    let writes = [write(ArmEventKind::Write, true), write(ArmEventKind::Write, true)];
    let bodies = bodies(operations(), &writes).await;
    let [created, updated]: [serde_json::Value; 2] =
        [serde_json::from_str(&bodies[0]).unwrap(), serde_json::from_str(&bodies[1]).unwrap()];
    let event = &created[0];
    assert_eq!(event["eventType"], "Microsoft.Resources.ResourceWriteSuccess");
    assert_eq!(event["eventTime"], "2026-03-04T05:00:00.0000000Z");
    assert_eq!(event["topic"], "/subscriptions/11111111-1111-4111-8111-111111111111");
    assert_eq!(event["subject"], CLUSTER);
    assert_eq!(event["data"]["resourceUri"], CLUSTER);
    assert_eq!(event["data"]["operationName"], "Microsoft.ContainerService/managedClusters/write");
    assert_eq!(event["data"]["resourceProvider"], "Microsoft.ContainerService");
    assert_eq!(event["data"]["status"], "Succeeded");
    assert!(event["data"].get("httpRequest").is_none());
    assert_eq!(updated[0]["data"]["httpRequest"]["method"], "PUT");
}

#[tokio::test]
async fn the_event_type_tells_the_kind_and_the_result() {
    let table = [
        (ArmEventKind::Write, false, "ResourceWriteFailure"),
        (ArmEventKind::Delete, true, "ResourceDeleteSuccess"),
        (ArmEventKind::Action, true, "ResourceActionSuccess"),
    ];
    for (kind, succeeded, expected) in table {
        let [body] = bodies(operations(), &[write(kind, succeeded)]).await.try_into().unwrap();
        assert!(body.contains(&format!(r#""eventType":"Microsoft.Resources.{expected}""#)), "{body}");
    }
}

#[tokio::test]
async fn a_notification_carries_the_resource_with_numbers_for_bools() {
    let subscription = EventSubscription::new("resources", SystemTopic::Notifications, "events")
        .in_schema(Schema::CloudEvents);
    let writes = [write(ArmEventKind::Write, true), write(ArmEventKind::Delete, true)];
    let bodies = bodies(subscription, &writes).await;
    let created: serde_json::Value = serde_json::from_str(&bodies[0]).unwrap();
    assert_eq!(created["type"], "Microsoft.ResourceNotifications.Resources.CreatedOrUpdated");
    assert_eq!(created["specversion"], "1.0");
    assert_eq!(created["source"], "/subscriptions/11111111-1111-4111-8111-111111111111");
    let info = &created["data"]["resourceInfo"];
    assert_eq!(
        (&info["id"], &info["name"], &info["location"]),
        (&json!(CLUSTER), &json!("aks-weu-01"), &json!("westeurope"))
    );
    assert_eq!(info["properties"], json!({"enableRBAC": 1, "provisioningState": "Succeeded"}));

    let deleted: serde_json::Value = serde_json::from_str(&bodies[1]).unwrap();
    assert_eq!(deleted["type"], "Microsoft.ResourceNotifications.Resources.Deleted");
    assert!(deleted["data"]["resourceInfo"].get("properties").is_none());
}

#[tokio::test]
async fn failures_actions_and_other_types_are_not_notified() {
    let subscription = || EventSubscription::new("resources", SystemTopic::Notifications, "events");
    let member = ArmEvent {
        resource_type: "Microsoft.ContainerService/fleets/members".to_owned(),
        ..write(ArmEventKind::Write, true)
    };
    for write in [write(ArmEventKind::Write, false), write(ArmEventKind::Action, true), member] {
        assert_eq!(
            bodies(subscription(), std::slice::from_ref(&write)).await,
            Vec::<String>::new(),
            "{write:?}"
        );
    }
}

#[test]
fn filters_compare_types_and_fields_in_any_case() {
    let by_operation = |operator, value| operations().where_field("data.operationName", operator, &[value]);
    let event = raw_event("e-1");
    let table = [
        (operations(), true),
        (operations().including(&["microsoft.resources.RESOURCEWRITESUCCESS"]), true),
        (operations().including(&["Microsoft.Resources.ResourceDeleteSuccess"]), false),
        (by_operation(FilterOperator::StringBeginsWith, "microsoft.containerservice/managedclusters/"), true),
        (by_operation(FilterOperator::StringBeginsWith, "Microsoft.Compute/"), false),
        (by_operation(FilterOperator::StringIn, "MICROSOFT.CONTAINERSERVICE/MANAGEDCLUSTERS/WRITE"), true),
        (by_operation(FilterOperator::StringIn, "Microsoft.ContainerService/managedClusters"), false),
        (by_operation(FilterOperator::StringEndsWith, "/write"), true),
        (by_operation(FilterOperator::StringContains, "clusters/w"), true),
        (
            by_operation(FilterOperator::StringNotIn, "Microsoft.ContainerService/managedClusters/write"),
            false,
        ),
        (operations().where_field("data.absent", FilterOperator::StringIn, &["x"]), false),
        (operations().where_field("data.absent", FilterOperator::StringNotIn, &["x"]), true),
        (EventSubscription::new("other", SystemTopic::Notifications, "events"), false),
    ];
    for (subscription, wanted) in table {
        assert_eq!(subscription.wants(&event), wanted, "{subscription:?}");
    }
}

#[tokio::test]
async fn a_subscription_needs_the_consent_of_its_function() {
    let bench = GridBench::new();
    for schema in [Schema::EventGrid, Schema::CloudEvents] {
        assert_eq!(bench.grid.subscribe(operations().in_schema(schema), &bench.bench.host).await, Ok(()));
        let wrong_case =
            EventSubscription { function: "Events".to_owned(), ..operations().in_schema(schema) };
        let refused = bench.grid.subscribe(wrong_case, &bench.bench.host).await.unwrap_err();
        assert_eq!(refused.status, 404);
    }
    assert!(bench.bench.bodies().is_empty(), "the handler never sees a handshake");
}

#[tokio::test]
async fn retries_follow_the_schedule_until_the_event_is_a_day_old() {
    let bench = GridBench::subscribed(operations()).await;
    let minutes = |count: i64| count * 60;
    let mut expected = vec![0, 10, 40, 100];
    for wait in [minutes(5), minutes(10), minutes(30), minutes(60), minutes(180), minutes(360), minutes(720)]
    {
        expected.push(expected.last().unwrap() + wait);
    }
    let attempts = bench.attempts(Outcome::Answered(500));
    assert_eq!(attempts, expected, "the last wait ends after 22.8 hours, the next would after 34.8");
    assert!(
        bench.bench.happened(|happening| match happening {
            Happening::EventDropped { reason, .. } => Some(reason.clone()),
            _ => None,
        }) == ["TimeToLiveExceeded"]
    );
}

#[tokio::test]
async fn some_statuses_wait_longer_and_some_are_not_retried() {
    let table = [
        (Outcome::Answered(404), 300),
        (Outcome::Answered(408), 120),
        (Outcome::Answered(503), 30),
        (Outcome::TimedOut, 10),
    ];
    for (outcome, first_wait) in table {
        let bench = GridBench::subscribed(operations()).await;
        assert_eq!(bench.attempts(outcome)[..2], [0, first_wait], "{outcome:?}");
    }
    for status in [200, 202, 204, 400, 401, 403, 413] {
        let bench = GridBench::subscribed(operations()).await;
        assert_eq!(bench.attempts(Outcome::Answered(status)), [0], "{status}");
    }
}

#[tokio::test]
async fn a_dead_letter_tells_why_five_minutes_later() {
    let retry = RetryPolicy { max_delivery_attempts: 2, ..RetryPolicy::default() };
    for (schema, reason, attempts) in [
        (Schema::EventGrid, "deadLetterReason", "deliveryAttempts"),
        (Schema::CloudEvents, "deadletterreason", "deliveryattempts"),
    ] {
        let subscription = EventSubscription { retry, ..operations().in_schema(schema).with_dead_letters() };
        let bench = GridBench::subscribed(subscription).await;
        assert_eq!(bench.attempts(Outcome::TimedOut), [0, 10]);
        assert_eq!(bench.grid.dead_letters(), []);
        bench.bench.arm.clock().advance_by(jiff::SignedDuration::from_mins(5));
        let [letter] = bench.grid.dead_letters().try_into().unwrap();
        assert_eq!(letter.content.get(reason), Some(&Token::text("MaxDeliveryAttemptsExceeded")));
        assert_eq!(letter.content.get(attempts), Some(&Token::Number(2.into())));
        assert_eq!(letter.content.get("id"), Some(&Token::text("e-1")));
    }
}

/// The ids that go out, with the seconds after publication, under a rule of chaos for twenty events.
async fn under(rule: ChaosRule) -> Vec<(i64, String)> {
    let bench = GridBench::subscribed(operations()).await;
    bench.grid.unsettle(rule);
    for number in 0..20 {
        bench.grid.publish(&raw_event(&format!("e-{number:02}")));
    }
    let clock = bench.bench.arm.clock();
    let mut sent = Vec::new();
    while let Some(due) = bench.grid.next_due() {
        clock.advance_to(due);
        for delivery in bench.grid.take_due() {
            sent.push((due.duration_since(crate::clock::EPOCH).as_secs(), delivery.event.id.clone()));
            bench.grid.settle(delivery, &Outcome::Answered(202));
        }
    }
    sent
}

#[tokio::test]
async fn chaos_drops_doubles_delays_and_reorders() {
    assert!(under(ChaosRule::always(ChaosEffect::Drop)).await.is_empty());
    assert_eq!(under(ChaosRule::always(ChaosEffect::Duplicate(2))).await.len(), 60);

    let (from, to) = (Duration::from_secs(60), Duration::from_secs(120));
    let delayed = under(ChaosRule::always(ChaosEffect::Delay { from, to })).await;
    assert_eq!(delayed.len(), 20);
    assert!(delayed.iter().all(|(seconds, _)| (60..=120).contains(seconds)), "{delayed:?}");

    let reordered = under(ChaosRule::always(ChaosEffect::Reorder(Duration::from_secs(300)))).await;
    let ids: Vec<_> = reordered.iter().map(|(_, id)| id).collect();
    assert_eq!(ids.len(), 20);
    assert!(!ids.is_sorted());
}

#[tokio::test]
async fn chaos_strikes_the_same_events_again_and_only_those_it_names() {
    let half = || ChaosRule { per_mille: 500, ..ChaosRule::always(ChaosEffect::Drop) };
    let survivors = under(half()).await;
    assert!((1..20).contains(&survivors.len()), "{survivors:?}");
    assert_eq!(survivors, under(half()).await);
    let deletes =
        ChaosRule { event_type: "resourcedelete".to_owned(), ..ChaosRule::always(ChaosEffect::Drop) };
    assert_eq!(under(deletes).await.len(), 20);
}
