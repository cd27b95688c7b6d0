//! A Service Bus message as a trigger with `dataType` binary delivers it.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::Timestamp;
use serde_json::value::RawValue;

use super::wire::unwrapped;

/// One message and what the broker says about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The body's bytes as the sender wrote them.
    pub body: Vec<u8>,
    /// How often the broker has delivered this message, 1 at first. Only a hint: it is trustworthy with binary data
    /// alone, because with text data a property of the body can take its place in the metadata.
    pub delivery_count: Option<u32>,
    /// The sender's id of the message.
    pub message_id: Option<String>,
    /// When the broker accepted the message, cut to whole seconds by the host.
    pub enqueued: Option<Timestamp>,
}

impl Message {
    /// The bytes behind `Data.<binding>`: base64 with `dataType` binary. A function set up without it gets the body as
    /// JSON text in a string, or as nested JSON; both are taken as they are, since no JSON object is valid base64.
    pub(super) fn body_of(raw: &RawValue) -> Vec<u8> {
        if let Some(bytes) =
            serde_json::from_str::<String>(raw.get()).ok().and_then(|text| STANDARD.decode(text).ok())
        {
            return bytes;
        }
        unwrapped(raw).into_owned().into_bytes()
    }
}
