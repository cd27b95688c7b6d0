//! One subject, one reconciliation at a time, and waiting nudges merge: who waited while a whole reconciliation began
//! and ended has had its answer.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};

/// Tells apart, per key, who must work and who has been answered.
#[derive(Debug, Default)]
pub struct SingleFlight {
    flights: Mutex<HashMap<String, Arc<Flight>>>,
}

#[derive(Debug, Default)]
struct Flight {
    /// Arrivals so far.
    arrivals: Mutex<u64>,
    /// How many had arrived when the last completed work began.
    served: Arc<AsyncMutex<u64>>,
}

/// The right to work on a key. Work that is given up without [`Turn::done`] serves nobody.
#[derive(Debug)]
pub struct Turn {
    flight: Arc<Flight>,
    served: OwnedMutexGuard<u64>,
    began_at: u64,
}

impl SingleFlight {
    /// Waits for the key to be free. `None` when work that began after this call has been completed meanwhile.
    pub async fn turn(&self, key: &str) -> Option<Turn> {
        let flight = self.flight(key);
        let arrival = {
            let mut arrivals = flight.arrivals.lock().unwrap_or_else(PoisonError::into_inner);
            *arrivals += 1;
            *arrivals
        };
        let served = Arc::clone(&flight.served).lock_owned().await;
        if *served >= arrival {
            return None;
        }
        let began_at = *flight.arrivals.lock().unwrap_or_else(PoisonError::into_inner);
        Some(Turn { flight, served, began_at })
    }

    fn flight(&self, key: &str) -> Arc<Flight> {
        let mut flights = self.flights.lock().unwrap_or_else(PoisonError::into_inner);
        // Forget keys that nobody works on or waits for, so that the map does not grow with the fleet's history.
        flights.retain(|known, flight| known == key || Arc::strong_count(flight) > 1);
        Arc::clone(flights.entry(key.to_owned()).or_default())
    }
}

impl Turn {
    /// The work is completed: everyone who had arrived when it began is served.
    pub fn done(mut self) {
        *self.served = self.began_at;
        drop(self.flight);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn who_waits_while_work_begins_and_ends_is_served_by_it() {
        let flights = Arc::new(SingleFlight::default());
        let worked = Arc::new(AtomicUsize::new(0));
        let first = flights.turn("a").await.expect("nobody works on it");
        let waiting: Vec<_> = (0..50)
            .map(|_| {
                let (flights, worked) = (Arc::clone(&flights), Arc::clone(&worked));
                tokio::spawn(async move {
                    if let Some(turn) = flights.turn("a").await {
                        worked.fetch_add(1, Ordering::SeqCst);
                        turn.done();
                    }
                })
            })
            .collect();
        tokio::task::yield_now().await;
        first.done();
        for task in waiting {
            task.await.expect("no panic");
        }
        assert_eq!(worked.load(Ordering::SeqCst), 1, "one of the fifty works, for all of them");
    }

    #[tokio::test]
    async fn work_given_up_serves_nobody() {
        let flights = SingleFlight::default();
        drop(flights.turn("a").await.expect("free"));
        assert!(flights.turn("a").await.is_some());
    }

    #[tokio::test]
    async fn keys_do_not_wait_for_each_other_and_are_forgotten() {
        let flights = SingleFlight::default();
        let a = flights.turn("a").await.expect("free");
        flights.turn("b").await.expect("free").done();
        a.done();
        let _c = flights.turn("c").await;
        assert_eq!(flights.flights.lock().expect("not poisoned").len(), 1);
    }
}
