//! What a line of the journal holds: a decision, the answer to a command, or an alarm, told apart by `kind`.

use fleet_arm::client::CallRecord;
use fleet_core::{
    command::{Command, CommandResult},
    health::Raised,
    ids::ArmId,
    ledger::Outcome,
    plan::{Action, Hold, Plan},
    rollout,
    trigger::NudgeKind,
    updates::Verdict,
};
use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

/// One decision and what came of it.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// When.
    pub at: Timestamp,
    /// The invocation; also the correlation id of its ARM calls.
    pub invocation: Uuid,
    /// The command behind it, if one is.
    pub command: Option<&'a Command>,
    /// What was decided.
    pub plan: &'a Plan,
    /// Whether it was to be carried out; a refused or dry-run command's plan only explains.
    pub act: bool,
    /// What became of each write.
    pub outcomes: &'a [(ArmId, Outcome)],
    /// Every ARM call made for it.
    pub calls: &'a [CallRecord],
}

/// One decision about the fleet's updates and what came of it.
#[derive(Debug, Clone, Copy)]
pub struct UpdatesEntry<'a> {
    /// When.
    pub at: Timestamp,
    /// The invocation; also the correlation id of its ARM calls.
    pub invocation: Uuid,
    /// The command behind it, if one is.
    pub command: Option<&'a Command>,
    /// What was decided.
    pub plan: &'a rollout::Plan,
    /// Whether it was to be carried out; a dry run's plan only explains.
    pub act: bool,
    /// What became of each write.
    pub outcomes: &'a [(ArmId, Outcome)],
    /// Every ARM call made for it.
    pub calls: &'a [CallRecord],
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub(super) enum Line<'a> {
    /// What was decided about a stamp, and done.
    Decision {
        at: Timestamp,
        invocation: Uuid,
        trigger: NudgeKind,
        #[serde(skip_serializing_if = "Option::is_none")]
        command: Option<&'a str>,
        subject: &'a ArmId,
        reaction: &'a str,
        carried_out: bool,
        actions: &'a [Action],
        outcomes: Vec<&'a Outcome>,
        holds: &'a [Hold],
        calls: Vec<Call<'a>>,
    },
    /// What was decided about the fleet's updates, and done.
    Updates {
        at: Timestamp,
        invocation: Uuid,
        trigger: NudgeKind,
        #[serde(skip_serializing_if = "Option::is_none")]
        command: Option<&'a str>,
        carried_out: bool,
        actions: &'a [rollout::Action],
        outcomes: Vec<&'a Outcome>,
        why_not: &'a [String],
        approved: &'a [rollout::Approved],
        endings: Vec<RunEnding<'a>>,
        calls: Vec<Call<'a>>,
    },
    /// What a command was told.
    Answer { at: Timestamp, invocation: Uuid, command: &'a Command, result: &'a CommandResult },
    /// Something that people must know, or that is over.
    Alarm { at: Timestamp, invocation: Uuid, raised: bool, alarm: &'a Raised },
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Call<'a> {
    operation: &'a str,
    resource: &'a str,
    status: Option<u16>,
    request_id: Option<&'a str>,
    attempts: u32,
}

#[derive(Serialize)]
pub(super) struct RunEnding<'a> {
    run: &'a ArmId,
    verdict: &'a Verdict,
}

impl<'a> From<&UpdatesEntry<'a>> for Line<'a> {
    fn from(entry: &UpdatesEntry<'a>) -> Self {
        let UpdatesEntry { at, invocation, command, plan, act, outcomes, calls } = *entry;
        Self::Updates {
            at,
            invocation,
            trigger: plan.trigger,
            command: command.map(|command| command.id.as_str()),
            carried_out: act,
            actions: &plan.actions,
            outcomes: outcomes.iter().map(|(_, outcome)| outcome).collect(),
            why_not: &plan.why_not,
            approved: &plan.approved,
            endings: plan.endings.iter().map(|(run, verdict)| RunEnding { run, verdict }).collect(),
            calls: calls.iter().map(Call::from).collect(),
        }
    }
}

impl<'a> From<&'a CallRecord> for Call<'a> {
    fn from(call: &'a CallRecord) -> Self {
        Self {
            operation: call.operation,
            resource: &call.resource,
            status: call.status,
            request_id: call.request_id.as_deref(),
            attempts: call.attempts,
        }
    }
}

impl<'a> From<&Entry<'a>> for Line<'a> {
    fn from(entry: &Entry<'a>) -> Self {
        let Entry { at, invocation, command, plan, act, outcomes, calls } = *entry;
        let Plan { reaction, trigger, subject, observed: _, actions, holds, record: _ } = plan;
        Self::Decision {
            at,
            invocation,
            trigger: *trigger,
            command: command.map(|command| command.id.as_str()),
            subject,
            reaction,
            carried_out: act,
            actions,
            outcomes: outcomes.iter().map(|(_, outcome)| outcome).collect(),
            holds,
            calls: calls.iter().map(Call::from).collect(),
        }
    }
}
