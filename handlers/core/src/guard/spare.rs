//! Whether the fleet, as it is remembered, can spare several stamps at once.

use std::collections::BTreeSet;

use super::serving::{is_away, is_held, minimum_serving, room, workload};
use crate::{
    config::{Capacity, FleetConfig, Traffic},
    health::Standing,
    ids::ArmId,
    ledger::{Ledger, StampRecord},
    plan::Refusal,
};

/// Whether all of these stamps may be out at once. Asked before any of them is taken out, so that an update which can't
/// have them all has none. Each is reviewed on fresh evidence after that. Of no stamps at all it tells whether the fleet
/// serves as it is.
///
/// # Errors
/// With the reason why not.
pub fn can_spare(config: &FleetConfig, ledger: &Ledger, leaving: &BTreeSet<ArmId>) -> Result<(), Refusal> {
    let Some(traffic) = &config.traffic else { return Ok(()) };
    let fleet = Fleet { traffic, ledger, leaving };
    let objection = fleet.minimum().or_else(|| fleet.maximum()).or_else(|| fleet.capacity());
    objection.map_or(Ok(()), Err)
}

/// The stamps that have an origin.
#[derive(Clone, Copy)]
struct Fleet<'a> {
    traffic: &'a Traffic,
    ledger: &'a Ledger,
    leaving: &'a BTreeSet<ArmId>,
}

impl<'a> Fleet<'a> {
    fn stamps(self) -> impl Iterator<Item = &'a StampRecord> {
        self.ledger.stamps.values().filter(|record| record.report.origin.is_some())
    }

    fn leaving(self) -> impl Iterator<Item = &'a StampRecord> {
        self.stamps().filter(move |record| self.leaving.contains(&record.cluster))
    }

    /// Those that go on serving. An update is never urgent: while one of its stamps has still to leave, those that are
    /// on their way in don't count, since they can't take over a whole load.
    fn staying(self) -> impl Iterator<Item = &'a StampRecord> {
        let empties = self.leaving().any(is_enabled);
        self.stamps().filter(move |record| {
            let serves = is_enabled(record) && !is_held(record) && record.health.standing != Standing::Sick;
            serves && !self.leaving.contains(&record.cluster) && !(empties && self.is_on_its_way(record))
        })
    }

    fn is_on_its_way(self, record: &StampRecord) -> bool {
        let ramp = record.traffic.as_ref().and_then(|note| note.ramp);
        ramp.is_some_and(|ramp| ramp.step + 1 < self.traffic.ramp.len())
    }

    fn minimum(self) -> Option<Refusal> {
        let is_meant = |record: &&StampRecord| is_enabled(record) || is_away(record);
        let (left, meant) = (self.staying().count(), self.stamps().filter(is_meant).count());
        let minimum = minimum_serving(self.traffic.minimum, meant);
        let matters = self.leaving.is_empty() || self.leaving().any(|record| is_meant(&record));
        (left < minimum && matters).then_some(Refusal::TooFewServing { left, minimum })
    }

    fn maximum(self) -> Option<Refusal> {
        let maximum = usize::from(self.traffic.maximum_drained?);
        let others = self.stamps().filter(|record| !self.leaving.contains(&record.cluster));
        let out = others.filter(|record| is_away(record)).count();
        (out + self.leaving().count() > maximum).then_some(Refusal::TooManyDrained { out, maximum })
    }

    /// Where a lack of capacity is only warned of, the guard says so when a stamp leaves.
    fn capacity(self) -> Option<Refusal> {
        if self.traffic.capacity != Capacity::Refuse {
            return None;
        }
        let serving = self.leaving().filter(|record| is_enabled(record));
        let needed: u32 =
            serving.flat_map(|record| workload(&record.facts.pools)).map(|pool| pool.nodes).sum();
        let spare: u32 = self.staying().flat_map(|record| workload(&record.facts.pools)).map(room).sum();
        (spare < needed).then_some(Refusal::TooLittleCapacity { needed, spare })
    }
}

fn is_enabled(record: &StampRecord) -> bool {
    record.report.origin.as_ref().is_some_and(|origin| origin.enabled)
}
