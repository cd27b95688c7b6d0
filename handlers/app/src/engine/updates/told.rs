//! What a look at the fleet's updates is told with: to the host, to the log, and to whoever sent a command.

use fleet_core::{
    command::{CommandResult, Status},
    ids::ArmId,
    ledger::Outcome as WriteOutcome,
    rollout::{self, Plan},
    trigger::NudgeKind,
    updates::{Outcome as RunOutcome, Verdict},
};

use super::Followed;
use crate::{
    engine::{Occasion, nudge_about},
    outcome::Outcome,
};

/// What the host and people are told of a look.
pub(super) fn followed(
    plan: &Plan,
    outcomes: &[(ArmId, WriteOutcome)],
    because: &str,
    occasion: Occasion,
) -> Followed {
    plan.endings.iter().for_each(|(run, verdict)| log_ending(run, verdict));
    let nudge = |stamp| nudge_about(stamp, NudgeKind::UpdateTurned, because, occasion.now);
    let nudges = plan.turned.iter().map(nudge).collect();
    Followed { outcome: told(plan, outcomes), nudges, notices: plan.notices.clone() }
}

fn log_ending(run: &ArmId, verdict: &Verdict) {
    let run = run.name();
    if matches!(verdict.outcome, RunOutcome::Succeeded | RunOutcome::Skipped) {
        tracing::info!(update.run = run, update.verdict = %verdict, "An update run has ended.");
    } else {
        tracing::error!(update.run = run, update.verdict = %verdict, "An update run has ended badly.");
    }
}

fn told(plan: &Plan, outcomes: &[(ArmId, WriteOutcome)]) -> Outcome {
    let mut story: Vec<String> = plan.notices.iter().map(|notice| notice.says.clone()).collect();
    for (action, (_, outcome)) in plan.actions.iter().zip(outcomes) {
        story.push(match outcome {
            WriteOutcome::Completed => format!("done: {action}"),
            WriteOutcome::Started => format!("started: {action}"),
            WriteOutcome::Failed(fault) => format!("failed: {action}: {}: {}", fault.code, fault.message),
        });
    }
    story.extend(plan.why_not.iter().map(|why| format!("hold: {why}")));
    if story.is_empty() {
        return Outcome::Noop { why: "the fleet's updates need nothing".to_owned() };
    }
    Outcome::Done { story }
}

/// A write that failed is tried again by itself where the wish for it is remembered: the command is held, not done. A stop
/// is not remembered.
pub(super) fn with_failures(result: &mut CommandResult, plan: &Plan, outcomes: &[(ArmId, WriteOutcome)]) {
    for (action, (_, outcome)) in plan.actions.iter().zip(outcomes) {
        let WriteOutcome::Failed(fault) = outcome else { continue };
        let text = action.to_string();
        if !result.did.contains(&text) {
            continue;
        }
        let stops = matches!(action, rollout::Action::Stop { .. });
        let (status, what) = if stops {
            (Status::Refused, "failed; ask again")
        } else {
            (Status::Held, "failed, and tried again")
        };
        result.status = result.status.max(status);
        result.did.retain(|did| *did != text);
        result.why.push(format!("{what}: {text}: {}: {}", fault.code, fault.message));
    }
}
