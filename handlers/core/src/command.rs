//! Commands: what operators and pipelines ask for on the `fleet-commands` queue, and the one answer that each gets on
//! `fleet-results`.
//!
//! A command goes the way of every nudge: it is one more wish in the same decision, behind the same guard. The JSON
//! shapes are contracts: `docs/command.schema.json` and `docs/result.schema.json` are generated from these types.

mod answer;
mod parse;

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{ids::ArmId, reader::Problem, report};

pub use answer::{CommandRecord, CommandResult, RESULT_VERSION, RefusedBy, StampResult, Status};
pub use parse::parse;

/// The longest a break-glass override may last, in hours.
pub const OVERRIDE_MAX_HOURS: i64 = 24;

/// One command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Command {
    /// The sender's id of the command, 1 to 100 letters, digits, `.`, `_`, `-`. The same id again is the same command.
    #[schemars(regex(pattern = "^[A-Za-z0-9._-]{1,100}$"))]
    pub id: String,
    /// Who asks: a person or a pipeline. Shown with everything that comes of it.
    #[schemars(length(min = 1, max = 200))]
    pub requested_by: String,
    /// Why, in words.
    #[schemars(length(min = 1, max = 500))]
    pub reason: String,
    /// Only say what would be done.
    #[serde(default)]
    pub dry_run: bool,
    /// What is asked.
    #[serde(flatten)]
    pub order: Order,
}

/// What a command asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(tag = "command", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Order {
    /// Take stamps out of traffic and keep them out, if the guard allows.
    Drain {
        /// Which.
        target: Target,
        /// The hold's name; the requester's where left out. Who names a hold may release it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        hold: Option<String>,
        /// When the hold ends by itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(with = "Option<String>", extend("format" = "date-time"))]
        expires: Option<Timestamp>,
    },
    /// End one's own drain: the hold is released, and the stamps come back once nothing else holds them and they are
    /// proven fit, step by step.
    Restore {
        /// Which.
        target: Target,
        /// The hold's name; the requester's where left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        hold: Option<String>,
    },
    /// Keep stamps out that are out already. Never takes one out.
    Hold {
        /// Which.
        target: Target,
        /// The hold's name; the requester's where left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        hold: Option<String>,
        /// When the hold ends by itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(with = "Option<String>", extend("format" = "date-time"))]
        expires: Option<Timestamp>,
    },
    /// Release an operator's hold by its name, or that of an unknown owner.
    Release {
        /// Which.
        target: Target,
        /// Whose hold.
        #[serde(default)]
        owner: ReleaseOwner,
        /// The operator hold's name; the requester's where left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        hold: Option<String>,
    },
    /// State a stamp's health, as evidence that outweighs all other sources until it expires.
    StateHealth {
        /// Which.
        target: Target,
        /// What is stated.
        health: StatedHealth,
        /// Until when it counts.
        #[schemars(with = "String", extend("format" = "date-time"))]
        expires: Timestamp,
    },
    /// Enrol a cluster, also one that was decommissioned before.
    Enroll {
        /// The cluster's resource id.
        cluster: ArmId,
    },
    /// Take a stamp apart although its cluster exists: out of traffic, origin, pull access, policies, member.
    Decommission {
        /// The cluster's resource id.
        cluster: ArmId,
    },
    /// Look at stamps now and bring them to what is wanted.
    Reconcile {
        /// Which.
        target: Target,
    },
    /// Approve an update run's gate once its evidence is complete, without waiting for the soak. Also one that no rule of
    /// the configuration answers.
    ApproveGate {
        /// The gate: its resource id, or its name, a GUID. Kept as the name.
        #[schemars(regex(pattern = r"^(/.+/)?[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}/?$"))]
        gate: String,
    },
    /// Start an update run that has not begun, was stopped, or failed.
    StartUpdate {
        /// The run's name.
        #[schemars(regex(pattern = r"^[a-z0-9]([-a-z0-9]{0,48}[a-z0-9])?$"))]
        run: String,
    },
    /// Stop an update run. What is in flight ends first.
    StopUpdate {
        /// The run's name.
        #[schemars(regex(pattern = r"^[a-z0-9]([-a-z0-9]{0,48}[a-z0-9])?$"))]
        run: String,
    },
    /// Make and start a follow-up run for just the members that failed in a run.
    RetryFailed {
        /// The name of the run in which they failed.
        #[schemars(regex(pattern = r"^[a-z0-9]([-a-z0-9]{0,48}[a-z0-9])?$"))]
        run: String,
    },
    /// Break glass: let what a guard forbids pass, for a while.
    Override {
        /// For which stamps.
        target: Target,
        /// Which guard.
        guard: GuardRule,
        /// Until when, at most 24 hours ahead.
        #[schemars(with = "String", extend("format" = "date-time"))]
        expires: Timestamp,
    },
}

