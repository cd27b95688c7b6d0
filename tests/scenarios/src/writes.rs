//! Watches which writes change simulated ARM.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use fleet_local::world::MakeListener;
use fleet_simulator::happening::Happening;

/// The writes that had an effect: how often each was made. Reads, refused writes and repeats without effect don't count.
#[derive(Debug, Clone, Default)]
pub struct Writes {
    made: Arc<Mutex<Vec<String>>>,
}

impl Writes {
    /// A listener for [`fleet_local::world::Options::listener`].
    #[must_use]
    pub fn listener(&self) -> MakeListener {
        let made = Arc::clone(&self.made);
        Box::new(move |_| {
            Arc::new(move |happening: &Happening| {
                if let Happening::ArmCall { method, url, changed: true, .. } = happening {
                    let path = url.split('?').next().unwrap_or(url).to_ascii_lowercase();
                    made.lock().unwrap_or_else(PoisonError::into_inner).push(format!("{method} {path}"));
                }
            })
        })
    }

    /// The writes since the last time, in the order in which they took effect.
    #[must_use]
    pub fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.made.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The writes since the last time, and how often each was made.
    #[must_use]
    pub fn take_counted(&self) -> BTreeMap<String, u32> {
        let mut counted = BTreeMap::new();
        for write in self.take() {
            *counted.entry(write).or_default() += 1;
        }
        counted
    }
}
