//! Whom updates want out of traffic: the stamps of a part of a run whose before-gate a rule answers, from the time the run
//! reaches that gate until it is done with them, all of a gate's stamps or none.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::{
    Draft, Question,
    evidence::{is_unfinished, overriding},
    gates::APPROVAL_SHOWS,
};
use crate::{
    config::Updates,
    facets::{Mode, traffic::Owner},
    guard,
    ids::ArmId,
    ledger::Ledger,
    updates::{
        GateKind, GateRef, GateSeen, GroupSeen, MemberUpdate, Out, Phase, RunSeen, Scope, StageSeen, Timing,
        UpdateState,
    },
};

/// Whether a stamp's hold is not as updates want it, and nobody has looked at the stamp since: some stamps can't be changed
/// for a while.
#[must_use]
pub fn disagrees(ledger: &Ledger, cluster: &ArmId) -> bool {
    let Some(record) = ledger.stamp(cluster) else { return false };
    let Some(note) = &record.traffic else { return false };
    match ledger.updates.out.get(cluster.key()) {
        Some(out) => !note.is_held_by(&Owner::Update(out.owner.clone())) && record.observed < out.since,
        None => {
            let held = note.holds.iter().any(|hold| matches!(hold.owner, Owner::Update(_)));
            held && ledger.updates.observed.is_none_or(|at| record.observed <= at)
        }
    }
}

/// A part of a run with gates before it that a rule answers.
struct Part<'a> {
    run: &'a RunSeen,
    scope: Scope,
    before: &'a [GateRef],
    after: &'a [GateRef],
}

pub(super) fn follow(draft: &mut Draft, question: &Question<'_>, rules: &Updates) {
    let Ok(runs) = &question.seen.runs else { return };
    let before = draft.note.out.clone();
    let read: BTreeSet<&ArmId> = runs.iter().map(|run| &run.id).collect();
    // What is not known anew stays, unless its run has ended or was deleted.
    let stays = |out: &Out| {
        let goes_on = draft.note.runs.get(out.run.key()).is_some_and(|note| note.ending.is_none());
        !out.failed && !read.contains(&out.run) && goes_on
    };
    let mut outs: BTreeMap<String, Out> =
        before.iter().filter(|(_, out)| stays(out)).map(|(key, out)| (key.clone(), out.clone())).collect();
    let parts: Vec<Part<'_>> = runs.iter().flat_map(|run| parts(run, draft, question, rules)).collect();
    for part in &parts {
        keep_under_way(&mut outs, part, draft, question, &before);
    }
    keep_failed(&mut outs, runs, question, &before);
    let mut gathering: Vec<&Part<'_>> = parts.iter().filter(|part| waits(part)).collect();
    gathering.sort_by_key(|part| {
        let since = since(part, draft);
        (since.is_none(), since, part.scope.clone())
    });
    for part in gathering {
        gather(&mut outs, part, draft, question, &before);
    }
    if rules.mode == Mode::Observe {
        for out in std::mem::take(&mut outs).values() {
            let name = out.cluster.name();
            draft
                .explain(format!("only observed: would keep {name} out of traffic for update {}", out.owner));
        }
    }
    draft.turned = turned(&before, &outs);
    draft.note.out = outs;
}

fn turned(before: &BTreeMap<String, Out>, after: &BTreeMap<String, Out>) -> Vec<ArmId> {
    let owner = |outs: &BTreeMap<String, Out>, key: &str| outs.get(key).map(|out| out.owner.clone());
    let all: BTreeMap<&String, &Out> = before.iter().chain(after).collect();
    let differs = all.into_iter().filter(|(key, _)| owner(before, key) != owner(after, key));
    differs.map(|(_, out)| out.cluster.clone()).collect()
}

