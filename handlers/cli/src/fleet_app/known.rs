//! What the app knows, and what of it somebody means by a name.

use anyhow::{Context as _, anyhow};
use fleet_core::{
    command::Target,
    health::Raised,
    ids::ArmId,
    ledger::{Override, Wake},
    report::StampReport,
    updates::{GateNote, RunNote},
};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::Updates;
use crate::exit::Usage;

/// Everything that the app knows.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Known {
    /// The app's time.
    pub at: Timestamp,
    /// When the fleet was last swept.
    pub swept: Option<Timestamp>,
    /// How many stamps take traffic.
    pub serving: usize,
    /// The fleet's health at a glance; nothing where health is not judged.
    #[serde(default)]
    pub health: Option<Picture>,
    /// Alarms that stand.
    #[serde(default)]
    pub alarms: Vec<Raised>,
    /// Guards that operators have overridden.
    #[serde(default)]
    pub overrides: Vec<Override>,
    /// Every stamp, in the order of the clusters' ids.
    pub stamps: Vec<StampReport>,
    /// Stamps that are looked at again, and why.
    pub waiting: Vec<Waiting>,
    /// The fleet's updates; nothing where they are not accompanied.
    #[serde(default)]
    pub updates: Option<Updates>,
}

/// What can be asked about, found by one of its names.
#[derive(Debug, Clone, PartialEq)]
pub enum Meant<'a> {
    /// A stamp, or those of a region.
    Stamps(Vec<&'a StampReport>),
    /// Gates; several where a display name is shared.
    Gates(Vec<&'a GateNote>),
    /// An update run, among the others.
    Run(&'a Updates, &'a RunNote),
}

/// The fleet's health at a glance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Picture {
    /// Stamps that count.
    pub stamps: usize,
    /// Of how many the evidence speaks against.
    pub bad: usize,
    /// Of how many nothing is known.
    pub unknown: usize,
    /// Whether the mass-failure brake is on.
    pub braked: bool,
}

/// A look to come.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Waiting {
    /// At which cluster.
    pub cluster: ArmId,
    /// When, and what for.
    #[serde(flatten)]
    pub wake: Wake,
}

impl Known {
    /// Reads what [`FleetApp::document`](super::FleetApp::document) gave.
    ///
    /// # Errors
    /// When it has another shape.
    pub fn read(document: &Value) -> anyhow::Result<Self> {
        Self::deserialize(document).context("what the app knows has a shape that this fleetctl does not know")
    }

    /// The stamps that a name, a resource id or a region means.
    ///
    /// # Errors
    /// When there is none, with those that there are.
    pub fn stamps_meant(&self, what: &str) -> anyhow::Result<Vec<&StampReport>> {
        let found = self.stamps_named(what);
        if found.is_empty() {
            let known = self.stamp_names().join(", ");
            let fault = format!("`{what}` is neither a stamp nor a region of one; the app knows {known}");
            return Err(anyhow!(Usage(fault)));
        }
        Ok(found)
    }

    /// The stamps, else the gates, else the update run that a text means.
    ///
    /// # Errors
    /// When it means nothing, with what there is.
    pub fn meant(&self, what: &str) -> anyhow::Result<Meant<'_>> {
        let stamps = self.stamps_named(what);
        let Some(updates) = self.updates.as_ref().filter(|_| stamps.is_empty()) else {
            return self.stamps_meant(what).map(Meant::Stamps);
        };
        let gates = updates.gates_named(what);
        if !gates.is_empty() {
            return Ok(Meant::Gates(gates));
        }
        if let Some(run) = updates.run_named(what) {
            return Ok(Meant::Run(updates, run));
        }
        let gates = updates.gates.iter().map(|gate| format!("gate {}", gate.gate.name()));
        let runs = updates.runs.iter().map(|run| format!("run {}", run.run.name()));
        let known: Vec<String> = self.stamp_names().into_iter().chain(gates).chain(runs).collect();
        let known = known.join(", ");
        let fault = format!("`{what}` is no stamp, region, gate or update run; the app knows {known}");
        Err(anyhow!(Usage(fault)))
    }

    fn stamps_named(&self, what: &str) -> Vec<&StampReport> {
        let named =
            |target: Target| self.stamps.iter().filter(|report| target.covers(report)).collect::<Vec<_>>();
        let by_name = named(Target::Stamp(what.to_owned()));
        if by_name.is_empty() { named(Target::Region(what.to_owned())) } else { by_name }
    }

    fn stamp_names(&self) -> Vec<String> {
        self.stamps.iter().map(|report| format!("{} in {}", report.cluster.name(), report.region)).collect()
    }

    /// When a stamp is looked at again.
    #[must_use]
    pub fn next_look(&self, cluster: &ArmId) -> Option<&Wake> {
        self.waiting.iter().find(|waiting| waiting.cluster == *cluster).map(|waiting| &waiting.wake)
    }
}
