//! Why a stamp is as it is, or an update run.

use fleet_core::{
    report::{HoldReport, StampReport},
    updates::{Out, RunNote},
};
use serde_json::Value;

use super::{BOLD, FAINT, gate::gate, health, journal, styled, time, traffic, updates};
use crate::fleet_app::{Known, Updates};

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
    let updates = known.updates.as_ref();
    if let Some(out) = updates.and_then(|updates| updates.wanting_out(&stamp.cluster)) {
        text.push_str(&format!("  update     {}\n", wanted_out(out)));
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

/// A run, why anything about updates is not as wanted, and every gate that the run has reached.
#[must_use]
pub fn run(known: &Known, updates: &Updates, run: &RunNote) -> String {
    let mut text = updates::run(updates, run);
    text.extend(updates.why_not.iter().map(|why| format!("  why not    {why}\n")));
    text.extend(updates.gates_of(&run.run).into_iter().map(|note| format!("\n{}", gate(note, known.at))));
    text
}

/// What wants a stamp out, and what ends it where the update failed on it.
fn wanted_out(out: &Out) -> String {
    let Out { cluster, run: _, owner, reason, failed, since } = out;
    let name = cluster.name();
    let end = if *failed {
        format!("; until another run succeeds on it, or fleetctl release {name} --update --reason …")
    } else {
        String::new()
    };
    format!("{owner} wants it out since {}: {reason}{end}", time(*since))
}

fn held(hold: &HoldReport) -> String {
    let HoldReport { owner, reason, since, until } = hold;
    let until = until.map_or_else(String::new, |until| format!(", until {}", time(until)));
    format!("by {owner}, since {}{until}: {reason}", time(*since))
}
