//! Commands: each has one effect and one answer, however often it is delivered and wherever it is interrupted.

use fleet_core::{
    command::{Command, CommandResult, Order, StampResult, Status, Target},
    ids::ArmId,
    ledger::{Ledger, Outcome as WriteOutcome, Override},
    plan::Plan,
    reactions::{Question, command_received},
    trigger::{Nudge, NudgeKind},
    updates::Notice,
};
use jiff::Timestamp;

use super::{
    Engine, Occasion, chain,
    look::{ByNudge, Decide, Decided},
    nudge_about,
};
use crate::ledger_store::LedgerError;

/// How many known stamps a rejection names.
const NAMED_AT_MOST: usize = 20;

/// What a command came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Commanded {
    /// The answer.
    pub result: CommandResult,
    /// Stamps to look at because of it.
    pub nudges: Vec<Nudge>,
    /// What people are told beside the answer.
    pub notices: Vec<Notice>,
}

impl Commanded {
    pub(super) fn answered(result: CommandResult) -> Self {
        Self { result, nudges: Vec::new(), notices: Vec::new() }
    }
}

/// The decision of one of a command's stamps.
struct ByCommand<'a>(&'a Command);

impl Decide for ByCommand<'_> {
    type Told = StampResult;

    fn trigger(&self) -> NudgeKind {
        NudgeKind::Command
    }

    fn decide(&self, question: &Question<'_>) -> Decided<StampResult> {
        let answered = command_received::answer(self.0, question);
        let act = answered.granted && !self.0.dry_run;
        Decided { plan: answered.plan, act, told: answered.result }
    }

    fn remember(&self, ledger: &mut Ledger, told: &StampResult, now: Timestamp) {
        ledger.note_command(&self.0.id, told, now);
        // What can't be granted has been refused before.
        let _changed = command_received::forget(self.0, ledger, &told.cluster);
    }

    fn command(&self) -> Option<&Command> {
        Some(self.0)
    }
}

impl Engine {
    /// Does what a command asks, as far as the guard allows.
    ///
    /// # Errors
    /// When the ledger can't be reached; another delivery goes on from where this one stopped.
    pub async fn command(&self, command: &Command, occasion: Occasion) -> Result<Commanded, LedgerError> {
        let known = self.known().await?;
        if let Some(result) = known.commands.get(&command.id).and_then(|record| record.result.clone()) {
            return Ok(Commanded::answered(result));
        }
        if command.order.is_about_updates() {
            return self.command_updates(command, occasion).await;
        }
        let stamps = match subjects(&command.order, &known) {
            Ok(stamps) => stamps,
            Err(why) => {
                let result = CommandResult::rejected(command, why, occasion.now);
                return Ok(Commanded::answered(self.conclude(command, result, occasion).await?));
            }
        };
        if let Order::Override { target, guard, expires } = &command.order {
            let broken = Override {
                target: target.clone(),
                guard: *guard,
                by: command.requested_by.clone(),
                reason: command.reason.clone(),
                until: *expires,
            };
            return self.break_glass(command, broken, &stamps, occasion).await;
        }
        let mut results = Vec::new();
        for stamp in &stamps {
            results.push(self.command_stamp(command, stamp, occasion).await?);
        }
        let result = CommandResult::of(command, results, occasion.now);
        Ok(Commanded::answered(self.conclude(command, result, occasion).await?))
    }

    async fn break_glass(
        &self,
        command: &Command,
        broken: Override,
        stamps: &[ArmId],
        occasion: Occasion,
    ) -> Result<Commanded, LedgerError> {
        if !command.dry_run {
            self.ledger.update(|ledger| ledger.break_glass(&command.id, &broken, occasion.now)).await?;
        }
        let result =
            CommandResult { status: Status::Done, ..CommandResult::of(command, Vec::new(), occasion.now) };
        let nudge = |stamp| nudge_about(stamp, NudgeKind::Command, &command.id, occasion.now);
        let nudges = stamps.iter().filter(|_| !command.dry_run).map(nudge).collect();
        let answered = Commanded::answered(self.conclude(command, result, occasion).await?);
        Ok(Commanded { nudges, ..answered })
    }

