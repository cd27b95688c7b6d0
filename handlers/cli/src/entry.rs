//! A line of the journal, as it is read.

use fleet_core::{
    command::{Command, CommandResult},
    health::Raised,
    ids::ArmId,
    ledger::Outcome,
    plan::{Action, Hold},
    trigger::NudgeKind,
};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

/// What a line says. One of a newer app, which says something else, is kept as it is.
#[derive(Debug, Clone, PartialEq)]
pub enum Entry {
    /// What was decided about a stamp, and done.
    Decision(Box<Decision>),
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
        let known =
            match line["kind"].as_str() {
                Some("decision") => {
                    Decision::deserialize(line).ok().map(|decision| Self::Decision(decision.into()))
                }
                Some("answer") => Answer::deserialize(line).ok().map(|answer| Self::Answer(answer.into())),
                Some("alarm") => Alarm::deserialize(line)
                    .ok()
                    .map(|Alarm { at, raised, alarm }| Self::Alarm { at, raised, alarm }),
                _ => None,
            };
        known.unwrap_or_else(|| Self::Other(line.clone()))
    }
}
