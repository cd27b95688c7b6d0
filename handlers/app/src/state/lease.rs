//! The exclusive right to something, for a while, as every kind of store grants it.

use std::{fs::File, sync::Arc, time::Duration};

use tokio::time::Instant;
use uuid::Uuid;

use super::StateError;

/// The shortest life of a lease (blob storage: finite leases last 15 to 60 s).
pub const SHORTEST_LIFE: Duration = Duration::from_secs(15);

/// The longest life of a lease.
pub const LONGEST_LIFE: Duration = Duration::from_secs(60);

/// Somebody's exclusive right to a name, until it is released or ends by itself. A store on this machine also notices that
/// a holder is gone; blob storage can't, so there a dead holder shuts others out for the rest of the lease's life.
#[derive(Debug)]
#[must_use = "a lease that is dropped instead of released may shut others out until it ends"]
pub struct Lease {
    pub(super) name: String,
    pub(super) holder: Uuid,
    ends: Instant,
    /// Goes with its holder, where a store can tell.
    _sign: Option<Sign>,
}

/// A sign that a holder lives. Only ever dropped.
#[derive(Debug)]
pub(super) enum Sign {
    /// A locked file; the system unlocks it when the process dies.
    Locked(#[expect(dead_code, reason = "held, not read")] File),
    /// Something counted in this process.
    Counted(#[expect(dead_code, reason = "held, not read")] Arc<()>),
}

impl Lease {
    /// A lease that was asked for at `asked`. Its life counts from there: what the store counts began no earlier.
    pub(super) fn granted(name: &str, holder: Uuid, asked: Instant, life: Duration) -> Self {
        Self { name: name.to_owned(), holder, ends: asked + life, _sign: None }
    }

    /// The same with a sign that its holder lives.
    pub(super) fn with_sign(self, sign: Option<Sign>) -> Self {
        Self { _sign: sign, ..self }
    }

    /// When the right is over, on the runtime's clock. Whoever is not done by then must stop.
    #[must_use]
    pub fn ends(&self) -> Instant {
        self.ends
    }
}

/// A life in whole seconds, if every kind of store can grant it.
pub(super) fn checked_life(name: &str, life: Duration) -> Result<u8, StateError> {
    let fault = "a lease lives for 15 to 60 whole seconds";
    let whole = life.subsec_nanos() == 0 && (SHORTEST_LIFE..=LONGEST_LIFE).contains(&life);
    let seconds = u8::try_from(life.as_secs()).ok().filter(|_| whole);
    seconds.ok_or_else(|| StateError::Invalid { name: name.to_owned(), fault })
}
