//! The journal: one JSON line per decision that wrote something, in a journal per day.

mod page;

use std::sync::Arc;

use fleet_arm::client::CallRecord;
use fleet_core::{
    ids::ArmId,
    ledger::Outcome,
    plan::{Action, Hold, Plan},
    trigger::NudgeKind,
};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::Serialize;
use uuid::Uuid;

use crate::state::{StateError, StateStore};

pub use page::{JournalError, LONGEST_PAGE, Page};

/// Appends decisions to the state store.
#[derive(Debug, Clone)]
pub struct Journal {
    store: Arc<dyn StateStore>,
}

/// One decision and what came of it.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// When.
    pub at: Timestamp,
    /// The invocation; also the correlation id of its ARM calls.
    pub invocation: Uuid,
    /// What was decided.
    pub plan: &'a Plan,
    /// What became of each write.
    pub outcomes: &'a [(ArmId, Outcome)],
    /// Every ARM call made for it.
    pub calls: &'a [CallRecord],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Line<'a> {
    at: Timestamp,
    invocation: Uuid,
    trigger: NudgeKind,
    subject: &'a ArmId,
    reaction: &'a str,
    actions: &'a [Action],
    outcomes: Vec<&'a Outcome>,
    holds: &'a [Hold],
    calls: Vec<Call<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Call<'a> {
    operation: &'a str,
    resource: &'a str,
    status: Option<u16>,
    request_id: Option<&'a str>,
    attempts: u32,
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
        let name = document(entry.at.to_zoned(TimeZone::UTC).date());
        match serde_json::to_string(&line(entry)) {
            Ok(line) => self.store.append(&name, &line).await,
            Err(_) => Err(StateError::Invalid { name, fault: "the decision does not serialise" }),
        }
    }
}

/// The name of a day's journal.
fn document(day: Date) -> String {
    format!("journal/{day}.jsonl")
}

fn line<'a>(entry: &Entry<'a>) -> Line<'a> {
    let Entry { at, invocation, plan, outcomes, calls } = *entry;
    let Plan { reaction, trigger, subject, observed: _, actions, holds, record: _ } = plan;
    let call = |call: &'a CallRecord| Call {
        operation: call.operation,
        resource: &call.resource,
        status: call.status,
        request_id: call.request_id.as_deref(),
        attempts: call.attempts,
    };
    Line {
        at,
        invocation,
        trigger: *trigger,
        subject,
        reaction,
        actions,
        outcomes: outcomes.iter().map(|(_, outcome)| outcome).collect(),
        holds,
        calls: calls.iter().map(call).collect(),
    }
}
