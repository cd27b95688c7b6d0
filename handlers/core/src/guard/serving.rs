//! Whether the fleet can spare an origin: what would still serve, how many are out already, and who takes over the load.

use super::Case;
use crate::{
    config::{Capacity, Minimum},
    facets::traffic::{OriginSeen, Probe, Seen, TrafficNote},
    health::Standing,
    ids::ArmId,
    ledger::{Ledger, StampRecord},
    plan::Refusal,
    world::Pool,
};

/// The least number of origins that must keep serving, out of those that are meant to serve.
#[must_use]
pub fn minimum_serving(minimum: Minimum, meant: usize) -> usize {
    let share = (meant * usize::from(minimum.percent)).div_ceil(100);
    share.max(usize::from(minimum.count))
}

/// Everything that speaks against taking an origin out of traffic, in the order of weight.
pub(super) fn objections(leaving: &ArmId, case: Case<'_>) -> Vec<Refusal> {
    let Some(seen) = &case.seen.traffic else { return vec![Refusal::Blind] };
    let Ok(origins) = &seen.origins else { return vec![Refusal::Blind] };
    if !origins.iter().any(|origin| origin.enabled && origin.id == *leaving) {
        return Vec::new();
    }
    let rest = Rest { leaving, seen, origins, case };
    [rest.minimum(), rest.maximum(), rest.capacity()].into_iter().flatten().collect()
}

/// The origin group without the one that leaves.
struct Rest<'a> {
    leaving: &'a ArmId,
    seen: &'a Seen,
    origins: &'a [OriginSeen],
    case: Case<'a>,
}

impl Rest<'_> {
    /// Enabled, held by nobody, and no write to it later than what was seen: those that count on, if they are healthy.
    fn in_traffic(&self) -> impl Iterator<Item = &OriginSeen> {
        let Case { ledger, now, seen, .. } = self.case;
        let settled = move |id: &ArmId| ledger.claim_on(id, seen.at, now).is_none();
        self.origins.iter().filter(move |origin| {
            origin.enabled
                && origin.id != *self.leaving
                && settled(&origin.id)
                && !record_of(&origin.id, ledger).is_some_and(is_held)
        })
    }

    /// Healthy by a probe made for this very decision, and not taken for sick.
    fn is_healthy(&self, origin: &OriginSeen) -> bool {
        let answers = self.seen.peers.iter().any(|(id, probe)| *id == origin.id && *probe == Probe::Good);
        let sick = record_of(&origin.id, self.case.ledger)
            .is_some_and(|record| record.health.standing == Standing::Sick);
        answers && !sick
    }

    fn minimum(&self) -> Option<Refusal> {
        if self.in_traffic().any(|origin| !self.seen.peers.iter().any(|(id, _)| *id == origin.id)) {
            return Some(Refusal::Blind);
        }
        let left = self.in_traffic().filter(|origin| self.is_healthy(origin)).count();
        let configured = self.case.config.traffic.as_ref().map(|traffic| traffic.minimum).unwrap_or_default();
        let meant = self.origins.iter().filter(|origin| origin.enabled || self.is_out(&origin.id)).count();
        let minimum = minimum_serving(configured, meant);
        (left < minimum).then_some(Refusal::TooFewServing { left, minimum })
    }

    fn maximum(&self) -> Option<Refusal> {
        let maximum = usize::from(self.case.config.traffic.as_ref()?.maximum_drained?);
        let others = self.origins.iter().filter(|origin| origin.id != *self.leaving);
        let out = others.filter(|origin| self.is_out(&origin.id)).count();
        (out >= maximum).then_some(Refusal::TooManyDrained { out, maximum })
    }

    /// Nodes stand for load, since that is what pools grow by. A stamp that nothing is known of can take nothing.
    fn capacity(&self) -> Option<Refusal> {
        let traffic = self.case.config.traffic.as_ref()?;
        if traffic.capacity == Capacity::Ignore {
            return None;
        }
        let leaving = &self.case.ledger.stamp(self.case.subject)?.facts.pools;
        let needed: u32 = workload(leaving).map(|pool| pool.nodes).sum();
        let others = self.in_traffic().filter(|origin| self.is_healthy(origin));
        let records = others.filter_map(|origin| record_of(&origin.id, self.case.ledger));
        let spare: u32 = records.flat_map(|record| workload(&record.facts.pools).map(room)).sum();
        (spare < needed).then_some(Refusal::TooLittleCapacity { needed, spare })
    }

    /// Held out for a while, or on the way back: meant to serve, and not serving.
    fn is_out(&self, origin: &ArmId) -> bool {
        record_of(origin, self.case.ledger).is_some_and(is_away)
    }
}

pub(super) fn is_away(record: &StampRecord) -> bool {
    // Let in, and not seen in traffic yet: the write may be missing still.
    let on_its_way = |note: &TrafficNote| note.ramp.is_some_and(|ramp| ramp.step == 0 && !ramp.confirmed);
    let away = |note: &TrafficNote| {
        note.taken_out || on_its_way(note) || note.holds.iter().any(|hold| hold.owner.is_passing())
    };
    record.traffic.as_ref().is_some_and(away)
}

fn record_of<'a>(origin: &ArmId, ledger: &'a Ledger) -> Option<&'a StampRecord> {
    let its_own =
        |record: &&StampRecord| record.report.origin.as_ref().is_some_and(|seen| seen.id == *origin);
    ledger.stamps.values().find(its_own)
}

pub(super) fn is_held(record: &StampRecord) -> bool {
    record.traffic.as_ref().is_some_and(|note| !note.holds.is_empty())
}

/// How many nodes a pool may add.
pub(super) fn room(pool: &Pool) -> u32 {
    pool.most.saturating_sub(pool.nodes)
}

/// The pools that carry the workload; all of them where a cluster has only system pools.
pub(super) fn workload(pools: &[Pool]) -> impl Iterator<Item = &Pool> {
    let only_system = pools.iter().all(|pool| pool.system);
    pools.iter().filter(move |pool| only_system || !pool.system)
}