fn parts<'a>(run: &'a RunSeen, draft: &Draft, question: &Question<'_>, rules: &Updates) -> Vec<Part<'a>> {
    let gates = question.seen.gates.as_ref().map(Vec::as_slice).unwrap_or_default();
    // Of what type a gate is, its run does not say.
    let is_scheduled = |gate: &&GateRef| {
        let its = |seen: &&GateSeen| Some(&seen.id) == gate.gate.as_ref();
        gates.iter().find(its).is_some_and(|seen| seen.kind != GateKind::Approval)
    };
    let answered = |before: &[GateRef], stage: &StageSeen, group: Option<&GroupSeen>| {
        before.iter().filter(|gate| !is_scheduled(gate)).any(|gate| {
            let group = group.map(|group| group.name.as_str());
            let by_rule = rules.rule(gate.display_name.as_deref(), &stage.name, group, Timing::Before);
            let asked = gate.gate.as_ref().and_then(|gate| draft.note.gates.get(gate.key()));
            by_rule.is_some() || asked.is_some_and(|note| note.asked.is_some())
        })
    };
    let mut parts = Vec::new();
    let is_left_out = |phase: &Phase| phase.state == UpdateState::Skipped;
    let stages = run.stages.iter().filter(|stage| takes_part(run, draft) && !is_left_out(&stage.phase));
    for stage in stages {
        let (before, after) = (stage.before.as_slice(), stage.after.as_slice());
        if answered(before, stage, None) {
            parts.push(Part { run, scope: run.scope(&stage.name, None), before, after });
        }
        for group in stage.groups.iter().filter(|group| !is_left_out(&group.phase)) {
            let (before, after) = (group.before.as_slice(), group.after.as_slice());
            if answered(before, stage, Some(group)) {
                parts.push(Part { run, scope: run.scope(&stage.name, Some(&group.name)), before, after });
            }
        }
    }
    parts
}

/// A run under way, or one that an operator wants started.
fn takes_part(run: &RunSeen, draft: &Draft) -> bool {
    run.phase.state.is_active() || is_to_start(run, draft)
}

fn is_to_start(run: &RunSeen, draft: &Draft) -> bool {
    draft.note.starts.contains_key(run.id.key())
}

fn passed(gates: &[GateRef]) -> bool {
    gates.iter().all(|gate| matches!(gate.state, UpdateState::Completed | UpdateState::Skipped))
}

/// Whether its run stands before it: at one of its gates, or between two of them.
fn waits(part: &Part<'_>) -> bool {
    let reached = part.before.iter().any(|gate| gate.state != UpdateState::NotStarted);
    part.run.phase.state.is_active() && reached && !passed(part.before)
}

/// When its gate was first seen waiting: who came first is served first, and last whose gate nobody has seen yet.
fn since(part: &Part<'_>, draft: &Draft) -> Option<Timestamp> {
    let gates = part.before.iter().filter_map(|gate| gate.gate.as_ref());
    gates.filter_map(|gate| draft.note.gates.get(gate.key())).map(|note| note.since).min()
}

fn entry(part: &Part<'_>, cluster: &ArmId, before: Option<&Out>, question: &Question<'_>) -> Out {
    let owner = part.scope.to_string();
    let since = before.filter(|out| out.owner == owner).map_or(question.now, |out| out.since);
    let reason = format!("update run {} brings {}", part.run.id.name(), part.run.update);
    let out = Out { cluster: cluster.clone(), run: part.run.id.clone(), owner, reason, failed: false, since };
    failed(&out, std::slice::from_ref(part.run), question).unwrap_or(out)
}

/// The gate is passed: whoever is not done stays out, and who is done until it is checked, where a gate after it asks for that.
fn keep_under_way(
    outs: &mut BTreeMap<String, Out>,
    part: &Part<'_>,
    draft: &Draft,
    question: &Question<'_>,
    before: &BTreeMap<String, Out>,
) {
    if !passed(part.before) {
        return;
    }
    for member in part.run.members_of(&part.scope) {
        let Some(cluster) = &member.cluster else { continue };
        let wanted = match member.phase.state {
            UpdateState::Skipped => false,
            // Started again, the run takes it up again.
            UpdateState::Failed => is_to_start(part.run, draft),
            UpdateState::Completed => !passed(part.after) && part.run.phase.state.is_active(),
            _ => true,
        };
        if wanted && question.ledger.stamp(cluster).is_some() {
            outs.insert(cluster.key().to_owned(), entry(part, cluster, before.get(cluster.key()), question));
        }
    }
}

