//! What may be asked of a run: to start, stop or skip parts of it, to pass a gate, to vanish.
//!
//! The contract names no codes for refusals; those here are choices.

use jiff::Timestamp;
use serde_json::Value;

use crate::arm::error::{self, ArmError};
use crate::arm::id;
use crate::arm::state::State;

use super::model::{Asked, Group, Member, Request, Run, Stage, UpdateState};
use super::{gates, nudge, reaction, with_run};

const SKIPPED: &str = "skipped by request.";

/// Asks for a start, which is allowed before the first one and after a stop or a failure. The run shows it later.
pub(crate) fn start(state: &mut State, run: &str, now: Timestamp) -> Result<(), ArmError> {
    let due = reaction(state, now);
    change(state, run, |run, _| {
        let startable = [UpdateState::NotStarted, UpdateState::Stopped, UpdateState::Failed];
        if !startable.contains(&run.status.state) || run.asked.is_some() {
            return Err(error::update_run_state(&run.id, run.status.state.name(), "started"));
        }
        ask(run, Request::Start, due);
        Ok(())
    })
}

/// Asks for a stop, which is allowed while a run is Running, Pending or Skipped. It shows Stopping at once.
pub(crate) fn stop(state: &mut State, run: &str, now: Timestamp) -> Result<(), ArmError> {
    let due = reaction(state, now);
    change(state, run, |run, _| {
        let stoppable = [UpdateState::Running, UpdateState::Pending, UpdateState::Skipped];
        if !stoppable.contains(&run.status.state) {
            return Err(error::update_run_state(&run.id, run.status.state.name(), "stopped"));
        }
        show_stopping(run, now);
        ask(run, Request::Stop, due);
        Ok(())
    })
}

/// Skips members, groups, stages or the waits after stages. What is in flight or has ended stays as it is.
pub(crate) fn skip(state: &mut State, run: &str, targets: &Value, now: Timestamp) -> Result<(), ArmError> {
    let targets = targets.as_array().filter(|targets| !targets.is_empty());
    let targets = targets.ok_or_else(|| error::invalid_parameter("targets", "at least one is required"))?;
    change(state, run, |run, state| {
        for target in targets {
            let (kind, name) = (target["type"].as_str(), target["name"].as_str().unwrap_or_default());
            if !skip_target(run, kind.unwrap_or_default(), name, state, now) {
                let why = format!("the run has no {} named '{name}'", kind.unwrap_or("part"));
                return Err(error::invalid_parameter("targets", &why));
            }
        }
        Ok(())
    })?;
    nudge(state, run, now);
    Ok(())
}

/// Approves a gate. Only a pending gate that waits for an approval takes one.
pub(crate) fn approve(state: &mut State, gate: &str, now: Timestamp) -> Result<(), ArmError> {
    let properties = state.store.get(gate).map(|body| body["properties"].clone());
    let properties = properties.ok_or_else(|| error::resource_not_found(gate))?;
    let current = properties["state"].as_str().unwrap_or_default();
    if properties["gateType"] != "Approval" || current != "Pending" {
        return Err(error::gate_state(gate, current));
    }
    gates::complete(state, gate, now);
    nudge(state, properties["target"]["id"].as_str().unwrap_or_default(), now);
    Ok(())
}

/// Deletes a run with its gates, in whatever state; false when there is none. Upgrades under way go on.
pub(crate) fn delete(state: &mut State, run: &str, now: Timestamp) -> bool {
    gates::remove_all(state, run, now);
    state.updates.runs.remove(&id::key(run));
    state.store.remove(run).is_some()
}

fn change(
    state: &mut State,
    run: &str,
    change: impl FnOnce(&mut Run, &mut State) -> Result<(), ArmError>,
) -> Result<(), ArmError> {
    with_run(state, run, change).unwrap_or_else(|| Err(error::resource_not_found(run)))
}

fn ask(run: &mut Run, what: Request, due: Timestamp) {
    run.asked = Some(Asked { what, due });
    run.wake = Some(run.wake.map_or(due, |wake| wake.min(due)));
}

fn show_stopping(run: &mut Run, now: Timestamp) {
    run.status.enter(UpdateState::Stopping, now);
    for stage in run.stages.iter_mut().filter(|stage| stage.status.state.is_active()) {
        stage.status.enter(UpdateState::Stopping, now);
        for group in stage.groups.iter_mut().filter(|group| group.status.state.is_active()) {
            group.status.enter(UpdateState::Stopping, now);
            let running = |member: &&mut Member| member.status.state == UpdateState::Running;
            for member in group.members.iter_mut().filter(running) {
                member.status.enter(UpdateState::Stopping, now);
            }
        }
    }
}

/// False when the run has no such part.
fn skip_target(run: &mut Run, kind: &str, name: &str, state: &mut State, now: Timestamp) -> bool {
    let stages = &mut run.stages;
    match kind {
        "Stage" => found(stages.iter_mut().find(|stage| stage.name == name), |stage| {
            skip_stage(stage, state, now);
        }),
        "AfterStageWait" => found(stages.iter_mut().find(|stage| stage.name == name), |stage| {
            stage.wait.enter(UpdateState::Skipped, now);
        }),
        "Group" => {
            let mut groups = stages.iter_mut().flat_map(|stage| &mut stage.groups);
            found(groups.find(|group| group.name == name), |group| skip_group(group, state, now))
        }
        "Member" => {
            let groups = stages.iter_mut().flat_map(|stage| &mut stage.groups);
            let mut members = groups.flat_map(|group| &mut group.members);
            found(members.find(|member| member.name == name), |member| skip_member(member, now))
        }
        _ => false,
    }
}

fn found<T>(part: Option<&mut T>, skip: impl FnOnce(&mut T)) -> bool {
    let is_there = part.is_some();
    if let Some(part) = part {
        skip(part);
    }
    is_there
}

fn skip_stage(stage: &mut Stage, state: &mut State, now: Timestamp) {
    gates::skip(&mut stage.before, state, now);
    gates::skip(&mut stage.after, state, now);
    stage.wait.enter(UpdateState::Skipped, now);
    for group in &mut stage.groups {
        skip_group(group, state, now);
    }
    if stage.groups.iter().all(|group| group.status.state == UpdateState::Skipped) {
        stage.status.enter(UpdateState::Skipped, now);
    }
}

fn skip_group(group: &mut Group, state: &mut State, now: Timestamp) {
    gates::skip(&mut group.before, state, now);
    gates::skip(&mut group.after, state, now);
    for member in &mut group.members {
        skip_member(member, now);
    }
    if group.members.iter().all(|member| member.status.state == UpdateState::Skipped) {
        group.status.enter(UpdateState::Skipped, now);
    }
}

fn skip_member(member: &mut Member, now: Timestamp) {
    let kept = [UpdateState::Running, UpdateState::Stopping, UpdateState::Completed, UpdateState::Skipped];
    if !kept.contains(&member.status.state) {
        member.status.enter(UpdateState::Skipped, now);
        member.message = Some(SKIPPED.to_owned());
        member.recheck = None;
    }
}
