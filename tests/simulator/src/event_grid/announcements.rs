//! Events that services raise by themselves: gates of update runs, news of clusters, health of machines.

use super::event::{Event, SystemTopic, seven_digits, topic_of};
use crate::arm::{Announcement, ArmEvent, ClusterNews};
use crate::chance::Seed;
use crate::functions_host::Token;

/// The api-version in which gates are told; one of several that documented samples show.
const GATES_VERSION: &str = "2026-06-01";

/// The event of an announcement.
pub(super) fn event(what: Announcement, told: &ArmEvent, seed: Seed) -> Event {
    let event_type = event_type(what);
    let payload = Token::from(told.resource.clone().unwrap_or_default());
    let system_topic = system_topic(what);
    let (topic, subject, data) = match system_topic {
        SystemTopic::Clusters => (told.resource_id.clone(), name_of(&told.resource_id), payload),
        SystemTopic::Gates => (topic_of(&told.resource_id), told.resource_id.clone(), gate(&payload, told)),
        _ => (topic_of(&told.resource_id), told.resource_id.clone(), health(what, &payload, told)),
    };
    let key = ["announcement", &event_type, &subject, &data.compact(), &told.at.to_string()];
    Event {
        system_topic,
        id: seed.guid(&key).to_string(),
        topic,
        subject,
        event_type,
        time: told.at,
        data,
        data_version: "1".to_owned(),
    }
}

fn system_topic(what: Announcement) -> SystemTopic {
    match what {
        Announcement::GateCreated | Announcement::GateUpdated | Announcement::GateDeleted => {
            SystemTopic::Gates
        }
        Announcement::Cluster(_) => SystemTopic::Clusters,
        Announcement::AvailabilityChanged | Announcement::Annotated => SystemTopic::Health,
    }
}

/// All samples of gates spell `AksResources`, although the topic type and the tables say `AKSResources`.
fn event_type(what: Announcement) -> String {
    let (topic, name) = match what {
        Announcement::GateCreated => ("ResourceNotifications.AksResources", "FleetGateCreated"),
        Announcement::GateUpdated => ("ResourceNotifications.AksResources", "FleetGateUpdated"),
        Announcement::GateDeleted => ("ResourceNotifications.AksResources", "FleetGateDeleted"),
        Announcement::AvailabilityChanged => {
            ("ResourceNotifications.HealthResources", "AvailabilityStatusChanged")
        }
        Announcement::Annotated => ("ResourceNotifications.HealthResources", "ResourceAnnotated"),
        Announcement::Cluster(news) => ("ContainerService", cluster_news(news)),
    };
    format!("Microsoft.{topic}.{name}")
}

fn cluster_news(news: ClusterNews) -> &'static str {
    match news {
        ClusterNews::NodePoolRollingStarted => "NodePoolRollingStarted",
        ClusterNews::NodePoolRollingSucceeded => "NodePoolRollingSucceeded",
        ClusterNews::NodePoolRollingFailed => "NodePoolRollingFailed",
        ClusterNews::NewKubernetesVersionAvailable => "NewKubernetesVersionAvailable",
        ClusterNews::ClusterSupportEnding => "ClusterSupportEnding",
        ClusterNews::ClusterSupportEnded => "ClusterSupportEnded",
    }
}

/// A deleted gate is told with its properties as they were.
fn gate(body: &Token, told: &ArmEvent) -> Token {
    let info = Token::object([
        ("id", Token::text(&told.resource_id)),
        ("name", Token::text(name_of(&told.resource_id))),
        ("type", Token::text("Microsoft.ContainerService/fleets/gates")),
        ("properties", body.get("properties").cloned().unwrap_or(Token::Null)),
    ]);
    let time = seven_digits(told.at).replace('Z', "+00:00");
    resource_event(info, &time, GATES_VERSION)
}

/// The record has an id of its own below the machine that it is about.
fn health(what: Announcement, record: &Token, told: &ArmEvent) -> Token {
    let (kind, version) = match what {
        Announcement::Annotated => ("resourceAnnotations", "2022-08-01"),
        _ => ("availabilityStatuses", "2023-12-01"),
    };
    let name = record.get("name").and_then(Token::as_text).unwrap_or_default();
    let info = Token::object([
        ("id", Token::Text(format!("{}/providers/Microsoft.ResourceHealth/{kind}/{name}", told.resource_id))),
        ("name", Token::text(name)),
        ("type", Token::Text(format!("Microsoft.ResourceHealth/{kind}"))),
        ("properties", record.get("properties").cloned().unwrap_or(Token::Null)),
    ]);
    resource_event(info, &seven_digits(told.at), version)
}

fn resource_event(info: Token, time: &str, version: &str) -> Token {
    Token::object([
        ("resourceInfo", info),
        ("operationalInfo", Token::object([("resourceEventTime", Token::text(time))])),
        ("apiVersion", Token::text(version)),
    ])
}

fn name_of(id: &str) -> String {
    id.rsplit('/').next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests;
