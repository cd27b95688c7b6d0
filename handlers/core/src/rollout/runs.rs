//! Following runs to their ends: no event tells of one (event reference: is there an event for a finished run).

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::{Draft, Question};
use crate::{
    ids::ArmId,
    updates::{Ending, NoticeKind, Outcome, RunNote, RunSeen, UpdateState, Verdict, verdict},
};

/// How long an ended run is remembered.
const ENDED_MEMORY: SignedDuration = SignedDuration::from_hours(7 * 24);

/// How soon a run is looked at again in which something moves.
const MOVING: SignedDuration = SignedDuration::from_secs(60);

/// And one that waits: for a gate, a window, the time after a stage.
const WAITING: SignedDuration = SignedDuration::from_secs(300);

pub(super) fn follow(draft: &mut Draft, question: &Question<'_>) {
    match &question.seen.runs {
        Err(unread) => {
            draft.explain(unread.to_string());
            draft.wake_by(question.now + MOVING);
        }
        Ok(runs) => {
            for run in runs {
                take_note(draft, question, run);
            }
            for gone in vanished(draft, question, runs) {
                bury(draft, question, &gone);
            }
        }
    }
    prune(draft, question.now);
}

fn take_note(draft: &mut Draft, question: &Question<'_>, run: &RunSeen) {
    let before = draft.note.runs.get(run.id.key()).cloned();
    let ended = verdict(run);
    if before.is_none() && ended.as_ref().is_some_and(|verdict| !is_news(verdict, question)) {
        return;
    }
    let known = before.and_then(|note| note.ending);
    let ending = match (ended, known) {
        (None, _) => None,
        (Some(verdict), Some(known)) if known.verdict == verdict => Some(known),
        (Some(verdict), _) => Some(conclude(draft, &run.id, verdict, question.now)),
    };
    if run.phase.state.is_active() {
        draft.wake_by(question.now + if moves(run) { MOVING } else { WAITING });
    }
    draft.note.runs.insert(run.id.key().to_owned(), note_of(run, ending));
}

/// A run that was over when we first heard of it is history, unless it ended since all runs were last listed: then nobody
/// has told of its end yet.
fn is_news(verdict: &Verdict, question: &Question<'_>) -> bool {
    match (question.ledger.updates.listed, verdict.ended) {
        (Some(listed), Some(ended)) => ended > listed,
        _ => false,
    }
}

fn note_of(run: &RunSeen, ending: Option<Ending>) -> RunNote {
    let in_state = |state: &UpdateState| run.members().filter(|(_, _, m)| m.phase.state == *state).count();
    RunNote {
        run: run.id.clone(),
        brings: run.update.to_string(),
        state: run.phase.state.clone(),
        members: run.members().count(),
        updated: in_state(&UpdateState::Completed),
        failed: in_state(&UpdateState::Failed),
        ending,
    }
}

/// Whether something happens in it that ends by itself before long.
fn moves(run: &RunSeen) -> bool {
    let works = |state: &UpdateState| matches!(state, UpdateState::Running | UpdateState::Stopping);
    run.phase.state == UpdateState::Stopping || run.members().any(|(_, _, member)| works(&member.phase.state))
}

fn conclude(draft: &mut Draft, run: &ArmId, verdict: Verdict, now: Timestamp) -> Ending {
    let when = verdict.ended.unwrap_or(now);
    let id = format!("{}:{}:{when}", run.name(), verdict.outcome);
    let says = format!("update run {}: {verdict}", run.name());
    draft.tell(NoticeKind::RunEnded, id, run, says, now).verdict = Some(verdict.clone());
    draft.endings.push((run.clone(), verdict.clone()));
    Ending { verdict, found: now }
}

/// Runs that were under way when last seen and are not there any more.
fn vanished(draft: &Draft, question: &Question<'_>, runs: &[RunSeen]) -> Vec<ArmId> {
    let there: BTreeSet<&ArmId> = runs.iter().map(|run| &run.id).collect();
    let is_gone =
        |run: &ArmId| question.seen.gone.contains(run) || (question.seen.listed && !there.contains(run));
    let known = draft.note.runs.values().map(|note| &note.run);
    known.filter(|run| is_gone(run)).cloned().collect()
}

/// A run deleted before its end has one of its own kind; one deleted after it, or before its beginning, is forgotten.
fn bury(draft: &mut Draft, question: &Question<'_>, run: &ArmId) {
    let Some(mut note) = draft.note.runs.remove(run.key()) else { return };
    let was_deleted = |ending: &Ending| ending.verdict.outcome == Outcome::Deleted;
    if note.ending.as_ref().is_some_and(was_deleted) {
        draft.note.runs.insert(run.key().to_owned(), note);
    } else if note.state.is_active() {
        let verdict = Verdict::deleted(&note);
        note.ending = Some(conclude(draft, run, verdict, question.now));
        draft.note.runs.insert(run.key().to_owned(), note);
    }
}

fn prune(draft: &mut Draft, now: Timestamp) {
    let holding: BTreeSet<&str> = draft.note.out.values().map(|out| out.run.key()).collect();
    let fresh = |ending: &Option<Ending>| ending.as_ref().is_none_or(|end| end.found + ENDED_MEMORY > now);
    draft.note.runs.retain(|key, note| fresh(&note.ending) || holding.contains(key.as_str()));
}
