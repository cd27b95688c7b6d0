//! A simulated Azure Functions host for a custom handler.
//!
//! It reads a real script root ([`ScriptRoot`]), starts the handler as a process or calls it in the same one
//! ([`HandlerTransport`]), builds invocation bodies as host 4.1037 does, and judges the answers as it does.
//!
//! Not simulated, and refused with an error when an app asks for it: forwarding and proxying of HTTP, retry policies,
//! sessions, topics, batches of messages, input bindings, output bindings other than Service Bus queues and HTTP, route
//! constraints, schedules as time spans, several host instances, scale-out, cold start.

mod answer;
mod dates;
mod definition;
mod error;
mod http_answer;
mod invocation;
mod outputs;
mod schedule;
mod script_root;
mod settings;
mod token;
mod transport;
mod value;

pub use answer::{Answer, HandlerAnswer, Verdict, judge};
pub use definition::{AuthLevel, FunctionDefinition, Output, OutputTarget, RouteTemplate, Trigger};
pub use error::HostError;
pub use http_answer::HttpReply;
pub use invocation::HttpCall;
pub use schedule::{Schedule, ScheduleError};
pub use script_root::{FunctionApp, HostSettings, ScriptRoot};
pub use settings::AppSettings;
pub use token::Token;
pub use transport::{
    ExitZero, HOST_VERSION, HandlerCall, HandlerService, HandlerTransport, InProcess, Kill, Process,
    ProcessSettings, TransportLost,
};
