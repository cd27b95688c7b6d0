//! What the timer finds: stamps whose health has turned, wake-ups that are due, and, every so often, everything.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use crate::{
    brake::{Picture, alarms},
    config::{FleetConfig, Health},
    facets::traffic::{Owner, Probe, TrafficNote},
    health::{Raised, Standing, Verdict},
    ids::ArmId,
    ledger::{Ledger, StampRecord},
    rollout,
    trigger::{NUDGE_VERSION, Nudge, NudgeKind},
    world::OutOfScope,
};

/// Whether it is time for a sweep.
#[must_use]
pub fn sweep_due(config: &FleetConfig, ledger: &Ledger, now: Timestamp) -> bool {
    let pause = SignedDuration::from_mins(i64::from(config.tick.sweep_minutes));
    ledger.swept.is_none_or(|last| now >= last + pause)
}

/// What the timer's probes change.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Checkup {
    /// Stamps to look at, because their health has turned.
    pub turned: BTreeSet<ArmId>,
    /// Alarms that nobody was told of yet.
    pub raised: Vec<Raised>,
    /// Alarms that are over.
    pub over: Vec<Raised>,
}

/// Takes in what the health paths answered, judges every stamp, and sees whether people must be told. A stamp whose
/// standing disagrees with its incident hold is looked at by the path of every nudge, which alone acts.
pub fn check_up(
    config: &FleetConfig,
    ledger: &mut Ledger,
    probes: &[(ArmId, Probe)],
    now: Timestamp,
) -> Checkup {
    let Some(rules) = config.judged_health() else {
        let (raised, over) = ledger.set_alarms(&rollout::alarms(ledger, now));
        return Checkup { raised, over, ..Checkup::default() };
    };
    for (cluster, probe) in probes {
        if let Some(record) = ledger.stamps.get_mut(cluster.key()) {
            record.health.hear_probe(probe, rules, now);
        }
    }
    let reasons = [alarms(config, ledger, now), rollout::alarms(ledger, now)].concat();
    let (raised, over) = ledger.set_alarms(&reasons);
    let braked = Picture::of(ledger, rules, now).brakes(rules);
    let mut turned = BTreeSet::new();
    let judged =
        |record: &&mut StampRecord| !record.traffic.as_ref().is_some_and(TrafficNote::proves_itself_later);
    for record in ledger.stamps.values_mut().filter(judged) {
        record.health = record.health.judge(rules, record.facts.nodes(), now).note;
        let bad = looks_bad(record, rules, now);
        if disagrees(record, bad && !braked) || (bad && is_on_its_way(record)) {
            turned.insert(record.cluster.clone());
        }
    }
    Checkup { turned, raised, over }
}

fn looks_bad(record: &StampRecord, rules: &Health, now: Timestamp) -> bool {
    matches!(record.health.verdict(rules, record.facts.nodes(), now), Verdict::Bad(_))
}

/// Whether the incident hold must be released, or, if it may be, placed.
fn disagrees(record: &StampRecord, may_be_placed: bool) -> bool {
    let Some(note) = &record.traffic else { return false };
    match (note.is_held_by(&Owner::Incident), record.health.standing) {
        (false, Standing::Sick) => may_be_placed,
        (true, Standing::Healthy) => true,
        (true, Standing::Sick) | (false, Standing::Healthy) => false,
    }
}

/// On its way into traffic: when its evidence turns bad it goes back a step.
fn is_on_its_way(record: &StampRecord) -> bool {
    record.traffic.as_ref().is_some_and(|note| note.ramp.is_some_and(|ramp| ramp.step > 0))
}

/// Whether the fleet's updates are due for a look: for a reason of their own, or because runs that nobody told of may have
/// begun. Where they are not accompanied any more, as long as something of theirs is left.
fn updates_due(config: &FleetConfig, ledger: &Ledger, now: Timestamp) -> bool {
    let note = &ledger.updates;
    if config.accompanied_updates().is_none() {
        return !(note.out.is_empty() && note.gates.is_empty());
    }
    let pause = SignedDuration::from_mins(i64::from(config.tick.sweep_minutes));
    let listed_of_late = note.listed.is_some_and(|listed| now < listed + pause);
    !listed_of_late || note.wake.is_some_and(|wake| wake <= now)
}

/// One nudge per stamp whose wake-up is due, in the order of their ids. With a sweep's listing, one for every cluster
/// in scope and every stamp on record: a cluster that no event brought, and one that left without a word.
#[must_use]
pub fn nudges(
    config: &FleetConfig,
    ledger: &Ledger,
    swept: Option<&[ArmId]>,
    turned: &BTreeSet<ArmId>,
    run: &str,
    now: Timestamp,
) -> Vec<Nudge> {
    let mut subjects: BTreeMap<&ArmId, NudgeKind> = BTreeMap::new();
    for cluster in swept.into_iter().flatten() {
        if OutOfScope::by_id(&config.scope, cluster).is_none() {
            subjects.insert(cluster, NudgeKind::Sweep);
        }
    }
    if updates_due(config, ledger, now) {
        subjects.insert(&config.fleet, NudgeKind::WakeUp);
    }
    for record in ledger.stamps.values() {
        let due = record.wake.as_ref().is_some_and(|wake| wake.at <= now);
        if turned.contains(&record.cluster) {
            subjects.insert(&record.cluster, NudgeKind::HealthTurned);
        } else if rollout::disagrees(ledger, &record.cluster) {
            subjects.insert(&record.cluster, NudgeKind::UpdateTurned);
        } else if due {
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
