//! What a story teller or a test can watch while a simulation runs.

use std::sync::{Arc, PoisonError, RwLock};

use jiff::Timestamp;

use crate::record::Cause;

/// One thing that happened in the simulated Azure.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Happening {
    /// ARM answered a request, or lost it.
    ArmCall {
        /// The HTTP method.
        method: String,
        /// Path and query as received, long signatures shortened.
        url: String,
        /// The status answered; `None` when the caller got no answer.
        status: Option<u16>,
        /// The correlation id, made up when the caller sent none.
        correlation_id: String,
        /// The function invocation that made the call, if its correlation id is known.
        cause: Option<Cause>,
        /// Whether the stored state changed.
        changed: bool,
    },
    /// A resource event left ARM or another source.
    EventRaised {
        /// The event type, for instance `Microsoft.Resources.ResourceWriteSuccess`.
        event_type: String,
        /// The subject, mostly a resource id.
        subject: String,
    },
    /// An event subscription's delivery was accepted.
    EventDelivered {
        /// The name of the event subscription.
        subscription: String,
        /// The id of the event.
        event_id: String,
        /// The attempt that was accepted, from 1.
        attempt: u32,
    },
    /// An event was lost on purpose, or given up without a dead-letter destination.
    EventDropped {
        /// The name of the event subscription.
        subscription: String,
        /// The id of the event.
        event_id: String,
        /// Why.
        reason: String,
    },
    /// An event was put aside after its deliveries failed.
    EventDeadLettered {
        /// The name of the event subscription.
        subscription: String,
        /// The id of the event.
        event_id: String,
        /// Event Grid's word for the reason.
        reason: String,
    },
    /// The upgrade of a member's cluster began.
    UpgradeStarted {
        /// The id of the member.
        member: String,
        /// The id of the cluster.
        cluster: String,
        /// The id of the update run.
        run: String,
    },
    /// The upgrade of a member's cluster ended.
    UpgradeEnded {
        /// The id of the member.
        member: String,
        /// The id of the cluster.
        cluster: String,
        /// Whether it succeeded.
        ok: bool,
    },
    /// An upgrade disturbs the pods behind a public host, or no longer does.
    HostDisturbed {
        /// The host name.
        host: String,
        /// Whether it answers badly from now on.
        disturbed: bool,
    },
    /// The Functions host called the handler.
    InvocationStarted {
        /// The invocation id.
        id: String,
        /// The function.
        function: String,
    },
    /// The handler answered an invocation, or failed to.
    InvocationFinished {
        /// The invocation id.
        id: String,
        /// The function.
        function: String,
        /// Whether the host counts it as a success.
        ok: bool,
        /// The log lines of the answer.
        logs: Vec<String>,
        /// Why it failed, in the host's words; `None` for a success.
        failure: Option<String>,
    },
    /// The handler answered so that the host waits until the function timeout.
    InvocationHangs {
        /// The invocation id.
        id: String,
        /// The function.
        function: String,
    },
    /// A message was put on a queue.
    MessageEnqueued {
        /// The queue.
        queue: String,
        /// The message id.
        id: String,
    },
    /// A message was handled.
    MessageCompleted {
        /// The queue.
        queue: String,
        /// The message id.
        id: String,
    },
    /// A message went back to its queue.
    MessageAbandoned {
        /// The queue.
        queue: String,
        /// The message id.
        id: String,
        /// How often it has been delivered.
        deliveries: u32,
    },
    /// A message went to the dead-letter queue.
    MessageDeadLettered {
        /// The queue.
        queue: String,
        /// The message id.
        id: String,
        /// Why.
        reason: String,
    },
    /// An action group told the app of an alert.
    AlertDelivered {
        /// The number of the alert in its group.
        id: u64,
        /// The attempt that was accepted, from 1.
        attempt: u32,
    },
    /// An action group gave an alert up.
    AlertLost {
        /// The number of the alert in its group.
        id: u64,
        /// Why.
        reason: String,
    },
    /// Simulated time moved.
    ClockMoved {
        /// To when.
        to: Timestamp,
    },
    /// The handler process was started.
    HandlerStarted {
        /// How many times it has been started, this one included.
        start: u32,
    },
    /// The handler process ended.
    HandlerExited {
        /// Its exit code; `None` when it was killed.
        code: Option<i32>,
    },
    /// The handler process wrote a line.
    HandlerLine {
        /// The line, without its end.
        text: String,
        /// Whether it came from standard error.
        stderr: bool,
    },
}

/// Somebody who is told of everything that happens. Called while the simulated service holds no lock; must
/// not block.
pub type Listener = Arc<dyn Fn(&Happening) + Send + Sync>;

/// The listeners of one simulation. Clones share the same list.
#[derive(Clone, Default)]
pub struct Watchers {
    listeners: Arc<RwLock<Vec<Listener>>>,
}

impl Watchers {
    /// Adds a listener.
    pub fn watch(&self, listener: Listener) {
        self.listeners.write().unwrap_or_else(PoisonError::into_inner).push(listener);
    }

    /// Tells all listeners, in the order in which they were added.
    pub fn tell(&self, happening: &Happening) {
        let listeners = self.listeners.read().unwrap_or_else(PoisonError::into_inner).clone();
        for listener in listeners {
            listener(happening);
        }
    }
}

impl std::fmt::Debug for Watchers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let count = self.listeners.read().unwrap_or_else(PoisonError::into_inner).len();
        write!(f, "Watchers({count})")
    }
}
