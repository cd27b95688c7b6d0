//! What is known, for people and tools.

use fleet_core::ledger::Ledger;
use jiff::Timestamp;
use serde_json::{Value, json};

/// Everything known of every stamp, in the order of the clusters' ids. The stamps' shape is
/// [`fleet_core::report::StampReport`].
#[must_use]
pub fn json(ledger: &Ledger, now: Timestamp) -> Value {
    let stamps: Vec<_> = ledger.stamps.values().map(|record| &record.report).collect();
    let waiting: Vec<_> = ledger
        .stamps
        .values()
        .filter_map(|record| {
            let wake = record.wake.as_ref()?;
            Some(json!({ "cluster": record.cluster, "at": wake.at, "why": wake.why }))
        })
        .collect();
    json!({ "at": now, "swept": ledger.swept, "stamps": stamps, "waiting": waiting })
}
