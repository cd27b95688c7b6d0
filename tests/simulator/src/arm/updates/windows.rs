//! Maintenance windows: when a cluster may be updated.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::arm::id;

/// How long before its window opens a member takes precedence over those without any.
const SOON: SignedDuration = SignedDuration::from_hours(4);

/// The windows of each cluster, by key. A cluster without an entry may be updated at any time.
#[derive(Debug, Default)]
pub(crate) struct Windows {
    by_cluster: BTreeMap<String, Vec<(Timestamp, Timestamp)>>,
}

/// Where a moment lies, in the order in which members take their turns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Window {
    Open,
    OpensSoon(Timestamp),
    Always,
    /// With the moment at which it opens next, if ever.
    Closed(Option<Timestamp>),
}

impl Windows {
    pub(crate) fn set(&mut self, cluster: &str, windows: Vec<(Timestamp, Timestamp)>) {
        self.by_cluster.insert(id::key(cluster), windows);
    }

    pub(crate) fn at(&self, cluster: &str, now: Timestamp) -> Window {
        let Some(windows) = self.by_cluster.get(&id::key(cluster)) else { return Window::Always };
        if windows.iter().any(|(from, until)| *from <= now && now < *until) {
            return Window::Open;
        }
        match windows.iter().map(|(from, _)| *from).filter(|from| *from > now).min() {
            Some(next) if next.duration_since(now) <= SOON => Window::OpensSoon(next),
            next => Window::Closed(next),
        }
    }
}

impl Window {
    /// Why a member has to wait; `None` when it need not.
    pub(super) fn closed(self) -> Option<String> {
        match self {
            Self::Open | Self::Always => None,
            Self::OpensSoon(next) | Self::Closed(Some(next)) => {
                Some(format!("The maintenance window is closed; it opens next at {next}."))
            }
            Self::Closed(None) => Some("The maintenance window is closed.".to_owned()),
        }
    }
}
