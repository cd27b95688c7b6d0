//! Event subscriptions and decoders.

use std::collections::BTreeSet;

use serde_json::Value;

use super::compare;
use crate::snapshot::{Snapshot, last_name, text, texts};

const SUBSCRIPTIONS: &str = "Microsoft.EventGrid/systemTopics/eventSubscriptions";

/// Every event type goes to the function whose decoder knows it, through a topic that raises it, and is dead-lettered when
/// it can't be delivered. `decoded` are pairs of function and event type.
#[must_use]
pub fn events(
    snapshot: &Snapshot,
    decoded: &BTreeSet<(String, String)>,
    functions: &BTreeSet<String>,
) -> Vec<String> {
    let subscribed = snapshot.of_type(SUBSCRIPTIONS).flat_map(|subscription| {
        let types = texts(&subscription["properties"]["filter"]["includedEventTypes"]);
        types.map(|event_type| (function_of(subscription), event_type.to_owned()))
    });
    let mut differences = compare(
        &subscribed.collect(),
        "is subscribed to and not decoded",
        decoded,
        "is decoded and nobody subscribes to it",
    );
    for subscription in snapshot.of_type(SUBSCRIPTIONS) {
        differences.extend(faults(snapshot, subscription, functions));
    }
    differences
}

fn faults(snapshot: &Snapshot, subscription: &Value, functions: &BTreeSet<String>) -> Vec<String> {
    let name = text(&subscription["name"]);
    let properties = &subscription["properties"];
    let mut faults = Vec::new();
    if !functions.contains(&function_of(subscription)) {
        faults.push(format!("{name}: there is no function `{}`", function_of(subscription)));
    }
    if properties["deadLetterWithResourceIdentity"]["deadLetterDestination"].is_null() {
        faults.push(format!("{name}: what can't be delivered is lost"));
    }
    let topic = topic_of(snapshot, subscription);
    let prefix = raised_by(topic);
    let foreign = texts(&properties["filter"]["includedEventTypes"]).filter(|it| !it.starts_with(&prefix));
    faults.extend(
        foreign.map(|event_type| format!("{name}: `{event_type}` is not raised by a topic `{topic}`")),
    );
    faults
}

fn function_of(subscription: &Value) -> String {
    last_name(text(&subscription["properties"]["destination"]["properties"]["resourceId"])).to_owned()
}

/// The type of the topic that a subscription listens to; nothing for a topic that is not predicted.
fn topic_of<'a>(snapshot: &'a Snapshot, subscription: &Value) -> &'a str {
    let id = text(&subscription["id"]).split("/eventSubscriptions/").next().unwrap_or_default();
    snapshot.by_id(id).map_or("", |topic| text(&topic["properties"]["topicType"]))
}

/// What the event types of a topic begin with.
fn raised_by(topic: &str) -> String {
    match topic {
        "Microsoft.Resources.Subscriptions" => "Microsoft.Resources.".to_owned(),
        "Microsoft.ContainerService.ManagedClusters" => "Microsoft.ContainerService.".to_owned(),
        // Resource Notifications name the topic in the event type.
        other => format!("{other}."),
    }
}

/// Events that no subscription would deliver, of those in `events`, which are named. Types and filters decide, as Event
/// Grid does it: without case.
#[must_use]
pub fn unheard(snapshot: &Snapshot, events: &[(String, Value)]) -> Vec<String> {
    let heard = |event: &Value| {
        snapshot.of_type(SUBSCRIPTIONS).any(|it| delivers(&it["properties"]["filter"], event))
    };
    let unheard = events.iter().filter(|(_, event)| !heard(event));
    unheard.map(|(name, _)| format!("{name} would reach no function")).collect()
}

fn delivers(filter: &Value, event: &Value) -> bool {
    let event_type = ["eventType", "type"].map(|key| text(&event[key])).concat();
    let asked_for = texts(&filter["includedEventTypes"]).any(|it| it.eq_ignore_ascii_case(&event_type));
    asked_for
        && filter["advancedFilters"].as_array().into_iter().flatten().all(|condition| holds(condition, event))
}

/// Whether a condition holds of an event. One of a kind that we do not know does not.
fn holds(condition: &Value, event: &Value) -> bool {
    let pointer = format!("/{}", text(&condition["key"]).replace('.', "/"));
    let field = event.pointer(&pointer).map(|field| text(field).to_lowercase()).unwrap_or_default();
    let mut values = texts(&condition["values"]).map(str::to_lowercase);
    match text(&condition["operatorType"]) {
        "StringBeginsWith" => values.any(|value| field.starts_with(&value)),
        "StringContains" => values.any(|value| field.contains(&value)),
        "StringIn" => values.any(|value| field == value),
        _ => false,
    }
}
