//! A line of the journal, as it is read.

use fleet_core::{
    command::{Command, CommandResult},
    health::Raised,
    ids::ArmId,
    ledger::Outcome,
    plan::{Action, Hold},
    rollout::{self, Approved},
    trigger::NudgeKind,
    updates::Verdict,
};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

/// What a line says. One of a newer app, which says something else, is kept as it is.
#[derive(Debug, Clone, PartialEq)]
pub enum Entry {
    /// What was decided about a stamp, and done.
    Decision(Box<Decision>),
    /// What was decided about the fleet's updates, and done.
    Updates(Box<UpdatesDecision>),
    /// What a command was told.
    Answer(Box<Answer>),
    /// Something that people must know, or that is over.
    Alarm {
        /// When.
        at: Timestamp,
        /// Whether it began.
        raised: bool,
        /// What.
        alarm: Raised,
    },
    /// Something that this fleetctl does not know.
    Other(Value),
}

/// What was decided about a stamp, and done.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Decision {
    /// When.
    pub at: Timestamp,
    /// Why the app looked.
    pub trigger: NudgeKind,
    /// The id of the command behind it, if one is.
    #[serde(default)]
    pub command: Option<String>,
    /// The cluster.
    pub subject: ArmId,
    /// Whether it was to be carried out.
    pub carried_out: bool,
    /// What was to be done.
    pub actions: Vec<Action>,
    /// What became of each action that was carried out.
    pub outcomes: Vec<Outcome>,
    /// Why not more.
    pub holds: Vec<Hold>,
}

/// What was decided about the fleet's updates, and done.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UpdatesDecision {
    /// When.
    pub at: Timestamp,
    /// Why the app looked.
    pub trigger: NudgeKind,
    /// The id of the command behind it, if one is.
    #[serde(default)]
    pub command: Option<String>,
    /// Whether it was to be carried out.
    pub carried_out: bool,
    /// What was to be done.
    pub actions: Vec<rollout::Action>,
    /// What became of each action that was carried out.
    pub outcomes: Vec<Outcome>,
    /// Why not more, a sentence each.
    pub why_not: Vec<String>,
    /// Gates that were approved, and on what.
    pub approved: Vec<Approved>,
    /// Runs that were found to have ended.
    pub endings: Vec<Ended>,
}

/// A run that was found to have ended.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Ended {
    /// The run.
    pub run: ArmId,
    /// How.
    pub verdict: Verdict,
}

/// That something was decided for a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decided<'a> {
    /// When.
    pub at: Timestamp,
    /// The cluster whose stamp it is about; none where it is about the fleet's updates.
    pub stamp: Option<&'a ArmId>,
    /// Whether it was to be carried out.
    pub carried_out: bool,
    /// How many writes it asks for.
    pub writes: usize,
}

/// What a command was told.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Answer {
    /// When.
    pub at: Timestamp,
    /// The command.
    pub command: Command,
    /// What it came to.
    pub result: CommandResult,
}

#[derive(Deserialize)]
struct Alarm {
    at: Timestamp,
    raised: bool,
    alarm: Raised,
}

impl Entry {
    /// Reads a line.
    #[must_use]
    pub fn read(line: &Value) -> Self {
        let known = match line["kind"].as_str() {
            Some("decision") => {
                Decision::deserialize(line).map(|decision| Self::Decision(decision.into())).ok()
            }
            Some("updates") => {
                UpdatesDecision::deserialize(line).map(|decision| Self::Updates(decision.into())).ok()
            }
            Some("answer") => Answer::deserialize(line).map(|answer| Self::Answer(answer.into())).ok(),
            Some("alarm") => Alarm::deserialize(line)
                .map(|Alarm { at, raised, alarm }| Self::Alarm { at, raised, alarm })
                .ok(),
            _ => None,
        };
        known.unwrap_or_else(|| Self::Other(line.clone()))
    }

    /// That it was decided for a command, if it was.
    #[must_use]
    pub fn decided_for(&self, id: &str) -> Option<Decided<'_>> {
        let (command, decided) = match self {
            Self::Decision(decision) => {
                let Decision { at, command, subject, carried_out, actions, .. } = &**decision;
                (
                    command,
                    Decided {
                        at: *at,
                        stamp: Some(subject),
                        carried_out: *carried_out,
                        writes: actions.len(),
                    },
                )
            }
            Self::Updates(decision) => {
                let UpdatesDecision { at, command, carried_out, actions, .. } = &**decision;
                (command, Decided { at: *at, stamp: None, carried_out: *carried_out, writes: actions.len() })
            }
            Self::Answer(_) | Self::Alarm { .. } | Self::Other(_) => return None,
        };
        (command.as_deref() == Some(id)).then_some(decided)
    }
}
