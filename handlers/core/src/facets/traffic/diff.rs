//! The decision about one origin: created disabled, enabled once nothing holds it, ramped step by step.

use jiff::{SignedDuration, Timestamp};

use super::{
    Action, Origin, OriginSeen, Owner, Probe, RampNote, RampStep, Reason, Seen, TrafficNote, Wanted,
};
use crate::{
    facets::{Diff, Progress, Sight, Unread},
    ids::ArmId,
    names::origin_name,
};

/// The result of the traffic facet: what to do, what to remember, and when to look again.
#[derive(Debug, Clone, PartialEq)]
#[must_use = "a decision about traffic that nobody carries out"]
pub struct Standing {
    /// Actions and reasons.
    pub diff: Diff<Action, Reason>,
    /// The note as it shall be once the actions are under way. It is stored before they are.
    pub note: TrafficNote,
    /// The stamp's origin, if it exists.
    pub origin: Option<OriginSeen>,
    /// When the next ramp step is due.
    pub due: Option<Timestamp>,
}

/// What to do about the traffic of a stamp that is in scope and ready. `missing` names the proofs, other than the probe,
/// that a quarantined stamp still lacks.
pub fn diff(
    wanted: &Wanted,
    cluster: &ArmId,
    seen: &Seen,
    note: Option<&TrafficNote>,
    missing: &[String],
    now: Timestamp,
) -> Standing {
    let known = note.cloned().map(|note| back_from_removal(note, now));
    let note = known.as_ref();
    let stay = |diff| Standing { diff, note: known.clone().unwrap_or_default(), origin: None, due: None };
    let origins = match &seen.origins {
        Ok(origins) => origins,
        Err(unread) => return stay(Diff::hold(Reason::Unread(unread.clone()))),
    };
    match origin_of(origins, wanted, cluster, seen) {
        None => create(wanted, cluster, seen, note, now),
        Some(origin) => {
            let mut standing = match note {
                Some(note) => with_note(wanted, origin, seen, note, missing, now),
                None => at_first_sight(origin, now),
            };
            standing.origin = Some(origin.clone());
            standing
        }
    }
}

/// What to do about the traffic of a stamp whose cluster is gone: out of traffic first, then out of Front Door.
pub fn remove(
    wanted: &Wanted,
    cluster: &ArmId,
    seen: &Seen,
    note: Option<&TrafficNote>,
    adopted: Option<&ArmId>,
    now: Timestamp,
) -> Standing {
    let mut held = note.cloned().unwrap_or_default();
    let origins = match &seen.origins {
        Ok(origins) => origins,
        Err(unread) => {
            let diff = Diff::hold(Reason::Unread(unread.clone()));
            return Standing { diff, note: held, origin: None, due: None };
        }
    };
    let own = own_id(wanted, cluster);
    let ours = |origin: &&OriginSeen| Some(&origin.id) == own.as_ref();
    let Some(origin) = origins.iter().find(ours).or_else(|| origins.iter().find(|o| Some(&o.id) == adopted))
    else {
        return Standing { diff: Diff::none(), note: held, origin: None, due: None };
    };
    held.hold(Owner::Decommission, "its cluster was deleted", now);
    let diff = if origin.progress == Progress::Busy {
        Diff::hold(Reason::Busy { origin: origin.id.name().to_owned() })
    } else if origin.enabled {
        Diff::act(Action::Disable { origin: origin.id.clone() })
    } else if ours(&origin) {
        Diff::act(Action::Delete { origin: origin.id.clone() })
    } else {
        // Made by somebody else and now without a use: disabled is as far as we go.
        Diff::none()
    };
    Standing { diff, note: held, origin: Some(origin.clone()), due: None }
}

/// A cluster created again under its old id, while its predecessor's stamp was taken apart, is a new one to be proven.
fn back_from_removal(mut note: TrafficNote, now: Timestamp) -> TrafficNote {
    if note.is_held_by(&Owner::Decommission) {
        note.release(&Owner::Decommission);
        note.ramp = None;
        note.hold(Owner::Quarantine, "its cluster was created again", now);
    }
    note
}

