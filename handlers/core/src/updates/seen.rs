//! Runs, gates and offers as read from the fleet (ARM contract: fleets).

use std::{fmt, str::FromStr};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::UpdateState;
use crate::ids::ArmId;

/// An update run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunSeen {
    /// Its resource id.
    pub id: ArmId,
    /// What it brings.
    pub update: Update,
    /// The strategy that it was made from, if any.
    pub strategy: Option<ArmId>,
    /// The auto-upgrade profile that made it, if one did.
    pub profile: Option<ArmId>,
    /// The plan that it follows: a copy of the strategy's, or its own; empty where members go one by one.
    pub plan: Vec<StagePlan>,
    /// How far the whole is.
    pub phase: Phase,
    /// How far its stages are, in their order.
    pub stages: Vec<StageSeen>,
    /// The service's own count of members that failed; the pinned version shows none.
    pub failure_count: Option<u32>,
    /// Node images that it settled on, where it has chosen: `AKSUbuntu-2204gen2containerd-202603.02.0`.
    pub images: Vec<String>,
    /// Its version, as received.
    pub etag: Option<String>,
}

/// What a run brings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Update {
    /// To what parts.
    pub kind: UpgradeKind,
    /// The version of Kubernetes; none for node images only.
    pub kubernetes: Option<String>,
    /// How node images are chosen, in the service's words: `Latest`, `Consistent`, `Custom`.
    pub image_selection: Option<String>,
}

/// To what parts of a cluster a run brings something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum UpgradeKind {
    /// Control plane, nodes and node images.
    Full,
    /// Node images.
    NodeImageOnly,
    /// The control plane.
    ControlPlaneOnly,
    /// Another word.
    Other(String),
}

/// How far something is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Phase {
    /// Its state.
    pub state: UpdateState,
    /// When it began.
    pub started: Option<Timestamp>,
    /// When it ended.
    pub completed: Option<Timestamp>,
    /// What went wrong: code and message.
    pub error: Option<String>,
}

/// A stage of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageSeen {
    /// Its name.
    pub name: String,
    /// How far it is.
    pub phase: Phase,
    /// Its groups, side by side.
    pub groups: Vec<GroupSeen>,
    /// Gates before it.
    pub before: Vec<GateRef>,
    /// Gates after it.
    pub after: Vec<GateRef>,
    /// The service's own count of members that failed.
    pub failure_count: Option<u32>,
    /// How many may fail; none where the service shows no limit.
    pub allowed_failures: Option<u32>,
}

/// An update group within a stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupSeen {
    /// Its name.
    pub name: String,
    /// How far it is.
    pub phase: Phase,
    /// Its members.
    pub members: Vec<MemberUpdate>,
    /// Gates before it.
    pub before: Vec<GateRef>,
    /// Gates after it.
    pub after: Vec<GateRef>,
    /// The service's own count of members that failed.
    pub failure_count: Option<u32>,
    /// How many may fail; none where the service shows no limit.
    pub allowed_failures: Option<u32>,
}

/// A member within a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberUpdate {
    /// The member's name.
    pub name: String,
    /// Its cluster; none where the run names something that is no id.
    pub cluster: Option<ArmId>,
    /// How far it is.
    pub phase: Phase,
    /// The service's remark on it.
    pub message: Option<String>,
}

/// A gate in a run's status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateRef {
    /// The name that people gave it.
    pub display_name: Option<String>,
    /// The gate; none until the run has reached it.
    pub gate: Option<ArmId>,
    /// How it stands.
    pub state: UpdateState,
}

/// A gate as a resource of its own. It exists only once its run has reached it, never expires, and vanishes with its run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateSeen {
    /// Its resource id.
    pub id: ArmId,
    /// What completes it.
    pub kind: GateKind,
    /// The name that people gave it.
    pub display_name: Option<String>,
    /// Its run.
    pub run: ArmId,
    /// Where in the run.
    pub scope: Scope,
    /// Before or after that part.
    pub timing: Timing,
    /// How it stands.
    pub state: UpdateState,
    /// Its version, as received.
    pub etag: Option<String>,
}

/// What completes a gate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum GateKind {
    /// Somebody's approval.
    Approval,
    /// Something else, such as a time of day (`ScheduledStart`): not ours to touch.
    Other(String),
}

