//! Service Bus messages.

use super::TriggerInput;
use crate::functions_host::dates;
use crate::functions_host::token::Token;
use crate::functions_host::value::BindingValue;
use crate::service_bus::{Locked, Message};

/// One message. With `binary` the body is base64 of the raw bytes; without, it is text, and the fields of a JSON object in
/// it are laid over the metadata.
///
/// `client_id` is the host's own identifier at the broker. Application properties come sorted by name; AMQP promises no order.
#[must_use]
pub(crate) fn service_bus_message(
    locked: &Locked,
    binary: bool,
    namespace: &str,
    client_id: &str,
) -> TriggerInput {
    let message = &locked.message;
    let text = message.text();
    let laid_over = if binary { Vec::new() } else { fields_of(&text) };
    TriggerInput {
        data: if binary { BindingValue::Bytes(message.body.to_vec()) } else { BindingValue::Text(text) },
        metadata: metadata(message, &locked.lock_token, namespace, client_id),
        laid_over,
        subject: format!("message {}", message.message_id),
    }
}

fn metadata(
    message: &Message,
    lock_token: &str,
    namespace: &str,
    client_id: &str,
) -> Vec<(String, BindingValue)> {
    let expires = message.expires.map_or(dates::NEVER, dates::utc);
    let enqueued = dates::utc(message.enqueued);
    let properties = Token::from(serde_json::Value::Object(message.application_properties.clone()));
    let text = |text: &Option<String>| text.clone().map(BindingValue::Text);
    // The order of the extension; absent values are left out. Where ReplyTo and To stand in it isn't verified.
    let members = [
        ("MessageReceiver", Some(empty())),
        ("MessageSession", Some(empty())),
        ("MessageActions", Some(empty())),
        ("SessionActions", Some(empty())),
        ("ReceiveActions", Some(empty())),
        ("Client", Some(client(namespace, client_id))),
        ("DeliveryCount", Some(BindingValue::number(message.delivery_count.into()))),
        ("DeadLetterSource", text(&message.dead_letter_source)),
        ("LockToken", Some(BindingValue::text(lock_token))),
        ("ExpiresAtUtc", Some(BindingValue::DateTime(expires))),
        ("ExpiresAt", Some(BindingValue::DateTimeOffset(expires))),
        ("EnqueuedTimeUtc", Some(BindingValue::DateTime(enqueued))),
        ("EnqueuedTime", Some(BindingValue::DateTimeOffset(enqueued))),
        ("MessageId", Some(BindingValue::text(&message.message_id))),
        ("ContentType", text(&message.content_type)),
        ("ReplyTo", text(&message.reply_to)),
        ("SequenceNumber", Some(BindingValue::number(message.sequence_number))),
        ("To", text(&message.to)),
        ("Subject", text(&message.subject)),
        ("Label", text(&message.subject)),
        ("CorrelationId", text(&message.correlation_id)),
        ("ApplicationProperties", Some(BindingValue::Object(properties.clone()))),
        ("UserProperties", Some(BindingValue::Object(properties))),
        ("SessionId", text(&message.session_id)),
    ];
    members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

fn empty() -> BindingValue {
    BindingValue::Object(Token::Object(Vec::new()))
}

fn client(namespace: &str, client_id: &str) -> BindingValue {
    BindingValue::Object(Token::object([
        ("FullyQualifiedNamespace", Token::text(namespace)),
        ("IsClosed", Token::Bool(false)),
        ("TransportType", Token::Number(0.into())),
        ("Identifier", Token::Text(format!("{namespace}-{client_id}"))),
    ]))
}

fn fields_of(text: &str) -> Vec<(String, BindingValue)> {
    let Ok(body) = Token::parse(text) else {
        return Vec::new();
    };
    let fields = body.members().iter();
    fields.filter_map(|(name, value)| Some((name.clone(), BindingValue::laid_over(value)?))).collect()
}
