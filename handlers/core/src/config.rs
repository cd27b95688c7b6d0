//! `fleet.json`: which fleet, which clusters, and what a stamp shall look like.
//!
//! Unknown keys are refused and every problem is reported at once, each with its JSON path and what is allowed. The
//! JSON Schema for editors is generated from these types (`cargo xtask schema`).

mod health;
mod parse;
mod updates;

use std::{collections::BTreeMap, fmt};

use serde::Serialize;
use serde_json::Value;

use crate::{
    facets::{Mode, governance::Enforcement, traffic::RampStep},
    ids::ArmId,
};

pub use crate::reader::Problem;
pub use health::{Health, Source, Weight};
pub use updates::{Follow, GateRule, NewVersionAction, NewVersions, Updates};

/// The whole configuration.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(transform = may_name_its_schema)]
pub struct FleetConfig {
    /// The Azure Kubernetes Fleet Manager resource whose members the clusters become.
    pub fleet: ArmId,
    /// Which clusters are ours to care for.
    pub scope: Scope,
    /// Fleet membership.
    pub membership: Membership,
    /// Pull access to container registries. Left out: none is managed.
    #[schemars(default)]
    pub registry_access: RegistryAccess,
    /// Azure Policy assignments. Left out: none are managed.
    #[schemars(default)]
    pub governance: Governance,
    /// Front Door. Left out: traffic is not managed.
    #[schemars(default, with = "Traffic", skip_serializing_if = "Option::is_none")]
    pub traffic: Option<Traffic>,
    /// How health is judged. Left out: it is not, and no stamp is drained by itself.
    #[schemars(default, with = "Health", skip_serializing_if = "Option::is_none")]
    pub health: Option<Health>,
    /// How updates of the fleet are accompanied. Left out: they are not, and no gate is answered.
    #[schemars(default, with = "Updates", skip_serializing_if = "Option::is_none")]
    pub updates: Option<Updates>,
    /// What the timer does.
    #[schemars(default)]
    pub tick: Tick,
}

/// Which clusters are in scope: in one of the subscriptions, in one of the resource groups if any are named, with all of
/// the tags, and without the opt-out tag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Scope {
    /// Subscription ids (GUIDs); at least one.
    #[schemars(length(min = 1))]
    pub subscriptions: Vec<String>,
    /// Resource group names; one `*` at the end stands for any ending. Empty: all.
    #[schemars(default)]
    pub resource_groups: Vec<String>,
    /// Tags that a cluster must have, compared without case in the key.
    #[schemars(default)]
    pub tags: BTreeMap<String, String>,
    /// The tag that takes a cluster out of our hands, whatever its value but `false`.
    #[schemars(default = "default_opt_out_tag")]
    pub opt_out_tag: String,
}

/// Fleet membership.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Membership {
    /// Whether to act.
    #[schemars(default)]
    pub mode: Mode,
    /// The update group of clusters that no rule names: 1 to 50 of a-z, 0-9, `-`.
    #[schemars(regex(pattern = r"^[a-z0-9]([-a-z0-9]{0,48}[a-z0-9])?$"))]
    pub default_group: String,
    /// Rules in order; the first that fits gives the update group.
    #[schemars(default)]
    pub groups: Vec<GroupRule>,
    /// A cluster tag whose value names the update group and wins over the rules.
    #[schemars(default = "default_group_tag")]
    pub group_tag: String,
    /// Labels for every member. Others on a member are kept.
    #[schemars(default)]
    pub labels: BTreeMap<String, String>,
}

/// Which clusters belong to an update group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GroupRule {
    /// The update group.
    #[schemars(regex(pattern = r"^[a-z0-9]([-a-z0-9]{0,48}[a-z0-9])?$"))]
    pub group: String,
    /// Regions, such as `westeurope`. Empty: any.
    #[schemars(default)]
    pub regions: Vec<String>,
    /// Tags that a cluster must have. Empty: any.
    #[schemars(default)]
    pub tags: BTreeMap<String, String>,
}

