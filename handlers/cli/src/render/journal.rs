//! The journal, a paragraph per entry.

use fleet_core::ledger::Outcome;
use serde_json::Value;

use super::{BAD, FAINT, result::word_of, styled, time};
use crate::entry::{Answer, Decision, Entry};

/// Entries in the order given.
#[must_use]
pub fn journal(entries: &[Value]) -> String {
    entries.iter().map(|line| entry(&Entry::read(line))).collect()
}

fn entry(entry: &Entry) -> String {
    match entry {
        Entry::Decision(decision) => {
            format!("{}  {}", styled(FAINT, &time(decision.at)), self::decision(decision))
        }
        Entry::Answer(answer) => format!("{}  {}", styled(FAINT, &time(answer.at)), self::answer(answer)),
        Entry::Alarm { at, raised, alarm } => {
            let word = if *raised { styled(BAD, "ALARM") } else { "alarm over".to_owned() };
            format!("{}  {word}: {}\n", styled(FAINT, &time(*at)), alarm.says)
        }
        Entry::Other(line) => format!("{line}\n"),
    }
}

/// What is told of a decision while its command is still waited for.
#[must_use]
pub fn progress(decision: &Decision) -> String {
    let Decision { subject, carried_out, actions, .. } = decision;
    let name = subject.name();
    match actions.len() {
        _ if !carried_out => format!("  {name} is decided, nothing is written"),
        0 => format!("  {name} is decided, nothing is to be written"),
        1 => format!("  {name} is decided, 1 write"),
        writes => format!("  {name} is decided, {writes} writes"),
    }
}

/// A decision: what it is about and why it was made, then what was done and why not more, a line each.
fn decision(decision: &Decision) -> String {
    let Decision { trigger, command, subject, carried_out, actions, outcomes, holds, .. } = decision;
    let command = command.as_ref().map_or_else(String::new, |id| format!(" {id}"));
    let only = if *carried_out { "" } else { ", not carried out" };
    let mut text = format!("{} ({}{command}{only})\n", subject.name(), trigger.name());
    for (index, action) in actions.iter().enumerate() {
        let outcome = outcomes.get(index).map_or_else(|| "would".to_owned(), outcome);
        text.push_str(&format!("    {outcome}: {action}\n"));
    }
    for hold in holds {
        text.push_str(&format!("    {hold}\n"));
    }
    text
}

fn outcome(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Completed => "done".to_owned(),
        Outcome::Started => "started".to_owned(),
        Outcome::Failed(fault) => styled(BAD, &format!("failed ({}: {})", fault.code, fault.message)),
    }
}

fn answer(answer: &Answer) -> String {
    let Answer { command, result, .. } = answer;
    let dry = if command.dry_run { ", dry run" } else { "" };
    format!(
        "{} {} by {}{dry}: {} ({})\n",
        command.order.name(),
        command.id,
        command.requested_by,
        word_of(result.status),
        command.reason
    )
}
