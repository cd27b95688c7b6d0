//! The decision about one origin: created disabled, enabled once nothing holds it, ramped step by step.

use jiff::Timestamp;

use super::{
    Action, Case, Origin, OriginSeen, Owner, Probe, Proofs, RampNote, Reason, Standing, TrafficNote, Verdict,
    Wanted, ramp,
};
use crate::{
    facets::{Diff, Progress, Unread},
    ids::ArmId,
    names::origin_name,
};

/// What to do about the traffic of a stamp of which too little is known to let it in: it is taken out if somebody
/// holds it, and otherwise left as it is.
pub fn withdraw(case: Case<'_>) -> Standing {
    let mut note = case.note.cloned().unwrap_or_default();
    note.expire(case.now);
    let origins = match &case.seen.origins {
        Ok(origins) => origins,
        Err(unread) => return Standing::of(Diff::hold(Reason::Unread(unread.clone())), note),
    };
    let Some(origin) = origin_of(origins, case) else { return Standing::of(Diff::none(), note) };
    let standing = match origin.progress {
        Progress::Settled | Progress::Failed if note.is_held_out() => held_out(origin, note),
        Progress::Busy => Standing::of(Diff::hold(busy(origin)), note),
        Progress::Settled | Progress::Failed => Standing::of(Diff::none(), note),
    };
    Standing { origin: Some(origin.clone()), ..standing }
}

/// What to do about the traffic of a stamp that is in scope and ready.
pub fn diff(case: Case<'_>, proofs: &Proofs) -> Standing {
    let note = case.note.cloned().map(|note| back_from_removal(note, case.now));
    let case = Case { note: note.as_ref(), ..case };
    let origins = match &case.seen.origins {
        Ok(origins) => origins,
        Err(unread) => {
            return Standing::of(
                Diff::hold(Reason::Unread(unread.clone())),
                case.note.cloned().unwrap_or_default(),
            );
        }
    };
    let Some(origin) = origin_of(origins, case) else { return create(case) };
    let standing = match case.note {
        None => at_first_sight(origin, case.now),
        // A write may be under way, or came after the observation: what was seen says nothing about the origin.
        Some(note) if case.claimed => Standing::of(Diff::hold(busy(origin)), note.clone()),
        Some(note) => match origin.progress {
            Progress::Busy => Standing::of(Diff::hold(busy(origin)), note.clone()),
            Progress::Failed => Standing::of(Diff::act(rewrite(case.wanted, origin)), note.clone()),
            Progress::Settled => settled(case, origin, note.clone(), proofs),
        },
    };
    Standing { origin: Some(origin.clone()), ..standing }
}

/// A cluster created again under its old id, or enrolled again, while the stamp was taken apart is a new one to be proven.
fn back_from_removal(mut note: TrafficNote, now: Timestamp) -> TrafficNote {
    note.expire(now);
    if note.is_held_by(&Owner::Decommission) {
        note.release(&Owner::Decommission);
        note.ramp = None;
        note.hold(Owner::Quarantine, "back after it was taken apart", now);
    }
    note
}

/// The stamp's origin: the one with our derived name, one that somebody else made for the same host, or, while the host
/// can't be told, the one that was its origin when last seen.
fn origin_of<'a>(origins: &'a [OriginSeen], case: Case<'_>) -> Option<&'a OriginSeen> {
    let own = case.own_id();
    let is_known = |origin: &&OriginSeen| case.seen.host.is_err() && Some(&origin.id) == case.known;
    let by_host = |origin: &&OriginSeen| {
        case.seen.host.as_ref().is_ok_and(|host| origin.host.eq_ignore_ascii_case(host))
    };
    let named = origins.iter().find(|origin| Some(&origin.id) == own.as_ref());
    named.or_else(|| origins.iter().find(by_host)).or_else(|| origins.iter().find(is_known))
}

fn create(case: Case<'_>) -> Standing {
    let mut note = TrafficNote { ramp: None, ..case.note.cloned().unwrap_or_default() };
    let diff = match (&case.seen.host, case.own_id()) {
        (Err(unread), _) => Diff::hold(Reason::NoHost(unread.clone())),
        (Ok(_), None) => Diff::hold(Reason::Unread(Unread {
            what: format!("the id of origin {}", origin_name(case.cluster)),
            why: "it would be no legal resource id".to_owned(),
        })),
        (Ok(host), Some(id)) => {
            note.hold(Owner::Quarantine, "new in the origin group", case.now);
            Diff::act(Action::Put(new_origin(case.wanted, id, host)))
        }
    };
    Standing::of(diff, note)
}

fn new_origin(wanted: &Wanted, id: ArmId, host: &str) -> Origin {
    Origin {
        id,
        host: host.to_owned(),
        http_port: wanted.http_port,
        https_port: wanted.https_port,
        priority: wanted.priority,
        weight: first_weight(wanted),
        enabled: false,
        rewrites_failed: false,
    }
}

fn first_weight(wanted: &Wanted) -> u16 {
    wanted.ramp.first().map_or(1, |step| step.weight)
}

/// An origin that we have no memory of: an enabled one serves and is let be; a disabled one was disabled by somebody,
/// or by us before our memory was lost, and stays so.
fn at_first_sight(origin: &OriginSeen, now: Timestamp) -> Standing {
    let mut note = TrafficNote::default();
    let mut diff = Diff::none();
    if !origin.enabled {
        note.hold(Owner::Unknown, "found disabled, with no record of why", now);
        diff = held(&note);
    }
    Standing { diff, note, origin: None, due: None }
}

