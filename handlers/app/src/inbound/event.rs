//! One event, whichever schema carried it.
//!
//! Event Grid's own schema and CloudEvents 1.0 hold the same few facts under different names, so the names that are
//! present decide and no schema marker is read (samples spell it `specversion` and `specVersion`, and one lacks it).

use std::borrow::Cow;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::decoded::Fault;
use crate::envelope::parse_time;

/// The longest event id kept, in characters. Azure's are GUIDs or 64 hexadecimal digits.
pub const MAX_EVENT_ID_CHARS: usize = 128;

/// What stands for the id of an event that has none.
const NO_ID: &str = "(no id)";

/// An event's envelope, borrowed from its JSON text; `data` stays unparsed until a decoder wants a field of it.
///
/// Every field may be missing or null: the schemas say otherwise, samples of the services do not always comply.
#[derive(Debug, Deserialize)]
pub struct Event<'a> {
    #[serde(borrow, default)]
    id: Option<Cow<'a, str>>,
    #[serde(borrow, default, rename = "eventType")]
    grid_type: Option<Cow<'a, str>>,
    #[serde(borrow, default, rename = "type")]
    cloud_type: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    subject: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    topic: Option<&'a RawValue>,
    #[serde(borrow, default)]
    source: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "eventTime")]
    grid_time: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "time")]
    cloud_time: Option<&'a RawValue>,
    #[serde(borrow, default)]
    data: Option<&'a RawValue>,
}

impl<'a> Event<'a> {
    /// Reads an event from its JSON text.
    ///
    /// # Errors
    /// When the text is not a JSON object, or a field that should be text is something else.
    pub fn parse(json: &'a str) -> Result<Self, Fault> {
        if !json.trim_start().starts_with('{') {
            return Err(Fault::at("", "an event is a JSON object"));
        }
        Fault::catch("", serde_path_to_error::deserialize(&mut serde_json::Deserializer::from_str(json)))
    }

    /// The id for logs and the journal, cut to [`MAX_EVENT_ID_CHARS`].
    #[must_use]
    pub fn id(&self) -> String {
        let id = self.id.as_deref().filter(|id| !id.is_empty()).unwrap_or(NO_ID);
        id.chars().take(MAX_EVENT_ID_CHARS).collect()
    }

    /// The event type in the source's letter case.
    ///
    /// # Errors
    /// When the event has none, so that nobody can say what it means.
    pub fn event_type(&self) -> Result<&str, Fault> {
        let named = self.grid_type.as_deref().or(self.cloud_type.as_deref()).filter(|name| !name.is_empty());
        named.ok_or_else(|| {
            Fault::at(
                "eventType",
                "the event has no type; expected `eventType` (Event Grid) or `type` (CloudEvents)",
            )
        })
    }

    /// When the source says it happened. An unreadable time counts as none: it only ever orders logs and merges.
    #[must_use]
    pub fn time(&self) -> Option<Timestamp> {
        lenient_time(self.grid_time.or(self.cloud_time))
    }

    /// The subject, unless empty.
    #[must_use]
    pub fn subject(&self) -> Option<&str> {
        self.subject.as_deref().filter(|subject| !subject.is_empty())
    }

    /// Where it was published, with the field that says so: `topic` (Event Grid) or `source` (CloudEvents). A topic that
    /// belongs to one resource is named by the resource's id. Anything but text counts as none.
    #[must_use]
    pub fn topic(&self) -> Option<(&'static str, String)> {
        let (field, raw) = match self.topic {
            Some(topic) => ("topic", topic),
            None => ("source", self.source?),
        };
        let topic: String = serde_json::from_str(raw.get()).ok()?;
        (!topic.is_empty()).then_some((field, topic))
    }

    /// The JSON text of `data`, unless absent.
    #[must_use]
    pub fn data(&self) -> Option<&'a str> {
        self.data.map(RawValue::get)
    }
}

/// A time that is text of a known form; anything else counts as none.
pub(super) fn lenient_time(raw: Option<&RawValue>) -> Option<Timestamp> {
    parse_time(&serde_json::from_str::<String>(raw?.get()).ok()?)
}