/// Pull access.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RegistryAccess {
    /// Whether to act.
    #[schemars(default)]
    pub mode: Mode,
    /// The registries that every cluster pulls from.
    #[schemars(default)]
    pub registries: Vec<ArmId>,
}

/// Azure Policy.
#[derive(Debug, Clone, Default, PartialEq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Governance {
    /// Whether to act.
    #[schemars(default)]
    pub mode: Mode,
    /// What shall be assigned.
    #[schemars(default)]
    pub assignments: Vec<PolicyAssignment>,
}

/// One policy or initiative to assign.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PolicyAssignment {
    /// The assignment's name: letters, digits, `-`, `_`; at most 64, at a management group 24.
    #[schemars(regex(pattern = "^[A-Za-z0-9_-]{1,64}$"))]
    pub name: String,
    /// The policy definition or initiative (policy set definition).
    pub definition: ArmId,
    /// Where it belongs.
    pub scope: PolicyScope,
    /// Shown in the portal; 1 to 128 characters. Left out: the name.
    #[schemars(
        default,
        with = "String",
        skip_serializing_if = "Option::is_none",
        length(min = 1, max = 128)
    )]
    pub display_name: Option<String>,
    /// The value of the definition's `effect` parameter. Left out: `Audit` for an initiative, `Deny` for a single
    /// policy. `null`: the definition takes none.
    #[schemars(default, skip_serializing_if = "Option::is_none")]
    pub effect: Option<String>,
    /// Further parameter values.
    #[schemars(default)]
    pub parameters: BTreeMap<String, Value>,
    /// Whether the effect applies.
    #[schemars(default)]
    pub enforcement: Enforcement,
}

/// The scope that an assignment belongs to, relative to a stamp.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum PolicyScope {
    /// The resource group of the stamp's cluster: one assignment per stamp.
    ResourceGroup,
    /// The subscription of the stamp's cluster: one for all stamps in it.
    Subscription,
    /// A management group, by name: one for all.
    ManagementGroup(String),
}

/// Front Door.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Traffic {
    /// Whether to act.
    #[schemars(default)]
    pub mode: Mode,
    /// The origin group of a Front Door Standard or Premium profile that all stamps serve in.
    pub origin_group: ArmId,
    /// The cluster tag that gives the stamp's public host name.
    #[schemars(default = "default_host_tag")]
    pub host_tag: String,
    /// The cluster tag that gives the resource id of the stamp's Application Gateway, for clusters without the gateway
    /// add-on and without the host tag.
    #[schemars(default = "default_gateway_tag")]
    pub gateway_tag: String,
    /// The path that answers 2xx over HTTPS when the stamp is fit for traffic.
    #[schemars(default = "default_health_path", regex(pattern = "^/[^?#\\s]*$"))]
    pub health_path: String,
    /// The origins' HTTPS port.
    #[schemars(default = "default_https_port", range(min = 1))]
    pub https_port: u16,
    /// The origins' HTTP port; required by Front Door even where routes forward only HTTPS.
    #[schemars(default = "default_http_port", range(min = 1))]
    pub http_port: u16,
    /// The origins' priority, 1 to 5; lower wins.
    #[schemars(default = "default_priority", range(min = 1, max = 5))]
    pub priority: u8,
    /// Weights on the way into traffic. Left out: one step of 50.
    #[schemars(default = "default_ramp", length(min = 1))]
    pub ramp: Vec<RampStep>,
    /// How many healthy origins must stay when one is taken out.
    #[schemars(default)]
    pub minimum: Minimum,
    /// How many stamps may be held out of traffic at once, 1 to 1000. Left out: as many as the minimum allows.
    #[schemars(default, with = "u16", skip_serializing_if = "Option::is_none", range(min = 1, max = 1_000))]
    pub maximum_drained: Option<u16>,
    /// What happens when the others' node pools cannot grow by what a leaving stamp runs.
    #[schemars(default)]
    pub capacity: Capacity,
}

