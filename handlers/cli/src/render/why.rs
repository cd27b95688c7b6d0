//! Why a stamp is as it is.

use fleet_core::report::{HoldReport, StampReport};
use serde_json::Value;

use super::{BOLD, FAINT, health, journal, styled, time, traffic};
use crate::fleet_app::Known;

/// A stamp's holds, its reasons, its next look, and what was last written about it.
#[must_use]
pub fn why(known: &Known, stamp: &StampReport, entries: &[Value]) -> String {
    let (traffic_style, traffic) = traffic(stamp);
    let weight = stamp.origin.as_ref().and_then(|origin| origin.weight).filter(|_| stamp.serving);
    let weight = weight.map_or_else(String::new, |weight| format!(" at weight {weight}"));
    let mut text = format!(
        "{} in {}: {}{weight}\n",
        styled(BOLD, stamp.cluster.name()),
        stamp.region,
        styled(traffic_style, traffic)
    );
    text.push_str(&format!("{}\n", styled(FAINT, stamp.cluster.as_str())));
    if !stamp.health.verdict.is_empty() {
        let (style, word) = health(stamp);
        text.push_str(&format!(
            "  health     {}; the evidence: {}\n",
            styled(style, word),
            stamp.health.verdict
        ));
    }
    for hold in &stamp.holds {
        text.push_str(&format!("  held       {}\n", held(hold)));
    }
    for reason in &stamp.why_not {
        text.push_str(&format!("  why not    {reason}\n"));
    }
    if stamp.holds.is_empty() && stamp.why_not.is_empty() {
        text.push_str("  everything is as wanted\n");
    }
    if let Some(wake) = known.next_look(&stamp.cluster) {
        text.push_str(&format!("  next look  {}: {}\n", time(wake.at), wake.why));
    }
    if !entries.is_empty() {
        text.push_str(&format!("{}\n", styled(FAINT, "  the journal, newest first:")));
        text.extend(journal::journal(entries).lines().map(|line| format!("  {line}\n")));
    }
    text
}

fn held(hold: &HoldReport) -> String {
    let HoldReport { owner, reason, since, until } = hold;
    let until = until.map_or_else(String::new, |until| format!(", until {}", time(until)));
    format!("by {owner}, since {}{until}: {reason}", time(*since))
}
