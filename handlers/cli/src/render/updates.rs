//! Update runs: how far they are, or how they ended.

use anstyle::Style;
use fleet_core::{
    ids::ArmId,
    updates::{Ending, FailedMember, GateNote, Outcome, RunNote, UpdateState, Verdict},
};
use jiff::Timestamp;

use super::{BAD, BOLD, FAINT, GOOD, PLAIN, WARN, gate, styled, table::Cell, table::table, time};
use crate::fleet_app::Updates;

const RUN_HEADINGS: [&str; 6] = ["update run", "brings", "state", "updated", "failed", "verdict"];

const GATE_HEADINGS: [&str; 5] = ["gate that waits", "when", "part", "since", "waits for"];

/// Runs, and gates that wait, a table each; nothing where there are none.
pub(super) fn at_a_glance(updates: &Updates, now: Timestamp) -> String {
    let (runs, gates) = (updates.latest_first(), updates.waiting());
    let mut text = String::new();
    if !runs.is_empty() {
        let rows = runs.into_iter().map(run_row).collect();
        text.push_str(&format!("\n{}", table(RUN_HEADINGS, rows)));
    }
    if !gates.is_empty() {
        let rows = gates.into_iter().map(|gate| gate_row(gate, now)).collect();
        text.push_str(&format!("\n{}", table(GATE_HEADINGS, rows)));
    }
    text
}

/// Every run in full, a paragraph each, and why anything is not as wanted.
#[must_use]
pub fn updates(updates: Option<&Updates>) -> String {
    let Some(updates) = updates else {
        return "updates are not accompanied: the app's fleet.json has no section `updates`\n".to_owned();
    };
    let paragraphs: Vec<String> =
        updates.latest_first().into_iter().map(|run| self::run(updates, run)).collect();
    let mut text =
        if paragraphs.is_empty() { "no update run is known\n".to_owned() } else { paragraphs.join("\n") };
    if !updates.why_not.is_empty() {
        text.push('\n');
    }
    text.extend(updates.why_not.iter().map(|why| format!("why not: {why}\n")));
    text
}

/// A run with its members, what it keeps out and where it waits, and what to try again.
pub(super) fn run(updates: &Updates, run: &RunNote) -> String {
    let RunNote { run: id, brings, members, updated, failed, ending, .. } = run;
    let (style, word) = end_or_state(run);
    let mut text = format!("{}, {brings}: {}\n", styled(BOLD, id.name()), styled(style, &word));
    text.push_str(&format!("{}\n", styled(FAINT, id.as_str())));
    let mut line = |name: &str, says: &str| text.push_str(&format!("  {name:<11}{says}\n"));
    line("members", &format!("{updated} of {members} updated, {failed} failed"));
    if let Some(Ending { verdict, found }) = ending {
        line("ended", &ended(verdict, *found));
        verdict.failed.iter().for_each(|member| line("failed", &failure(member)));
        if let Some(nameless) = nameless(verdict) {
            line("failed", &nameless);
        }
        for (name, members) in [("skipped", &verdict.skipped), ("unreached", &verdict.not_reached)] {
            if !members.is_empty() {
                line(name, &members.join(", "));
            }
        }
    }
    updates.out_for(id).for_each(|out| line("keeps out", &format!("{}: {}", out.cluster.name(), out.reason)));
    updates.gates_of(id).into_iter().filter(|gate| gate.state == UpdateState::Pending).for_each(|waiting| {
        line("waits at", &format!("{}: {}", gate::name_and_place(waiting), gate::waits_for(waiting)));
    });
    next_steps(run).iter().for_each(|(name, says)| line(name, says));
    text
}

fn run_row(run: &RunNote) -> [Cell; 6] {
    let (verdict_style, verdict) = match &run.ending {
        Some(Ending { verdict, .. }) => (style_of(verdict.outcome), verdict.outcome.to_string()),
        None => (FAINT, "-".to_owned()),
    };
    [
        Cell::new(PLAIN, run.run.name()),
        Cell::new(PLAIN, &run.brings),
        Cell::new(PLAIN, run.state.name()),
        Cell::new(PLAIN, &format!("{} of {}", run.updated, run.members)),
        Cell::new(if run.failed > 0 { BAD } else { PLAIN }, &run.failed.to_string()),
        Cell::new(verdict_style, &verdict),
    ]
}

fn gate_row(gate: &GateNote, now: Timestamp) -> [Cell; 5] {
    let late = gate.patience_ends.is_some_and(|ends| ends <= now);
    [
        Cell::new(PLAIN, gate::name(gate)),
        Cell::new(PLAIN, &gate.timing.to_string()),
        Cell::new(PLAIN, &gate.scope.to_string()),
        Cell::new(if late { BAD } else { PLAIN }, &time(gate.since)),
        Cell::new(WARN, &gate::waits_for(gate)),
    ]
}

/// How a run ended; how far it is where it has not.
fn end_or_state(run: &RunNote) -> (Style, String) {
    match &run.ending {
        Some(Ending { verdict, .. }) => (style_of(verdict.outcome), verdict.outcome.to_string()),
        None => (PLAIN, run.state.to_string()),
    }
}

fn style_of(outcome: Outcome) -> Style {
    match outcome {
        Outcome::Succeeded => GOOD,
        Outcome::Skipped | Outcome::Stopped | Outcome::Deleted => WARN,
        Outcome::CompletedWithFailures | Outcome::AllFailed | Outcome::Failed => BAD,
    }
}

fn ended(verdict: &Verdict, found: Timestamp) -> String {
    match verdict.ended {
        Some(ended) => format!("{}, found {}", time(ended), time(found)),
        None => format!("found {}", time(found)),
    }
}

fn failure(member: &FailedMember) -> String {
    let FailedMember { member, cluster, stage, group, why } = member;
    let cluster = cluster.as_ref().map(ArmId::name).filter(|cluster| cluster != member);
    let cluster = cluster.map_or_else(String::new, |cluster| format!(" ({cluster})"));
    format!("{member}{cluster} in {stage}/{group}: {why}")
}

/// Failures that are only counted.
fn nameless(verdict: &Verdict) -> Option<String> {
    match (verdict.failures() - verdict.failed.len(), verdict.failed.len()) {
        (0, _) => None,
        (count, 0) => Some(format!("{count}; nobody can tell which")),
        (count, _) => Some(format!("{count} more; nobody can tell which")),
    }
}

/// What an operator can do about a run that stands still, as it is typed.
fn next_steps(run: &RunNote) -> Vec<(&'static str, String)> {
    let name = run.run.name();
    let start = format!("fleetctl start-update {name} --reason …");
    let Some(Ending { verdict, .. }) = &run.ending else {
        return if run.state == UpdateState::NotStarted { vec![("to begin", start)] } else { Vec::new() };
    };
    let mut steps = Vec::new();
    if matches!(verdict.outcome, Outcome::Stopped | Outcome::Failed) {
        steps.push(("to go on", start));
    }
    if !verdict.failed.is_empty() && verdict.outcome != Outcome::Deleted {
        let members: Vec<&str> = verdict.failed.iter().map(|failed| failed.member.as_str()).collect();
        steps.push(("to retry", format!("fleetctl retry-failed {name} --reason … ({})", members.join(", "))));
    }
    steps
}
