//! Several instances of one app: who takes what.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::functions_host::{FunctionsHost, HttpCall, HttpReply};

/// The host instances of one app, as Azure's front end and its brokers see them. Clones are the same instances.
///
/// They are made with clones of one [`Surroundings`](crate::functions_host::Surroundings), so that they compete for the
/// same queues. Every call, event and message goes to one of those that are up. Timers fire on one of them only: the one
/// that holds the app's storage lock. When it goes down the lock passes on at once, while Azure waits for a lease to run out.
#[derive(Clone)]
pub struct Instances {
    hosts: Vec<FunctionsHost>,
    balance: Balance,
    /// How many picks there were, for [`Balance::InTurn`].
    turns: Arc<AtomicUsize>,
    /// Who holds the timers' lock.
    holder: Arc<AtomicUsize>,
}

/// How work is spread over instances.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Balance {
    /// By the seed and by what is being handed out, so that the order of arrival changes nothing.
    #[default]
    ByChance,
    /// One after the other.
    InTurn,
}

impl From<FunctionsHost> for Instances {
    fn from(first: FunctionsHost) -> Self {
        Self {
            hosts: vec![first],
            balance: Balance::default(),
            turns: Arc::default(),
            holder: Arc::default(),
        }
    }
}

impl Instances {
    /// The same instances and one more, of the same app.
    #[must_use]
    pub fn and(mut self, host: FunctionsHost) -> Self {
        self.hosts.push(host);
        self
    }

    /// The same instances with another way of spreading work.
    #[must_use]
    pub fn balanced(mut self, balance: Balance) -> Self {
        self.balance = balance;
        self
    }

    /// All instances, lost ones included.
    #[must_use]
    pub fn all(&self) -> &[FunctionsHost] {
        &self.hosts
    }

    /// The first instance.
    #[must_use]
    pub fn first(&self) -> &FunctionsHost {
        // Made from one, and only ever grown.
        &self.hosts[0]
    }

    /// The instance that runs an invocation. With it a fault can lose the instance under a call, not only the handler:
    /// `arm.on_kill(Arc::new(move |id| known.running(id).unwrap_or(known.first()).kill_instance()))`.
    #[must_use]
    pub fn running(&self, invocation: &str) -> Option<&FunctionsHost> {
        self.hosts.iter().find(|host| host.is_running(invocation))
    }

    /// Sends a request to one of the instances that are up; 503 when none is.
    pub async fn http(&self, call: HttpCall) -> HttpReply {
        let key = ["http", call.method.as_str(), call.url.path(), call.url.query().unwrap_or_default()];
        match self.pick(&key, &self.up()) {
            Some(at) => self.hosts[at].http(call).await,
            None => HttpReply::bare(503),
        }
    }

    /// The instances that take work.
    pub(super) fn up(&self) -> Vec<usize> {
        (0..self.hosts.len()).filter(|at| !self.hosts[*at].is_stopped()).collect()
    }

    /// The instance to which the thing named by `key` goes, out of `candidates`.
    pub(super) fn pick(&self, key: &[&str], candidates: &[usize]) -> Option<usize> {
        let count = candidates.len();
        if count < 2 {
            return candidates.first().copied();
        }
        let at = match self.balance {
            Balance::InTurn => self.turns.fetch_add(1, Ordering::Relaxed) % count,
            Balance::ByChance => {
                let last = u64::try_from(count - 1).unwrap_or(u64::MAX);
                let key: Vec<&str> = ["instance"].into_iter().chain(key.iter().copied()).collect();
                usize::try_from(self.first().around().seed.between(0, last, &key)).unwrap_or_default()
            }
        };
        candidates.get(at).copied()
    }

    /// The instance on which timers fire: the one that has the lock, or the first that is up once that one is down.
    pub(super) fn timer_holder(&self) -> Option<usize> {
        let up = self.up();
        let holder = self.holder.load(Ordering::Relaxed);
        let holder = if up.contains(&holder) { holder } else { *up.first()? };
        self.holder.store(holder, Ordering::Relaxed);
        Some(holder)
    }
}

#[cfg(test)]
mod tests;
