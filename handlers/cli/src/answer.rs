//! Waiting for what a command came to.
//!
//! The answer is looked for in the journal, not taken from the queue `fleet-results`. That queue is shared, and over REST
//! a message can only be locked, not looked at: several waiting command lines would lock each other's answers, and every
//! give-back counts as a delivery, so that ten strangers' looks would bury somebody's answer. Reading the journal takes
//! nothing from anybody; the queue stays for the one pipeline that owns it.
//!
//! A mark is set before a command is sent, and its answer stands after the mark. One exception is left: around midnight
//! (UTC) an instance whose clock lags may write into the journal of the day before. Then no answer is found in time, and
//! the same id asked again finds it.

use std::{collections::BTreeSet, time::Duration};

use fleet_core::{command::CommandResult, ledger::COMMAND_MEMORY};
use jiff::Timestamp;
use serde_json::Value;
use tokio::time::{Instant, sleep_until, timeout_at};

use crate::{
    entry::{Answer, Decided, Entry},
    fleet_app::FleetApp,
};

/// The pause between two looks at the journal.
const PAUSE: Duration = Duration::from_secs(1);

/// The entries asked for at once.
const PAGE: u32 = 100;

/// The newest entry of the journal at some moment; nothing where it was empty.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark(Option<Value>);

/// What can be told while one waits.
#[derive(Debug)]
pub enum Progress<'a> {
    /// A stamp, or the fleet's updates, were decided about.
    Decided(Decided<'a>),
    /// The journal could not be read; it is tried again.
    Unread(&'a anyhow::Error),
}

impl Mark {
    /// Marks the end of the journal.
    ///
    /// # Errors
    /// When the journal can't be read.
    pub async fn set(app: &FleetApp) -> anyhow::Result<Self> {
        Ok(Self(app.page(1, None, None).await?.entries.into_iter().next()))
    }

    /// Everything written after the mark, newest first.
    async fn after(&self, app: &FleetApp) -> anyhow::Result<Vec<Value>> {
        let (mut found, mut cursor) = (Vec::new(), None);
        loop {
            let page = app.page(PAGE, cursor.as_deref(), None).await?;
            for entry in page.entries {
                if self.0.as_ref() == Some(&entry) {
                    return Ok(found);
                }
                found.push(entry);
            }
            cursor = page.next;
            if cursor.is_none() {
                return Ok(found);
            }
        }
    }
}

/// The answer to a command sent after `mark`; nothing when there is none until `end`.
pub async fn wait(
    app: &FleetApp,
    id: &str,
    mark: &Mark,
    end: Instant,
    mut progress: impl FnMut(Progress<'_>),
) -> Option<CommandResult> {
    let mut told = BTreeSet::new();
    loop {
        let next = Instant::now() + PAUSE;
        match timeout_at(end, mark.after(app)).await.ok()? {
            Ok(lines) => {
                let entries: Vec<Entry> = lines.iter().rev().map(Entry::read).collect();
                for decided in entries.iter().filter_map(|entry| entry.decided_for(id)) {
                    if told.insert((decided.at, decided.stamp.cloned())) {
                        progress(Progress::Decided(decided));
                    }
                }
                if let Some(answer) = entries.into_iter().find_map(|entry| answer_to(entry, id)) {
                    return Some(answer.result);
                }
            }
            Err(error) => progress(Progress::Unread(&error)),
        }
        if next >= end {
            return None;
        }
        sleep_until(next).await;
    }
}

/// An answer that the app gave to a command of this id before, and would only repeat.
///
/// # Errors
/// When the journal can't be read.
pub async fn given(app: &FleetApp, id: &str, now: Timestamp) -> anyhow::Result<Option<CommandResult>> {
    let mut cursor = None;
    loop {
        let page = app.page(PAGE, cursor.as_deref(), None).await?;
        for line in &page.entries {
            let at = line["at"].as_str().and_then(|at| at.parse::<Timestamp>().ok());
            if at.is_some_and(|at| at + COMMAND_MEMORY <= now) {
                return Ok(None);
            }
            if let Some(answer) = answer_to(Entry::read(line), id).filter(|answer| !answer.result.dry_run) {
                return Ok(Some(answer.result));
            }
        }
        cursor = page.next;
        if cursor.is_none() {
            return Ok(None);
        }
    }
}

fn answer_to(entry: Entry, id: &str) -> Option<Answer> {
    match entry {
        Entry::Answer(answer) if answer.command.id == id => Some(*answer),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
