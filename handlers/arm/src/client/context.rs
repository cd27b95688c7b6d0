//! What the calls of one function invocation share.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use uuid::Uuid;

/// What the calls of one function invocation share: the correlation id, and the log of calls for the journal.
#[derive(Debug)]
pub struct CallContext {
    correlation_id: Uuid,
    issued: AtomicU64,
    calls: Mutex<Vec<CallRecord>>,
}

/// One call as it went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallRecord {
    /// Name of the operation.
    pub operation: &'static str,
    /// Id of the resource or collection.
    pub resource: String,
    /// Status of the last answer; `None` when there was none.
    pub status: Option<u16>,
    /// `x-ms-request-id` of the last answer, which Azure support asks for.
    pub request_id: Option<String>,
    /// How often the request was sent.
    pub attempts: u32,
}

impl CallContext {
    /// The context of an invocation. `correlation_id` groups its calls in the activity log of Azure.
    #[must_use]
    pub fn new(correlation_id: Uuid) -> Self {
        Self { correlation_id, issued: AtomicU64::new(0), calls: Mutex::new(Vec::new()) }
    }

    /// The id that all calls of this context carry.
    #[must_use]
    pub fn correlation_id(&self) -> Uuid {
        self.correlation_id
    }

    /// The calls so far, in the order they ended.
    #[must_use]
    pub fn calls(&self) -> Vec<CallRecord> {
        self.log().clone()
    }

    pub(super) fn record(&self, call: CallRecord) {
        self.log().push(call);
    }

    /// A fresh `x-ms-client-request-id`. Derived from the correlation id, so that a replayed invocation sends the
    /// same ids again.
    pub(super) fn next_request_id(&self) -> Uuid {
        let number = self.issued.fetch_add(1, Ordering::Relaxed);
        Uuid::new_v5(&self.correlation_id, &number.to_be_bytes())
    }

    // A log that lost its last entry to a panic is still a log.
    fn log(&self) -> MutexGuard<'_, Vec<CallRecord>> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