/// Before or after its part of the run.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "camelCase")]
pub enum Timing {
    /// Nothing of the part has begun.
    Before,
    /// All of the part has ended.
    After,
}

/// A part of a run: a stage, or one group of a stage. Its text is `run/stage` or `run/stage/group`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Scope {
    /// The run's name.
    pub run: String,
    /// The stage's name.
    pub stage: String,
    /// The group's name; none for the whole stage.
    pub group: Option<String>,
}

/// A stage as configured.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StagePlan {
    /// Its name.
    pub name: String,
    /// Its groups.
    pub groups: Vec<GroupPlan>,
    /// Seconds between its end and the next stage.
    pub wait_seconds: u64,
    /// How many members at once: a number or a percentage, as text.
    pub concurrency: Option<String>,
    /// Display names of approval gates before it.
    pub before: Vec<Option<String>>,
    /// Display names of approval gates after it.
    pub after: Vec<Option<String>>,
}

/// A group of a stage as configured.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupPlan {
    /// The update group's name.
    pub name: String,
    /// How many members at once: a number or a percentage, as text.
    pub concurrency: Option<String>,
    /// Display names of approval gates before it.
    pub before: Vec<Option<String>>,
    /// Display names of approval gates after it.
    pub after: Vec<Option<String>>,
}

/// A version of Kubernetes that a region offers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// The version in full.
    pub version: Version,
    /// Whether it is only for trying out.
    pub preview: bool,
}

/// A version of Kubernetes: major, minor, patch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Version(pub u32, pub u32, pub u32);

/// A text that is no version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no version of Kubernetes; expected one such as 1.33.5")]
pub struct NoVersion(String);

impl Version {
    /// Major and minor: the unit in which clusters may be behind each other.
    #[must_use]
    pub const fn minor(self) -> (u32, u32) {
        (self.0, self.1)
    }
}

impl FromStr for Version {
    type Err = NoVersion;

    fn from_str(text: &str) -> Result<Self, NoVersion> {
        let numbers: Result<Vec<u32>, _> = text.split('.').map(str::parse).collect();
        match numbers.as_deref() {
            Ok([major, minor, patch]) => Ok(Self(*major, *minor, *patch)),
            _ => Err(NoVersion(text.to_owned())),
        }
    }
}

impl TryFrom<String> for Version {
    type Error = NoVersion;

    fn try_from(text: String) -> Result<Self, NoVersion> {
        text.parse()
    }
}

impl From<Version> for String {
    fn from(version: Version) -> Self {
        version.to_string()
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.0, self.1, self.2)
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.run, self.stage)?;
        self.group.iter().try_for_each(|group| write!(f, "/{group}"))
    }
}

impl fmt::Display for Timing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Before => "before",
            Self::After => "after",
        })
    }
}

impl fmt::Display for Update {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.kind, &self.kubernetes) {
            (UpgradeKind::NodeImageOnly, _) => f.write_str("node images"),
            (UpgradeKind::ControlPlaneOnly, Some(version)) => write!(f, "control planes to {version}"),
            (_, Some(version)) => write!(f, "Kubernetes {version}"),
            (UpgradeKind::Other(kind), None) => f.write_str(kind),
            (_, None) => f.write_str("an unnamed version"),
        }
    }
}

impl Scope {
    /// Whether a group of a stage is within it.
    #[must_use]
    pub fn covers(&self, stage: &str, group: &str) -> bool {
        self.stage == stage && self.group.as_deref().is_none_or(|name| name == group)
    }
}

impl RunSeen {
    /// Every member with the names of its stage and group.
    pub fn members(&self) -> impl Iterator<Item = (&StageSeen, &GroupSeen, &MemberUpdate)> {
        self.stages.iter().flat_map(|stage| {
            stage
                .groups
                .iter()
                .flat_map(move |group| group.members.iter().map(move |member| (stage, group, member)))
        })
    }

    /// The members of a part of it.
    pub fn members_of<'a>(&'a self, scope: &'a Scope) -> impl Iterator<Item = &'a MemberUpdate> {
        let members = self.members().filter(|(stage, group, _)| scope.covers(&stage.name, &group.name));
        members.map(|(_, _, member)| member)
    }

    /// A part of it by its names.
    #[must_use]
    pub fn scope(&self, stage: &str, group: Option<&str>) -> Scope {
        Scope { run: self.id.name().to_owned(), stage: stage.to_owned(), group: group.map(str::to_owned) }
    }
}
