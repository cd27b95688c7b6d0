//! What is known of a stamp, for the page, the JSON and the story: plain data, named as users name things.
//!
//! The JSON shape is a contract: `docs/report.schema.json` is generated from these types.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    facets::{governance::AssignmentState, registry_access::AccessState},
    health::Standing,
    ids::ArmId,
};

/// One stamp.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StampReport {
    /// The cluster's resource id.
    pub cluster: ArmId,
    /// The cluster's region.
    pub region: String,
    /// The fleet member that stands for it.
    pub member: Option<ArmId>,
    /// Its update group.
    pub update_group: Option<String>,
    /// Pull access, a row per configured registry.
    pub pull_access: Vec<PullAccess>,
    /// Policies, a row per configured assignment.
    pub policies: Vec<Policy>,
    /// The Front Door origin.
    pub origin: Option<OriginReport>,
    /// Who holds the stamp out of traffic.
    pub holds: Vec<HoldReport>,
    /// What the evidence says about it.
    #[serde(default)]
    pub health: HealthReport,
    /// Whether its origin is enabled and nothing holds it.
    pub serving: bool,
    /// Why anything is not as wanted, a sentence each.
    pub why_not: Vec<String>,
}

/// Pull access to one registry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct PullAccess {
    /// The registry's resource id.
    pub registry: ArmId,
    /// The role that the registry's mode asks for; empty when the mode is unknown.
    pub role: String,
    /// How the access stands.
    #[schemars(with = "String", description = "granted, adopted, inherited, cutOff, missing or unknown")]
    pub state: AccessState,
}

/// One configured policy assignment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Policy {
    /// The assignment's name.
    pub name: String,
    /// Where it is assigned.
    pub scope: ArmId,
    /// How it stands.
    #[schemars(with = "String", description = "assigned, covered, drifted, missing, conflict or unknown")]
    pub state: AssignmentState,
}

/// The stamp's origin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct OriginReport {
    /// Its resource id.
    pub id: ArmId,
    /// The host that it forwards to.
    #[serde(default)]
    pub host: String,
    /// Whether it may take traffic.
    pub enabled: bool,
    /// Its weight, 1 to 1000; null when unset.
    pub weight: Option<u16>,
}

/// A stamp's health.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct HealthReport {
    /// What the stamp is taken for, after hysteresis.
    pub standing: Standing,
    /// What the evidence said at the last look, in words; empty where health is not judged.
    pub verdict: String,
}

/// A hold on the stamp's traffic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct HoldReport {
    /// Whose it is.
    pub owner: String,
    /// Why.
    pub reason: String,
    /// Since when.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub since: Timestamp,
    /// When it ends by itself; null when only its owner ends it.
    #[serde(default)]
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    pub until: Option<Timestamp>,
}
