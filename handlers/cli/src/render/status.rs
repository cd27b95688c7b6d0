//! The fleet at a glance.

use fleet_core::report::StampReport;
use jiff::Timestamp;

use super::{BAD, FAINT, PLAIN, WARN, health, styled, table::Cell, table::table, time, traffic, updates};
use crate::fleet_app::Known;

const HEADINGS: [&str; 7] = ["stamp", "region", "traffic", "weight", "health", "held by", "next look"];

/// What needs a person first, then every stamp, then the fleet's updates.
#[must_use]
pub fn status(known: &Known) -> String {
    let mut text = String::new();
    for alarm in &known.alarms {
        text.push_str(&styled(BAD, &format!("ALARM since {}: {}", time(alarm.since), alarm.says)));
        text.push('\n');
    }
    if let Some(picture) = known.health.filter(|picture| picture.braked) {
        let said = format!(
            "BRAKED: of {} stamps, {} look bad and of {} nothing is known; nothing is drained without an operator",
            picture.stamps, picture.bad, picture.unknown
        );
        text.push_str(&styled(BAD, &said));
        text.push('\n');
    }
    for broken in &known.overrides {
        let said = format!(
            "OVERRIDDEN until {} by {}: {} for {} ({})",
            time(broken.until),
            broken.by,
            super::word(&broken.guard),
            broken.target,
            broken.reason
        );
        text.push_str(&styled(WARN, &said));
        text.push('\n');
    }
    let swept = known.swept.map_or_else(|| "never".to_owned(), time);
    text.push_str(&format!("{} of {} stamps take traffic", known.serving, known.stamps.len()));
    text.push_str(&styled(FAINT, &format!("  at {}, last swept {swept}", time(known.at))));
    text.push('\n');
    if !known.stamps.is_empty() {
        text.push('\n');
        text.push_str(&table(HEADINGS, known.stamps.iter().map(|stamp| row(known, stamp)).collect()));
    }
    if let Some(updates) = &known.updates {
        text.push_str(&updates::at_a_glance(updates, known.at));
    }
    text
}

fn row(known: &Known, stamp: &StampReport) -> [Cell; 7] {
    let (traffic_style, traffic) = traffic(stamp);
    let (health_style, health) = health(stamp);
    let weight = stamp.origin.as_ref().and_then(|origin| origin.weight).filter(|_| stamp.serving);
    let owners: Vec<&str> = stamp.holds.iter().map(|hold| hold.owner.as_str()).collect();
    let look = known.next_look(&stamp.cluster);
    let look = look.map(|wake| format!("{} {}", until(wake.at, known.at), wake.why));
    let dash = || "-".to_owned();
    [
        Cell::new(PLAIN, stamp.cluster.name()),
        Cell::new(PLAIN, &stamp.region),
        Cell::new(traffic_style, traffic),
        Cell::new(PLAIN, &weight.map_or_else(dash, |weight| weight.to_string())),
        Cell::new(health_style, health),
        Cell::new(PLAIN, &if owners.is_empty() { dash() } else { owners.join(", ") }),
        Cell::new(FAINT, &look.unwrap_or_else(dash)),
    ]
}

/// How long it is until then, rounded up to minutes, or to hours from two on.
fn until(then: Timestamp, now: Timestamp) -> String {
    match (then.as_second() - now.as_second() + 59).div_euclid(60) {
        ..=0 => "now".to_owned(),
        minutes @ ..120 => format!("in {minutes} min"),
        minutes => format!("in {} h", (minutes + 59) / 60),
    }
}
