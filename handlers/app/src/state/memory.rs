//! State that ends with the process: for tests, drills and a first look.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use tokio::time::Instant;
use uuid::Uuid;

use super::{
    Expected, Lease, StateError, StateStore, Version, Versioned, checked,
    lease::{Sign, checked_life},
    line_of,
};

/// Documents in memory.
#[derive(Debug, Default)]
pub struct MemoryStore {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    documents: BTreeMap<String, Versioned>,
    /// Who holds a name, and until when on the runtime's clock.
    leases: BTreeMap<String, Held>,
    /// Counts writes; each gives its document a version of its own.
    writes: u64,
}

/// A lease that was given.
#[derive(Debug)]
struct Held {
    holder: Uuid,
    until: Instant,
    sign: Weak<()>,
}

impl Held {
    fn shuts_out(&self, holder: Uuid, now: Instant) -> bool {
        self.holder != holder && now < self.until && self.sign.strong_count() > 0
    }
}

impl Inner {
    fn put(&mut self, name: &str, bytes: Bytes) -> Version {
        self.writes += 1;
        let version = Version(self.writes.to_string());
        self.documents.insert(name.to_owned(), Versioned { bytes, version: version.clone() });
        version
    }
}

impl MemoryStore {
    /// Loses every document and lease, as somebody does who deletes the container behind a blob store.
    pub fn lose_everything(&self) {
        let mut inner = self.locked();
        inner.documents.clear();
        inner.leases.clear();
    }

    /// Nothing is half-written when a thread panics, since writes replace whole documents.
    fn locked(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl StateStore for MemoryStore {
    async fn load(&self, name: &str) -> Result<Option<Versioned>, StateError> {
        checked(name)?;
        Ok(self.locked().documents.get(name).cloned())
    }

    async fn save(&self, name: &str, bytes: Bytes, expected: Expected) -> Result<Version, StateError> {
        checked(name)?;
        let mut inner = self.locked();
        let found = inner.documents.get(name).map(|document| &document.version);
        let as_expected = match &expected {
            Expected::Absent => found.is_none(),
            Expected::Version(version) => found == Some(version),
        };
        if as_expected {
            Ok(inner.put(name, bytes))
        } else {
            Err(StateError::Conflict { name: name.to_owned() })
        }
    }

    async fn append(&self, name: &str, line: &str) -> Result<(), StateError> {
        checked(name)?;
        let line = line_of(name, line)?;
        let mut inner = self.locked();
        let mut bytes = inner.documents.get(name).map(|journal| journal.bytes.to_vec()).unwrap_or_default();
        bytes.extend_from_slice(line.as_bytes());
        inner.put(name, Bytes::from(bytes));
        Ok(())
    }

    async fn lease(&self, name: &str, holder: Uuid, life: Duration) -> Result<Option<Lease>, StateError> {
        checked(name)?;
        checked_life(name, life)?;
        let (mut inner, now) = (self.locked(), Instant::now());
        if inner.leases.get(name).is_some_and(|held| held.shuts_out(holder, now)) {
            return Ok(None);
        }
        let sign = Arc::new(());
        let held = Held { holder, until: now + life, sign: Arc::downgrade(&sign) };
        inner.leases.insert(name.to_owned(), held);
        Ok(Some(Lease::granted(name, holder, now, life).with_sign(Some(Sign::Counted(sign)))))
    }

    async fn release(&self, lease: Lease) -> Result<(), StateError> {
        let mut inner = self.locked();
        if inner.leases.get(&lease.name).is_some_and(|held| held.holder == lease.holder) {
            inner.leases.remove(&lease.name);
        }
        Ok(())
    }
}
