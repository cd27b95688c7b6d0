//! `Microsoft.ResourceNotifications.Resources.…` events: a resource with its body, or its end.

use super::event::{Event, SystemTopic, seven_digits, topic_of};
use crate::arm::{ArmEvent, ArmEventKind};
use crate::chance::Seed;
use crate::functions_host::Token;

/// The types that are notified, of those that the simulated ARM knows: they are in Resource Graph's `resources` table.
/// Members, role assignments, origin groups and origins are not.
const NOTIFIED_TYPES: [&str; 4] = [
    "Microsoft.ContainerService/managedClusters",
    "Microsoft.ContainerService/fleets",
    "Microsoft.Cdn/profiles",
    "Microsoft.Cdn/profiles/afdEndpoints",
];

/// The api-version in which a body is notified; which one Azure takes isn't verified.
const API_VERSION: &str = "2026-05-01";

/// The notification about a successful write; `None` for failures, actions and types without notifications.
pub(super) fn event(write: &ArmEvent, seed: Seed) -> Option<Event> {
    let is_notified = NOTIFIED_TYPES.iter().any(|known| known.eq_ignore_ascii_case(&write.resource_type));
    if !is_notified || !write.succeeded {
        return None;
    }
    let (kind, data) = match write.kind {
        ArmEventKind::Write => ("CreatedOrUpdated", created_or_updated(write)?),
        ArmEventKind::Delete => ("Deleted", deleted(write)),
        ArmEventKind::Action | ArmEventKind::Announced(_) => return None,
    };
    let id =
        seed.guid(&["notification", &write.resource_id, kind, &write.correlation_id, &write.at.to_string()]);
    Some(Event {
        system_topic: SystemTopic::Notifications,
        id: id.to_string(),
        topic: topic_of(&write.resource_id),
        subject: write.resource_id.clone(),
        event_type: format!("Microsoft.ResourceNotifications.Resources.{kind}"),
        time: write.at,
        data,
        data_version: "1".to_owned(),
    })
}

fn created_or_updated(write: &ArmEvent) -> Option<Token> {
    let resource = Token::from(write.resource.clone()?);
    let member = |name: &str| resource.get(name).cloned().unwrap_or(Token::Null);
    let tags = resource.get("tags").cloned().unwrap_or(Token::Object(Vec::new()));
    let info = Token::object([
        ("tags", tags),
        ("id", Token::text(&write.resource_id)),
        ("name", name_of(write)),
        ("type", Token::text(&write.resource_type)),
        ("location", member("location")),
        ("properties", with_numbers_for_bools(member("properties"))),
    ]);
    let version = ("apiVersion", Token::text(API_VERSION));
    Some(Token::object([("resourceInfo", info), version, operational_info(write)]))
}

fn deleted(write: &ArmEvent) -> Token {
    let info = Token::object([
        ("id", Token::text(&write.resource_id)),
        ("name", name_of(write)),
        ("type", Token::text(&write.resource_type)),
    ]);
    Token::object([("resourceInfo", info), operational_info(write)])
}

fn operational_info(write: &ArmEvent) -> (&'static str, Token) {
    ("operationalInfo", Token::object([("resourceEventTime", Token::Text(seven_digits(write.at)))]))
}

fn name_of(write: &ArmEvent) -> Token {
    Token::text(write.resource_id.rsplit('/').next().unwrap_or_default())
}

/// Notifications spell bools as 1 and 0.
fn with_numbers_for_bools(value: Token) -> Token {
    match value {
        Token::Bool(flag) => Token::Number(u8::from(flag).into()),
        Token::Array(items) => Token::Array(items.into_iter().map(with_numbers_for_bools).collect()),
        Token::Object(members) => {
            Token::object(members.into_iter().map(|(name, value)| (name, with_numbers_for_bools(value))))
        }
        other => other,
    }
}
