//! One look at one stamp.

use std::time::Duration;

use fleet_arm::{client::CallContext, read::Reader};
use fleet_core::{
    command::Command,
    ids::ArmId,
    ledger::{Ledger, Outcome as WriteOutcome, StampRecord},
    plan::{Hold, Plan, Refusal},
    reactions::{self, Question},
    trigger::NudgeKind,
    world::Seen,
};
use jiff::Timestamp;
use tokio::time::Instant;

use super::{Engine, Occasion, chain};
use crate::{
    apply::{apply, writer},
    journal::Entry,
    ledger_store::{LedgerError, MAX_TRIES},
    observe::Observer,
};

/// How a look is decided: by the reactions alone for a nudge, with a wish for a command.
pub(super) trait Decide: Sync {
    /// What the decision tells beside its plan.
    type Told: Send;

    /// Why we look.
    fn trigger(&self) -> NudgeKind;

    /// The decision. Pure: it is asked again whenever the ledger has changed meanwhile.
    fn decide(&self, question: &Question<'_>) -> Decided<Self::Told>;

    /// Writes into the ledger, in one stroke with the plan's record and claims, what the decision tells.
    fn remember(&self, ledger: &mut Ledger, told: &Self::Told, now: Timestamp);

    /// The command behind it: such a look is remembered and written down even if it finds nothing new.
    fn command(&self) -> Option<&Command>;
}

/// A decision.
pub(super) struct Decided<T> {
    /// What to do.
    pub plan: Plan,
    /// Whether to do it; a plan that is only looked at changes nothing.
    pub act: bool,
    /// What it tells.
    pub told: T,
}

/// What a look came to.
pub(super) struct Look<T> {
    pub plan: Plan,
    pub outcomes: Vec<(ArmId, WriteOutcome)>,
    pub told: T,
}

/// The decision of the table of reactions.
pub(super) struct ByNudge(pub NudgeKind);

impl Decide for ByNudge {
    type Told = ();

    fn trigger(&self) -> NudgeKind {
        self.0
    }

    fn decide(&self, question: &Question<'_>) -> Decided<()> {
        Decided { plan: reactions::decide(question), act: true, told: () }
    }

    fn remember(&self, _: &mut Ledger, (): &(), _: Timestamp) {}

    fn command(&self) -> Option<&Command> {
        None
    }
}

impl Engine {
    /// One look at a stamp, from observing to the journal. Whoever calls it holds the stamp's turn.
    pub(super) async fn look<D: Decide>(
        &self,
        subject: &ArmId,
        occasion: Occasion,
        known: &Ledger,
        decide: &D,
    ) -> Result<Look<D::Told>, LedgerError> {
        let began = Instant::now();
        let context = CallContext::new(occasion.invocation);
        let reader = Reader { client: &self.client, context: &context };
        let observer = Observer { reader, prober: self.prober.as_ref(), config: &self.config };
        let mut seen = observer.stamp(subject, occasion.now).await;
        let first = decide.decide(&self.question(decide.trigger(), subject, &seen, known, occasion.now));
        if asks_for_peers(&first.plan)
            && let Some(traffic) = &mut seen.traffic
        {
            traffic.peers = observer.peers(traffic).await;
        }
        let observed_for = Duration::from_secs(began.elapsed().as_secs());
        let (decided, news) = self.begin(subject, decide, &seen, occasion, observed_for).await?;
        let Decided { plan, act, told } = decided;
        let outcomes = if act { apply(writer(reader), &self.lanes, &plan).await } else { Vec::new() };
        self.settle(&plan, &outcomes, occasion, occasion.now + began.elapsed()).await;
        if news {
            let Occasion { invocation, now: at } = occasion;
            let (outcomes, calls) = (outcomes.as_slice(), &context.calls());
            let command = decide.command();
            self.write_down(&Entry { at, invocation, command, plan: &plan, act, outcomes, calls }).await;
        }
        Ok(Look { plan, outcomes, told })
    }

    fn question<'a>(
        &'a self,
        trigger: NudgeKind,
        subject: &'a ArmId,
        seen: &'a Seen,
        ledger: &'a Ledger,
        now: Timestamp,
    ) -> Question<'a> {
        Question { trigger, subject, config: &self.config, seen, ledger, now }
    }

    /// Decides, and stores what the plan means to do before anything is done. When somebody else was faster the
    /// decision is made anew on what they left. Also tells whether there is anything new to write down.
    async fn begin<D: Decide>(
        &self,
        subject: &ArmId,
        decide: &D,
        seen: &Seen,
        occasion: Occasion,
        observed_for: Duration,
    ) -> Result<(Decided<D::Told>, bool), LedgerError> {
        // A claim's life is for the write: what observing took of it is given back.
        let claimed = occasion.now + observed_for;
        for _ in 0..MAX_TRIES {
            let mut loaded = self.ledger.load().await?;
            let question = self.question(decide.trigger(), subject, seen, &loaded.ledger, occasion.now);
            let decided = decide.decide(&question);
            if !decided.act {
                return Ok((decided, decide.command().is_some()));
            }
            let plan = &decided.plan;
            let before = loaded.ledger.stamp(subject).cloned();
            if plan.is_noop()
                && decide.command().is_none()
                && same_but_for_time(before.as_ref(), plan.record.as_ref())
            {
                return Ok((decided, false));
            }
            let targets: Vec<ArmId> = plan.actions.iter().map(fleet_core::plan::Action::target).collect();
            let holder = occasion.invocation.to_string();
            loaded.ledger.begin(plan.record.as_ref(), subject, &targets, &holder, claimed);
            decide.remember(&mut loaded.ledger, &decided.told, occasion.now);
            let news = decide.command().is_some() || tells_more(before.as_ref(), plan);
            if self.ledger.save(loaded).await? {
                return Ok((decided, news));
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

    async fn write_down(&self, entry: &Entry<'_>) {
        if let Err(error) = self.journal.write(entry).await {
            let error = chain(&error);
            tracing::warn!(stamp.cluster = %entry.plan.subject, error, "A decision could not be journalled.");
        }
    }
}

/// Whether the guard could not judge for lack of evidence about the other origins, be it that an operator lets the plan
/// pass all the same: then too people are told what really speaks against it.
fn asks_for_peers(plan: &Plan) -> bool {
    plan.holds.iter().any(|hold| {
        matches!(
            hold,
            Hold::Refused { refusal: Refusal::Blind, .. } | Hold::Despite { refusal: Refusal::Blind, .. }
        )
    })
}

/// Whether two records differ in nothing but when they were made.
fn same_but_for_time(before: Option<&StampRecord>, after: Option<&StampRecord>) -> bool {
    match (before, after) {
        (None, None) => true,
        (Some(before), Some(after)) => StampRecord { observed: after.observed, ..before.clone() } == *after,
        _ => false,
    }
}

/// Whether a plan says anything that the stamp's last report did not: writes, or other reasons for standing still.
fn tells_more(before: Option<&StampRecord>, plan: &Plan) -> bool {
    let why_not = |record: &StampRecord| record.report.why_not.clone();
    let (before, after) = (before.map(why_not), plan.record.as_ref().map(why_not));
    !plan.is_noop() || before.unwrap_or_default() != after.unwrap_or_default()
}
