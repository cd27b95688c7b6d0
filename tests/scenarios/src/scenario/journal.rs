//! The writes that reached ARM, in their order.

use std::sync::{Arc, Mutex, PoisonError};

use fleet_simulator::happening::Happening;
use jiff::Timestamp;

/// One write as ARM received it. A retry is a write of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Write {
    /// When, in simulated time.
    pub at: Timestamp,
    /// PUT, PATCH, POST or DELETE.
    pub method: String,
    /// The path in lower case, without the query.
    pub path: String,
    /// What was answered; `None` when the caller got no answer.
    pub status: Option<u16>,
    /// Whether it changed anything.
    pub changed: bool,
}

impl Write {
    /// Whether it is of this method and its path contains `part`, compared without case.
    #[must_use]
    pub fn is(&self, method: &str, part: &str) -> bool {
        self.method == method && self.path.contains(&part.to_ascii_lowercase())
    }

    /// Method and type of what is written: `PATCH origins`.
    #[must_use]
    pub fn kind(&self) -> String {
        let of_type = self.path.rsplit('/').nth(1).unwrap_or_default();
        format!("{} {of_type}", self.method)
    }
}

/// Everything written since it was last forgotten. Clones share the same list.
#[derive(Debug, Clone, Default)]
pub struct Journal {
    writes: Arc<Mutex<Vec<Write>>>,
}

impl Journal {
    /// All writes.
    #[must_use]
    pub fn writes(&self) -> Vec<Write> {
        self.writes.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The writes of one method whose path contains `part`.
    #[must_use]
    pub fn of(&self, method: &str, part: &str) -> Vec<Write> {
        let mut writes = self.writes();
        writes.retain(|write| write.is(method, part));
        writes
    }

    /// The kinds of the writes that changed something, in their order.
    #[must_use]
    pub fn effects(&self) -> Vec<String> {
        self.writes().iter().filter(|write| write.changed).map(Write::kind).collect()
    }

    /// Begins anew.
    pub fn forget(&self) {
        self.writes.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Notes what happened, if it is a write.
    pub fn hear(&self, happening: &Happening, at: Timestamp) {
        let Happening::ArmCall { method, url, status, changed, .. } = happening else { return };
        if method == "GET" {
            return;
        }
        let path = url.split('?').next().unwrap_or(url).to_ascii_lowercase();
        let write = Write { at, method: method.clone(), path, status: *status, changed: *changed };
        self.writes.lock().unwrap_or_else(PoisonError::into_inner).push(write);
    }
}
