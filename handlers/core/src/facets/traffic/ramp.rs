//! The way into traffic, step by step: each only after the one before was seen in effect, for its time, and in good health.

use jiff::SignedDuration;

use super::{Action, Case, OriginSeen, Probe, RampNote, RampStep, Reason, Standing, TrafficNote, Verdict};
use crate::facets::Diff;

/// The next step of an enabled origin. Never enables: whoever disabled it in between has a reason that we don't know.
pub(super) fn next(case: Case<'_>, origin: &OriginSeen, mut note: TrafficNote, ramp: RampNote) -> Standing {
    if let Err(unread) = &case.seen.host {
        // It may have moved, and then more traffic is the last thing it should get.
        return Standing::of(Diff::hold(Reason::Unread(unread.clone())), note);
    }
    let steps = &case.wanted.ramp;
    let at = ramp.step.min(steps.len().saturating_sub(1));
    let Some(step) = steps.get(at).copied() else { return Standing::of(Diff::none(), note) };
    if origin.weight != Some(step.weight) {
        let diff = if ramp.confirmed {
            Diff::hold(Reason::ForeignWeight { ours: step.weight, seen: origin.weight })
        } else {
            Diff::act(weigh(origin, step))
        };
        return Standing::of(diff, note);
    }
    let since = if ramp.confirmed { ramp.since } else { case.now };
    note.ramp = Some(RampNote { step: at, since, confirmed: true });
    if let Some(back) = step_back(case, at) {
        return back_to(case, origin, note, back);
    }
    let Some(next) = steps.get(at + 1).copied() else { return Standing::of(Diff::none(), note) };
    let due = since + SignedDuration::from_mins(i64::from(step.bake_minutes));
    let waits = |due| {
        let diff = Diff::hold(Reason::Ramping { weight: step.weight, next: next.weight });
        Standing { due: Some(due), ..Standing::of(diff, note.clone()) }
    };
    if case.now < due {
        return waits(due);
    }
    if case.seen.probe != Some(Probe::Good) {
        // More traffic is for the healthy. Looked at again after another bake, at least a minute.
        return waits(case.now + SignedDuration::from_mins(i64::from(step.bake_minutes.max(1))));
    }
    note.ramp = Some(RampNote { step: at + 1, since: case.now, confirmed: false });
    Standing::of(Diff::act(weigh(origin, next)), note)
}

/// The step before, when the evidence turned bad on the way in. At full weight the stamp is in; from there on bad evidence
/// is for the hysteresis to judge.
fn step_back(case: Case<'_>, at: usize) -> Option<usize> {
    let on_the_way = at > 0 && at + 1 < case.wanted.ramp.len();
    let bad = matches!(case.verdict, Some(Verdict::Bad(_)));
    (on_the_way && bad).then(|| at - 1)
}

fn back_to(case: Case<'_>, origin: &OriginSeen, mut note: TrafficNote, step: usize) -> Standing {
    note.ramp = Some(RampNote { step, since: case.now, confirmed: false });
    let Some(before) = case.wanted.ramp.get(step).copied() else { return Standing::of(Diff::none(), note) };
    let why = case.verdict.map_or_else(String::new, ToString::to_string);
    let reasons = vec![Reason::SteppedBack { weight: before.weight, why }];
    Standing::of(Diff { actions: vec![weigh(origin, before)], reasons }, note)
}

fn weigh(origin: &OriginSeen, step: RampStep) -> Action {
    Action::SetWeight { origin: origin.id.clone(), weight: step.weight }
}
