//! The public hosts of stamps, as a prober sees them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::happening::{Happening, Watchers};

use super::outage::Outages;

/// How a host answers, whatever the path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: String,
    /// False when connections to the host fail.
    pub reachable: bool,
}

impl Site {
    /// A host that answers 200.
    #[must_use]
    pub fn healthy() -> Self {
        Self { status: 200, body: "Healthy".to_owned(), reachable: true }
    }

    /// A host that answers 503.
    #[must_use]
    pub fn unhealthy() -> Self {
        Self { status: 503, body: "Unhealthy".to_owned(), reachable: true }
    }

    /// A host to which connections fail.
    #[must_use]
    pub fn unreachable() -> Self {
        Self { reachable: false, ..Self::healthy() }
    }
}

/// The hosts by name. Clones share the same map. A host that is not in it can't be reached.
#[derive(Debug, Clone, Default)]
pub struct Sites {
    pub(super) outages: Outages,
    hosts: Arc<Mutex<BTreeMap<String, Host>>>,
}

#[derive(Debug)]
struct Host {
    site: Site,
    /// What it answers instead while an upgrade disturbs it.
    disturbed: Option<Site>,
    /// The paths that were asked for, in the order of arrival.
    visits: Vec<String>,
}

impl Sites {
    /// Says how a host answers from now on.
    pub fn set(&self, host: &str, site: Site) {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        match hosts.get_mut(&host.to_ascii_lowercase()) {
            Some(known) => known.site = site,
            None => {
                let known = Host { site, disturbed: None, visits: Vec::new() };
                hosts.insert(host.to_ascii_lowercase(), known);
            }
        }
    }

    /// Lets hosts answer badly while upgrades of their clusters disturb them, as told by `watchers`, and as they did
    /// before when that is over.
    pub fn follow(&self, watchers: &Watchers) {
        let sites = self.clone();
        watchers.watch(Arc::new(move |happening| {
            if let Happening::HostDisturbed { host, disturbed } = happening {
                sites.disturb(host, *disturbed);
            }
        }));
    }

    fn disturb(&self, host: &str, disturbed: bool) {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = hosts.get_mut(&host.to_ascii_lowercase()) {
            known.disturbed = disturbed.then(Site::unhealthy);
        }
    }

    /// Answers a request for `path` on `host`, and remembers it; `None` when the host can't be reached. This
    /// is what the proxy does, and what a prober in the same process may do without it.
    #[must_use]
    pub fn visit(&self, host: &str, path: &str) -> Option<Site> {
        if let Some(answer) = self.outages.answer(host) {
            if answer.is_some() {
                self.note_visit(host, path);
            }
            return answer;
        }
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        let known = hosts.get_mut(&host.to_ascii_lowercase()).filter(|known| known.site.reachable)?;
        known.visits.push(path.to_owned());
        Some(known.disturbed.as_ref().unwrap_or(&known.site).clone())
    }

    fn note_visit(&self, host: &str, path: &str) {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = hosts.get_mut(&host.to_ascii_lowercase()) {
            known.visits.push(path.to_owned());
        }
    }

    /// The paths that were asked for on `host` so far.
    #[must_use]
    pub fn visits(&self, host: &str) -> Vec<String> {
        let hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        hosts.get(&host.to_ascii_lowercase()).map(|known| known.visits.clone()).unwrap_or_default()
    }

    pub(super) fn is_reachable(&self, host: &str) -> bool {
        if let Some(answer) = self.outages.answer(host) {
            return answer.is_some();
        }
        let hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        hosts.get(host).is_some_and(|known| known.site.reachable)
    }
}
