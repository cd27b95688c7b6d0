//! Commands about updates: one more wish in the same decision, behind the same guard.

use super::{Action, Answer, Draft, Question, gates, retries};
use crate::{
    command::{Command, Order, Status},
    facets::{Mode, Unread},
    ids::ArmId,
    updates::{GateKind, GateSeen, OperatorsWish, RunSeen, Starting, UpdateState, verdict},
};

/// How many known runs a rejection names.
const NAMED_AT_MOST: usize = 20;

/// Whether a command is about a gate.
pub(super) fn is_about(command: &Command, id: &ArmId) -> bool {
    matches!(&command.order, Order::ApproveGate { gate } if gate.eq_ignore_ascii_case(id.name()))
}

/// Takes the wish in. What can't be granted is answered at once, and changes nothing.
pub(super) fn hear(draft: &mut Draft, question: &Question<'_>) {
    let Some(command) = question.order else { return };
    let heard = match &command.order {
        Order::ApproveGate { gate } => approve(draft, question, command, gate),
        Order::StartUpdate { run } => start(draft, question, command, run),
        Order::StopUpdate { run } => stop(draft, question, run),
        Order::RetryFailed { run } => retry(draft, question, command, run),
        _ => Err(Answer::of(Status::Refused, "it is no command about updates".to_owned())),
    };
    draft.answer = heard.err();
}

type Heard = Result<(), Answer>;

fn refused(why: impl Into<String>) -> Answer {
    Answer::of(Status::Refused, why.into())
}

fn unread(hole: &Unread) -> Answer {
    refused(hole.to_string())
}

fn may_act(question: &Question<'_>) -> Heard {
    match question.rules() {
        Some(rules) if rules.mode == Mode::Enforce => Ok(()),
        _ => Err(refused("updates are only observed; the configuration's updates.mode says so")),
    }
}

fn approve(draft: &mut Draft, question: &Question<'_>, command: &Command, name: &str) -> Heard {
    may_act(question)?;
    let gates = question.seen.gates.as_ref().map_err(unread)?;
    let its = |gate: &&GateSeen| gate.id.name().eq_ignore_ascii_case(name);
    let Some(gate) = gates.iter().find(its) else {
        let why = format!("the fleet has no gate {name}; a gate exists once its run has reached it");
        return Err(Answer::of(Status::Rejected, why));
    };
    if let GateKind::Other(kind) = &gate.kind {
        return Err(refused(format!(
            "the gate is of type {kind}, which nobody approves; only Approval gates are"
        )));
    }
    if !gates::is_ours(gate, &question.config.fleet) {
        return Err(refused("the gate belongs to another fleet"));
    }
    if gate.state != UpdateState::Pending {
        return Err(Answer::of(Status::NoOp, format!("the gate is {}", gate.state)));
    }
    if let Some(note) = draft.note.gates.get_mut(gate.id.key()) {
        let Command { requested_by, reason, .. } = command;
        note.asked = Some(OperatorsWish { by: requested_by.clone(), reason: reason.clone() });
    }
    Ok(())
}

fn find<'a>(question: &Question<'a>, name: &str) -> Result<&'a RunSeen, Answer> {
    let runs = question.seen.runs.as_ref().map_err(unread)?;
    runs.iter().find(|run| run.id.name().eq_ignore_ascii_case(name)).ok_or_else(|| {
        let known: Vec<&str> = runs.iter().map(|run| run.id.name()).take(NAMED_AT_MOST).collect();
        let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        Answer::of(Status::Rejected, format!("the fleet has no update run {name}; there are {known}"))
    })
}

fn start(draft: &mut Draft, question: &Question<'_>, command: &Command, name: &str) -> Heard {
    may_act(question)?;
    let run = find(question, name)?;
    match &run.phase.state {
        UpdateState::NotStarted | UpdateState::Stopped | UpdateState::Failed => {}
        UpdateState::Completed | UpdateState::Skipped => {
            return Err(refused(format!("the run is {} and can't be started again", run.phase.state)));
        }
        state => return Err(Answer::of(Status::NoOp, format!("the run is {state} already"))),
    }
    none_under_way(question, run)?;
    let (run, by) = (run.id.clone(), command.requested_by.clone());
    let wish = Starting { run: run.clone(), by, since: question.now };
    draft.note.starts.entry(run.key().to_owned()).or_insert(wish);
    Ok(())
}

