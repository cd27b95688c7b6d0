//! Follow-up runs for just the members that failed: made with the stages of the first run that have any, without the
//! members that did not fail, then started.

use std::collections::BTreeSet;

use jiff::SignedDuration;

use super::{Action, Draft, Question, Stages};
use crate::{
    ids::ArmId,
    names::UPDATE_NAME_MAX,
    updates::{FailedMember, GroupPlan, Retry, RunSeen, StagePlan, UpdateState},
};

pub(super) fn follow(draft: &mut Draft, question: &Question<'_>) {
    let Ok(runs) = &question.seen.runs else { return };
    for retry in draft.note.retries.clone().into_values() {
        draft.wake_by(question.now + SignedDuration::from_secs(60));
        match runs.iter().find(|run| run.id == retry.run) {
            Some(run) if run.phase.state == UpdateState::NotStarted => go_on(draft, question, &retry, run),
            Some(_) => {
                draft.note.retries.remove(retry.run.key());
            }
            None => make(draft, question, &retry, runs),
        }
    }
}

fn make(draft: &mut Draft, question: &Question<'_>, retry: &Retry, runs: &[RunSeen]) {
    let Some(first) = runs.iter().find(|run| run.id == retry.of) else {
        if question.seen.listed || question.seen.gone.contains(&retry.of) {
            draft.note.retries.remove(retry.run.key());
            draft.explain(format!(
                "update run {} is gone, and nothing of it can be tried again",
                retry.of.name()
            ));
        }
        return;
    };
    let plan = plan_for(first, &retry.members, question);
    if plan.iter().all(|stage| stage.groups.is_empty()) {
        draft.note.retries.remove(retry.run.key());
        let of = retry.of.name();
        return draft
            .explain(format!("nobody knows the update groups of those that failed in update run {of}"));
    }
    let (run, update) = (retry.run.clone(), first.update.clone());
    let _said = draft.wish(Action::Create { run, update, by: Stages::Own(plan) }, question);
}

/// Leaves out whoever did not fail, then starts. Two looks, since the second must see that the first has worked.
fn go_on(draft: &mut Draft, question: &Question<'_>, retry: &Retry, run: &RunSeen) {
    let others = run.members().filter(|(_, _, member)| {
        member.phase.state == UpdateState::NotStarted && !retry.members.contains(&member.name)
    });
    let members: Vec<String> = others.map(|(_, _, member)| member.name.clone()).collect();
    let action = match members.is_empty() {
        true => Action::Start { run: run.id.clone() },
        false => Action::Skip { run: run.id.clone(), members },
    };
    let _said = draft.wish(action, question);
}

/// The stages and groups in which they failed, as they were; for a run that went one by one, a stage with the groups that
/// their stamps are in.
fn plan_for(run: &RunSeen, members: &[String], question: &Question<'_>) -> Vec<StagePlan> {
    let failed: Vec<_> = run.members().filter(|(_, _, member)| members.contains(&member.name)).collect();
    let groups_of = |stage: &str| -> BTreeSet<&str> {
        failed.iter().filter(|(s, _, _)| s.name == stage).map(|(_, group, _)| group.name.as_str()).collect()
    };
    if !run.plan.is_empty() {
        let stages = run.plan.iter().map(|stage| {
            let wanted = groups_of(&stage.name);
            let groups = stage.groups.iter().filter(|group| wanted.contains(group.name.as_str()));
            StagePlan { groups: groups.cloned().collect(), ..stage.clone() }
        });
        return stages.filter(|stage| !stage.groups.is_empty()).collect();
    }
    let stamps = failed.iter().filter_map(|(_, _, member)| member.cluster.as_ref());
    let records = stamps.filter_map(|cluster| question.ledger.stamp(cluster));
    let names: BTreeSet<String> = records.filter_map(|record| record.report.update_group.clone()).collect();
    let group = |name: String| GroupPlan { name, ..GroupPlan::default() };
    let groups = names.into_iter().map(group).collect();
    vec![StagePlan { name: "retry".to_owned(), groups, ..StagePlan::default() }]
}

/// What is to be made for an operator's wish: a name that no run has.
pub(super) fn wish(
    of: &ArmId,
    failed: &[FailedMember],
    by: &str,
    runs: &[RunSeen],
    question: &Question<'_>,
) -> Option<Retry> {
    let members = failed.iter().map(|failed| failed.member.clone()).collect();
    let taken: BTreeSet<&str> = runs.iter().map(|run| run.id.name()).collect();
    let name = |number: usize| {
        let end = if number == 1 { "-retry".to_owned() } else { format!("-retry-{number}") };
        let longest = UPDATE_NAME_MAX.saturating_sub(end.len());
        let beginning: String = of.name().chars().take(longest).collect();
        format!("{}{end}", beginning.trim_end_matches('-'))
    };
    let free = (1..=taken.len() + 1).map(name).find(|name| !taken.contains(name.as_str()))?;
    let run = question.config.fleet.child(&format!("updateRuns/{free}")).ok()?;
    Some(Retry { run, of: of.clone(), members, by: by.to_owned(), since: question.now })
}
