//! Everything that the simulated ARM remembers.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use crate::chance::Seed;
use crate::faults::Faults;
use crate::happening::Happening;

use super::event::ArmEvent;
use super::id;
use super::operations::Operations;
use super::permissions::Permissions;
use super::settings::Settings;
use super::store::Store;
use super::throttle::Throttle;
use super::traffic::Traffic;
use super::updates::{self, Updates};

/// The memory behind [`super::Arm`], guarded by its one lock.
#[derive(Debug)]
pub(crate) struct State {
    pub seed: Seed,
    pub store: Store,
    pub operations: Operations,
    pub updates: Updates,
    pub settings: Settings,
    pub faults: Faults,
    pub permissions: Permissions,
    pub throttle: Throttle,
    pub traffic: Traffic,
    /// Events that nobody has collected yet.
    pub outbox: Vec<ArmEvent>,
    /// Happenings that listeners have not been told yet, because the lock was held.
    pub untold: Vec<Happening>,
    pub tenant: Tenant,
    /// How often each method and path has been sent.
    attempts: BTreeMap<String, u32>,
}

impl State {
    /// Nothing yet.
    pub(crate) fn new(seed: Seed) -> Self {
        Self {
            seed,
            store: Store::default(),
            operations: Operations::default(),
            updates: Updates::default(),
            settings: Settings::default(),
            faults: Faults::default(),
            permissions: Permissions::default(),
            throttle: Throttle::default(),
            traffic: Traffic::default(),
            outbox: Vec::new(),
            untold: Vec::new(),
            tenant: Tenant::default(),
            attempts: BTreeMap::new(),
        }
    }

    /// When the next operation ends or the next step of an update is due.
    pub(crate) fn next_due(&self) -> Option<Timestamp> {
        self.operations.next_end().into_iter().chain(self.updates.next_step()).min()
    }

    /// Ends the operations and takes the steps of updates that are due, in the order of their moments.
    pub(crate) fn carry_on(&mut self, now: Timestamp) {
        while let Some(moment) = self.next_due().filter(|moment| *moment <= now) {
            let events = self.operations.carry_on(&mut self.store, moment);
            self.outbox.extend(events);
            updates::carry_on(self, moment);
        }
    }

    /// Counts one more sending of a request, and answers how many that makes.
    pub(crate) fn count_attempt(&mut self, method: &str, path: &str) -> u32 {
        let count = self.attempts.entry(format!("{method} {}", path.to_ascii_lowercase())).or_default();
        *count += 1;
        *count
    }
}

/// What stands above resource groups: subscriptions, management groups, principals.
#[derive(Debug, Default)]
pub(crate) struct Tenant {
    subscriptions: BTreeSet<String>,
    /// Each scope's parent management group, by key.
    parents: BTreeMap<String, String>,
    /// When each principal was created, by lower-cased object id.
    principals: BTreeMap<String, Timestamp>,
}

impl Tenant {
    pub(crate) fn add_subscription(&mut self, id: &str) {
        self.subscriptions.insert(id.to_ascii_lowercase());
    }

    pub(crate) fn has_subscription(&self, id: &str) -> bool {
        self.subscriptions.contains(&id.to_ascii_lowercase())
    }

    /// Puts a subscription or management group (by scope) under a management group (by name).
    pub(crate) fn put_under(&mut self, scope: &str, management_group: &str) {
        self.parents.insert(id::key(scope), management_group_scope(management_group));
    }

    pub(crate) fn add_principal(&mut self, object_id: &str, created: Timestamp) {
        self.principals.insert(object_id.to_ascii_lowercase(), created);
    }

    pub(crate) fn remove_principal(&mut self, object_id: &str) {
        self.principals.remove(&object_id.to_ascii_lowercase());
    }

    /// Whether a principal exists and was created at least `seconds` ago.
    pub(crate) fn knows_principal(&self, object_id: &str, seconds: u64, now: Timestamp) -> bool {
        let lag = SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX));
        let created = self.principals.get(&object_id.to_ascii_lowercase());
        created.is_some_and(|created| now.duration_since(*created) >= lag)
    }

    /// All scopes above `scope`, nearest first: parents, group, subscription, management groups, and the
    /// tenant root `/` as the empty key.
    pub(crate) fn above(&self, scope: &str) -> Vec<String> {
        let mut above = id::enclosing(scope);
        let mut outermost = above.last().cloned().unwrap_or_else(|| id::key(scope));
        while let Some(parent) = self.parents.get(&outermost) {
            if above.contains(parent) {
                break;
            }
            above.push(parent.clone());
            outermost.clone_from(parent);
        }
        if !id::key(scope).is_empty() {
            above.push(String::new());
        }
        above
    }

    /// Whether `scope` lies below `ancestor`, management groups included.
    pub(crate) fn is_below(&self, scope: &str, ancestor: &str) -> bool {
        self.above(scope).contains(&id::key(ancestor))
    }
}

/// The key of a management group's scope.
pub(crate) fn management_group_scope(name: &str) -> String {
    id::key(&format!("/providers/Microsoft.Management/managementGroups/{name}"))
}
