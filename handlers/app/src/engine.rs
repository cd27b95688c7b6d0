//! The engine: observe, decide, remember, act, remember again. The one path of every nudge and every command.

mod commands;
mod look;
mod signals;
mod support;
mod timer;
mod updates;

use std::sync::Arc;

use fleet_arm::ArmClient;
use fleet_core::{
    config::FleetConfig,
    ids::ArmId,
    ledger::{CLOCK_SKEW, Ledger, Outcome as WriteOutcome, StampRecord},
    plan::Plan,
    trigger::{NUDGE_VERSION, Nudge, NudgeKind},
    world::OutOfScope,
};
use jiff::{Timestamp, tz::TimeZone};
use uuid::Uuid;

use crate::{
    journal::{Journal, JournalError, Page},
    lane::Lanes,
    ledger_store::{LedgerError, LedgerStore},
    outcome::Outcome,
    page::Asked,
    probe::Prober,
    single_flight::SingleFlight,
};

use look::ByNudge;

pub use commands::Commanded;
pub use updates::Followed;

/// Owns the clients; reactions only ever get data.
pub struct Engine {
    config: Arc<FleetConfig>,
    client: ArmClient,
    prober: Box<dyn Prober>,
    ledger: LedgerStore,
    journal: Journal,
    lanes: Lanes,
    flights: SingleFlight,
}

/// The call of the host that something is done for.
#[derive(Debug, Clone, Copy)]
pub struct Occasion {
    /// The host's id of the invocation; groups its ARM calls and signs its claims.
    pub invocation: Uuid,
    /// The time that came with the trigger.
    pub now: Timestamp,
}

impl Engine {
    /// An engine over clients that are built but have not called anybody yet.
    #[must_use]
    pub fn new(
        config: Arc<FleetConfig>,
        client: ArmClient,
        prober: Box<dyn Prober>,
        ledger: LedgerStore,
        journal: Journal,
        lanes: Lanes,
    ) -> Self {
        Self { config, client, prober, ledger, journal, lanes, flights: SingleFlight::default() }
    }

    /// What is configured.
    #[must_use]
    pub fn config(&self) -> &FleetConfig {
        &self.config
    }

    /// Brings one stamp closer to what is wanted.
    pub async fn reconcile(&self, nudge: &Nudge, occasion: Occasion) -> Outcome {
        if let Some(reason) = OutOfScope::by_id(&self.config.scope, &nudge.subject) {
            return Outcome::Noop { why: format!("{} is left alone: {reason}", nudge.subject.name()) };
        }
        let Some(turn) = self.flights.turn(nudge.subject.key()).await else {
            return Outcome::Noop { why: format!("{} was looked at meanwhile", nudge.subject.name()) };
        };
        let outcome = self.reconcile_alone(nudge, occasion).await;
        match outcome {
            Ok(outcome) => {
                turn.done();
                outcome
            }
            Err(error) => Outcome::Retry { why: chain(&error) },
        }
    }

    /// A page of the journal, newest first.
    ///
    /// # Errors
    /// When the journal can't be read, or the page is not one.
    pub async fn journal(&self, asked: &Asked, now: Timestamp) -> Result<Page, JournalError> {
        let today = now.to_zoned(TimeZone::UTC).date();
        let Asked { cursor, limit, subject } = asked;
        self.journal.page(cursor.as_deref(), *limit, subject.as_deref(), today).await
    }

    /// What is known, as last remembered.
    ///
    /// # Errors
    /// When the ledger can't be reached.
    pub async fn known(&self) -> Result<Ledger, LedgerError> {
        Ok(self.ledger.load().await?.ledger)
    }

    async fn reconcile_alone(&self, nudge: &Nudge, occasion: Occasion) -> Result<Outcome, LedgerError> {
        let known = self.known().await?;
        if known.stamp(&nudge.subject).is_some_and(|record| is_satisfied(nudge, record)) {
            return Ok(Outcome::Noop { why: format!("{} was looked at since", nudge.subject.name()) });
        }
        let look = self.look(&nudge.subject, occasion, &known, &ByNudge(nudge.kind)).await?;
        Ok(told(&look.plan, &look.outcomes))
    }
}

/// Whether an observation later than the nudge has been made already. Clocks of two instances differ a little, so a
/// near miss is looked at once more.
fn is_satisfied(nudge: &Nudge, record: &StampRecord) -> bool {
    record.observed > nudge.enqueued + CLOCK_SKEW
}

/// A nudge of our own making.
fn nudge_about(subject: &ArmId, kind: NudgeKind, event_id: &str, now: Timestamp) -> Nudge {
    let (subject, event_id) = (subject.clone(), event_id.to_owned());
    Nudge { v: NUDGE_VERSION, kind, subject, event_id, event_time: now, enqueued: now }
}

fn told(plan: &Plan, outcomes: &[(ArmId, WriteOutcome)]) -> Outcome {
    if plan.is_noop() && plan.holds.is_empty() {
        let state =
            if plan.record.is_some() { "is as wanted" } else { "is gone, and nothing of ours is left of it" };
        return Outcome::Noop { why: format!("{} {state}", plan.subject.name()) };
    }
    if plan.is_noop() {
        return Outcome::Held { holds: plan.holds.clone() };
    }
    let mut story = vec![format!("{} {}", plan.reaction, plan.subject.name())];
    for (action, (_, outcome)) in plan.actions.iter().zip(outcomes) {
        story.push(match outcome {
            WriteOutcome::Completed => format!("done: {action}"),
            WriteOutcome::Started => format!("started: {action}"),
            WriteOutcome::Failed(fault) => format!("failed: {action}: {}: {}", fault.code, fault.message),
        });
    }
    story.extend(plan.holds.iter().map(|hold| format!("hold: {hold}")));
    Outcome::Done { story }
}

/// An error with everything that caused it, on one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| (*error).source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