fn own_id(wanted: &Wanted, cluster: &ArmId) -> Option<ArmId> {
    wanted.origin_group.child(&format!("origins/{}", origin_name(cluster))).ok()
}

/// The stamp's origin: the one with our derived name, or one that somebody else made for the same host.
fn origin_of<'a>(
    origins: &'a [OriginSeen],
    wanted: &Wanted,
    cluster: &ArmId,
    seen: &Seen,
) -> Option<&'a OriginSeen> {
    let own = own_id(wanted, cluster);
    let by_host =
        |origin: &&OriginSeen| seen.host.as_ref().is_ok_and(|host| origin.host.eq_ignore_ascii_case(host));
    origins.iter().find(|origin| Some(&origin.id) == own.as_ref()).or_else(|| origins.iter().find(by_host))
}

fn create(
    wanted: &Wanted,
    cluster: &ArmId,
    seen: &Seen,
    note: Option<&TrafficNote>,
    now: Timestamp,
) -> Standing {
    let mut note = TrafficNote { ramp: None, ..note.cloned().unwrap_or_default() };
    let diff = match (&seen.host, own_id(wanted, cluster)) {
        (Err(unread), _) => Diff::hold(Reason::NoHost(unread.clone())),
        (Ok(_), None) => Diff::hold(Reason::Unread(Unread {
            what: format!("the id of origin {}", origin_name(cluster)),
            why: "it would be no legal resource id".to_owned(),
        })),
        (Ok(host), Some(id)) => {
            note.hold(Owner::Quarantine, "new in the origin group", now);
            Diff::act(Action::Put(new_origin(wanted, id, host)))
        }
    };
    Standing { diff, note, origin: None, due: None }
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

fn with_note(
    wanted: &Wanted,
    origin: &OriginSeen,
    seen: &Seen,
    note: &TrafficNote,
    missing: &[String],
    now: Timestamp,
) -> Standing {
    let mut note = note.clone();
    let stay = |diff, note| Standing { diff, note, origin: None, due: None };
    match origin.progress {
        Progress::Busy => {
            return stay(Diff::hold(Reason::Busy { origin: origin.id.name().to_owned() }), note);
        }
        Progress::Failed => {
            let whole = Origin {
                weight: origin.weight.unwrap_or_else(|| first_weight(wanted)),
                enabled: origin.enabled,
                rewrites_failed: true,
                ..new_origin(wanted, origin.id.clone(), &origin.host)
            };
            return stay(Diff::act(Action::Put(whole)), note);
        }
        Progress::Settled => {}
    }
    if !origin.enabled && matches!(note.ramp, Some(RampNote { step: 0, confirmed: false, .. })) {
        // Decided, but never seen in effect: the proofs may have gone since, so they are asked for again.
        note.ramp = None;
        note.hold(Owner::Quarantine, "its first enabling was not seen in effect", now);
    }
    let moved_to = seen.host.as_ref().ok().filter(|host| !origin.host.eq_ignore_ascii_case(host));
    if let Some(host) = moved_to {
        if !origin.enabled {
            return stay(Diff::act(Action::Repoint { origin: origin.id.clone(), host: host.clone() }), note);
        }
        // The new host is unproven: out of traffic first, through the same door as a new stamp.
        note.hold(Owner::Quarantine, &format!("its public host became {host}"), now);
    }
    let mut diff = Diff::none();
    if note.is_held_by(&Owner::Quarantine) && note.holds.len() == 1 {
        let mut missing = missing.to_vec();
        missing.extend(moved_to.map(|host| format!("its origin to point to {host}")));
        missing.extend(seen.host.as_ref().err().map(|unread| format!("its public host ({unread})")));
        diff = quarantined(wanted, origin, seen, &mut note, missing, now);
    } else if !note.holds.is_empty() {
        diff = kept_out(origin, &note);
    } else if !origin.enabled {
        note.hold(Owner::Unknown, "disabled by somebody else while it served", now);
        diff = held(&note);
    } else if let Some(ramp) = note.ramp {
        return ramping(wanted, origin, &seen.host, note, ramp, now);
    }
    stay(diff, note)
}

fn kept_out(origin: &OriginSeen, note: &TrafficNote) -> Diff<Action, Reason> {
    let mut diff = held(note);
    if origin.enabled {
        diff.actions.push(Action::Disable { origin: origin.id.clone() });
    }
    diff
}

fn held(note: &TrafficNote) -> Diff<Action, Reason> {
    let by = note.holds.iter().map(|hold| format!("{} ({})", hold.owner, hold.reason)).collect::<Vec<_>>();
    Diff::hold(Reason::Held { by: by.join(", ") })
}

fn quarantined(
    wanted: &Wanted,
    origin: &OriginSeen,
    seen: &Seen,
    note: &mut TrafficNote,
    mut missing: Vec<String>,
    now: Timestamp,
) -> Diff<Action, Reason> {
    match &seen.probe {
        Some(Probe::Good) => {}
        Some(Probe::Bad(why)) => missing.push(format!("a good probe of its health path ({why})")),
        None => missing.push("a good probe of its health path (not asked yet)".to_owned()),
    }
    if missing.is_empty() {
        note.release(&Owner::Quarantine);
        note.ramp = Some(RampNote { step: 0, since: now, confirmed: false });
        return Diff::act(Action::Enable { origin: origin.id.clone(), weight: first_weight(wanted) });
    }
    let mut diff = Diff::hold(Reason::Quarantined { missing });
    if origin.enabled {
        diff.actions.push(Action::Disable { origin: origin.id.clone() });
    }
    diff
}

/// The next step of an enabled origin. Never enables: whoever disabled it in between has a reason that we don't know.
fn ramping(
    wanted: &Wanted,
    origin: &OriginSeen,
    host: &Sight<String>,
    mut note: TrafficNote,
    ramp: RampNote,
    now: Timestamp,
) -> Standing {
    if let Err(unread) = host {
        // It may have moved, and then more traffic is the last thing it should get.
        let diff = Diff::hold(Reason::Unread(unread.clone()));
        return Standing { diff, note, origin: None, due: None };
    }
    let last = wanted.ramp.len().saturating_sub(1);
    let at = ramp.step.min(last);
    let Some(step) = wanted.ramp.get(at).copied() else {
        return Standing { diff: Diff::none(), note, origin: None, due: None };
    };
    let reached = origin.weight == Some(step.weight);
    if !reached && !ramp.confirmed {
        let diff = Diff::act(weigh(origin, step));
        return Standing { diff, note, origin: None, due: None };
    }
    if !reached {
        let diff = Diff::hold(Reason::ForeignWeight { ours: step.weight, seen: origin.weight });
        return Standing { diff, note, origin: None, due: None };
    }
    let since = if ramp.confirmed { ramp.since } else { now };
    note.ramp = Some(RampNote { step: at, since, confirmed: true });
    let Some(next) = wanted.ramp.get(at + 1).copied() else {
        return Standing { diff: Diff::none(), note, origin: None, due: None };
    };
    let due = since + SignedDuration::from_mins(i64::from(step.bake_minutes));
    if now < due {
        let diff = Diff::hold(Reason::Ramping { weight: step.weight, next: next.weight });
        return Standing { diff, note, origin: None, due: Some(due) };
    }
    note.ramp = Some(RampNote { step: at + 1, since: now, confirmed: false });
    Standing { diff: Diff::act(weigh(origin, next)), note, origin: None, due: None }
}

fn weigh(origin: &OriginSeen, step: RampStep) -> Action {
    Action::SetWeight { origin: origin.id.clone(), weight: step.weight }
}

#[cfg(test)]
mod tests;
