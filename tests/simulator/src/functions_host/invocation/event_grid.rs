//! Event Grid events, of either schema.

use super::TriggerInput;
use crate::functions_host::token::Token;
use crate::functions_host::value::BindingValue;

/// One event per invocation. `event` is the parsed event, dates already normalised.
#[must_use]
pub(crate) fn event_grid_event(event: Token) -> TriggerInput {
    let metadata = event.get("data").and_then(data_value).map(|data| ("data".to_owned(), data));
    let subject = subject_of(&event);
    TriggerInput {
        data: BindingValue::Object(event),
        metadata: metadata.into_iter().collect(),
        laid_over: Vec::new(),
        subject,
    }
}

/// A whole delivery in one invocation (cardinality `many`), even of one event.
#[must_use]
pub(crate) fn event_grid_batch(events: Vec<Token>) -> TriggerInput {
    let data = events.iter().map(|event| event.get("data").cloned().unwrap_or(Token::Null)).collect();
    let subject = events.iter().map(subject_of).collect::<Vec<_>>().join(", ");
    TriggerInput {
        data: BindingValue::Array(Token::Array(events)),
        metadata: vec![("data".to_owned(), BindingValue::Array(Token::Array(data)))],
        laid_over: Vec::new(),
        subject,
    }
}

/// The repeated `data`: an object stays one, anything else travels as JSON text in a string, null not at all.
fn data_value(data: &Token) -> Option<BindingValue> {
    match data {
        Token::Null => None,
        Token::Object(_) => Some(BindingValue::Object(data.clone())),
        other => Some(BindingValue::Scalar(other.clone())),
    }
}

fn subject_of(event: &Token) -> String {
    event.get("subject").and_then(Token::as_text).unwrap_or_default().to_owned()
}
