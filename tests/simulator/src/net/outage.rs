//! Regions that are lost: all their public hosts fail together until the region is restored.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use super::{Site, Sites};

/// How the hosts of a lost region behave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loss {
    /// Every path answers 503.
    AnswersBadly,
    /// Connections are refused.
    Refuses,
    /// Connections hang: a caller waits for as long as it is willing to.
    TimesOut,
}

/// The lost regions by name, and the hosts in them in lower case.
#[derive(Debug, Clone, Default)]
pub(super) struct Outages {
    regions: Arc<Mutex<BTreeMap<String, Outage>>>,
}

#[derive(Debug)]
struct Outage {
    loss: Loss,
    hosts: BTreeSet<String>,
}

impl Outages {
    /// How `host` fails, if it is in a lost region.
    pub(super) fn of(&self, host: &str) -> Option<Loss> {
        let regions = self.regions.lock().unwrap_or_else(PoisonError::into_inner);
        let host = host.to_ascii_lowercase();
        regions.values().find(|outage| outage.hosts.contains(&host)).map(|outage| outage.loss)
    }

    /// What a visitor of `host` gets in place of its own answer: `Some(None)` for none at all.
    pub(super) fn answer(&self, host: &str) -> Option<Option<Site>> {
        self.of(host).map(|loss| (loss == Loss::AnswersBadly).then(Site::unhealthy))
    }
}

impl Sites {
    /// Loses a region: `hosts` fail like this from now on, whatever [`Sites::set`] says of them. A region that is lost
    /// already fails in the new way, with the new hosts.
    pub fn lose_region(&self, region: &str, hosts: &[&str], loss: Loss) {
        let hosts = hosts.iter().map(|host| host.to_ascii_lowercase()).collect();
        let mut regions = self.outages.regions.lock().unwrap_or_else(PoisonError::into_inner);
        regions.insert(region.to_owned(), Outage { loss, hosts });
    }

    /// Restores a region: its hosts behave again as [`Sites::set`] said last.
    pub fn restore_region(&self, region: &str) {
        self.outages.regions.lock().unwrap_or_else(PoisonError::into_inner).remove(region);
    }

    /// Whether a caller of `host` waits in vain, so that a prober in the same process may do so too.
    #[must_use]
    pub fn is_silent(&self, host: &str) -> bool {
        self.outages.of(host) == Some(Loss::TimesOut)
    }
}

#[cfg(test)]
mod tests;
