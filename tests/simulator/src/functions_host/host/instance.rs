//! The machine under a host: it can be lost with everything on it, and replaced by a fresh one.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use super::FunctionsHost;
use crate::functions_host::transport::{Kill, TransportLost};

/// What is known of the machine.
#[derive(Debug, Default)]
pub(super) struct Instance {
    condition: Mutex<Condition>,
}

#[derive(Debug, Default)]
struct Condition {
    gone: bool,
    /// How often it was lost.
    losses: u32,
    /// The ids of the invocations under way.
    running: BTreeSet<String>,
}

impl Instance {
    /// Notes the beginning of an invocation. Answers how often the machine had been lost by then.
    pub(super) fn begin(&self, invocation: &str) -> u32 {
        self.with(|condition| {
            condition.running.insert(invocation.to_owned());
            condition.losses
        })
    }

    /// Notes the end of an invocation. True when the machine was lost since it began.
    pub(super) fn end(&self, invocation: &str, losses_before: u32) -> bool {
        self.with(|condition| {
            condition.running.remove(invocation);
            condition.losses != losses_before
        })
    }

    fn with<T>(&self, act: impl FnOnce(&mut Condition) -> T) -> T {
        act(&mut self.condition.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl FunctionsHost {
    /// Loses the instance: host and handler are gone at once, without a word to anybody. Calls under way break, messages
    /// that it held stay locked until their locks run out, and nothing reaches it until
    /// [`FunctionsHost::restart_instance`].
    ///
    /// This is more than [`FunctionsHost::kill_handler`], after which the host notices, gives its messages back and starts
    /// the handler again.
    pub fn kill_instance(&self) {
        self.inner.instance.with(|condition| {
            condition.gone = true;
            condition.losses += 1;
        });
        self.forget_hung();
        self.inner.transport.kill(Kill::Instance);
    }

    /// Puts a fresh instance in the place of a lost or stopped one, with a new handler and no memory of crashes. On an
    /// instance that runs it does nothing.
    ///
    /// # Errors
    /// When the handler doesn't come up.
    pub async fn restart_instance(&self) -> Result<(), TransportLost> {
        if !self.is_stopped() {
            return Ok(());
        }
        self.forget_hung();
        self.inner.transport.revive().await?;
        self.inner.instance.with(|condition| condition.gone = false);
        Ok(())
    }

    /// Whether the instance was lost and not replaced yet.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        self.inner.instance.with(|condition| condition.gone)
    }

    /// Whether an invocation with this id is under way here.
    #[must_use]
    pub fn is_running(&self, invocation: &str) -> bool {
        self.inner.instance.with(|condition| condition.running.contains(invocation))
    }
}
