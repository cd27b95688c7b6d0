//! One writer per Front Door profile. A profile refuses a second write while one is under way, and writes to different
//! origins of one group can together take out what neither takes out alone; so whoever writes to a profile is alone in
//! its lane: in this process by a queue, among all copies of the handler by a lease in the state store.
//!
//! A copy that always has another write waiting can keep a lane for itself for longer than others wait. They give up,
//! and look at their stamps again later.

use std::{
    collections::BTreeMap,
    error::Error,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use fleet_core::ids::ArmId;
use tokio::{
    sync::{Mutex as AsyncMutex, OwnedMutexGuard},
    time::{Instant, sleep, timeout},
};
use uuid::Uuid;

use crate::state::{LONGEST_LIFE, Lease, StateError, StateStore};

/// How long a turn lasts at most, and what a copy that died inside costs the others.
pub const LIFE: Duration = LONGEST_LIFE;

/// How long a write waits for those of its own process. Together with [`PATIENCE_ELSEWHERE`] and the write it stays
/// below the life of the write's claim in the ledger.
const PATIENCE_HERE: Duration = Duration::from_secs(20);

/// How long a write waits for those of other copies of the handler.
const PATIENCE_ELSEWHERE: Duration = Duration::from_secs(8);

/// The first pause between two looks at a lane that another copy is in. Each is twice the one before.
const FIRST_PAUSE: Duration = Duration::from_millis(50);

/// The longest pause between two looks.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// The lanes to all profiles.
#[derive(Debug)]
pub struct Lanes {
    store: Arc<dyn StateStore>,
    life: Duration,
    queues: Mutex<BTreeMap<String, Arc<AsyncMutex<()>>>>,
}

/// The exclusive right to write to one profile. Dropped without [`LaneTurn::leave`], it keeps other copies of the
/// handler out until it ends.
#[derive(Debug)]
#[must_use = "a turn that is not left shuts other copies of the handler out until it ends"]
pub struct LaneTurn {
    store: Arc<dyn StateStore>,
    lease: Lease,
    alone: OwnedMutexGuard<()>,
}

/// Why a profile may not be written to now. Nothing was written, and a later try can succeed.
#[derive(Debug, thiserror::Error)]
pub enum LaneBusy {
    /// Too many writes of this process were there first.
    #[error(
        "other writes of this process to {profile} were first for {} s; this one is tried again later",
        PATIENCE_HERE.as_secs()
    )]
    Here {
        /// The Front Door profile.
        profile: ArmId,
    },
    /// Another copy of the handler is inside or has died there, or the state store took too long to say that nobody is.
    #[error(
        "another copy of the handler is writing to {profile}, or died doing so; it did not get free for {} s and is tried again later",
        PATIENCE_ELSEWHERE.as_secs()
    )]
    Elsewhere {
        /// The Front Door profile.
        profile: ArmId,
    },
    /// The state store cannot say whether anybody is inside.
    #[error("whether another copy of the handler writes to {profile} cannot be told")]
    Unknown {
        /// The Front Door profile.
        profile: ArmId,
        /// What the store said.
        #[source]
        source: StateError,
    },
}

impl Lanes {
    /// Lanes that are kept apart by leases in `store`. A turn ends `life` after it was asked for: [`LIFE`], or less
    /// within what a store grants.
    #[must_use]
    pub fn new(store: Arc<dyn StateStore>, life: Duration) -> Self {
        Self { store, life, queues: Mutex::default() }
    }

    /// Waits for the lane to a profile to be free: for this process's own writes first, then for other copies of the
    /// handler. `holder` is the invocation; one invocation enters a lane once at a time.
    ///
    /// # Errors
    /// When it does not get free in time, or the store fails.
    pub async fn enter(&self, profile: &ArmId, holder: Uuid) -> Result<LaneTurn, LaneBusy> {
        let queue = self.queue(profile.key());
        let Ok(alone) = timeout(PATIENCE_HERE, queue.lock_owned()).await else {
            return Err(LaneBusy::Here { profile: profile.clone() });
        };
        match timeout(PATIENCE_ELSEWHERE, self.lease(&document(profile), holder)).await {
            Ok(Ok(lease)) => Ok(LaneTurn { store: Arc::clone(&self.store), lease, alone }),
            Ok(Err(source)) => Err(LaneBusy::Unknown { profile: profile.clone(), source }),
            Err(_) => Err(LaneBusy::Elsewhere { profile: profile.clone() }),
        }
    }

    /// Asks for the lease again and again.
    async fn lease(&self, name: &str, holder: Uuid) -> Result<Lease, StateError> {
        let mut pause = FIRST_PAUSE;
        loop {
            if let Some(lease) = self.store.lease(name, holder, self.life).await? {
                return Ok(lease);
            }
            sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    fn queue(&self, profile: &str) -> Arc<AsyncMutex<()>> {
        let mut queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
        // Forget profiles that nobody writes to or waits for.
        queues.retain(|known, queue| known == profile || Arc::strong_count(queue) > 1);
        Arc::clone(queues.entry(profile.to_owned()).or_default())
    }
}

impl LaneTurn {
    /// When the turn is over, on the runtime's clock: others may be inside from then on, so a write that has not been
    /// answered is given up.
    #[must_use]
    pub fn ends(&self) -> Instant {
        self.lease.ends()
    }

    /// Lets the next one in.
    pub async fn leave(self) {
        let Self { store, lease, alone } = self;
        if let Err(error) = store.release(lease).await {
            tracing::warn!(
                error = %error,
                error.cause = error.source().map(tracing::field::display),
                "The lane to a Front Door profile could not be given back; it gets free by itself within a minute."
            );
        }
        drop(alone);
    }
}

/// The name of a profile's lease. A resource id is too long for a name and has letters that are not legal in one.
fn document(profile: &ArmId) -> String {
    format!("lanes/{}", Uuid::new_v5(&Uuid::NAMESPACE_OID, profile.key().as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::MemoryStore;

    fn profile(name: &str) -> ArmId {
        let id = format!("/subscriptions/s/resourceGroups/g/providers/Microsoft.Cdn/profiles/{name}");
        ArmId::parse(&id).expect("an id")
    }

    #[tokio::test(start_paused = true)]
    async fn a_process_that_is_always_first_is_named_as_the_reason() {
        let lanes = Lanes::new(Arc::new(MemoryStore::default()), LIFE);
        let _inside = lanes.enter(&profile("p"), Uuid::from_u128(1)).await.expect("free");
        let busy = lanes.enter(&profile("P"), Uuid::from_u128(2)).await.expect_err("one is inside");
        assert!(matches!(&busy, LaneBusy::Here { profile } if profile.name() == "P"), "{busy}");
    }

    #[tokio::test]
    async fn profiles_do_not_wait_for_each_other_and_are_forgotten() {
        let lanes = Lanes::new(Arc::new(MemoryStore::default()), LIFE);
        let a = lanes.enter(&profile("a"), Uuid::from_u128(1)).await.expect("free");
        lanes.enter(&profile("b"), Uuid::from_u128(1)).await.expect("free").leave().await;
        a.leave().await;
        let _c = lanes.enter(&profile("c"), Uuid::from_u128(1)).await.expect("free");
        assert_eq!(lanes.queues.lock().expect("not poisoned").len(), 1);
    }
}
