//! The engine: observe, decide, remember, act, remember again. The one path of every nudge.

use std::sync::Arc;

use fleet_arm::{
    ArmClient,
    client::{CallContext, CallRecord},
    read::Reader,
};
use fleet_core::{
    config::FleetConfig,
    ids::ArmId,
    ledger::{CLOCK_SKEW, Ledger, Outcome as WriteOutcome, StampRecord},
    plan::{Hold, Plan, Refusal},
    reactions::{self, Question, tick},
    trigger::Nudge,
    world::{OutOfScope, Seen},
};
use jiff::Timestamp;
use tokio::time::Instant;
use uuid::Uuid;

use crate::{
    apply::{apply, writer},
    journal::{Entry, Journal},
    ledger_store::{LedgerError, LedgerStore, MAX_TRIES},
    observe::{Observer, clusters_to_sweep},
    outcome::Outcome,
    probe::Prober,
    single_flight::SingleFlight,
};

/// Owns the clients; reactions only ever get data.
pub struct Engine {
    config: Arc<FleetConfig>,
    client: ArmClient,
    prober: Box<dyn Prober>,
    ledger: LedgerStore,
    journal: Journal,
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
    ) -> Self {
        Self { config, client, prober, ledger, journal, flights: SingleFlight::default() }
    }

    /// Brings one stamp closer to what is wanted.
    pub async fn reconcile(&self, nudge: &Nudge, occasion: Occasion) -> Outcome {
        if let Some(reason) = OutOfScope::by_id(&self.config.scope, &nudge.subject) {
            return Outcome::Noop { why: format!("{} is left alone: {reason}", nudge.subject.name()) };
        }
        let Some(turn) = self.flights.turn(nudge.subject.key()).await else {
            return Outcome::Noop { why: format!("{} was looked at meanwhile", nudge.subject.name()) };
        };
        match self.reconcile_alone(nudge, occasion).await {
            Ok(outcome) => {
                turn.done();
                outcome
            }
            Err(error) => Outcome::Retry { why: chain(&error) },
        }
    }

    /// The nudges that are due, and now and then one for everything.
    ///
    /// # Errors
    /// When the ledger can't be reached.
    pub async fn tick(&self, occasion: Occasion) -> Result<Vec<Nudge>, LedgerError> {
        let ledger = self.ledger.load().await?.ledger;
        let run = occasion.invocation.to_string();
        let swept = if tick::sweep_due(&self.config, &ledger, occasion.now) {
            self.sweep(occasion).await?
        } else {
            None
        };
        Ok(tick::nudges(&self.config, &ledger, swept.as_deref(), &run, occasion.now))
    }

    /// What is known, as last remembered.
    ///
    /// # Errors
    /// When the ledger can't be reached.
    pub async fn known(&self) -> Result<Ledger, LedgerError> {
        Ok(self.ledger.load().await?.ledger)
    }

    async fn sweep(&self, occasion: Occasion) -> Result<Option<Vec<ArmId>>, LedgerError> {
        let context = CallContext::new(occasion.invocation);
        let reader = Reader { client: &self.client, context: &context };
        let observer = Observer { reader, prober: self.prober.as_ref(), config: &self.config };
        match clusters_to_sweep(observer).await {
            Ok(clusters) => {
                self.ledger.update(|ledger| ledger.swept = Some(occasion.now)).await?;
                Ok(Some(clusters))
            }
            Err(unread) => {
                tracing::warn!(sweep.hole = %unread, "The sweep found nothing out and is tried again on the next tick.");
                Ok(None)
            }
        }
    }

    async fn reconcile_alone(&self, nudge: &Nudge, occasion: Occasion) -> Result<Outcome, LedgerError> {
        let began = Instant::now();
        let known = self.ledger.load().await?.ledger;
        if known.stamp(&nudge.subject).is_some_and(|record| is_satisfied(nudge, record)) {
            return Ok(Outcome::Noop { why: format!("{} was looked at since", nudge.subject.name()) });
        }
        let context = CallContext::new(occasion.invocation);
        let reader = Reader { client: &self.client, context: &context };
        let observer = Observer { reader, prober: self.prober.as_ref(), config: &self.config };
        let mut seen = observer.stamp(&nudge.subject, occasion.now).await;
        if asks_for_peers(&self.decide(nudge, &seen, &known, occasion.now))
            && let Some(traffic) = &mut seen.traffic
        {
            traffic.peers = observer.peers(traffic).await;
        }
        let plan = self.begin(nudge, &seen, occasion).await?;
        let outcomes = apply(writer(reader), &plan).await;
        self.settle(&plan, &outcomes, occasion, occasion.now + began.elapsed()).await;
        self.write_down(&plan, &outcomes, &context.calls(), occasion).await;
        Ok(told(&plan, &outcomes))
    }

    fn decide(&self, nudge: &Nudge, seen: &Seen, ledger: &Ledger, now: Timestamp) -> Plan {
        let (trigger, subject, config) = (nudge.kind, &nudge.subject, &*self.config);
        reactions::decide(&Question { trigger, subject, config, seen, ledger, now })
    }

    /// Decides, and stores what the plan means to do before anything is done. When somebody else was faster the
    /// decision is made anew on what they left.
    async fn begin(&self, nudge: &Nudge, seen: &Seen, occasion: Occasion) -> Result<Plan, LedgerError> {
        for _ in 0..MAX_TRIES {
            let mut loaded = self.ledger.load().await?;
            let plan = self.decide(nudge, seen, &loaded.ledger, occasion.now);
            let before = loaded.ledger.stamp(&nudge.subject).cloned();
            if plan.is_noop() && same_but_for_time(before.as_ref(), plan.record.as_ref()) {
                return Ok(plan);
            }
            let targets: Vec<ArmId> = plan.actions.iter().map(fleet_core::plan::Action::target).collect();
            let holder = occasion.invocation.to_string();
            loaded.ledger.begin(plan.record.as_ref(), &nudge.subject, &targets, &holder, occasion.now);
            if self.ledger.save(loaded).await? {
                return Ok(plan);
            }
        }
        Err(LedgerError::Contended)
    }

    /// A ledger that can't be written now keeps the claims; they run out, and the wake-up that the plan left behind
    /// looks at the stamp again.
    async fn settle(
        &self,
        plan: &Plan,
        outcomes: &[(ArmId, WriteOutcome)],
        occasion: Occasion,
        done: Timestamp,
    ) {
        if outcomes.is_empty() {
            return;
        }
        let holder = occasion.invocation.to_string();
        let settle = |ledger: &mut Ledger| {
            ledger.settle(&plan.subject, &holder, outcomes, occasion.now, done);
            plan.tell_failures(ledger);
        };
        let settled = self.ledger.update(settle).await;
        if let Err(error) = settled {
            tracing::warn!(
                stamp.cluster = %plan.subject,
                error = chain(&error),
                "What became of a plan's writes could not be stored; the stamp is looked at again."
            );
        }
    }

    async fn write_down(
        &self,
        plan: &Plan,
        outcomes: &[(ArmId, WriteOutcome)],
        calls: &[CallRecord],
        occasion: Occasion,
    ) {
        if plan.is_noop() {
            return;
        }
        let entry = Entry { at: occasion.now, invocation: occasion.invocation, plan, outcomes, calls };
        if let Err(error) = self.journal.write(&entry).await {
            tracing::warn!(stamp.cluster = %plan.subject, error = chain(&error), "A decision could not be journalled.");
        }
    }
}

/// Whether an observation later than the nudge has been made already. Clocks of two instances differ a little, so a
/// near miss is looked at once more.
fn is_satisfied(nudge: &Nudge, record: &StampRecord) -> bool {
    record.observed > nudge.enqueued + CLOCK_SKEW
}

/// Whether the guard could not judge for lack of evidence about the other origins.
fn asks_for_peers(plan: &Plan) -> bool {
    plan.holds.iter().any(|hold| matches!(hold, Hold::Refused { refusal: Refusal::Blind, .. }))
}

/// Whether two records differ in nothing but when they were made.
fn same_but_for_time(before: Option<&StampRecord>, after: Option<&StampRecord>) -> bool {
    match (before, after) {
        (None, None) => true,
        (Some(before), Some(after)) => StampRecord { observed: after.observed, ..before.clone() } == *after,
        _ => false,
    }
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
