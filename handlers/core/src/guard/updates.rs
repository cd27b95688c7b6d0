//! The guard's look at writes to gates and runs, independent of how they came about.

use jiff::Timestamp;

use crate::{
    command::GuardRule,
    config::FleetConfig,
    facets::traffic::OriginSeen,
    ids::ArmId,
    ledger::Ledger,
    names::origin_id,
    plan::{Refusal, UpdateAction as Action},
    updates::{GateKind, GateSeen, RunSeen, Timing, UpdateState},
    world::UpdatesSeen as Seen,
};

/// What the guard looks at beside the action.
#[derive(Debug, Clone, Copy)]
pub struct UpdateCase<'a> {
    /// The configuration.
    pub config: &'a FleetConfig,
    /// What was seen.
    pub seen: &'a Seen,
    /// What is remembered.
    pub ledger: &'a Ledger,
    /// Writes that are planned already.
    pub planned: &'a [Action],
    /// The time of the decision.
    pub now: Timestamp,
}

/// Whether a write to a gate or a run may be carried out.
///
/// # Errors
/// With the reason why not.
pub fn review_update(action: &Action, case: UpdateCase<'_>) -> Result<(), Refusal> {
    if !action.target().is_within(&case.config.fleet) {
        return Err(Refusal::NotThisStamps);
    }
    match action {
        Action::Approve { gate, .. } => approval(gate, case),
        Action::Start { run } => alone(Some(run), case),
        Action::Create { .. } | Action::Generate { .. } => alone(None, case),
        Action::Stop { .. } | Action::Skip { .. } => Ok(()),
    }
}

/// Only an approval gate that waits; and before an update, only when no origin of its stamps takes traffic.
fn approval(gate: &ArmId, case: UpdateCase<'_>) -> Result<(), Refusal> {
    let gates = case.seen.gates.as_ref().map(Vec::as_slice).unwrap_or_default();
    let waits = |seen: &&GateSeen| {
        seen.id == *gate && seen.kind == GateKind::Approval && seen.state == UpdateState::Pending
    };
    let gate = gates.iter().find(waits).ok_or(Refusal::NotWaiting)?;
    let runs = case.seen.runs.as_ref().map(Vec::as_slice).unwrap_or_default();
    let run = runs.iter().find(|run| run.id == gate.run).ok_or(Refusal::NotWaiting)?;
    let Some(traffic) = case.config.managed_traffic() else { return Ok(()) };
    if gate.timing == Timing::After {
        return Ok(());
    }
    let Some(Ok(origins)) = &case.seen.origins else { return Err(Refusal::Blind) };
    // One that was stopped, or that failed, is taken up again with its run.
    let left = |state: &UpdateState| !matches!(state, UpdateState::Completed | UpdateState::Skipped);
    let members = run.members_of(&gate.scope).filter(|member| left(&member.phase.state));
    for cluster in members.filter_map(|member| member.cluster.as_ref()) {
        let own = origin_id(&traffic.origin_group, cluster);
        let known = case.ledger.stamp(cluster).and_then(|record| record.report.origin.as_ref());
        let its = |origin: &OriginSeen| {
            Some(&origin.id) == own.as_ref() || known.is_some_and(|known| known.id == origin.id)
        };
        let broken = case.ledger.overriding(cluster, GuardRule::Evidence, case.now).is_some();
        if !broken && origins.iter().any(|origin| origin.enabled && its(origin)) {
            return Err(Refusal::StillInTraffic { stamp: cluster.name().to_owned() });
        }
    }
    Ok(())
}

/// One run at a time.
fn alone(but: Option<&ArmId>, case: UpdateCase<'_>) -> Result<(), Refusal> {
    let Ok(runs) = &case.seen.runs else { return Err(Refusal::Blind) };
    let others = |run: &&RunSeen| Some(&run.id) != but && run.phase.state.is_active();
    let busy = runs.iter().find(others).map(|run| run.id.name().to_owned());
    let started = case.planned.iter().find_map(|action| match action {
        Action::Start { run } if Some(run) != but => Some(run.name().to_owned()),
        _ => None,
    });
    busy.or(started).map_or(Ok(()), |run| Err(Refusal::AnotherRun { run }))
}
