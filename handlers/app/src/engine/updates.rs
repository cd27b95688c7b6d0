//! One look at the fleet's updates: the path of every nudge about a gate, a run or a version, and of commands about them.

mod told;

use std::time::Duration;

use fleet_arm::{client::CallContext, read::Reader};
use fleet_core::{
    command::{Command, CommandResult},
    ids::ArmId,
    ledger::{CLOCK_SKEW, Ledger, Outcome as WriteOutcome},
    rollout::{self, Plan, Question, Seen},
    trigger::{Nudge, NudgeKind},
    updates::Notice,
    world::OutOfScope,
};
use tokio::time::Instant;

use super::{Commanded, Engine, Occasion, chain, nudge_about};
use crate::{
    apply::{apply_updates, writer},
    journal::UpdatesEntry,
    ledger_store::{LedgerError, MAX_TRIES},
    observe::Observer,
    outcome::Outcome,
};
use told::{followed, with_failures};

/// How often more is read because of what was read: runs that gates name, then what those runs' gates ask about.
const ROUNDS: usize = 3;

/// What a look at the fleet's updates came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Followed {
    /// What the host is told.
    pub outcome: Outcome,
    /// Stamps to look at because of it.
    pub nudges: Vec<Nudge>,
    /// What people are told.
    pub notices: Vec<Notice>,
}

/// Why a look is made, and for whom.
struct Cause<'a> {
    trigger: NudgeKind,
    /// The id of the event or command: what is told once is told again with its redelivery.
    because: &'a str,
    order: Option<&'a Command>,
}

impl Engine {
    /// Whether a nudge is about the fleet's updates rather than about one stamp.
    #[must_use]
    pub fn is_about_updates(&self, nudge: &Nudge) -> bool {
        const FLEETS: &str = "/providers/microsoft.containerservice/fleets/";
        nudge.kind == NudgeKind::VersionsChanged || nudge.subject.key().contains(FLEETS)
    }

    /// Looks at the fleet's updates, unless somebody has since the nudge.
    ///
    /// # Errors
    /// When the ledger can't be reached.
    pub async fn follow_updates(&self, nudge: &Nudge, occasion: Occasion) -> Result<Followed, LedgerError> {
        let fleet = &self.config.fleet;
        let ours = nudge.subject == *fleet
            || nudge.subject.is_within(fleet)
            || (nudge.kind == NudgeKind::VersionsChanged
                && OutOfScope::by_id(&self.config.scope, &nudge.subject).is_none());
        if !ours {
            return Ok(nothing(format!("{} is of another fleet", nudge.subject.name())));
        }
        let Some(turn) = self.flights.turn(fleet.key()).await else {
            return Ok(nothing("the fleet's updates were looked at meanwhile".to_owned()));
        };
        let known = self.known().await?;
        let again: Vec<Notice> = told_with(&known, &nudge.event_id);
        let seen_since = known.updates.observed.is_some_and(|at| at > nudge.enqueued + CLOCK_SKEW);
        if !again.is_empty() || seen_since {
            turn.done();
            let why = "the fleet's updates were looked at since".to_owned();
            return Ok(Followed { notices: again, ..nothing(why) });
        }
        let cause = Cause { trigger: nudge.kind, because: &nudge.event_id, order: None };
        let looked = self.look_at_updates(&cause, occasion, &known).await?;
        turn.done();
        Ok(looked.map_or_else(
            || nothing("somebody saw the fleet's updates later".to_owned()),
            |(plan, outcomes)| followed(&plan, &outcomes, &nudge.event_id, occasion),
        ))
    }

    /// Does what a command about updates asks, as far as evidence and guard allow.
    ///
    /// # Errors
    /// When the ledger can't be reached; another delivery decides anew from what it sees.
    pub(super) async fn command_updates(
        &self,
        command: &Command,
        occasion: Occasion,
    ) -> Result<Commanded, LedgerError> {
        let turn = loop {
            if let Some(turn) = self.flights.turn(self.config.fleet.key()).await {
                break turn;
            }
        };
        let cause = Cause { trigger: NudgeKind::Command, because: &command.id, order: Some(command) };
        let mut looked = None;
        for _ in 0..MAX_TRIES {
            let known = self.known().await?;
            looked = self.look_at_updates(&cause, occasion, &known).await?;
            if looked.is_some() {
                break;
            }
        }
        let (plan, outcomes) = looked.ok_or(LedgerError::Contended)?;
        turn.done();
        let mut result = CommandResult::of(command, Vec::new(), occasion.now);
        if let Some(answer) = &plan.answer {
            result.status = answer.status;
            result.did.clone_from(&answer.did);
            result.why.clone_from(&answer.why);
        }
        with_failures(&mut result, &plan, &outcomes);
        let answered = Commanded::answered(self.conclude(command, result, occasion).await?);
        if command.dry_run {
            return Ok(answered);
        }
        let Followed { nudges, notices, outcome: _ } = followed(&plan, &outcomes, &command.id, occasion);
        Ok(Commanded { nudges, notices, ..answered })
    }

