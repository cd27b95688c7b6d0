//! The journal: one JSON line per decision, answer and alarm, in a journal per day. A look that finds everything as it was
//! decides nothing and leaves no line.

mod line;
mod page;

use std::sync::Arc;

use fleet_core::{
    command::{Command, CommandResult},
    health::Raised,
};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use uuid::Uuid;

use crate::state::{StateError, StateStore};

use line::Line;

pub use line::{Entry, UpdatesEntry};
pub use page::{JournalError, LONGEST_PAGE, Page};

/// Appends decisions to the state store.
#[derive(Debug, Clone)]
pub struct Journal {
    store: Arc<dyn StateStore>,
}

impl Journal {
    /// A journal kept in `store`.
    #[must_use]
    pub fn new(store: Arc<dyn StateStore>) -> Self {
        Self { store }
    }

    /// Adds one decision.
    ///
    /// # Errors
    /// When the store fails. The decision stands all the same.
    pub async fn write(&self, entry: &Entry<'_>) -> Result<(), StateError> {
        self.append(entry.at, &Line::from(entry)).await
    }

    /// Adds one decision about the fleet's updates.
    ///
    /// # Errors
    /// When the store fails. The decision stands all the same.
    pub async fn updates(&self, entry: &UpdatesEntry<'_>) -> Result<(), StateError> {
        self.append(entry.at, &Line::from(entry)).await
    }

    /// Adds what a command was told.
    ///
    /// # Errors
    /// When the store fails. The answer stands all the same.
    pub async fn answer(
        &self,
        command: &Command,
        result: &CommandResult,
        at: Timestamp,
        invocation: Uuid,
    ) -> Result<(), StateError> {
        self.append(at, &Line::Answer { at, invocation, command, result }).await
    }

    /// Adds an alarm that was `raised`, or is over.
    ///
    /// # Errors
    /// When the store fails. The alarm stands all the same.
    pub async fn alarm(
        &self,
        alarm: &Raised,
        raised: bool,
        at: Timestamp,
        invocation: Uuid,
    ) -> Result<(), StateError> {
        self.append(at, &Line::Alarm { at, invocation, raised, alarm }).await
    }

    async fn append(&self, at: Timestamp, line: &Line<'_>) -> Result<(), StateError> {
        let name = document(at.to_zoned(TimeZone::UTC).date());
        match serde_json::to_string(line) {
            Ok(line) => self.store.append(&name, &line).await,
            Err(_) => Err(StateError::Invalid { name, fault: "the line does not serialise" }),
        }
    }
}

/// The name of a day's journal.
fn document(day: Date) -> String {
    format!("journal/{day}.jsonl")
}
