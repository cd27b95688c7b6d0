//! What is remembered of updates, because ARM can't: whom they keep out of traffic, what gates wait for and were approved
//! on, and what people were told.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Notice, Piece, Scope, Timing, UpdateState, Verdict, Version};
use crate::{ids::ArmId, setback::Setback};

/// Everything remembered of the fleet's updates.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct UpdatesNote {
    /// When the last observation began.
    pub observed: Option<Timestamp>,
    /// When all runs were last listed.
    pub listed: Option<Timestamp>,
    /// Runs under way, and those that ended of late, by the keys of their ids.
    pub runs: BTreeMap<String, RunNote>,
    /// Gates that were reached, by the keys of their ids.
    pub gates: BTreeMap<String, GateNote>,
    /// Stamps that updates want out of traffic, by the keys of their clusters. Their own looks see to it.
    pub out: BTreeMap<String, Out>,
    /// The newest version that a run was made for.
    pub asked: Option<Asked>,
    /// Why no run is made for a new version, where one might be.
    pub version_waits: Option<String>,
    /// Runs that operators want started, by the keys of their ids.
    pub starts: BTreeMap<String, Starting>,
    /// Follow-up runs that operators asked for, by the keys of the runs to be made.
    pub retries: BTreeMap<String, Retry>,
    /// What was said about the end of support of clusters' versions, by the keys of the clusters.
    pub support: BTreeMap<String, Support>,
    /// Writes that failed, by the keys of their targets.
    pub setbacks: BTreeMap<String, Setback>,
    /// What people were told of late, the newest last.
    pub notices: Vec<Told>,
    /// When to look again even if nothing happens.
    pub wake: Option<Timestamp>,
    /// Why anything is not as wanted, a sentence each.
    pub why_not: Vec<String>,
}

/// What is remembered of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RunNote {
    /// Its resource id.
    pub run: ArmId,
    /// What it brings, in words.
    pub brings: String,
    /// How far it is.
    pub state: UpdateState,
    /// How many members it has.
    pub members: usize,
    /// How many of them are done.
    pub updated: usize,
    /// How many of them failed.
    pub failed: usize,
    /// How it ended, if it has. Started again, it has not.
    pub ending: Option<Ending>,
}

/// The end of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Ending {
    /// How.
    pub verdict: Verdict,
    /// When it was found out.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub found: Timestamp,
}

/// What is remembered of a gate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GateNote {
    /// Its resource id.
    pub gate: ArmId,
    /// The name that people gave it.
    pub display_name: Option<String>,
    /// Its run.
    pub run: ArmId,
    /// The part of the run: `run/stage` or `run/stage/group`.
    pub scope: Scope,
    /// Before or after that part.
    pub timing: Timing,
    /// How it stands.
    pub state: UpdateState,
    /// When it was first seen waiting.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub since: Timestamp,
    /// When people are told that it waits; none where nobody is to answer it by itself.
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    pub patience_ends: Option<Timestamp>,
    /// Whether people were told that.
    #[serde(default)]
    pub told: bool,
    /// What it waits for.
    pub waits: Waiting,
    /// An operator's wish that it be approved.
    pub asked: Option<OperatorsWish>,
    /// On what it was approved, if it was by us.
    pub approval: Option<Approval>,
}

/// What a gate waits for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct Waiting {
    /// A sentence each.
    pub why: Vec<String>,
    /// Since when nothing has been missing but time.
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    pub complete_since: Option<Timestamp>,
    /// Looks in a row that found something missing: each next one waits longer.
    pub looks: u32,
    /// When it is worth another look.
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    pub next: Option<Timestamp>,
}

/// An operator's wish about a gate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct OperatorsWish {
    /// Who.
    pub by: String,
    /// Why.
    pub reason: String,
}

/// An approval of ours, and what it stands on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Approval {
    /// When it was decided.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub at: Timestamp,
    /// On whose wish: the configuration's, or an operator's.
    pub by: String,
    /// Everything that was known.
    pub evidence: Vec<Piece>,
}

/// A stamp that an update wants out of traffic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Out {
    /// Its cluster.
    pub cluster: ArmId,
    /// The run on whose behalf.
    pub run: ArmId,
    /// The name of the hold's owner: `run/stage/group`, or `run failed`.
    pub owner: String,
    /// Why, in words.
    pub reason: String,
    /// Whether it stays out because its update failed: only another run or an operator ends that.
    pub failed: bool,
    /// Since when.
    pub since: Timestamp,
}

/// An operator's wish that a run start, where stamps must leave traffic before it may.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Starting {
    /// The run.
    pub run: ArmId,
    /// Who.
    pub by: String,
    /// Since when.
    pub since: Timestamp,
}

/// A run that was made for a new version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Asked {
    /// The version; none where the service chose it.
    pub version: Option<Version>,
    /// The run; none where it is not known yet, or was deleted since.
    pub run: Option<ArmId>,
    /// Whether the run was seen: until then, the write may have been lost.
    pub seen: bool,
    /// When.
    pub at: Timestamp,
}

/// A follow-up run for members that failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Retry {
    /// The run to be made.
    pub run: ArmId,
    /// The run in which they failed.
    pub of: ArmId,
    /// Their names.
    pub members: Vec<String>,
    /// Who asked.
    pub by: String,
    /// Since when.
    pub since: Timestamp,
}

/// What was said about the end of support of a cluster's version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Support {
    /// The version.
    pub version: String,
    /// When support ends, if it was said.
    pub ends: Option<Timestamp>,
    /// Whether it has ended.
    pub over: bool,
    /// When it was said.
    pub said: Timestamp,
}

/// A notice, and the message whose delivery it went out with: delivered again, it goes out again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Told {
    /// The id of the event behind the message.
    pub because: String,
    /// What was told.
    pub notice: Notice,
}
