//! Messages, on their way in and out.

use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use serde_json::{Map, Value};

/// A message as a sender makes it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Outgoing {
    /// The body.
    pub body: Bytes,
    /// The message id; made by the namespace when absent.
    pub message_id: Option<String>,
    /// The body's media type.
    pub content_type: Option<String>,
    /// The subject (formerly label).
    pub subject: Option<String>,
    /// The correlation id.
    pub correlation_id: Option<String>,
    /// The session id: a property like others, for no queue here has sessions.
    pub session_id: Option<String>,
    /// Where answers shall go.
    pub reply_to: Option<String>,
    /// The address that the sender meant.
    pub to: Option<String>,
    /// Typed application properties.
    pub application_properties: Map<String, Value>,
    /// Invisible until then.
    pub scheduled: Option<Timestamp>,
    /// How long it lives, if shorter than the queue says.
    pub time_to_live: Option<Duration>,
}

impl Outgoing {
    /// A message with a body and nothing else.
    #[must_use]
    pub fn of(body: impl Into<Bytes>) -> Self {
        Self { body: body.into(), ..Self::default() }
    }
}

/// A message as it lies on a queue.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// The body.
    pub body: Bytes,
    /// The message id.
    pub message_id: String,
    /// The body's media type.
    pub content_type: Option<String>,
    /// The subject (formerly label).
    pub subject: Option<String>,
    /// The correlation id.
    pub correlation_id: Option<String>,
    /// The session id: a property like others, for no queue here has sessions.
    pub session_id: Option<String>,
    /// Where answers shall go.
    pub reply_to: Option<String>,
    /// The address that the sender meant.
    pub to: Option<String>,
    /// Typed application properties; a dead letter has its reason here.
    pub application_properties: Map<String, Value>,
    /// Its number in the queue, from 1.
    pub sequence_number: u64,
    /// When it was put on the queue.
    pub enqueued: Timestamp,
    /// When it vanishes; `None` for never.
    pub expires: Option<Timestamp>,
    /// How often it has been delivered, a delivery under way included.
    pub delivery_count: u32,
    /// The queue in which it became a dead letter.
    pub dead_letter_source: Option<String>,
}

impl Message {
    /// The body as text, broken characters replaced.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// A received message and the lock on it.
#[derive(Debug, Clone, PartialEq)]
pub struct Locked {
    /// The message.
    pub message: Message,
    /// The token that settles it.
    pub lock_token: String,
    /// Until when the lock holds unless renewed.
    pub locked_until: Timestamp,
}
