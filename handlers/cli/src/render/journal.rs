//! The journal, a paragraph per entry.

mod updates;

use std::fmt::Display;

use fleet_core::{ids::ArmId, ledger::Outcome};
use serde_json::Value;

use super::{BAD, FAINT, result::word_of, styled, time};
use crate::entry::{Answer, Decided, Decision, Entry};

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
        Entry::Updates(decision) => {
            format!("{}  {}", styled(FAINT, &time(decision.at)), updates::decision(decision))
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
pub fn progress(decided: &Decided<'_>) -> String {
    let name = match decided.stamp.map(ArmId::name) {
        Some(name) => format!("{name} is"),
        None => "the fleet's updates are".to_owned(),
    };
    match decided.writes {
        _ if !decided.carried_out => format!("  {name} decided, nothing is written"),
        0 => format!("  {name} decided, nothing is to be written"),
        1 => format!("  {name} decided, 1 write"),
        writes => format!("  {name} decided, {writes} writes"),
    }
}

/// A decision: what it is about and why it was made, then what was done and why not more, a line each.
fn decision(decision: &Decision) -> String {
    let Decision { trigger, command, subject, carried_out, actions, outcomes, holds, .. } = decision;
    let more = command_and_mode(command.as_deref(), *carried_out);
    let mut text = format!("{} ({}{more})\n", subject.name(), trigger.name());
    text.push_str(&writes(actions, outcomes));
    text.extend(holds.iter().map(|hold| format!("    {hold}\n")));
    text
}

/// What is told of a decision beside its trigger.
fn command_and_mode(command: Option<&str>, carried_out: bool) -> String {
    let command = command.map_or_else(String::new, |id| format!(" {id}"));
    let only = if carried_out { "" } else { ", not carried out" };
    format!("{command}{only}")
}

/// Each action with what became of it, a line each.
fn writes(actions: &[impl Display], outcomes: &[Outcome]) -> String {
    let told = |index| outcomes.get(index).map_or_else(|| "would".to_owned(), outcome);
    actions.iter().enumerate().map(|(index, action)| format!("    {}: {action}\n", told(index))).collect()
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
