//! Lanes over stores: who is inside is alone, and who dies inside costs the others no more than a turn's life.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use fleet_core::ids::ArmId;
use fleet_handler::{
    lane::{LIFE, LaneBusy, Lanes},
    state::{FileStore, MemoryStore, StateStore},
};
use futures::future::join_all;
use tokio::time::{Instant, sleep};
use uuid::Uuid;

/// How many writes each of two copies of the handler wants to make to one profile.
const WRITES: u128 = 25;

fn profile() -> ArmId {
    let id = "/subscriptions/s/resourceGroups/Shared/providers/Microsoft.Cdn/profiles/Front";
    ArmId::parse(id).expect("an id")
}

/// Kills the holder of a turn of `life` over the store `one`, and enters over the store `other`, which sees the same state.
/// Returns how often that was refused.
pub(crate) async fn take_over(one: Arc<dyn StateStore>, other: Arc<dyn StateStore>, life: Duration) -> usize {
    let killed = Lanes::new(one, life);
    drop(killed.enter(&profile(), Uuid::from_u128(1)).await.expect("nobody is inside"));
    drop(killed);

    let survivor = Lanes::new(other, life);
    for refused in 0..10 {
        match survivor.enter(&profile(), Uuid::from_u128(2)).await {
            Ok(turn) => {
                turn.leave().await;
                return refused;
            }
            Err(busy) => assert!(matches!(busy, LaneBusy::Elsewhere { .. }), "{busy}"),
        }
    }
    panic!("a turn of {life:?} did not end");
}

#[tokio::test(start_paused = true)]
async fn who_dies_inside_is_succeeded_at_once_where_the_store_can_tell() {
    let store: Arc<dyn StateStore> = Arc::new(MemoryStore::default());
    assert_eq!(take_over(Arc::clone(&store), store, LIFE).await, 0);
}

#[tokio::test(start_paused = true)]
async fn who_stays_inside_too_long_is_succeeded_when_the_turn_ends() {
    let store: Arc<dyn StateStore> = Arc::new(MemoryStore::default());
    let stuck = Lanes::new(Arc::clone(&store), LIFE);
    let began = Instant::now();
    let _turn = stuck.enter(&profile(), Uuid::from_u128(1)).await.expect("nobody is inside");
    let other = Lanes::new(store, LIFE);
    let mut refused = 0;
    while let Err(busy) = other.enter(&profile(), Uuid::from_u128(2)).await {
        assert!(matches!(busy, LaneBusy::Elsewhere { .. }), "{busy}");
        refused += 1;
    }
    assert_eq!(refused, 7, "eight seconds of patience each");
    assert!((LIFE..LIFE + Duration::from_secs(1)).contains(&began.elapsed()), "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn of_many_writers_in_two_copies_one_is_inside() {
    let store: Arc<dyn StateStore> = Arc::new(MemoryStore::default());
    let lanes = [Lanes::new(Arc::clone(&store), LIFE), Lanes::new(store, LIFE)];
    let (inside, written) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let write = |copy: usize, holder: u128| {
        let (lane, inside, written) = (&lanes[copy], &inside, &written);
        async move {
            let turn = lane.enter(&profile(), Uuid::from_u128(holder)).await.expect("in time");
            assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0, "two are inside");
            sleep(Duration::from_millis(20)).await;
            inside.fetch_sub(1, Ordering::SeqCst);
            written.fetch_add(1, Ordering::SeqCst);
            turn.leave().await;
        }
    };
    join_all((0..2 * WRITES).map(|holder| write(usize::from(holder % 2 == 0), holder))).await;
    assert_eq!(written.load(Ordering::SeqCst), 50);
}

#[tokio::test(start_paused = true)]
async fn a_turn_ends_a_life_after_it_was_asked_for() {
    let lanes = Lanes::new(Arc::new(MemoryStore::default()), LIFE);
    let asked = Instant::now();
    let turn = lanes.enter(&profile(), Uuid::from_u128(1)).await.expect("free");
    assert_eq!(turn.ends(), asked + LIFE);
    turn.leave().await;
}

#[tokio::test]
async fn a_store_that_fails_lets_nobody_in() {
    let no_folder = tempfile::NamedTempFile::new().expect("a temporary file");
    let lanes = Lanes::new(Arc::new(FileStore::new(no_folder.path())), LIFE);
    let busy = lanes.enter(&profile(), Uuid::from_u128(1)).await.expect_err("no store");
    assert!(matches!(busy, LaneBusy::Unknown { .. }), "{busy}");
}
