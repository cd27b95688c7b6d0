//! What is known, for people and tools.

use fleet_core::{
    brake::Picture,
    config::FleetConfig,
    ledger::{Ledger, Override},
    updates::UpdatesNote,
};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{
    envelope::HttpRequest,
    journal::{LONGEST_PAGE, Page},
};

/// The entries of a page of the journal where nobody says how many.
const USUAL_PAGE: usize = 50;

/// What a reader of the journal asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// Where to go on, as the page before said; the newest entries where left out.
    pub cursor: Option<String>,
    /// How many entries.
    pub limit: usize,
    /// Only those about this cluster.
    pub subject: Option<String>,
}

impl Asked {
    /// Reads `cursor`, `limit` and `subject` from a query.
    ///
    /// # Errors
    /// With what is allowed.
    pub fn from_query(request: &HttpRequest) -> Result<Self, String> {
        let text = |name: &str| request.query.get(name).filter(|value| !value.is_empty()).cloned();
        let limit = match text("limit") {
            None => USUAL_PAGE,
            Some(limit) => limit.parse().map_err(|_| {
                format!("the query parameter limit is no number; allowed are 1 to {LONGEST_PAGE}")
            })?,
        };
        Ok(Self { cursor: text("cursor"), limit, subject: text("subject") })
    }
}

/// Everything known of the fleet and of every stamp, in the order of the clusters' ids. The stamps' shape is
/// [`fleet_core::report::StampReport`].
#[must_use]
pub fn json(config: &FleetConfig, ledger: &Ledger, now: Timestamp) -> Value {
    let stamps: Vec<_> = ledger.stamps.values().map(|record| &record.report).collect();
    let waiting: Vec<_> = ledger
        .stamps
        .values()
        .filter_map(|record| {
            let wake = record.wake.as_ref()?;
            Some(json!({ "cluster": record.cluster, "at": wake.at, "why": wake.why }))
        })
        .collect();
    let health = config.health.as_ref().map(|rules| {
        let picture = Picture::of(ledger, rules, now);
        json!({ "stamps": picture.of, "bad": picture.bad, "unknown": picture.blind, "braked": picture.brakes(rules) })
    });
    let overrides: Vec<&Override> = ledger.overrides.values().filter(|broken| broken.until > now).collect();
    json!({
        "at": now,
        "swept": ledger.swept,
        "serving": ledger.stamps.values().filter(|record| record.report.serving).count(),
        "health": health,
        "alarms": ledger.alarms,
        "overrides": overrides,
        "stamps": stamps,
        "waiting": waiting,
        "updates": config.updates.as_ref().map(|_| updates(&ledger.updates)),
    })
}

/// What is known of the fleet's updates. The shapes are those of [`fleet_core::updates`].
fn updates(note: &UpdatesNote) -> Value {
    json!({
        "runs": note.runs.values().collect::<Vec<_>>(),
        "gates": note.gates.values().collect::<Vec<_>>(),
        "out": note.out.values().collect::<Vec<_>>(),
        "whyNot": note.why_not,
    })
}

/// A page of the journal.
#[must_use]
pub fn journal(page: &Page) -> Value {
    json!({ "entries": page.entries, "next": page.next, "unreadable": page.unreadable })
}

#[cfg(test)]
mod tests;