    /// One stamp of a command. What an interrupted delivery has decided stays decided; what is left of it is done by an
    /// ordinary look.
    async fn command_stamp(
        &self,
        command: &Command,
        stamp: &ArmId,
        occasion: Occasion,
    ) -> Result<StampResult, LedgerError> {
        let turn = loop {
            // A turn that somebody else's look has served is not ours: a command must be decided itself.
            if let Some(turn) = self.flights.turn(stamp.key()).await {
                break turn;
            }
        };
        let known = self.known().await?;
        let decided = known.commands.get(&command.id).and_then(|record| record.of(stamp).cloned());
        let result = match decided {
            Some(decided) => {
                let look = self.look(stamp, occasion, &known, &ByNudge(NudgeKind::Command)).await?;
                with_failures(decided, &look.plan, &look.outcomes)
            }
            None => {
                let look = self.look(stamp, occasion, &known, &ByCommand(command)).await?;
                with_failures(look.told, &look.plan, &look.outcomes)
            }
        };
        turn.done();
        Ok(result)
    }

    /// Stores the answer, unless another delivery of the same command has answered: then theirs stands. That of a dry run
    /// is only journalled.
    pub(super) async fn conclude(
        &self,
        command: &Command,
        result: CommandResult,
        occasion: Occasion,
    ) -> Result<CommandResult, LedgerError> {
        let stands = if command.dry_run {
            result
        } else {
            self.ledger.update(|ledger| ledger.conclude_command(&result, occasion.now)).await?
        };
        if let Err(error) = self.journal.answer(command, &stands, occasion.now, occasion.invocation).await {
            tracing::warn!(command.id, error = chain(&error), "A command's answer could not be journalled.");
        }
        Ok(stands)
    }
}

/// A write that failed is tried again by itself: the command is held, not done.
fn with_failures(mut result: StampResult, plan: &Plan, outcomes: &[(ArmId, WriteOutcome)]) -> StampResult {
    for (action, (_, outcome)) in plan.actions.iter().zip(outcomes) {
        if let WriteOutcome::Failed(fault) = outcome {
            result.status = result.status.max(Status::Held);
            result
                .why_not
                .push(format!("failed, and tried again: {action}: {}: {}", fault.code, fault.message));
        }
    }
    result
}

/// The stamps that an order is about, in the order of their ids.
///
/// # Errors
/// When there is none, with those that there are.
fn subjects(order: &Order, known: &Ledger) -> Result<Vec<ArmId>, String> {
    let target = match order {
        Order::Enroll { cluster } | Order::Decommission { cluster } => return Ok(vec![cluster.clone()]),
        Order::Drain { target, .. }
        | Order::Restore { target, .. }
        | Order::Hold { target, .. }
        | Order::Release { target, .. }
        | Order::StateHealth { target, .. }
        | Order::Reconcile { target }
        | Order::Override { target, .. } => target,
        Order::ApproveGate { .. }
        | Order::StartUpdate { .. }
        | Order::StopUpdate { .. }
        | Order::RetryFailed { .. } => return Ok(Vec::new()),
    };
    let meant = known.stamps.values().filter(|record| target.covers(&record.report));
    let meant: Vec<ArmId> = meant.map(|record| record.cluster.clone()).collect();
    match (target, meant.as_slice()) {
        (_, []) => Err(format!("{target} is not on record; known are {}", named(known))),
        (Target::Stamp(name), [_, _, ..]) => {
            let ids: Vec<&str> = meant.iter().map(ArmId::as_str).collect();
            Err(format!("{name} is the name of several clusters; give one of the ids {}", ids.join(", ")))
        }
        _ => Ok(meant),
    }
}

fn named(known: &Ledger) -> String {
    let stamps = known.stamps.values();
    let names = stamps.map(|record| format!("{} in {}", record.cluster.name(), record.report.region));
    let mut names: Vec<String> = names.take(NAMED_AT_MOST).collect();
    match known.stamps.len() {
        0 => names.push("no stamps yet".to_owned()),
        all if all > NAMED_AT_MOST => names.push(format!("{} more", all - NAMED_AT_MOST)),
        _ => {}
    }
    names.join(", ")
}