/// The same origin again, as it is: its last operation failed.
fn rewrite(wanted: &Wanted, origin: &OriginSeen) -> Action {
    Action::Put(Origin {
        weight: origin.weight.unwrap_or_else(|| first_weight(wanted)),
        enabled: origin.enabled,
        rewrites_failed: true,
        ..new_origin(wanted, origin.id.clone(), &origin.host)
    })
}

fn settled(case: Case<'_>, origin: &OriginSeen, mut note: TrafficNote, proofs: &Proofs) -> Standing {
    if origin.enabled && note.is_held_by(&Owner::Unknown) {
        // Whoever disabled it has enabled it again: that is how an unknown owner releases.
        note.release(&Owner::Unknown);
        note.ramp = None;
    }
    let host = case.seen.host.as_ref().ok();
    let moved_to = host.filter(|host| !origin.host.eq_ignore_ascii_case(host));
    if let (Some(host), false) = (moved_to, origin.enabled) {
        let repoint = Action::Repoint { origin: origin.id.clone(), host: host.clone() };
        return Standing::of(Diff::act(repoint), unproven(case, origin, note, moved_to, proofs));
    }
    let mut note = unproven(case, origin, note, moved_to, proofs);
    if note.is_held_out() {
        return held_out(origin, note);
    }
    if note.holds.is_empty() && note.taken_out {
        note.taken_out = false;
        if !origin.enabled {
            note.ramp = None;
            note.hold(Owner::Quarantine, "on its way back into traffic", case.now);
        }
    }
    let diff = if note.is_held_by(&Owner::Quarantine) {
        let mut missing = proofs.missing.clone();
        missing.extend(moved_to.map(|host| format!("its origin to point to {host}")));
        missing.extend(case.seen.host.as_ref().err().map(|unread| format!("its public host ({unread})")));
        quarantined(case, origin, &mut note, missing, proofs.unseen)
    } else if !origin.enabled {
        note.hold(Owner::Unknown, "disabled by somebody else while it served", case.now);
        held(&note)
    } else if let Some(ramp) = note.ramp {
        return ramp::next(case, origin, note, ramp);
    } else {
        Diff::none()
    };
    Standing::of(diff, note)
}

/// Puts back into quarantine what is not proven any more: all of it goes through the same door as a new stamp.
fn unproven(
    case: Case<'_>,
    origin: &OriginSeen,
    mut note: TrafficNote,
    moved_to: Option<&String>,
    proofs: &Proofs,
) -> TrafficNote {
    if !origin.enabled && matches!(note.ramp, Some(RampNote { step: 0, confirmed: false, .. })) {
        // Decided, but never seen in effect: the proofs may have gone since, so they are asked for again.
        note.ramp = None;
        note.hold(Owner::Quarantine, "its first enabling was not seen in effect", case.now);
    }
    if let Some(host) = moved_to.filter(|_| origin.enabled) {
        note.hold(Owner::Quarantine, &format!("its public host became {host}"), case.now);
    }
    if proofs.recreated {
        note.ramp = None;
        note.hold(Owner::Quarantine, "its cluster was created again", case.now);
    }
    note
}

/// Out, whatever is proven: each hold's owner alone ends it.
fn held_out(origin: &OriginSeen, mut note: TrafficNote) -> Standing {
    let mut diff = held(&note);
    if origin.enabled {
        note.taken_out = true;
        diff.actions.push(Action::Disable { origin: origin.id.clone() });
    }
    let due = note.next_expiry();
    Standing { due, ..Standing::of(diff, note) }
}

fn busy(origin: &OriginSeen) -> Reason {
    Reason::Busy { origin: origin.id.name().to_owned() }
}

fn held(note: &TrafficNote) -> Diff<Action, Reason> {
    let by = note.holds.iter().map(|hold| format!("{} ({})", hold.owner, hold.reason)).collect::<Vec<_>>();
    Diff::hold(Reason::Held { by: by.join(", ") })
}

fn quarantined(
    case: Case<'_>,
    origin: &OriginSeen,
    note: &mut TrafficNote,
    mut missing: Vec<String>,
    unseen: bool,
) -> Diff<Action, Reason> {
    match &case.seen.probe {
        Some(Probe::Good) => {
            if let Some(Verdict::Bad(why)) = case.verdict {
                missing.push(format!("evidence of its health that is not bad ({why})"));
            }
        }
        Some(Probe::Bad(why)) => missing.push(format!("a good probe of its health path ({why})")),
        None => missing.push("a good probe of its health path (not asked yet)".to_owned()),
    }
    if missing.is_empty() {
        note.release(&Owner::Quarantine);
        note.taken_out = false;
        note.ramp = Some(RampNote { step: 0, since: case.now, confirmed: false });
        return Diff::act(Action::Enable { origin: origin.id.clone(), weight: first_weight(case.wanted) });
    }
    let blind = unseen || case.seen.host.is_err() || case.seen.probe.is_none();
    let mut diff = Diff::hold(Reason::Quarantined { missing });
    // A proof that could not be looked for is no reason to take an origin away from its users.
    if origin.enabled && !blind {
        diff.actions.push(Action::Disable { origin: origin.id.clone() });
    }
    diff
}

#[cfg(test)]
mod tests;
