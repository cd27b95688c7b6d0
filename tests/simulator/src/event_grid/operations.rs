//! `Microsoft.Resources.Resource…` events: what ARM was asked to do, by whom, and whether it worked.

use super::event::{Event, SystemTopic, subscription_of, topic_of};
use crate::arm::{ArmEvent, ArmEventKind};
use crate::chance::Seed;
use crate::functions_host::Token;

/// The object id that stands for whoever changes the world outside the simulation.
const SOMEBODY: &str = "99999999-9999-4999-8999-999999999999";

/// The tenant of all callers.
const TENANT: &str = "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa";

/// The event about a finished write. `is_first` tells that no write of the resource was told before; only later ones and
/// deletes carry the HTTP request.
pub(super) fn event(write: &ArmEvent, is_first: bool, seed: Seed) -> Event {
    let id = seed.guid(&[
        "operation event",
        &write.resource_id,
        &write.operation_name,
        &write.correlation_id,
        &write.at.to_string(),
    ]);
    Event {
        system_topic: SystemTopic::Operations,
        id: id.to_string(),
        topic: topic_of(&write.resource_id),
        subject: write.resource_id.clone(),
        event_type: event_type(write),
        time: write.at,
        data: data(write, is_first),
        data_version: "2".to_owned(),
    }
}

fn event_type(write: &ArmEvent) -> String {
    let (kind, _) = request(write.kind);
    let result = if write.succeeded { "Success" } else { "Failure" };
    format!("Microsoft.Resources.Resource{kind}{result}")
}

/// What is told about the request: its kind, and a method of it. Announcements never come here.
fn request(kind: ArmEventKind) -> (&'static str, &'static str) {
    match kind {
        ArmEventKind::Write => ("Write", "PUT"),
        ArmEventKind::Delete => ("Delete", "DELETE"),
        ArmEventKind::Action | ArmEventKind::Announced(_) => ("Action", "POST"),
    }
}

fn data(write: &ArmEvent, is_first: bool) -> Token {
    let mut members = vec![
        ("authorization", authorization(write)),
        ("claims", claims(write)),
        ("correlationId", Token::text(&write.correlation_id)),
    ];
    if !is_first || write.kind != ArmEventKind::Write {
        members.push(("httpRequest", http_request(write)));
    }
    let provider = write.resource_type.split('/').next().unwrap_or_default();
    members.extend([
        ("resourceProvider", Token::text(provider)),
        ("resourceUri", Token::text(&write.resource_id)),
        ("operationName", Token::text(&write.operation_name)),
        // The documented failure says Succeeded here too; which of the two is sent isn't verified.
        ("status", Token::text(if write.succeeded { "Succeeded" } else { "Failed" })),
        ("subscriptionId", Token::text(subscription_of(&write.resource_id).unwrap_or_default())),
        ("tenantId", Token::text(TENANT)),
    ]);
    Token::object(members)
}

fn authorization(write: &ArmEvent) -> Token {
    let evidence = Token::object([
        ("role", Token::text("Contributor")),
        ("roleAssignmentScope", Token::Text(topic_of(&write.resource_id))),
        ("principalId", Token::text(caller(write).replace('-', ""))),
        ("principalType", Token::text("ServicePrincipal")),
    ]);
    Token::object([
        ("scope", Token::text(&write.resource_id)),
        ("action", Token::text(&write.operation_name)),
        ("evidence", evidence),
    ])
}

fn claims(write: &ArmEvent) -> Token {
    Token::object([
        ("aud", Token::text("https://management.azure.com")),
        ("iss", Token::Text(format!("https://sts.windows.net/{TENANT}/"))),
        ("http://schemas.microsoft.com/identity/claims/objectidentifier", Token::text(caller(write))),
        ("http://schemas.microsoft.com/identity/claims/tenantid", Token::text(TENANT)),
        ("ver", Token::text("1.0")),
    ])
}

fn http_request(write: &ArmEvent) -> Token {
    let (_, method) = request(write.kind);
    Token::object([
        ("clientRequestId", Token::text(&write.correlation_id)),
        ("clientIpAddress", Token::text("203.0.113.10")),
        ("method", Token::text(method)),
        ("url", Token::Text(format!("https://management.azure.com{}", write.resource_id))),
    ])
}

fn caller(write: &ArmEvent) -> &str {
    write.caller.as_deref().unwrap_or(SOMEBODY)
}
