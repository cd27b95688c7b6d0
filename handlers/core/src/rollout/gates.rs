//! Gates: only approval gates of our fleet that wait, as read in this very look, and that a rule or an operator answers.
//! One is approved when nothing has been missing for its soak; otherwise it waits, with the reason.

use jiff::{SignedDuration, Timestamp};

use super::{Action, Approved, Draft, Question, evidence};
use crate::{
    config::{GateRule, Updates},
    facets::Mode,
    ids::ArmId,
    updates::{Approval, GateKind, GateNote, GateSeen, NoticeKind, Piece, UpdateState, Waiting},
};

/// Waits between looks at a gate for which something is missing; the last one repeats.
const WAITS: [SignedDuration; 5] = [
    SignedDuration::from_mins(1),
    SignedDuration::from_mins(2),
    SignedDuration::from_mins(4),
    SignedDuration::from_mins(8),
    SignedDuration::from_mins(15),
];

/// How long an approval of ours may take to show at its gate: the run may have gone on by then, and its clusters be at
/// work. Whether the service takes that long is not verified.
pub(super) const APPROVAL_SHOWS: SignedDuration = SignedDuration::from_mins(5);

/// How many reasons a waiting gate is remembered with.
const REASONS_AT_MOST: usize = 20;

/// The gates that people may be asked about: of our fleet, completed by an approval, waiting.
pub(super) fn waiting<'a>(question: &Question<'a>) -> impl Iterator<Item = &'a GateSeen> {
    let gates = question.seen.gates.as_ref().map(Vec::as_slice).unwrap_or_default();
    let fleet = &question.config.fleet;
    gates.iter().filter(move |gate| is_ours(gate, fleet) && gate.state == UpdateState::Pending)
}

pub(super) fn is_ours(gate: &GateSeen, fleet: &ArmId) -> bool {
    gate.kind == GateKind::Approval && gate.id.is_within(fleet) && gate.run.is_within(fleet)
}

/// Remembers which gates wait since when, and forgets those that are gone.
pub(super) fn take_note(draft: &mut Draft, question: &Question<'_>, rules: &Updates) {
    let gates = match &question.seen.gates {
        Ok(gates) => gates,
        Err(unread) => {
            draft.explain(unread.to_string());
            draft.wake_by(question.now + WAITS[0]);
            return;
        }
    };
    let seen = |note: &GateNote| gates.iter().find(|gate| gate.id == note.gate);
    draft.note.gates.retain(|_, note| match seen(note) {
        Some(gate) => {
            note.state = gate.state.clone();
            true
        }
        None => false,
    });
    for gate in waiting(question) {
        let rule = rules.rule_for(gate);
        let key = gate.id.key().to_owned();
        let note = draft.note.gates.entry(key).or_insert_with(|| fresh(gate, question.now));
        let rule = rule.filter(|_| rules.mode == Mode::Enforce);
        let patience = rule.map(|rule| SignedDuration::from_mins(i64::from(rule.patience_minutes)));
        note.patience_ends = patience.map(|patience| note.since + patience);
    }
}

fn fresh(gate: &GateSeen, now: Timestamp) -> GateNote {
    GateNote {
        gate: gate.id.clone(),
        display_name: gate.display_name.clone(),
        run: gate.run.clone(),
        scope: gate.scope.clone(),
        timing: gate.timing,
        state: gate.state.clone(),
        since: now,
        patience_ends: None,
        told: false,
        waits: Waiting::default(),
        asked: None,
        approval: None,
    }
}

/// Approves the gates that may be, and says of the others what they wait for.
pub(super) fn answer(draft: &mut Draft, question: &Question<'_>, rules: &Updates) {
    let mut gates: Vec<&GateSeen> = waiting(question).collect();
    gates.sort_by_key(|gate| (draft.note.gates.get(gate.id.key()).map(|note| note.since), gate.id.clone()));
    for gate in gates {
        let Some(mut note) = draft.note.gates.get(gate.id.key()).cloned() else { continue };
        let rule = rules.rule_for(gate);
        decide(draft, question, gate, &mut note, rule);
        draft.note.gates.insert(gate.id.key().to_owned(), note);
    }
}

