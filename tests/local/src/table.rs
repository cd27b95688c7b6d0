//! The closing table: stamps against what makes them stamps, and update runs a line each.

use fleet_core::{
    report::StampReport,
    updates::{GateNote, RunNote},
};

const HEADINGS: [&str; 7] = ["stamp", "member", "group", "pull access", "policies", "origin", "why not"];

/// The table as lines of plain text, columns as wide as their widest cell.
#[must_use]
pub fn lines(stamps: &[StampReport]) -> Vec<String> {
    let rows: Vec<[String; 7]> =
        std::iter::once(HEADINGS.map(str::to_owned)).chain(stamps.iter().map(row)).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..HEADINGS.len()).map(width).collect();
    let line = |row: &[String; 7]| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

/// An update run as a line of plain text.
#[must_use]
pub fn run(run: &RunNote) -> String {
    let ending = run.ending.as_ref().map(|ending| &ending.verdict);
    let state = ending.map_or_else(|| run.state.to_string(), |verdict| verdict.outcome.to_string());
    let failed = ending.map(|verdict| verdict.failed.as_slice()).unwrap_or_default();
    let failed: String =
        failed.iter().map(|member| format!("; {} failed: {}", member.member, member.why)).collect();
    let name = run.run.name();
    format!("update run {name} ({}): {state}, {} of {} done{failed}", run.brings, run.updated, run.members)
}

/// A gate as a line of plain text, with what it was approved on.
#[must_use]
pub fn gate(gate: &GateNote) -> String {
    let name = gate.display_name.as_deref().unwrap_or_else(|| gate.gate.name());
    let Some(approval) = &gate.approval else {
        return format!("gate {name}: {}; {}", gate.state, gate.waits.why.join("; "));
    };
    let at = approval.at.strftime("%H:%M");
    let evidence: Vec<_> = approval.evidence.iter().map(|piece| piece.asks.name()).collect();
    format!("gate {name}: approved at {at} by {}, knowing: {}", approval.by, evidence.join(", "))
}

fn row(stamp: &StampReport) -> [String; 7] {
    let access =
        stamp.pull_access.iter().map(|access| format!("{} {}", access.registry.name(), word(&access.state)));
    let policies = stamp.policies.iter().map(|policy| format!("{} {}", policy.name, word(&policy.state)));
    let origin = stamp.origin.as_ref().map(|origin| {
        let state = if origin.enabled { "enabled" } else { "disabled" };
        origin.weight.map_or_else(|| state.to_owned(), |weight| format!("{state} at {weight}"))
    });
    let holds = stamp.holds.iter().map(|hold| format!("held by {}: {}", hold.owner, hold.reason));
    let why_not: Vec<_> = holds.chain(stamp.why_not.iter().cloned()).collect();
    [
        stamp.cluster.name().to_owned(),
        stamp.member.as_ref().map_or_else(dash, |member| member.name().to_owned()),
        stamp.update_group.clone().unwrap_or_else(dash),
        joined(access),
        joined(policies),
        origin.unwrap_or_else(dash),
        if why_not.is_empty() { dash() } else { why_not.join("; ") },
    ]
}

/// A state as the JSON spells it.
fn word(state: &impl serde::Serialize) -> String {
    serde_json::to_value(state).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

fn joined(cells: impl Iterator<Item = String>) -> String {
    let cells: Vec<_> = cells.collect();
    if cells.is_empty() { dash() } else { cells.join(", ") }
}

fn dash() -> String {
    "-".to_owned()
}
