//! What people must be told about updates, as long as it is so.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::gates;
use crate::{
    health::{Alarm, Raised},
    ids::ArmId,
    ledger::Ledger,
    updates::UpdateState,
};

/// Gates that wait longer than configured, and runs whose failures keep stamps out of traffic.
#[must_use]
pub fn alarms(ledger: &Ledger, now: Timestamp) -> Vec<Raised> {
    let raised = |alarm, about: &ArmId, says| Raised {
        alarm,
        about: Some(about.clone()),
        since: now,
        says,
        told: false,
    };
    let waiting = ledger.updates.gates.values().filter(|note| {
        let is_late = note.patience_ends.is_some_and(|ends| ends <= now);
        // A gate that only soaks waits for nothing that people could bring about.
        note.state == UpdateState::Pending && is_late && note.waits.complete_since.is_none()
    });
    let mut alarms: Vec<Raised> =
        waiting.map(|note| raised(Alarm::GateWaits, &note.gate, gates::says(note))).collect();
    let mut failed: BTreeMap<&ArmId, Vec<&str>> = BTreeMap::new();
    for out in ledger.updates.out.values().filter(|out| out.failed) {
        failed.entry(&out.run).or_default().push(out.cluster.name());
    }
    alarms.extend(failed.into_iter().map(|(run, stamps)| {
        let (name, stamps) = (run.name(), stamps.join(", "));
        let says = format!(
            "update run {name} failed on {stamps}, kept out of traffic; retry-failed {name} tries again"
        );
        raised(Alarm::UpdateFailed, run, says)
    }));
    alarms
}