    /// A nudge for the fleet's updates where a run is under way: something has moved in one of its clusters.
    ///
    /// # Errors
    /// When the ledger can't be reached.
    pub async fn nudge_for_runs(
        &self,
        nudge: &Nudge,
        occasion: Occasion,
    ) -> Result<Option<Nudge>, LedgerError> {
        let known = self.known().await?;
        let under_way = known.updates.runs.values().any(|run| run.state.is_active());
        let next = || nudge_about(&self.config.fleet, NudgeKind::WakeUp, &nudge.event_id, occasion.now);
        Ok(under_way.then(next))
    }

    /// Observes, decides, remembers, acts, remembers again. `None` when somebody else has stored what they saw later.
    async fn look_at_updates(
        &self,
        cause: &Cause<'_>,
        occasion: Occasion,
        known: &Ledger,
    ) -> Result<Option<(Plan, Vec<(ArmId, WriteOutcome)>)>, LedgerError> {
        let began = Instant::now();
        let context = CallContext::new(occasion.invocation);
        let reader = Reader { client: &self.client, context: &context };
        let observer = Observer { reader, prober: self.prober.as_ref(), config: &self.config };
        let seen = self.observe_updates(observer, cause, occasion, known).await;
        let observed_for = Duration::from_secs(began.elapsed().as_secs());
        let Some((plan, news)) = self.begin_updates(cause, &seen, occasion, observed_for).await? else {
            return Ok(None);
        };
        let act = !cause.order.is_some_and(|command| command.dry_run);
        let outcomes = if act { apply_updates(writer(reader), &plan.actions).await } else { Vec::new() };
        if !outcomes.is_empty() {
            self.settle_updates(&plan, &outcomes, occasion, began.elapsed()).await;
        }
        if news {
            let Occasion { invocation, now: at } = occasion;
            let (command, calls, outcomes) = (cause.order, &context.calls(), outcomes.as_slice());
            let entry = UpdatesEntry { at, invocation, command, plan: &plan, act, outcomes, calls };
            if let Err(error) = self.journal.updates(&entry).await {
                tracing::warn!(error = chain(&error), "A decision about updates could not be journalled.");
            }
        }
        Ok(Some((plan, outcomes)))
    }

    async fn observe_updates(
        &self,
        observer: Observer<'_>,
        cause: &Cause<'_>,
        occasion: Occasion,
        known: &Ledger,
    ) -> Seen {
        let now = occasion.now;
        // Begun after that ledger was read, this observation is later than the one that is in it, also where this call
        // came first and had to wait, or another instance's clock is ahead.
        let at = known.updates.observed.map_or(now, |known| known.max(now));
        if self.config.accompanied_updates().is_none() {
            return Seen::unread(at);
        }
        let first = rollout::first_round(&self.config, known, cause.trigger, cause.order, now);
        let mut seen = observer.updates(&first, at).await;
        for _ in 0..ROUNDS {
            let round = rollout::second_round(&self.updates_question(cause, &seen, known, occasion));
            if round.is_empty() {
                break;
            }
            observer.updates_more(&mut seen, &round).await;
        }
        seen
    }

    fn updates_question<'a>(
        &'a self,
        cause: &Cause<'a>,
        seen: &'a Seen,
        ledger: &'a Ledger,
        occasion: Occasion,
    ) -> Question<'a> {
        let Cause { trigger, order, .. } = *cause;
        Question { trigger, config: &self.config, seen, ledger, order, now: occasion.now }
    }

    /// Decides, and stores what the plan means to do before anything is done; again on what others have left, when they
    /// were faster. Also tells whether there is anything new to write down.
    async fn begin_updates(
        &self,
        cause: &Cause<'_>,
        seen: &Seen,
        occasion: Occasion,
        observed_for: Duration,
    ) -> Result<Option<(Plan, bool)>, LedgerError> {
        let (claimed, holder) = (occasion.now + observed_for, occasion.invocation.to_string());
        let is_dry = cause.order.is_some_and(|command| command.dry_run);
        let begin = |ledger: &mut Ledger| {
            if ledger.updates.observed.is_some_and(|at| at > seen.at) {
                return None;
            }
            let plan = rollout::decide(&self.updates_question(cause, seen, ledger, occasion));
            let news = plan.tells_more(&ledger.updates);
            if !is_dry {
                plan.begin(ledger, &self.config.fleet, cause.because, &holder, claimed);
            }
            Some((plan, news))
        };
        self.ledger.update(begin).await
    }

    async fn settle_updates(
        &self,
        plan: &Plan,
        outcomes: &[(ArmId, WriteOutcome)],
        occasion: Occasion,
        took: Duration,
    ) {
        let (holder, done) = (occasion.invocation.to_string(), occasion.now + took);
        let settle = |ledger: &mut Ledger| plan.settle(ledger, &holder, outcomes, occasion.now, done);
        if let Err(error) = self.ledger.update(settle).await {
            let error = chain(&error);
            tracing::warn!(
                error,
                "What became of writes to updates could not be stored; they are looked at again."
            );
        }
    }
}

/// What was told with an earlier delivery of the same message.
fn told_with(known: &Ledger, because: &str) -> Vec<Notice> {
    let told = known.updates.notices.iter().filter(|told| told.because == because);
    told.map(|told| told.notice.clone()).collect()
}

fn nothing(why: String) -> Followed {
    Followed { outcome: Outcome::Noop { why }, nudges: Vec::new(), notices: Vec::new() }
}

#[cfg(test)]
mod tests;