/// What a lack of capacity means for taking a stamp out of traffic.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Capacity {
    /// It is refused.
    Refuse,
    /// It is done, and said.
    #[default]
    Warn,
    /// Nobody looks.
    Ignore,
}

impl Capacity {
    /// The spellings allowed in configuration.
    pub const ALLOWED: [(&'static str, Self); 3] =
        [("refuse", Self::Refuse), ("warn", Self::Warn), ("ignore", Self::Ignore)];
}

/// The least that must keep serving: the larger of both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Minimum {
    /// Origins, 1 to 1000.
    #[schemars(default = "default_minimum_count", range(min = 1, max = 1_000))]
    pub count: u16,
    /// Percent of the origins that are enabled now or held out for a while, rounded up; 0 to 100.
    #[schemars(default = "default_minimum_percent", range(max = 100))]
    pub percent: u8,
}

/// What the timer does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Tick {
    /// Minutes between two sweeps that look at every cluster in scope, 1 to 1440.
    #[schemars(default = "default_sweep_minutes", range(min = 1, max = 1440))]
    pub sweep_minutes: u32,
}

/// Every problem of a configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidConfig {
    /// At least one.
    pub problems: Vec<Problem>,
}

impl std::error::Error for InvalidConfig {}

impl fmt::Display for InvalidConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the configuration has {} problem(s)", self.problems.len())?;
        self.problems.iter().try_for_each(|problem| write!(f, "\n  {problem}"))
    }
}

impl FleetConfig {
    /// Reads `fleet.json`.
    ///
    /// # Errors
    /// With every problem that was found, in the order of the document's sections.
    pub fn parse(text: &str) -> Result<Self, InvalidConfig> {
        parse::parse(text)
    }

    /// Front Door, unless it is left out or switched off.
    #[must_use]
    pub fn managed_traffic(&self) -> Option<&Traffic> {
        self.traffic.as_ref().filter(|traffic| traffic.mode != Mode::Off)
    }

    /// How health is judged, unless that is left out or switched off.
    #[must_use]
    pub fn judged_health(&self) -> Option<&Health> {
        self.health.as_ref().filter(|health| health.mode != Mode::Off)
    }

    /// How updates are accompanied, unless that is left out or switched off.
    #[must_use]
    pub fn accompanied_updates(&self) -> Option<&Updates> {
        self.updates.as_ref().filter(|updates| updates.mode != Mode::Off)
    }
}

impl Default for Minimum {
    fn default() -> Self {
        Self { count: default_minimum_count(), percent: default_minimum_percent() }
    }
}

impl Default for Tick {
    fn default() -> Self {
        Self { sweep_minutes: default_sweep_minutes() }
    }
}

/// Editors find the schema by a `$schema` key in the document, which says nothing about the fleet.
fn may_name_its_schema(schema: &mut schemars::Schema) {
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        properties.insert("$schema".to_owned(), serde_json::json!({ "type": "string" }));
    }
}

fn default_opt_out_tag() -> String {
    "fleet-automation-opt-out".to_owned()
}

fn default_group_tag() -> String {
    "fleet-automation-group".to_owned()
}

fn default_host_tag() -> String {
    "fleet-automation-host".to_owned()
}

fn default_gateway_tag() -> String {
    "fleet-automation-gateway".to_owned()
}

fn default_health_path() -> String {
    "/healthz".to_owned()
}

const fn default_https_port() -> u16 {
    443
}

const fn default_http_port() -> u16 {
    80
}

const fn default_priority() -> u8 {
    1
}

fn default_ramp() -> Vec<RampStep> {
    vec![RampStep { weight: 50, bake_minutes: 0 }]
}

const fn default_minimum_count() -> u16 {
    1
}

const fn default_minimum_percent() -> u8 {
    50
}

const fn default_sweep_minutes() -> u32 {
    15
}

#[cfg(test)]
mod tests;
