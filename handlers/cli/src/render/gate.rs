//! A gate of an update run: what it waits for, or what it was approved on.

use anstyle::Style;
use fleet_core::updates::{Approval, Found, GateNote, Piece, UpdateState};
use jiff::Timestamp;

use super::{BAD, BOLD, FAINT, GOOD, PLAIN, WARN, styled, time};

/// What people call it: its display name, or else its own.
pub(super) fn name(gate: &GateNote) -> &str {
    gate.display_name.as_deref().unwrap_or_else(|| gate.gate.name())
}

/// The same, and where in its run it stands.
pub(super) fn name_and_place(gate: &GateNote) -> String {
    format!("{} {} {}", name(gate), gate.timing, gate.scope)
}

/// What it waits for in one line.
pub(super) fn waits_for(gate: &GateNote) -> String {
    if gate.approval.is_some() {
        return "its approval to come through".to_owned();
    }
    match gate.waits.why.as_slice() {
        [why] => why.clone(),
        [first, ..] => format!("{} reasons: {first}", gate.waits.why.len()),
        [] if gate.waits.complete_since.is_some() => "the end of its soak".to_owned(),
        [] if gate.patience_ends.is_none() && gate.asked.is_none() => "somebody's approval".to_owned(),
        [] => "a look at its evidence".to_owned(),
    }
}

/// A gate in full, at `now`.
#[must_use]
pub fn gate(gate: &GateNote, now: Timestamp) -> String {
    let (style, word) = standing(gate);
    let mut text = format!(
        "{} {} {}: {}\n{}\n",
        styled(BOLD, name(gate)),
        gate.timing,
        gate.scope,
        styled(style, &word),
        styled(FAINT, gate.gate.as_str())
    );
    let mut line = |name: &str, says: &str| text.push_str(&format!("  {name:<11}{says}\n"));
    if let Some(Approval { at, by, evidence }) = &gate.approval {
        line("approved", &format!("{}, by {by}", time(*at)));
        evidence.iter().for_each(|piece| line("evidence", &self::piece(piece)));
    } else if gate.state == UpdateState::Pending {
        waiting(gate, now).iter().for_each(|(name, says)| line(name, says));
    }
    text
}

/// A piece of evidence; what is not good stands out.
pub(super) fn piece(piece: &Piece) -> String {
    let style = match piece.found {
        Found::Good(_) => PLAIN,
        Found::Excused { .. } => WARN,
        Found::Missing(_) => BAD,
    };
    styled(style, &piece.to_string())
}

fn standing(gate: &GateNote) -> (Style, String) {
    match (&gate.state, &gate.approval) {
        (UpdateState::Pending, None) => (WARN, format!("waits since {}", time(gate.since))),
        (UpdateState::Pending, Some(_)) => (WARN, "approved, which has not come through yet".to_owned()),
        (UpdateState::Completed, Some(_)) => (GOOD, "approved".to_owned()),
        (UpdateState::Completed, None) => (GOOD, "approved, not by the app".to_owned()),
        (UpdateState::Skipped, _) => (PLAIN, "skipped".to_owned()),
        (other, _) => (PLAIN, other.to_string()),
    }
}

fn waiting(gate: &GateNote, now: Timestamp) -> Vec<(&'static str, String)> {
    let waits = &gate.waits;
    let mut lines: Vec<_> = waits.why.iter().map(|why| ("waits for", why.clone())).collect();
    if lines.is_empty() {
        lines.push(("waits for", waits_for(gate)));
    }
    if let Some(since) = waits.complete_since {
        lines.push(("complete", format!("since {}", time(since))));
    }
    lines.extend(waits.next.map(|next| ("next look", time(next))));
    lines.extend(gate.patience_ends.map(|ends| ("patience", patience(gate, ends, now))));
    match &gate.asked {
        Some(wish) => lines.push(("asked", format!("by {}: {}", wish.by, wish.reason))),
        None => lines.push(("to approve", format!("fleetctl approve-gate {} --reason …", gate.gate.name()))),
    }
    lines
}

fn patience(gate: &GateNote, ends: Timestamp, now: Timestamp) -> String {
    let ended = || styled(BAD, &format!("ended {}", time(ends)));
    match gate.told {
        true => format!("{}; people were told", ended()),
        false if ends <= now => ended(),
        false => format!("ends {}; then people are told", time(ends)),
    }
}
