//! Runs that are to start. One that was stopped or failed goes on behind gates that were passed already: its stamps leave
//! traffic before it may.

use jiff::SignedDuration;

use super::{Action, Draft, Question, evidence, versions};
use crate::{
    config::{NewVersionAction, Updates},
    facets::Mode,
    ids::ArmId,
    updates::{Found, GroupPlan, RunSeen, Timing, UpdateState},
};

pub(super) fn follow(draft: &mut Draft, question: &Question<'_>, rules: &Updates) {
    let Ok(runs) = &question.seen.runs else { return };
    for wish in draft.note.starts.clone().into_values() {
        let key = wish.run.key();
        match runs.iter().find(|run| run.id == wish.run) {
            Some(run) if run.phase.state.is_active() => {
                draft.note.starts.remove(key);
            }
            Some(run) => start(draft, question, run),
            None if question.seen.listed || question.seen.gone.contains(&wish.run) => {
                draft.note.starts.remove(key);
                draft.explain(format!("update run {} is gone and can't be started", wish.run.name()));
            }
            None => draft.wake_by(question.now + SignedDuration::from_secs(60)),
        }
    }
    start_made(draft, question, rules, runs);
}

/// Starts a run, or says what it waits for.
fn start(draft: &mut Draft, question: &Question<'_>, run: &RunSeen) {
    let name = run.id.name();
    if matches!(run.phase.state, UpdateState::Completed | UpdateState::Skipped) {
        draft.note.starts.remove(run.id.key());
        draft.explain(format!("update run {name} is {} and can't be started again", run.phase.state));
        return;
    }
    if draft.note.retries.contains_key(run.id.key()) {
        draft.note.starts.remove(run.id.key());
        draft
            .explain(format!("update run {name} starts by itself once those that did not fail are left out"));
        return;
    }
    let serving = serving(draft, question, run);
    if !serving.is_empty() {
        draft.explain(format!("update run {name} starts once {} take no traffic", serving.join(", ")));
        draft.wake_by(question.now + SignedDuration::from_secs(60));
        return;
    }
    let _said = draft.wish(Action::Start { run: run.id.clone() }, question);
}

/// Stamps of the run that are to be out, because it has passed the gates before them, and may still take traffic.
fn serving(draft: &Draft, question: &Question<'_>, run: &RunSeen) -> Vec<String> {
    if question.config.traffic.as_ref().is_none_or(|traffic| traffic.mode != Mode::Enforce) {
        return Vec::new();
    }
    let members = run.members().filter(|(_, _, member)| evidence::is_unfinished(member));
    let out = members.filter_map(|(_, _, member)| draft.note.out.get(member.cluster.as_ref()?.key()));
    let serves = |cluster: &ArmId| {
        let record = question.ledger.stamp(cluster)?;
        evidence::out_of_traffic(record, draft, question).filter(|found| matches!(found, Found::Missing(_)))
    };
    out.filter(|out| serves(&out.cluster).is_some()).map(|out| out.cluster.name().to_owned()).collect()
}

/// Starts a run that was made for a new version, where the configuration asks for that: never one that would update
/// stamps while they take traffic.
fn start_made(draft: &mut Draft, question: &Question<'_>, rules: &Updates, runs: &[RunSeen]) {
    if rules.new_versions.action != NewVersionAction::CreateAndStart {
        return;
    }
    let Some(made) = draft.note.asked.as_ref().and_then(|asked| asked.run.clone()) else { return };
    let run = runs.iter().find(|run| run.id == made && run.phase.state == UpdateState::NotStarted);
    let Some(run) = run else { return };
    if !versions::brings_news(run, question) {
        let name = run.id.name();
        draft.explain(format!("update run {name} is not started: every stamp has what it brings"));
        return;
    }
    if let Some(part) = unguarded(run, question, rules) {
        let name = run.id.name();
        draft.explain(format!(
            "update run {name} is not started by itself: no rule answers a gate before {part}, so that its stamps would be updated while they take traffic"
        ));
        return;
    }
    let _said = draft.wish(Action::Start { run: run.id.clone() }, question);
}

/// A part of the run that has no approval gate before it which a rule answers. Only the plan tells which gates ask for an
/// approval.
fn unguarded(run: &RunSeen, question: &Question<'_>, rules: &Updates) -> Option<String> {
    question.config.traffic.as_ref().filter(|traffic| traffic.mode == Mode::Enforce)?;
    let answered = |gates: &[Option<String>], stage: &str, group: Option<&str>| {
        gates.iter().any(|name| rules.rule(name.as_deref(), stage, group, Timing::Before).is_some())
    };
    for stage in run.plan.iter().filter(|stage| !answered(&stage.before, &stage.name, None)) {
        let unanswered = |group: &&GroupPlan| !answered(&group.before, &stage.name, Some(&group.name));
        if let Some(group) = stage.groups.iter().find(unanswered) {
            return Some(run.scope(&stage.name, Some(&group.name)).to_string());
        }
    }
    run.plan.is_empty().then(|| run.id.name().to_owned())
}