/// What a command is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Target {
    /// One stamp, by its cluster's resource id, or by the cluster's name where only one has it.
    Stamp(String),
    /// Every stamp of a region.
    Region(String),
    /// Every stamp.
    Fleet,
}

/// Whose hold a release is about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum ReleaseOwner {
    /// An operator's, by name.
    #[default]
    Operator,
    /// That of an update which failed on the stamp.
    Update,
    /// That of an origin found disabled without a known reason.
    Unknown,
}

/// What an operator states.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum StatedHealth {
    /// Fit for traffic.
    Good,
    /// Not fit for traffic.
    Bad,
    /// Takes the statement back.
    Unknown,
}

/// A rule of the guard that can be overridden.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum GuardRule {
    /// The least that must keep serving.
    Minimum,
    /// The most that may be held out at once.
    MaximumDrained,
    /// What the others' node pools can take over.
    Capacity,
    /// The mass-failure brake.
    Brake,
    /// What a gate must know before it is approved.
    Evidence,
}

impl GuardRule {
    /// All of them, with their spelling in commands.
    pub const ALL: [(&'static str, Self); 5] = [
        ("minimum", Self::Minimum),
        ("maximumDrained", Self::MaximumDrained),
        ("capacity", Self::Capacity),
        ("brake", Self::Brake),
        ("evidence", Self::Evidence),
    ];
}

/// Why a command is no command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidCommand {
    /// The command's id, if it has a legal one: then a result can be addressed to it.
    pub id: Option<String>,
    /// The command's name as sent, if there is one.
    pub command: Option<String>,
    /// At least one.
    pub problems: Vec<Problem>,
}

impl Order {
    /// The name on the wire.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Drain { .. } => "drain",
            Self::Restore { .. } => "restore",
            Self::Hold { .. } => "hold",
            Self::Release { .. } => "release",
            Self::StateHealth { .. } => "stateHealth",
            Self::Enroll { .. } => "enroll",
            Self::Decommission { .. } => "decommission",
            Self::Reconcile { .. } => "reconcile",
            Self::ApproveGate { .. } => "approveGate",
            Self::StartUpdate { .. } => "startUpdate",
            Self::StopUpdate { .. } => "stopUpdate",
            Self::RetryFailed { .. } => "retryFailed",
            Self::Override { .. } => "override",
        }
    }

    /// Whether it is about runs and gates rather than about stamps.
    #[must_use]
    pub fn is_about_updates(&self) -> bool {
        matches!(
            self,
            Self::ApproveGate { .. }
                | Self::StartUpdate { .. }
                | Self::StopUpdate { .. }
                | Self::RetryFailed { .. }
        )
    }

    /// Every name, in the order of the documentation.
    pub const NAMES: [&'static str; 13] = [
        "drain",
        "restore",
        "hold",
        "release",
        "stateHealth",
        "enroll",
        "decommission",
        "reconcile",
        "approveGate",
        "startUpdate",
        "stopUpdate",
        "retryFailed",
        "override",
    ];
}

impl Command {
    /// The name of the operator's hold that the command is about.
    #[must_use]
    pub fn hold_name(&self) -> &str {
        let named = match &self.order {
            Order::Drain { hold, .. }
            | Order::Restore { hold, .. }
            | Order::Hold { hold, .. }
            | Order::Release { hold, .. } => hold.as_deref(),
            _ => None,
        };
        named.unwrap_or(&self.requested_by)
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stamp(name) => write!(f, "stamp {name}"),
            Self::Region(name) => write!(f, "region {name}"),
            Self::Fleet => f.write_str("the fleet"),
        }
    }
}

impl Target {
    /// Whether a stamp is meant.
    #[must_use]
    pub fn covers(&self, report: &report::StampReport) -> bool {
        match self {
            Self::Stamp(name) => {
                report.cluster.as_str().eq_ignore_ascii_case(name)
                    || report.cluster.name().eq_ignore_ascii_case(name)
            }
            Self::Region(name) => crate::world::same_region(name, &report.region),
            Self::Fleet => true,
        }
    }
}

impl fmt::Display for InvalidCommand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let problems: Vec<String> = self.problems.iter().map(ToString::to_string).collect();
        f.write_str(&problems.join("; "))
    }
}

impl std::error::Error for InvalidCommand {}

#[cfg(test)]
mod tests;
