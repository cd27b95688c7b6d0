//! Between messages and headers: `BrokerProperties` holds the broker's own properties as JSON, and each custom property has
//! a header of its own, whose value is JSON too (texts in quotes).

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode};
use jiff::Timestamp;
use jiff::fmt::rfc2822;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{NO_CONTENT_TYPE, Refusal, refusal};
use crate::service_bus::{Locked, Outgoing};

/// The media type of a batch of messages.
const BATCH: &str = "application/vnd.microsoft.servicebus.json";

/// The broker properties that a sender may give. Others are ignored, as documented; `PartitionKey`, `ReplyToSessionId` and
/// `ForcePersistence` are known to the broker and without effect here.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct BrokerProperties {
    message_id: Option<String>,
    label: Option<String>,
    correlation_id: Option<String>,
    session_id: Option<String>,
    partition_key: Option<String>,
    reply_to: Option<String>,
    to: Option<String>,
    /// Seconds.
    time_to_live: Option<f64>,
    /// As in HTTP: `Sun, 06 Nov 1994 08:49:37 GMT`.
    scheduled_enqueue_time_utc: Option<String>,
}

/// The message that a request sends.
pub(super) fn outgoing(request: &Request<Bytes>) -> Result<Outgoing, Refusal> {
    let headers = request.headers();
    let content_type = text(headers, "content-type");
    if content_type.is_some_and(|content_type| content_type.starts_with(BATCH)) {
        return Err(refusal(501, "Batches aren't simulated."));
    }
    let broker: BrokerProperties = match text(headers, "brokerproperties") {
        Some(json) => serde_json::from_str(json)
            .map_err(|error| refusal(400, &format!("BrokerProperties can't be read: {error}")))?,
        None => BrokerProperties::default(),
    };
    if broker.partition_key.is_some()
        && broker.session_id.is_some()
        && broker.partition_key != broker.session_id
    {
        return Err(refusal(400, "PartitionKey and SessionId must be the same."));
    }
    let scheduled = broker.scheduled_enqueue_time_utc.as_deref().map(time).transpose()?;
    let time_to_live = broker.time_to_live.map(life).transpose()?;
    Ok(Outgoing {
        body: request.body().clone(),
        message_id: broker.message_id,
        content_type: content_type.map(str::to_owned),
        subject: broker.label,
        correlation_id: broker.correlation_id,
        session_id: broker.session_id,
        reply_to: broker.reply_to,
        to: broker.to,
        application_properties: custom(headers),
        scheduled,
        time_to_live,
    })
}

/// The answer that carries a received message.
pub(super) fn received(
    status: StatusCode,
    locked: &Locked,
    location: Option<&str>,
) -> Result<Response<Bytes>, Refusal> {
    let message = &locked.message;
    let mut response = Response::new(message.body.clone());
    *response.status_mut() = status;
    let content_type = message.content_type.as_deref().unwrap_or(NO_CONTENT_TYPE);
    let broker = broker_properties(locked, location.is_some()).to_string();
    let fixed =
        [("content-type", Some(content_type)), ("brokerproperties", Some(&broker)), ("location", location)];
    for (name, value) in fixed {
        let Some(value) = value else { continue };
        let value = HeaderValue::from_str(value)
            .map_err(|_| refusal(500, &format!("{name} can't be a header: {value:?}")))?;
        response.headers_mut().insert(HeaderName::from_static(name), value);
    }
    for (name, value) in &message.application_properties {
        // What can't be a header is left out; what the broker does isn't verified.
        let header =
            HeaderName::try_from(name.as_str()).ok().zip(HeaderValue::from_str(&value.to_string()).ok());
        if let Some((name, value)) = header {
            response.headers_mut().insert(name, value);
        }
    }
    Ok(response)
}

/// What the broker says of a received message. Its lock is told only when there is one.
fn broker_properties(locked: &Locked, with_lock: bool) -> Value {
    let message = &locked.message;
    let mut properties = json!({
        "DeliveryCount": message.delivery_count,
        "EnqueuedSequenceNumber": 0,
        "EnqueuedTimeUtc": http_date(message.enqueued),
        "MessageId": message.message_id,
        "SequenceNumber": message.sequence_number,
        "State": "Active",
    });
    if with_lock {
        properties["LockToken"] = json!(locked.lock_token);
        properties["LockedUntilUtc"] = json!(http_date(locked.locked_until));
    }
    // How a message without an end is told isn't verified: nothing is.
    if let Some(expires) = message.expires {
        properties["TimeToLive"] = json!(expires.duration_since(message.enqueued).as_secs());
    }
    let texts = [
        ("CorrelationId", &message.correlation_id),
        ("Label", &message.subject),
        ("ReplyTo", &message.reply_to),
        ("SessionId", &message.session_id),
        ("To", &message.to),
    ];
    for (name, text) in texts {
        if let Some(text) = text {
            properties[name] = json!(text);
        }
    }
    properties
}

/// The custom properties: every header whose value is a JSON text, number or truth value, HTTP's own headers excepted.
fn custom(headers: &HeaderMap) -> Map<String, Value> {
    let is_own =
        |name: &str| matches!(name, "content-length" | "max-forwards" | "dnt" | "upgrade-insecure-requests");
    let headers = headers.iter().filter(|(name, _)| !is_own(name.as_str()));
    let scalar = |value: &HeaderValue| {
        let value: Value = serde_json::from_slice(value.as_bytes()).ok()?;
        (value.is_string() || value.is_number() || value.is_boolean()).then_some(value)
    };
    headers.filter_map(|(name, value)| Some((name.to_string(), scalar(value)?))).collect()
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn time(text: &str) -> Result<Timestamp, Refusal> {
    let parsed = rfc2822::DateTimeParser::new().relaxed_weekday(true).parse_timestamp(text.trim());
    parsed.map_err(|error| refusal(400, &format!("ScheduledEnqueueTimeUtc is no date: {error}")))
}

fn life(seconds: f64) -> Result<Duration, Refusal> {
    Duration::try_from_secs_f64(seconds)
        .map_err(|_| refusal(400, &format!("TimeToLive is no number of seconds: {seconds}")))
}

/// A date as HTTP writes it.
fn http_date(at: Timestamp) -> String {
    // Only years beyond 9999 have no such form.
    rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&at).unwrap_or_else(|_| at.to_string())
}
