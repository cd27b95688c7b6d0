//! The one answer to a command.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Command, InvalidCommand};
use crate::ids::ArmId;

/// The wire version of a result.
pub const RESULT_VERSION: u8 = 1;

/// What became of a command. Sent once it is terminal; sent again, word for word, when the command is delivered again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CommandResult {
    /// Always 1.
    pub v: u8,
    /// The command's id; readers keep the first result of an id.
    pub command_id: String,
    /// The command's name, as sent.
    pub command: String,
    /// Who asked.
    pub requested_by: String,
    /// Whether nothing was to be done.
    pub dry_run: bool,
    /// The end: the gravest of the stamps'. Of a command about several, some may be done and others refused.
    pub status: Status,
    /// What was done, for the command as a whole: a sentence each.
    #[serde(default)]
    pub did: Vec<String>,
    /// Why, or why not more, for the command as a whole.
    pub why: Vec<String>,
    /// What became of each stamp, in the order of their ids.
    pub stamps: Vec<StampResult>,
    /// When it was decided: milliseconds since the Unix epoch, since the Functions host re-writes ISO dates.
    #[serde(with = "jiff::fmt::serde::timestamp::millisecond::required")]
    #[schemars(with = "i64")]
    pub at: Timestamp,
}

/// How a command ended, from the lightest to the gravest.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "camelCase")]
pub enum Status {
    /// It was so already.
    NoOp,
    /// Done: recorded, and its writes are accepted.
    Done,
    /// Recorded; what is left to do waits, for the reasons given, and follows by itself.
    Held,
    /// Not done, and nothing was changed, for the reasons given.
    Refused,
    /// Not understood; nothing was changed.
    Rejected,
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoOp => "no-op",
            Self::Done => "done",
            Self::Held => "held",
            Self::Refused => "refused",
            Self::Rejected => "rejected",
        })
    }
}

/// What became of one stamp.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StampResult {
    /// The stamp's cluster.
    pub cluster: ArmId,
    /// How it ended.
    pub status: Status,
    /// What was done, or would be: a sentence each.
    pub did: Vec<String>,
    /// Why not more.
    pub why_not: Vec<String>,
}

/// What is remembered of a command, so that it has one effect and one answer however often it is delivered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CommandRecord {
    /// When it was first worked on.
    pub since: Timestamp,
    /// What became of each stamp so far, by the key of its cluster's id: a crash in the middle goes on from here.
    #[serde(default)]
    pub stamps: Vec<StampResult>,
    /// The answer, once there is one.
    pub result: Option<CommandResult>,
}

impl CommandRecord {
    /// What was decided for a stamp.
    #[must_use]
    pub fn of(&self, cluster: &ArmId) -> Option<&StampResult> {
        self.stamps.iter().find(|stamp| stamp.cluster == *cluster)
    }
}

/// Why a command's wish was not granted for a stamp, beside what the guard says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefusedBy {
    /// A hold was asked for a stamp that takes traffic.
    StillServes,
    /// A hold was asked for while a write to the origin is under way.
    InFlight,
    /// There is no such hold.
    NoSuchHold {
        /// Whose hold was meant.
        owner: String,
        /// Who holds the stamp.
        held_by: Vec<String>,
    },
    /// The stamp is not ours to change, and why.
    NotOurs(String),
}

impl fmt::Display for RefusedBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::StillServes => f.write_str("the stamp takes traffic; use drain to take it out"),
            Self::InFlight => f.write_str(
                "a write to its origin is under way, so nobody can tell whether it takes traffic; ask again in a minute",
            ),
            Self::NoSuchHold { owner, held_by } if held_by.is_empty() => {
                write!(f, "{owner} does not hold the stamp; nobody does")
            }
            Self::NoSuchHold { owner, held_by } => {
                write!(f, "{owner} does not hold the stamp; held by {}", held_by.join(", "))
            }
            Self::NotOurs(why) => f.write_str(why),
        }
    }
}

impl CommandResult {
    /// The result of a command over its stamps.
    #[must_use]
    pub fn of(command: &Command, stamps: Vec<StampResult>, now: Timestamp) -> Self {
        let status = stamps.iter().map(|stamp| stamp.status).max().unwrap_or(Status::NoOp);
        Self {
            v: RESULT_VERSION,
            command_id: command.id.clone(),
            command: command.order.name().to_owned(),
            requested_by: command.requested_by.clone(),
            dry_run: command.dry_run,
            status,
            did: Vec::new(),
            why: Vec::new(),
            stamps,
            at: now,
        }
    }

    /// The result of a command that concerns no stamp that we know.
    #[must_use]
    pub fn rejected(command: &Command, why: String, now: Timestamp) -> Self {
        Self { status: Status::Rejected, why: vec![why], ..Self::of(command, Vec::new(), now) }
    }

    /// The result of something that is no command but has an id to answer to.
    #[must_use]
    pub fn of_invalid(invalid: &InvalidCommand, now: Timestamp) -> Option<Self> {
        Some(Self {
            v: RESULT_VERSION,
            command_id: invalid.id.clone()?,
            command: invalid.command.clone().unwrap_or_default(),
            requested_by: String::new(),
            dry_run: false,
            status: Status::Rejected,
            did: Vec::new(),
            why: invalid.problems.iter().map(ToString::to_string).collect(),
            stamps: Vec::new(),
            at: now,
        })
    }
}