/// A stamp that a run failed on while it was out stays out on behalf of that run, also while another one tries again, until
/// a run succeeds on it later or an operator lets it go.
fn keep_failed(
    outs: &mut BTreeMap<String, Out>,
    runs: &[RunSeen],
    question: &Question<'_>,
    before: &BTreeMap<String, Out>,
) {
    for out in before.values().filter(|out| !is_mended(out, runs)) {
        if let Some(failed) = failed(out, runs, question) {
            outs.insert(out.cluster.key().to_owned(), failed);
        }
    }
}

/// Whether a run has succeeded on it since.
fn is_mended(out: &Out, runs: &[RunSeen]) -> bool {
    let succeeded = |run: &RunSeen| ended_in(&UpdateState::Completed, run, out);
    runs.iter().filter_map(succeeded).any(|ended| ended.is_some_and(|ended| ended > out.since))
}

/// When the stamp's member ended so in a run, if it did.
fn ended_in(state: &UpdateState, run: &RunSeen, out: &Out) -> Option<Option<Timestamp>> {
    let its = |member: &MemberUpdate| member.cluster.as_ref() == Some(&out.cluster);
    let mut members = run.members().map(|(_, _, member)| member);
    members.find(|member| its(member) && member.phase.state == *state).map(|member| member.phase.completed)
}

/// The same stamp, out because a run failed on it; none where none did.
fn failed(out: &Out, runs: &[RunSeen], question: &Question<'_>) -> Option<Out> {
    let failed = |run: &&RunSeen| ended_in(&UpdateState::Failed, run, out);
    let later = runs
        .iter()
        .filter(|run| run.id != out.run)
        .find(|run| failed(run).is_some_and(|ended| ended.is_some_and(|ended| ended > out.since)));
    let own = || runs.iter().find(|run| run.id == out.run && failed(run).is_some());
    match later.or_else(|| own().filter(|_| !out.failed)) {
        None => out.failed.then(|| out.clone()),
        Some(run) => {
            let name = run.id.name();
            let (owner, reason) = (format!("{name} failed"), format!("update run {name} failed on it"));
            let (run, since) = (run.id.clone(), question.now);
            Some(Out { run, owner, reason, failed: true, since, ..out.clone() })
        }
    }
}

/// Whether a gate before it was approved by us of late: its run may have begun with it by now, however the gate was seen.
fn may_be_passed(part: &Part<'_>, draft: &Draft, now: Timestamp) -> bool {
    let gates = part.before.iter().filter_map(|gate| gate.gate.as_ref());
    let mut approvals = gates.filter_map(|gate| draft.note.gates.get(gate.key())?.approval.as_ref());
    approvals.any(|approval| approval.at + APPROVAL_SHOWS > now)
}

/// The gate waits: its stamps leave, if the fleet can spare all of them at once.
fn gather(
    outs: &mut BTreeMap<String, Out>,
    part: &Part<'_>,
    draft: &mut Draft,
    question: &Question<'_>,
    before: &BTreeMap<String, Out>,
) {
    let leaving = part.run.members_of(&part.scope).filter(|member| is_unfinished(member));
    let leaving = leaving.filter_map(|member| member.cluster.as_ref());
    let leaving: Vec<&ArmId> = leaving.filter(|cluster| question.ledger.stamp(cluster).is_some()).collect();
    let away = outs.values().map(|out| &out.cluster).chain(leaving.iter().copied()).cloned().collect();
    if let Err(refusal) = guard::can_spare(question.config, question.ledger, &away)
        && overriding(leaving.iter().copied(), &refusal, question).is_none()
        && !may_be_passed(part, draft, question.now)
    {
        draft.explain(format!("the stamps of {} stay in traffic: {refusal}", part.scope));
        return;
    }
    for cluster in leaving {
        if outs.get(cluster.key()).is_some_and(|out| out.failed) {
            continue;
        }
        let out = entry(part, cluster, before.get(cluster.key()), question);
        outs.insert(cluster.key().to_owned(), out);
    }
}
