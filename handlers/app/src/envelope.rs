//! What the Functions host wraps around every trigger, and the answer it waits for.
//!
//! An invocation is a POST whose body is `{"Data":{<binding>: …},"Metadata":{…}}`. This module takes the one binding a
//! function asks for and the few metadata it needs, and leaves the rest unread: Event Grid's metadata repeats the whole
//! event, HTTP's repeats headers and keys.
//!
//! Values arrive in the host's own dress (Functions host: invocation request). Objects are nested JSON; byte arrays are
//! base64; anything else is a JSON string that holds JSON text, so it needs a second parse; dates lost their zone and
//! mean UTC. The extractors here undo that, tolerating one layer more or less.

mod answer;
mod invocation;
mod message;
mod request;
mod timer;
mod wire;

pub use answer::{Answer, HttpAnswer, NotAnObject, Redeliver};
pub use invocation::{EventItem, Invocation, NotAnInvocation};
pub use message::Message;
pub use request::HttpRequest;
pub use timer::TimerRun;
pub(crate) use wire::fault_text;
pub use wire::parse_time;

/// Names of the output and input bindings, the same in every `function.json`.
pub mod binding {
    /// Event Grid trigger: the event.
    pub const EVENT: &str = "event";
    /// Service Bus trigger: the message body, `dataType` binary.
    pub const MESSAGE: &str = "message";
    /// Timer trigger.
    pub const TIMER: &str = "timer";
    /// HTTP trigger: the request.
    pub const REQUEST: &str = "req";
    /// HTTP output: the response to the caller.
    pub const RESPONSE: &str = "res";
    /// Service Bus output: nudges and signals for the `fleet-work` queue.
    pub const WORK: &str = "work";
    /// Service Bus output: input that no redelivery can mend, for the `fleet-rejected` queue.
    pub const REJECTED: &str = "rejected";
    /// Service Bus output: what became of a command, for the `fleet-results` queue.
    pub const RESULT: &str = "result";
}

#[cfg(test)]
mod tests;