fn none_under_way(question: &Question<'_>, but: &RunSeen) -> Heard {
    let runs = question.seen.runs.as_ref().map_err(unread)?;
    match runs.iter().find(|run| run.id != but.id && run.phase.state.is_active()) {
        Some(busy) => Err(refused(format!("update run {} is under way; stop it or wait", busy.id.name()))),
        None => Ok(()),
    }
}

fn stop(draft: &mut Draft, question: &Question<'_>, name: &str) -> Heard {
    may_act(question)?;
    let run = find(question, name)?;
    let (start, retry) = (draft.note.starts.remove(run.id.key()), draft.note.retries.remove(run.id.key()));
    let wanted = start.is_some() || retry.is_some();
    match &run.phase.state {
        UpdateState::Running | UpdateState::Pending => {
            draft.wish(Action::Stop { run: run.id.clone() }, question).map_err(refused)
        }
        _ if wanted => Ok(()),
        UpdateState::Stopping => Err(Answer::of(Status::NoOp, "the run is stopping already".to_owned())),
        state => Err(Answer::of(Status::NoOp, format!("the run is not under way: it is {state}"))),
    }
}

fn retry(draft: &mut Draft, question: &Question<'_>, command: &Command, name: &str) -> Heard {
    may_act(question)?;
    let run = find(question, name)?;
    let Some(verdict) = verdict(run) else {
        return Err(refused(format!("the run is {}; wait for its end, or stop it", run.phase.state)));
    };
    if verdict.failed.is_empty() {
        return Err(Answer::of(Status::NoOp, "no member failed in the run".to_owned()));
    }
    if let Some(known) = draft.note.retries.values().find(|retry| retry.of == run.id) {
        return Err(Answer::of(Status::NoOp, format!("update run {} is on its way", known.run.name())));
    }
    if run.update.image_selection.as_deref().is_some_and(|how| how.eq_ignore_ascii_case("Custom")) {
        return Err(refused("the run's node images were chosen by hand; make the follow-up run by hand too"));
    }
    none_under_way(question, run)?;
    let runs = question.seen.runs.as_ref().map_err(unread)?;
    let wish = retries::wish(&run.id, &verdict.failed, &command.requested_by, runs, question);
    let wish = wish.ok_or_else(|| refused("no name for a follow-up run could be found"))?;
    draft.note.retries.insert(wish.run.key().to_owned(), wish);
    Ok(())
}

/// What the command is told, once the decision is made: what is done of it, or what it waits for.
pub(super) fn answer(draft: &mut Draft, question: &Question<'_>) {
    let (None, Some(command)) = (&draft.answer, question.order) else { return };
    let its = |action: &&Action| match (&command.order, action) {
        (Order::ApproveGate { gate }, Action::Approve { gate: id, .. }) => {
            gate.eq_ignore_ascii_case(id.name())
        }
        (Order::StartUpdate { run }, Action::Start { run: id })
        | (Order::StopUpdate { run }, Action::Stop { run: id }) => run.eq_ignore_ascii_case(id.name()),
        (Order::RetryFailed { .. }, Action::Create { .. }) => true,
        _ => false,
    };
    let did: Vec<String> = draft.actions.iter().filter(its).map(ToString::to_string).collect();
    let gate = draft.note.gates.values().find(|note| is_about(command, &note.gate));
    let why = match (&command.order, gate) {
        (Order::ApproveGate { .. }, Some(note)) => note.waits.why.clone(),
        (Order::RetryFailed { .. }, _) => draft.note.retries.values().map(follows).collect(),
        (Order::StartUpdate { .. }, _) if did.is_empty() => draft.why_not.clone(),
        _ => Vec::new(),
    };
    let goes_on = matches!(command.order, Order::RetryFailed { .. });
    let stopped = matches!(command.order, Order::StopUpdate { .. });
    let status = if (did.is_empty() && !stopped) || goes_on { Status::Held } else { Status::Done };
    draft.answer = Some(Answer { status, did, why });
}

fn follows(retry: &crate::updates::Retry) -> String {
    format!("update run {} follows for {}", retry.run.name(), retry.members.join(", "))
}
