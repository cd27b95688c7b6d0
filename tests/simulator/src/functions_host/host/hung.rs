//! Invocations that nothing completes, until the function timeout ends them and the handler with them.

use std::sync::PoisonError;
use std::time::Duration;

use jiff::Timestamp;

use super::FunctionsHost;
use crate::functions_host::transport::Kill;

/// The host kills the handler this long after the function timeout.
const GRACE: Duration = Duration::from_secs(2);

/// One hanging invocation.
#[derive(Debug)]
pub(super) struct Hung {
    id: String,
    function: String,
    /// When the handler is killed; `None` with an unlimited function timeout.
    until: Option<Timestamp>,
}

impl FunctionsHost {
    pub(super) fn note_hang(&self, id: String, function: String) {
        let limit = self.app().host.function_timeout;
        let until = limit.and_then(|limit| self.now().checked_add(limit + GRACE).ok());
        self.inner.hung.lock().unwrap_or_else(PoisonError::into_inner).push(Hung { id, function, until });
    }

    /// When the next function timeout strikes.
    pub(crate) fn next_timeout(&self) -> Option<Timestamp> {
        let hung = self.inner.hung.lock().unwrap_or_else(PoisonError::into_inner);
        hung.iter().filter_map(|hung| hung.until).min()
    }

    /// Whether an invocation of this id hangs here.
    pub(crate) fn hangs(&self, invocation: &str) -> bool {
        let hung = self.inner.hung.lock().unwrap_or_else(PoisonError::into_inner);
        hung.iter().any(|hung| hung.id == invocation)
    }

    /// Forgets what hung: it died with the instance, and nobody is left to notice.
    pub(super) fn forget_hung(&self) {
        self.inner.hung.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Kills the handler if a function timeout has struck, and waits for the new one. Every hanging invocation dies with
    /// it; answers their ids.
    pub(crate) async fn strike_timeouts(&self) -> Vec<String> {
        if self.next_timeout().is_none_or(|due| due > self.now()) {
            return Vec::new();
        }
        let hung = std::mem::take(&mut *self.inner.hung.lock().unwrap_or_else(PoisonError::into_inner));
        let now = self.now();
        let mut ended = Vec::new();
        for Hung { id, function, until } in hung {
            let reason = if until.is_some_and(|until| until <= now) {
                "the function timeout was exceeded"
            } else {
                "the handler was killed because of another invocation's timeout"
            };
            self.tell_failure(id.clone(), function, reason.to_owned());
            ended.push(id);
        }
        self.inner.transport.kill(Kill::Timeout);
        // A handler that doesn't come back makes the next invocation fail, which is where it is reported.
        let _restarted = self.ready().await;
        ended
    }
}
