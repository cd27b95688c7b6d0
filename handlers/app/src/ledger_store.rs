//! The ledger in the state store: one JSON document under compare-and-swap.

use std::sync::Arc;

use bytes::Bytes;
use fleet_core::ledger::Ledger;

use crate::state::{Expected, StateError, StateStore};

/// The document's name.
const DOCUMENT: &str = "ledger.json";

/// How often a change is tried against a ledger that others keep changing. Each loser has seen somebody else win, so
/// this many instances would have to win one after the other.
pub const MAX_TRIES: usize = 20;

/// Reads and changes the ledger.
#[derive(Debug, Clone)]
pub struct LedgerStore {
    store: Arc<dyn StateStore>,
}

/// A ledger as it was read, and what to expect when it is written back.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The ledger; a new one when there was none.
    pub ledger: Ledger,
    expected: Expected,
}

/// Why the ledger cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The store failed.
    #[error("the ledger cannot be reached")]
    Store(#[from] StateError),
    /// The document is not a ledger. It is never overwritten: holds could be lost with it.
    #[error("the document `{DOCUMENT}` is not a ledger; restore or remove it by hand")]
    Unreadable(#[source] serde_json::Error),
    /// Others were faster every time.
    #[error("the ledger changed {MAX_TRIES} times while it was to be written")]
    Contended,
}

impl LedgerStore {
    /// A ledger kept in `store`.
    #[must_use]
    pub fn new(store: Arc<dyn StateStore>) -> Self {
        Self { store }
    }

    /// Reads the ledger.
    ///
    /// # Errors
    /// When the store fails or the document is no ledger.
    pub async fn load(&self) -> Result<Loaded, LedgerError> {
        match self.store.load(DOCUMENT).await? {
            None => Ok(Loaded { ledger: Ledger::default(), expected: Expected::Absent }),
            Some(document) => Ok(Loaded {
                ledger: serde_json::from_slice(&document.bytes).map_err(LedgerError::Unreadable)?,
                expected: Expected::Version(document.version),
            }),
        }
    }

    /// Writes a ledger back; `false` when somebody else wrote since it was read.
    ///
    /// # Errors
    /// When the store fails for another reason.
    pub async fn save(&self, loaded: Loaded) -> Result<bool, LedgerError> {
        let bytes = serde_json::to_vec(&loaded.ledger).map_err(LedgerError::Unreadable)?;
        match self.store.save(DOCUMENT, Bytes::from(bytes), loaded.expected).await {
            Ok(_) => Ok(true),
            Err(StateError::Conflict { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Changes the ledger, again and again until nobody was faster, and gives back what the last change told. A change that
    /// alters nothing is not written.
    ///
    /// # Errors
    /// When the store fails, or somebody else was faster [`MAX_TRIES`] times.
    pub async fn update<T>(&self, change: impl Fn(&mut Ledger) -> T) -> Result<T, LedgerError> {
        for _ in 0..MAX_TRIES {
            let mut loaded = self.load().await?;
            let before = loaded.ledger.clone();
            let told = change(&mut loaded.ledger);
            if loaded.ledger == before || self.save(loaded).await? {
                return Ok(told);
            }
        }
        Err(LedgerError::Contended)
    }
}
