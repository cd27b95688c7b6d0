//! What the timer finds: wake-ups that are due, and, every so often, everything.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::{
    config::FleetConfig,
    ids::ArmId,
    ledger::Ledger,
    trigger::{NUDGE_VERSION, Nudge, NudgeKind},
    world::OutOfScope,
};

/// Whether it is time for a sweep.
#[must_use]
pub fn sweep_due(config: &FleetConfig, ledger: &Ledger, now: Timestamp) -> bool {
    let pause = SignedDuration::from_mins(i64::from(config.tick.sweep_minutes));
    ledger.swept.is_none_or(|last| now >= last + pause)
}

/// One nudge per stamp whose wake-up is due, in the order of their ids. With a sweep's listing, one for every cluster
/// in scope and every stamp on record: a cluster that no event brought, and one that left without a word.
#[must_use]
pub fn nudges(
    config: &FleetConfig,
    ledger: &Ledger,
    swept: Option<&[ArmId]>,
    run: &str,
    now: Timestamp,
) -> Vec<Nudge> {
    let mut subjects: BTreeMap<&ArmId, NudgeKind> = BTreeMap::new();
    for cluster in swept.into_iter().flatten() {
        if OutOfScope::by_id(&config.scope, cluster).is_none() {
            subjects.insert(cluster, NudgeKind::Sweep);
        }
    }
    for record in ledger.stamps.values() {
        let due = record.wake.as_ref().is_some_and(|wake| wake.at <= now);
        if due {
            subjects.insert(&record.cluster, NudgeKind::WakeUp);
        } else if swept.is_some() {
            subjects.entry(&record.cluster).or_insert(NudgeKind::Sweep);
        }
    }
    let nudge = |(subject, kind): (&ArmId, NudgeKind)| Nudge {
        v: NUDGE_VERSION,
        kind,
        subject: subject.clone(),
        event_id: format!("tick-{run}"),
        event_time: now,
        enqueued: now,
    };
    subjects.into_iter().map(nudge).collect()
}

#[cfg(test)]
mod tests;
