//! Which function invocation stands behind a correlation id.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;

/// What made a client call ARM.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Cause {
    /// The function that was invoked.
    pub function: String,
    /// What it was invoked about, in words: a resource id, a message id, a timer's name.
    pub subject: String,
}

/// The causes by correlation id (`x-ms-correlation-request-id`), filled by the Functions host. Clones share
/// the same map.
#[derive(Debug, Clone, Default)]
pub struct Causes {
    by_correlation: Arc<Mutex<BTreeMap<String, Cause>>>,
}

impl Causes {
    /// Notes that calls with `correlation_id` are made on behalf of `function`, about `subject`.
    pub fn set(&self, correlation_id: &str, function: &str, subject: &str) {
        let cause = Cause { function: function.to_owned(), subject: subject.to_owned() };
        let mut causes = self.by_correlation.lock().unwrap_or_else(PoisonError::into_inner);
        causes.insert(correlation_id.to_ascii_lowercase(), cause);
    }

    /// The cause behind `correlation_id`, if the host named one.
    #[must_use]
    pub fn get(&self, correlation_id: &str) -> Option<Cause> {
        let causes = self.by_correlation.lock().unwrap_or_else(PoisonError::into_inner);
        causes.get(&correlation_id.to_ascii_lowercase()).cloned()
    }
}
