//! How the host reaches the handler: a real process over HTTP, or a function call in the same process.

mod crashes;
mod in_process;
mod process;
mod wire;

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::HeaderMap;
use thiserror::Error;

use super::answer::HandlerAnswer;

pub use in_process::{HandlerService, InProcess};
pub use process::{ExitZero, Process, ProcessSettings};

/// The version that the simulated host claims to be: the one whose behaviour was observed.
pub const HOST_VERSION: &str = "4.1037.0.0";

/// One invocation on its way to the handler: `POST /<function>`.
#[derive(Debug, Clone, PartialEq)]
pub struct HandlerCall {
    /// The function: the path.
    pub function: String,
    /// The headers, `Host` and the framing ones excluded.
    pub headers: HeaderMap,
    /// The JSON body.
    pub body: Bytes,
}

/// The handler gave no answer.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the handler gave no answer: {reason}")]
pub struct TransportLost {
    /// What happened to the connection or the process.
    pub reason: String,
}

impl TransportLost {
    pub(super) fn because(reason: impl Into<String>) -> Self {
        Self { reason: reason.into() }
    }
}

/// Why the handler is killed. Always by SIGKILL: it sees nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kill {
    /// As a crash: counts towards the three errors after which the host gives up.
    Crash,
    /// By the host, after a function timeout: isn't counted.
    Timeout,
    /// With the whole instance: it isn't started again until [`HandlerTransport::revive`].
    Instance,
}

/// The way to a handler. The transport also keeps it running: it starts it again as the host does.
#[async_trait]
pub trait HandlerTransport: Send + Sync {
    /// Calls the handler once; no retry. Waits first if the handler is just being started.
    async fn post(&self, call: HandlerCall) -> Result<HandlerAnswer, TransportLost>;

    /// How long a call may take on the runtime's clock before the handler counts as hanging; `None` for the function
    /// timeout. Simulated time stands still meanwhile.
    fn patience(&self) -> Option<Duration> {
        None
    }

    /// Kills the handler. Calls under way fail; it is started again at once, unless the crashes became too many or the
    /// instance is gone.
    fn kill(&self, kill: Kill);

    /// Starts a handler where none runs any more, as on a fresh instance, and waits until it takes calls.
    async fn revive(&self) -> Result<(), TransportLost>;

    /// Waits until the handler takes calls again after a start; an error when it never will.
    async fn ready(&self) -> Result<(), TransportLost>;

    /// Whether the host gave up or was shut down, so that its triggers listen no more.
    fn is_stopped(&self) -> bool;

    /// Ends the handler for good and waits until it is gone.
    async fn shutdown(&self);
}
