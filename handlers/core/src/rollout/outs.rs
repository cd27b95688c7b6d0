//! Whom updates want out of traffic: the stamps of a part of a run whose before-gate a rule answers, from the time the run
//! reaches that gate until it is done with them, all of a gate's stamps or none.

use std::collections::{BTreeMap, BTreeSet};

use super::{Draft, Question, evidence::is_unfinished};
use crate::{
    config::Updates,
    facets::{Mode, traffic::Owner},
    guard,
    ids::ArmId,
    ledger::Ledger,
    updates::{GateRef, GroupSeen, MemberUpdate, Out, RunSeen, Scope, StageSeen, Timing, UpdateState},
};

/// Whether a stamp's hold is not as updates want it, and nobody has looked at the stamp since.
#[must_use]
pub fn disagrees(ledger: &Ledger, cluster: &ArmId) -> bool {
    let Some(record) = ledger.stamp(cluster) else { return false };
    let Some(note) = &record.traffic else { return false };
    match ledger.updates.out.get(cluster.key()) {
        Some(out) => !note.is_held_by(&Owner::Update(out.owner.clone())) && record.observed < out.since,
        None => note.holds.iter().any(|hold| matches!(hold.owner, Owner::Update(_))),
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
    // What is not known anew stays; a run that was deleted lets go of all but those it failed on.
    let stays = |out: &Out| {
        let deleted = !draft.note.runs.get(out.run.key()).is_some_and(|note| note.ending.is_none());
        !read.contains(&out.run) && (out.failed || !deleted)
    };
    let mut outs: BTreeMap<String, Out> =
        before.iter().filter(|(_, out)| stays(out)).map(|(key, out)| (key.clone(), out.clone())).collect();
    let parts: Vec<Part<'_>> = runs.iter().flat_map(|run| parts(run, draft, question, rules)).collect();
    for part in &parts {
        keep_under_way(&mut outs, part, question, &before);
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
            draft.explain(format!("only observed: would keep {name} out of traffic for update {}", out.owner));
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
    let answered = |before: &[GateRef], stage: &StageSeen, group: Option<&GroupSeen>| {
        before.iter().any(|gate| {
            let group = group.map(|group| group.name.as_str());
            let by_rule = rules.rule(gate.display_name.as_deref(), &stage.name, group, Timing::Before);
            let asked = gate.gate.as_ref().and_then(|gate| draft.note.gates.get(gate.key()));
            by_rule.is_some() || asked.is_some_and(|note| note.asked.is_some())
        })
    };
    let mut parts = Vec::new();
    for stage in run.stages.iter().filter(|_| takes_part(run, question)) {
        let (before, after) = (stage.before.as_slice(), stage.after.as_slice());
        if answered(before, stage, None) {
            parts.push(Part { run, scope: run.scope(&stage.name, None), before, after });
        }
        for group in &stage.groups {
            let (before, after) = (group.before.as_slice(), group.after.as_slice());
            if answered(before, stage, Some(group)) {
                parts.push(Part { run, scope: run.scope(&stage.name, Some(&group.name)), before, after });
            }
        }
    }
    parts
}

/// A run under way, or one that an operator wants started.
fn takes_part(run: &RunSeen, question: &Question<'_>) -> bool {
    run.phase.state.is_active() || is_to_start(run, question)
}

fn is_to_start(run: &RunSeen, question: &Question<'_>) -> bool {
    question.ledger.updates.starts.contains_key(run.id.key())
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
fn since(part: &Part<'_>, draft: &Draft) -> Option<jiff::Timestamp> {
    let gates = part.before.iter().filter_map(|gate| gate.gate.as_ref());
    gates.filter_map(|gate| draft.note.gates.get(gate.key())).map(|note| note.since).min()
}

fn entry(part: &Part<'_>, cluster: &ArmId, before: Option<&Out>, question: &Question<'_>) -> Out {
    let owner = part.scope.to_string();
    let since = before.filter(|out| out.owner == owner).map_or(question.now, |out| out.since);
    let reason = format!("update run {} brings {}", part.run.id.name(), part.run.update);
    Out { cluster: cluster.clone(), run: part.run.id.clone(), owner, reason, failed: false, since }
}

/// The gate is open: whoever is not done stays out, and who is done until it is checked, where a gate after it asks for that.
fn keep_under_way(
    outs: &mut BTreeMap<String, Out>,
    part: &Part<'_>,
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
            UpdateState::Failed => is_to_start(part.run, question),
            UpdateState::Completed => !passed(part.after) && part.run.phase.state.is_active(),
            _ => true,
        };
        if wanted && question.ledger.stamp(cluster).is_some() {
            outs.insert(cluster.key().to_owned(), entry(part, cluster, before.get(cluster.key()), question));
        }
    }
}

/// A member that failed while it was out stays out, until a run succeeds on it later or an operator lets it go.
fn keep_failed(
    outs: &mut BTreeMap<String, Out>,
    runs: &[RunSeen],
    question: &Question<'_>,
    before: &BTreeMap<String, Out>,
) {
    for out in before.values() {
        let key = out.cluster.key();
        if outs.get(key).is_some_and(|out| !out.failed) {
            continue;
        }
        let members = || runs.iter().flat_map(|run| run.members().map(move |(_, _, member)| (run, member)));
        let its = |member: &MemberUpdate| member.cluster.as_ref() == Some(&out.cluster);
        let failed = members().find(|(run, member)| {
            run.id == out.run && its(member) && member.phase.state == UpdateState::Failed
        });
        let mended = members().any(|(_, member)| {
            let later = member.phase.completed.is_some_and(|completed| completed > out.since);
            its(member) && member.phase.state == UpdateState::Completed && later
        });
        match failed {
            Some((run, _)) if !mended => {
                outs.insert(key.to_owned(), failed_out(out, run, question));
            }
            _ if mended => {
                outs.remove(key);
            }
            _ => {}
        }
    }
}

fn failed_out(out: &Out, run: &RunSeen, question: &Question<'_>) -> Out {
    if out.failed {
        return out.clone();
    }
    let name = run.id.name();
    let (owner, reason) = (format!("{name} failed"), format!("update run {name} failed on it"));
    Out { owner, reason, failed: true, since: question.now, ..out.clone() }
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
    let leaving: Vec<&ArmId> =
        leaving.filter(|cluster| question.ledger.stamp(cluster).is_some()).collect();
    let away = outs.values().map(|out| &out.cluster).chain(leaving.iter().copied()).cloned().collect();
    if let Err(refusal) = guard::can_spare(question.config, question.ledger, &away)
        && !leaving.iter().all(|cluster| overridden(cluster, &refusal, question))
    {
        draft.explain(format!("the stamps of {} stay in traffic: {refusal}", part.scope));
        return;
    }
    for cluster in leaving {
        let out = entry(part, cluster, before.get(cluster.key()), question);
        outs.insert(cluster.key().to_owned(), out);
    }
}

fn overridden(cluster: &ArmId, refusal: &crate::plan::Refusal, question: &Question<'_>) -> bool {
    let rule = refusal.rule();
    rule.is_some_and(|rule| question.ledger.overriding(cluster, rule, question.now).is_some())
}
