//! How updates of the fleet are accompanied.

use serde::Serialize;

use crate::{
    facets::Mode,
    updates::{GateSeen, Timing},
};

/// Which gates are answered, on what, and what happens when a new version appears.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Updates {
    /// Whether stamps are taken out for updates, gates approved and runs made.
    #[schemars(default)]
    pub mode: Mode,
    /// Rules in order; the first that fits a gate answers it. A gate that none fits is left to people.
    #[schemars(default)]
    pub gates: Vec<GateRule>,
    /// What happens when a version of Kubernetes appears.
    #[schemars(default)]
    pub new_versions: NewVersions,
}

/// Which gates are answered, and how patiently. What is left out fits every gate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GateRule {
    /// The gate's display name; one `*` at the end stands for any ending.
    #[schemars(
        default,
        with = "String",
        skip_serializing_if = "Option::is_none",
        regex(pattern = r"^([^*]+\*?|\*)$")
    )]
    pub display_name: Option<String>,
    /// The stage's name, likewise.
    #[schemars(
        default,
        with = "String",
        skip_serializing_if = "Option::is_none",
        regex(pattern = r"^([^*]+\*?|\*)$")
    )]
    pub stage: Option<String>,
    /// The group's name, likewise; only gates of groups have one.
    #[schemars(
        default,
        with = "String",
        skip_serializing_if = "Option::is_none",
        regex(pattern = r"^([^*]+\*?|\*)$")
    )]
    pub group: Option<String>,
    /// Before or after its part of the run.
    #[schemars(default, with = "Timing", skip_serializing_if = "Option::is_none")]
    pub timing: Option<Timing>,
    /// Minutes for which nothing may be missing before the gate is approved, 0 to 10080: before an update for requests and
    /// name caches to go elsewhere, after it for regressions to show.
    #[schemars(default = "default_soak", range(max = 10_080))]
    pub soak_minutes: u32,
    /// Minutes after which people are told that the gate still waits, 1 to 10080.
    #[schemars(default = "default_patience", range(min = 1, max = 10_080))]
    pub patience_minutes: u32,
}

/// What happens when a version of Kubernetes appears.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewVersions {
    /// What to do.
    #[schemars(default)]
    pub action: NewVersionAction,
    /// The update strategy by whose stages the run goes.
    #[schemars(
        default,
        with = "String",
        skip_serializing_if = "Option::is_none",
        regex(pattern = r"^[a-z0-9]([-a-z0-9]{0,48}[a-z0-9])?$")
    )]
    pub strategy: Option<String>,
    /// The auto-upgrade profile that makes the run. Instead of `strategy`.
    #[schemars(
        default,
        with = "String",
        skip_serializing_if = "Option::is_none",
        regex(pattern = r"^[a-z0-9]([-a-z0-9]{0,48}[a-z0-9])?$")
    )]
    pub profile: Option<String>,
    /// How far to go; a profile decides that itself.
    #[schemars(default)]
    pub follow: Follow,
}

/// What to do about a new version.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum NewVersionAction {
    /// Nothing.
    #[default]
    Off,
    /// Make a run, for people to start.
    Create,
    /// Make a run and start it.
    CreateAndStart,
}

/// How far to go for a new version.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Follow {
    /// The newest patch of the minor version that the fleet runs.
    #[default]
    Patch,
    /// The next minor version too.
    Minor,
}

impl NewVersionAction {
    /// The spellings allowed in configuration.
    pub const ALLOWED: [(&'static str, Self); 3] =
        [("off", Self::Off), ("create", Self::Create), ("createAndStart", Self::CreateAndStart)];
}

impl Follow {
    /// The spellings allowed in configuration.
    pub const ALLOWED: [(&'static str, Self); 2] = [("patch", Self::Patch), ("minor", Self::Minor)];
}

impl Updates {
    /// The rule that answers a gate, if one does.
    #[must_use]
    pub fn rule_for(&self, gate: &GateSeen) -> Option<&GateRule> {
        let (stage, group) = (&gate.scope.stage, gate.scope.group.as_deref());
        self.rule(gate.display_name.as_deref(), stage, group, gate.timing)
    }

    /// The same for a gate that its run has not reached yet.
    #[must_use]
    pub fn rule(
        &self,
        display_name: Option<&str>,
        stage: &str,
        group: Option<&str>,
        timing: Timing,
    ) -> Option<&GateRule> {
        self.gates.iter().find(|rule| {
            fits(rule.display_name.as_deref(), display_name)
                && fits(rule.stage.as_deref(), Some(stage))
                && fits(rule.group.as_deref(), group)
                && rule.timing.is_none_or(|wanted| wanted == timing)
        })
    }
}

/// Whether a name is as wanted; one that is not there fits no wish.
fn fits(wanted: Option<&str>, name: Option<&str>) -> bool {
    match (wanted, name) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(wanted), Some(name)) => match wanted.strip_suffix('*') {
            Some(beginning) => name.starts_with(beginning),
            None => name == wanted,
        },
    }
}

pub(super) const fn default_soak() -> u32 {
    5
}

pub(super) const fn default_patience() -> u32 {
    240
}

#[cfg(test)]
mod tests;
