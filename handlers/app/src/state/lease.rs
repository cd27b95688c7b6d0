//! The exclusive right to something, for a while, as every kind of store grants it.

use std::time::Duration;

use tokio::time::Instant;
use uuid::Uuid;

use super::StateError;

/// The shortest life of a lease (blob storage: finite leases last 15 to 60 s).
pub const SHORTEST_LIFE: Duration = Duration::from_secs(15);

/// The longest life of a lease.
pub const LONGEST_LIFE: Duration = Duration::from_secs(60);

/// Somebody's exclusive right to a name, until it is released or ends by itself.
#[derive(Debug)]
#[must_use = "a lease that is dropped instead of released shuts others out until it ends"]
pub struct Lease {
    pub(super) name: String,
    pub(super) holder: Uuid,
    ends: Instant,
}

impl Lease {
    /// A lease that was asked for at `asked`. Its life counts from there: what the store counts began no earlier.
    pub(super) fn granted(name: &str, holder: Uuid, asked: Instant, life: Duration) -> Self {
        Self { name: name.to_owned(), holder, ends: asked + life }
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