fn decide(
    draft: &mut Draft,
    question: &Question<'_>,
    gate: &GateSeen,
    note: &mut GateNote,
    rule: Option<&GateRule>,
) {
    if rule.is_none() && note.asked.is_none() {
        note.waits =
            Waiting { why: vec!["no rule of the configuration answers it".to_owned()], ..Waiting::default() };
        return;
    }
    let run = question.seen.runs.as_ref().ok().and_then(|runs| runs.iter().find(|run| run.id == gate.run));
    let Some(run) = run else {
        return wait(draft, question, note, vec!["its run could not be read".to_owned()]);
    };
    if !run.phase.state.is_active() {
        return wait(draft, question, note, vec![format!("its run is {}", run.phase.state)]);
    }
    let evidence = evidence::of(gate, run, draft, question);
    let missing: Vec<String> = evidence
        .iter()
        .filter(|piece| piece.is_missing())
        .take(REASONS_AT_MOST)
        .map(Piece::to_string)
        .collect();
    if !missing.is_empty() {
        return wait(draft, question, note, missing);
    }
    let soak = rule.filter(|_| note.asked.is_none()).map_or(0, |rule| i64::from(rule.soak_minutes));
    let complete_since = *note.waits.complete_since.get_or_insert(question.now);
    let due = complete_since + SignedDuration::from_mins(soak);
    if question.now < due {
        note.waits.why = vec![format!("nothing is missing; approved at {due} if that lasts")];
        (note.waits.looks, note.waits.next) = (0, Some(due));
        draft.wake_by(due);
        return;
    }
    approve(draft, question, gate, note, evidence);
}

fn approve(
    draft: &mut Draft,
    question: &Question<'_>,
    gate: &GateSeen,
    note: &mut GateNote,
    evidence: Vec<Piece>,
) {
    let approve = Action::Approve { gate: gate.id.clone(), etag: gate.etag.clone() };
    if let Err(why) = draft.wish(approve, question) {
        forget_approval(note, question.now);
        note.waits.why = vec![why];
        return mind_patience(draft, note, question.now);
    }
    let wish = note.asked.as_ref().map(|asked| format!("{} ({})", asked.by, asked.reason));
    let by = wish.unwrap_or_else(|| "a rule of the configuration".to_owned());
    draft.approved.push(Approved { gate: gate.id.clone(), evidence: evidence.clone() });
    note.waits = Waiting { complete_since: note.waits.complete_since, ..Waiting::default() };
    note.approval = Some(Approval { at: question.now, by, evidence });
}

/// Leaves it waiting, and asks for a look that is the later the longer nothing changes.
fn wait(draft: &mut Draft, question: &Question<'_>, note: &mut GateNote, why: Vec<String>) {
    let now = question.now;
    // A look before its time has found nothing out that the next one should wait longer for.
    let early = note.waits.next.is_some_and(|next| next > now) && note.waits.why == why;
    let looks = match note.waits.why == why {
        true => note.waits.looks.saturating_add(u32::from(!early)),
        false => 0,
    };
    let step = usize::try_from(looks).unwrap_or(usize::MAX).min(WAITS.len() - 1);
    let next = note.waits.next.filter(|_| early).unwrap_or(now + WAITS[step]);
    for sentence in &why {
        draft.explain(format!("gate {} {}: {sentence}", note.timing, note.scope));
    }
    forget_approval(note, now);
    note.waits = Waiting { why, complete_since: None, looks, next: Some(next) };
    draft.wake_by(next);
    mind_patience(draft, note, now);
}

/// An approval that does not show at its gate in time was none.
fn forget_approval(note: &mut GateNote, now: Timestamp) {
    note.approval = note.approval.take().filter(|approval| approval.at + APPROVAL_SHOWS > now);
}

/// Tells people once that it waits too long.
fn mind_patience(draft: &mut Draft, note: &mut GateNote, now: Timestamp) {
    if let Some(ends) = note.patience_ends {
        if now < ends {
            draft.wake_by(ends);
        } else if !std::mem::replace(&mut note.told, true) {
            tell(draft, note, now);
        }
    }
}

fn tell(draft: &mut Draft, note: &GateNote, now: Timestamp) {
    let id = format!("gate-waits:{}", note.gate.name());
    let says = says(note);
    draft.tell(NoticeKind::GateWaits, id, &note.run, says, now).gate = Some(note.gate.clone());
}

/// What a gate that waits too long is told with.
pub(super) fn says(note: &GateNote) -> String {
    let GateNote { timing, scope, since, waits, .. } = note;
    format!("the gate {timing} {scope} has waited since {since}: {}", waits.why.join("; "))
}
