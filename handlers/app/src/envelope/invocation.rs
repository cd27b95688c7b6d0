//! The body of one invocation, borrowed: nothing is copied or parsed before a function asks for it.

use std::{borrow::Cow, collections::BTreeMap};

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{
    message::Message,
    request::HttpRequest,
    timer::TimerRun,
    wire::{fault_text, parse_time, scalar, text, unwrapped},
};

/// One call of the host, parsed as far as the names of its bindings.
#[derive(Debug, Deserialize)]
pub struct Invocation<'a> {
    #[serde(rename = "Data", borrow)]
    data: BTreeMap<String, &'a RawValue>,
    #[serde(rename = "Metadata", borrow, default)]
    metadata: Option<Metadata<'a>>,
}

/// The metadata we read. Everything else is skipped without being parsed; an event's `data` and a request's headers
/// stand there a second time.
#[derive(Debug, Default, Deserialize)]
struct Metadata<'a> {
    #[serde(borrow, default)]
    sys: Option<&'a RawValue>,
    #[serde(rename = "DeliveryCount", borrow, default)]
    delivery_count: Option<&'a RawValue>,
    #[serde(rename = "MessageId", borrow, default)]
    message_id: Option<&'a RawValue>,
    #[serde(rename = "EnqueuedTimeUtc", borrow, default)]
    enqueued: Option<&'a RawValue>,
}

/// Why a body is not an invocation, or lacks the binding that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the invocation cannot be read at `{path}`: {fault}")]
pub struct NotAnInvocation {
    /// JSON path of the fault, such as `Data.event`.
    pub path: String,
    /// What is wrong there and what would be right.
    pub fault: String,
}

/// One event of a delivery: its JSON text and where in the invocation it stood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventItem<'a> {
    /// JSON path, such as `Data.event` or `Data.event[2]`.
    pub path: String,
    /// The event as JSON text, borrowed from the body unless the host had wrapped it in a string.
    pub json: Cow<'a, str>,
}

impl<'a> Invocation<'a> {
    /// Reads the outer shape of an invocation.
    ///
    /// # Errors
    /// When the body is not UTF-8 JSON or has no `Data` object.
    pub fn parse(body: &'a [u8]) -> Result<Self, NotAnInvocation> {
        serde_path_to_error::deserialize(&mut serde_json::Deserializer::from_slice(body)).map_err(|error| {
            NotAnInvocation { path: error.path().to_string(), fault: fault_text(error.inner()) }
        })
    }

    /// The time of this invocation: `sys.UtcNow` when the host sent a readable one, else `clock`.
    ///
    /// Time comes with the trigger, so that one invocation has one now, and a replayed or simulated one has its own.
    pub fn now(&self, clock: fn() -> Timestamp) -> Timestamp {
        self.sys("UtcNow").and_then(|time| parse_time(&time)).unwrap_or_else(clock)
    }

    /// The id that the host gave this invocation's binding data, a GUID; for logs and derived ids.
    #[must_use]
    pub fn id(&self) -> Option<String> {
        self.sys("RandGuid")
    }

    /// The events of an Event Grid trigger: the binding's object, or the items of the array that a string or the
    /// cardinality `many` brings. Each item is JSON text of any kind; judging it is left to the caller.
    ///
    /// # Errors
    /// When the binding is missing, or its text is neither an object nor an array.
    pub fn events(&self, binding: &str) -> Result<Vec<EventItem<'a>>, NotAnInvocation> {
        let text = unwrapped(self.binding(binding)?);
        let path = format!("Data.{binding}");
        match text.trim_start().as_bytes().first() {
            Some(b'{') => Ok(vec![EventItem { path, json: text }]),
            Some(b'[') => batch(&path, &text),
            _ => Err(NotAnInvocation {
                path,
                fault: "expected an event object or an array of them".to_owned(),
            }),
        }
    }

    /// The message of a Service Bus trigger with `dataType` binary.
    ///
    /// # Errors
    /// When the binding is missing.
    pub fn message(&self, binding: &str) -> Result<Message, NotAnInvocation> {
        let metadata = self.metadata.as_ref();
        Ok(Message {
            body: Message::body_of(self.binding(binding)?),
            delivery_count: scalar(metadata.and_then(|m| m.delivery_count)),
            message_id: text(metadata.and_then(|m| m.message_id)),
            enqueued: text(metadata.and_then(|m| m.enqueued)).and_then(|time| parse_time(&time)),
        })
    }

    /// The run of a timer trigger.
    ///
    /// # Errors
    /// When the binding is missing or has another shape.
    pub fn timer(&self, binding: &str) -> Result<TimerRun, NotAnInvocation> {
        TimerRun::parse(&unwrapped(self.binding(binding)?)).map_err(|fault| inside(binding, &fault))
    }

    /// The request of an HTTP trigger.
    ///
    /// # Errors
    /// When the binding is missing or has another shape.
    pub fn request(&self, binding: &str) -> Result<HttpRequest, NotAnInvocation> {
        HttpRequest::parse(&unwrapped(self.binding(binding)?)).map_err(|fault| inside(binding, &fault))
    }

    fn binding(&self, name: &str) -> Result<&'a RawValue, NotAnInvocation> {
        self.data.get(name).copied().ok_or_else(|| NotAnInvocation {
            path: format!("Data.{name}"),
            fault: format!(
                "the binding is missing; the call brings {:?}, so function.json and the code disagree",
                self.data.keys().collect::<Vec<_>>()
            ),
        })
    }

    fn sys(&self, key: &str) -> Option<String> {
        let sys: BTreeMap<String, &RawValue> =
            serde_json::from_str(self.metadata.as_ref()?.sys?.get()).ok()?;
        text(sys.get(key).copied())
    }
}

fn batch<'a>(path: &str, text: &str) -> Result<Vec<EventItem<'a>>, NotAnInvocation> {
    let items: Vec<&RawValue> = serde_json::from_str(text)
        .map_err(|error| NotAnInvocation { path: path.to_owned(), fault: fault_text(&error) })?;
    let item = |(index, item): (usize, &RawValue)| EventItem {
        path: format!("{path}[{index}]"),
        json: Cow::Owned(item.get().to_owned()),
    };
    Ok(items.into_iter().enumerate().map(item).collect())
}

fn inside(binding: &str, error: &serde_path_to_error::Error<serde_json::Error>) -> NotAnInvocation {
    NotAnInvocation { path: format!("Data.{binding}.{}", error.path()), fault: fault_text(error.inner()) }
}
