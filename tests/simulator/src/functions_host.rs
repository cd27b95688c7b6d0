//! A simulated Azure Functions host for a custom handler.
//!
//! It reads a real script root ([`ScriptRoot`]), starts the handler as a process or calls it in the same one
//! ([`HandlerTransport`]), builds invocation bodies as host 4.1037 does, and judges the answers as it does.
//!
//! Not simulated, and refused with an error when an app asks for it: forwarding and proxying of HTTP, retry policies,
//! sessions, topics, batches of messages, input bindings, output bindings other than Service Bus queues and HTTP, route
//! constraints, schedules as time spans, scale-out, cold start. Several instances of an app are put together by
//! [`crate::driver::Instances`].

mod answer;
#[cfg(test)]
pub(crate) mod bench;
mod dates;
mod definition;
mod error;
mod host;
mod http;
mod http_answer;
mod invocation;
mod listener;
mod outputs;
mod schedule;
mod script_root;
mod settings;
mod token;
mod transport;
mod value;
mod webhook;

pub use answer::{Answer, HandlerAnswer, Verdict, judge};
pub use definition::{AuthLevel, FunctionDefinition, Output, OutputTarget, RouteTemplate, Trigger};
pub use error::HostError;
pub use host::{FunctionsHost, Surroundings};
pub use http_answer::HttpReply;
pub use invocation::HttpCall;
pub use listener::Listener;
pub use schedule::{Schedule, ScheduleError};
pub use script_root::{FunctionApp, HostSettings, ScriptRoot};
pub use settings::AppSettings;
pub use token::Token;
pub use transport::{
    ExitZero, HOST_VERSION, HandlerCall, HandlerService, HandlerTransport, InProcess, Kill, Process,
    ProcessSettings, TransportLost,
};
pub use webhook::{EventGridCall, WebhookReply};

pub(crate) use host::{Finished, Settled};
pub(crate) use http_answer::reply;
pub(crate) use invocation::{TimerRun, TriggerInput, service_bus_message, timer_run};
pub(crate) use webhook::inputs_of;
