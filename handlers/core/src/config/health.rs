//! How health is judged.

use std::{collections::BTreeMap, fmt};

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{facets::Mode, ids::ArmId};

/// Where a statement comes from.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "camelCase")]
pub enum Source {
    /// Our own request to the stamp's health path.
    Probe,
    /// An alert on Front Door's view of the origin.
    FrontDoor,
    /// An alert on the Application Gateway's view of its backends.
    Gateway,
    /// Availability events of the stamp's scale sets.
    Nodes,
    /// A Resource Health alert on the cluster.
    ResourceHealth,
    /// A Service Health alert on the stamp's region.
    ServiceHealth,
    /// A log search alert.
    LogAlert,
    /// An operator's statement.
    Operator,
}

impl Source {
    /// All of them, with their spelling in configuration and messages.
    pub const ALL: [(&'static str, Self); 8] = [
        ("probe", Self::Probe),
        ("frontDoor", Self::FrontDoor),
        ("gateway", Self::Gateway),
        ("nodes", Self::Nodes),
        ("resourceHealth", Self::ResourceHealth),
        ("serviceHealth", Self::ServiceHealth),
        ("logAlert", Self::LogAlert),
        ("operator", Self::Operator),
    ];
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Probe => "our probe",
            Self::FrontDoor => "Front Door",
            Self::Gateway => "the Application Gateway",
            Self::Nodes => "the nodes",
            Self::ResourceHealth => "Resource Health",
            Self::ServiceHealth => "Service Health",
            Self::LogAlert => "a log alert",
            Self::Operator => "an operator",
        })
    }
}

/// How much a source counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Weight {
    /// Its word alone makes a stamp good or bad.
    Decides,
    /// It speaks against a stamp only together with another source, and never for one.
    Supports,
    /// It is kept out.
    Ignored,
}

impl Weight {
    /// The spellings allowed in configuration.
    pub const ALLOWED: [(&'static str, Self); 3] =
        [("decides", Self::Decides), ("supports", Self::Supports), ("ignored", Self::Ignored)];
}

/// How evidence becomes a drain, and a drain ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Health {
    /// Whether sick stamps are drained and brought back.
    #[schemars(default)]
    pub mode: Mode,
    /// Minutes of bad evidence without a break before a stamp is drained, 0 to 1440.
    #[schemars(default = "default_fail_after", range(max = 1_440))]
    pub fail_after_minutes: u32,
    /// Minutes of good evidence without a break before it comes back, 1 to 1440. Doubled with every further fall within
    /// the flap window.
    #[schemars(default = "default_recover_after", range(min = 1, max = 1_440))]
    pub recover_after_minutes: u32,
    /// How far back falls are remembered, in minutes, 1 to 10080.
    #[schemars(default = "default_flap_window", range(min = 1, max = 10_080))]
    pub flap_window_minutes: u32,
    /// The longest wait before a stamp comes back, in minutes, 1 to 10080.
    #[schemars(default = "default_longest_recover", range(min = 1, max = 10_080))]
    pub longest_recover_minutes: u32,
    /// The brake: when more than this share of the stamps looks bad, none is drained by itself. 1 to 100.
    #[schemars(default = "default_brake_percent", range(min = 1, max = 100))]
    pub brake_percent: u8,
    /// The share of a stamp's scale sets that must be unavailable for the nodes to speak against it. 1 to 100.
    #[schemars(default = "default_nodes_percent", range(min = 1, max = 100))]
    pub nodes_percent: u8,
    /// Minutes after which what our own probe said is stale, 1 to 60. The timer probes every minute.
    #[schemars(default = "default_probe_minutes", range(min = 1, max = 60))]
    pub probe_minutes: u32,
    /// Minutes after which what anybody else said is stale, 1 to 10080: an alert whose end is never told must not hold
    /// a stamp out for ever.
    #[schemars(default = "default_evidence_minutes", range(min = 1, max = 10_080))]
    pub evidence_minutes: u32,
    /// How much each source counts, where it is not the usual: probe, Front Door, Application Gateway and nodes decide,
    /// the others support. An operator always decides.
    #[schemars(default, extend("propertyNames" = source_names()))]
    pub sources: BTreeMap<Source, Weight>,
    /// Which cluster the value of an alert's dimension stands for. Azure does not document what such values look like,
    /// so they are named here and never taken apart.
    #[schemars(default)]
    pub stamps: BTreeMap<String, ArmId>,
}

impl Health {
    /// How much a source counts.
    #[must_use]
    pub fn weight(&self, source: Source) -> Weight {
        let usual = match source {
            Source::Operator => return Weight::Decides,
            Source::Probe | Source::FrontDoor | Source::Gateway | Source::Nodes => Weight::Decides,
            Source::ResourceHealth | Source::ServiceHealth | Source::LogAlert => Weight::Supports,
        };
        self.sources.get(&source).copied().unwrap_or(usual)
    }

    /// How long a source's word is fresh.
    #[must_use]
    pub fn evidence_life(&self, source: Source) -> SignedDuration {
        let minutes = if source == Source::Probe { self.probe_minutes } else { self.evidence_minutes };
        SignedDuration::from_mins(i64::from(minutes))
    }
}

impl Default for Health {
    fn default() -> Self {
        Self {
            mode: Mode::default(),
            fail_after_minutes: default_fail_after(),
            recover_after_minutes: default_recover_after(),
            flap_window_minutes: default_flap_window(),
            longest_recover_minutes: default_longest_recover(),
            brake_percent: default_brake_percent(),
            nodes_percent: default_nodes_percent(),
            probe_minutes: default_probe_minutes(),
            evidence_minutes: default_evidence_minutes(),
            sources: BTreeMap::new(),
            stamps: BTreeMap::new(),
        }
    }
}

/// For editors: which keys a map by source may have.
fn source_names() -> Value {
    json!({ "enum": Source::ALL.map(|(name, _)| name) })
}

pub(super) const fn default_fail_after() -> u32 {
    2
}

pub(super) const fn default_recover_after() -> u32 {
    10
}

pub(super) const fn default_flap_window() -> u32 {
    360
}

pub(super) const fn default_longest_recover() -> u32 {
    240
}

pub(super) const fn default_brake_percent() -> u8 {
    50
}

pub(super) const fn default_nodes_percent() -> u8 {
    50
}

pub(super) const fn default_probe_minutes() -> u32 {
    5
}

pub(super) const fn default_evidence_minutes() -> u32 {
    360
}
