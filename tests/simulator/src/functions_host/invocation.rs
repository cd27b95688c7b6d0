//! The body of an invocation: what triggered it, as the host tells the handler.

mod event_grid;
mod http;
mod service_bus;
mod timer;

use jiff::Timestamp;
use uuid::Uuid;

use super::dates;
use super::token::Token;
use super::value::BindingValue;

pub(crate) use event_grid::{event_grid_batch, event_grid_event};
pub use http::HttpCall;
pub(crate) use http::http_request;
pub(crate) use service_bus::service_bus_message;
pub(crate) use timer::{TimerRun, timer_run};

/// What a trigger hands to the host: the value, and the binding data beside it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TriggerInput {
    /// The member of `Data`.
    pub(crate) data: BindingValue,
    /// The members of `Metadata`, in their order, that stand before `sys`.
    pub(crate) metadata: Vec<(String, BindingValue)>,
    /// The fields of a JSON message, laid over the binding data afterwards.
    pub(crate) laid_over: Vec<(String, BindingValue)>,
    /// What the invocation is about, for the record.
    pub(crate) subject: String,
}

/// The system members of `Metadata`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sys<'a> {
    /// The function's name.
    pub(crate) method_name: &'a str,
    /// The host's clock.
    pub(crate) utc_now: Timestamp,
    /// A GUID that differs with every invocation.
    pub(crate) rand_guid: Uuid,
}

impl TriggerInput {
    /// The invocation's body, on one line.
    #[must_use]
    pub(crate) fn body(&self, binding: &str, sys: Sys<'_>) -> String {
        let mut metadata: Vec<(String, Token)> = self
            .metadata
            .iter()
            .filter(|(name, _)| !ends_in_trigger(name))
            .map(|(name, value)| (name.clone(), value.clone().on_the_wire()))
            .collect();
        metadata.push(("sys".to_owned(), sys.on_the_wire()));
        for (name, value) in self.laid_over.iter().filter(|(name, _)| !ends_in_trigger(name)) {
            lay_over(&mut metadata, name, value.clone().on_the_wire());
        }
        let data = Token::object([(binding, self.data.clone().on_the_wire())]);
        Token::object([("Data", data), ("Metadata", Token::Object(metadata))]).compact()
    }
}

impl Sys<'_> {
    fn on_the_wire(self) -> Token {
        Token::object([
            ("MethodName", Token::text(self.method_name)),
            ("UtcNow", Token::Text(format!("{}Z", dates::to_ticks(dates::utc(self.utc_now))))),
            ("RandGuid", Token::Text(self.rand_guid.to_string())),
        ])
    }
}

/// A field that the broker also has replaces the broker's value under the broker's spelling; others go to the end.
fn lay_over(metadata: &mut Vec<(String, Token)>, name: &str, value: Token) {
    match metadata.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
        Some((_, known)) => *known = value,
        None => metadata.push((name.to_owned(), value)),
    }
}

/// The host keeps such names back, because they are its own bindings.
fn ends_in_trigger(name: &str) -> bool {
    name.to_ascii_lowercase().ends_with("trigger")
}

#[cfg(test)]
mod tests;
