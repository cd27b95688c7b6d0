//! The promises of a store's leases.

use std::{sync::Arc, time::Duration};

use fleet_handler::state::{Lease, SHORTEST_LIFE, StateError, StateStore};
use futures::future::join_all;
use tokio::time::sleep;
use uuid::Uuid;

/// Holds two stores over one empty state to every promise. Takes [`SHORTEST_LIFE`] on the runtime's clock. Stores on
/// this machine notice that a holder is gone.
pub(crate) async fn hold(one: &Arc<dyn StateStore>, other: &Arc<dyn StateStore>, notices_death: bool) {
    let (one, other) = (&**one, &**other);
    of_many_one_gets_in(one).await;
    a_lease_keeps_others_out_until_it_is_released(one, other).await;
    its_holder_gets_it_anew(one, other).await;
    names_do_not_shut_each_other_out(one, other).await;
    a_life_that_not_every_store_grants_is_refused(one).await;
    a_lease_ends_by_itself(one, other, notices_death).await;
}

async fn of_many_one_gets_in(store: &dyn StateStore) {
    let asked = join_all((0..8).map(|holder| ask(store, "lanes/many", holder))).await;
    assert_eq!(asked.into_iter().flatten().count(), 1);
}

async fn a_lease_keeps_others_out_until_it_is_released(one: &dyn StateStore, other: &dyn StateStore) {
    let lease = ask(one, "lanes/a", 1).await.expect("free");
    assert!(ask(one, "lanes/a", 2).await.is_none());
    assert!(ask(other, "lanes/a", 2).await.is_none());
    one.release(lease).await.expect("released");
    let next = ask(other, "lanes/a", 2).await.expect("free again");
    other.release(next).await.expect("released");
}

async fn its_holder_gets_it_anew(one: &dyn StateStore, other: &dyn StateStore) {
    let _reply_was_lost = ask(one, "lanes/a", 1).await.expect("free");
    let lease = ask(one, "lanes/a", 1).await.expect("still the same holder's");
    assert!(ask(other, "lanes/a", 2).await.is_none());
    one.release(lease).await.expect("released");
    assert!(ask(other, "lanes/a", 2).await.is_some(), "nothing is left of the first");
}

async fn names_do_not_shut_each_other_out(one: &dyn StateStore, other: &dyn StateStore) {
    assert!(ask(one, "lanes/b", 1).await.is_some());
    assert!(ask(other, "lanes/c", 2).await.is_some());
}

async fn a_life_that_not_every_store_grants_is_refused(store: &dyn StateStore) {
    for millis in [0, 14_999, 15_500, 60_001, 271_000] {
        let life = Duration::from_millis(millis);
        let refused = store.lease("lanes/d", Uuid::from_u128(1), life).await;
        assert!(matches!(refused, Err(StateError::Invalid { .. })), "{life:?}: {refused:?}");
    }
}

async fn a_lease_ends_by_itself(one: &dyn StateStore, other: &dyn StateStore, notices_death: bool) {
    drop(ask(one, "lanes/crashed", 1).await.expect("free"));
    let late = ask(one, "lanes/late", 1).await.expect("free");
    let idle = ask(one, "lanes/idle", 1).await.expect("free");
    let at_once = ask(other, "lanes/crashed", 2).await;
    assert_eq!(at_once.is_some(), notices_death);

    let next = match at_once {
        Some(lease) => lease,
        None => ask_until_granted(other, "lanes/crashed", 2).await,
    };
    other.release(next).await.expect("released");
    let successor = ask_until_granted(other, "lanes/late", 2).await;
    one.release(late).await.expect("too late is no error");
    assert!(ask(one, "lanes/late", 3).await.is_none(), "who is late takes nothing from the successor");
    other.release(successor).await.expect("released");
    assert!(ask(one, "lanes/late", 3).await.is_some());
    one.release(idle).await.expect("too late, though nobody wanted it");
}

async fn ask(store: &dyn StateStore, name: &str, holder: u128) -> Option<Lease> {
    store.lease(name, Uuid::from_u128(holder), SHORTEST_LIFE).await.expect("the store answers")
}

async fn ask_until_granted(store: &dyn StateStore, name: &str, holder: u128) -> Lease {
    for _ in 0..2 * SHORTEST_LIFE.as_secs() {
        if let Some(lease) = ask(store, name, holder).await {
            return lease;
        }
        sleep(Duration::from_secs(1)).await;
    }
    panic!("the lease on {name} did not end within twice its life");
}
