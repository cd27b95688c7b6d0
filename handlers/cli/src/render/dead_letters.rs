//! Dead letters, as a table or one in full, and as JSON.

use serde_json::{Value, json};

use super::{FAINT, PLAIN, WARN, styled, table::Cell, table::table};
use crate::{dead_letters::Replayed, service_bus::Locked};

/// A row each.
#[must_use]
pub fn list(messages: &[Locked]) -> String {
    if messages.is_empty() {
        return "no dead letters\n".to_owned();
    }
    let row = |message: &Locked| {
        [
            Cell::new(PLAIN, &message.broker.sequence_number.to_string()),
            Cell::new(FAINT, &message.broker.enqueued_time_utc),
            Cell::new(PLAIN, &message.broker.delivery_count.to_string()),
            Cell::new(PLAIN, &message.broker.message_id),
            Cell::new(WARN, message.dead.0.as_deref().unwrap_or("-")),
        ]
    };
    let headings = ["number", "enqueued", "deliveries", "message id", "reason"];
    table(headings, messages.iter().map(row).collect())
}

/// One with everything.
#[must_use]
pub fn show(message: &Locked) -> String {
    let broker = &message.broker;
    let (reason, description) = &message.dead;
    let lines = [
        ("number", Some(broker.sequence_number.to_string())),
        ("message id", Some(broker.message_id.clone())),
        ("enqueued", Some(broker.enqueued_time_utc.clone())),
        ("deliveries", Some(broker.delivery_count.to_string())),
        ("subject", broker.label.clone()),
        ("correlation", broker.correlation_id.clone()),
        ("reason", reason.clone()),
        ("", description.clone()),
    ];
    let lines = lines.into_iter().filter_map(|(name, value)| Some((name, value?)));
    let mut text: String =
        lines.map(|(name, value)| format!("{} {value}\n", styled(FAINT, &format!("{name:<12}")))).collect();
    text.push_str(&format!("\n{}\n", body_text(message)));
    text
}

/// One as JSON; its body too if wished, as JSON where it is some, else as text.
#[must_use]
pub fn json(message: &Locked, with_body: bool) -> Value {
    let broker = &message.broker;
    let (reason, description) = &message.dead;
    let mut value = json!({
        "sequenceNumber": broker.sequence_number,
        "messageId": broker.message_id,
        "enqueued": broker.enqueued_time_utc,
        "deliveryCount": broker.delivery_count,
        "subject": broker.label,
        "correlationId": broker.correlation_id,
        "reason": reason,
        "description": description,
        "bytes": message.body.len(),
    });
    if with_body {
        value["body"] = serde_json::from_slice(&message.body)
            .unwrap_or_else(|_| Value::from(String::from_utf8_lossy(&message.body)));
    }
    value
}

/// What was sent again.
#[must_use]
pub fn replayed(queue: &str, done: &Replayed) -> String {
    let mut text = format!("{} sent to {queue} again\n", done.replayed.len());
    for number in &done.missing {
        text.push_str(&format!("{queue} has no dead letter {number}\n"));
    }
    text
}

/// The body as text. Whatever could command a terminal is replaced.
fn body_text(message: &Locked) -> String {
    if let Ok(body) = serde_json::from_slice::<Value>(&message.body) {
        return format!("{body:#}");
    }
    let harmless = |c: char| if c.is_control() && c != '\n' { char::REPLACEMENT_CHARACTER } else { c };
    String::from_utf8_lossy(&message.body).chars().map(harmless).collect()
}
