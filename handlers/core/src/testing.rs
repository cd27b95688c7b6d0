//! Builders for tests. They read as sentences and give the ordinary case; a test states only what is special in it.

mod azure;
mod ideal_arm;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::{
    config::FleetConfig,
    facets::{
        Unread,
        traffic::{Owner, RampNote, TrafficNote},
    },
    health::HealthNote,
    ids::ArmId,
    ledger::{Ledger, StampRecord},
    names::origin_name,
    report::{HealthReport, OriginReport, StampReport},
    updates::Out,
    world::{ClusterSeen, Facts},
};

pub(crate) use azure::*;
pub(crate) use ideal_arm::Story;

pub(crate) const SUBSCRIPTION: &str = "/subscriptions/11111111-1111-1111-1111-111111111111";

/// The definition that [`config`] assigns at the resource group.
pub(crate) const INITIATIVE: &str =
    "/providers/Microsoft.Authorization/policySetDefinitions/a8640138-9b0a-4a28-b8cb-1666c838647d";

/// The definition that [`config`] assigns at the subscription.
pub(crate) const POLICY: &str =
    "/providers/Microsoft.Authorization/policyDefinitions/95edb821-ddaf-4404-9732-666045e056b4";

pub(crate) fn id(text: &str) -> ArmId {
    ArmId::parse(text).expect(text)
}

/// An id in the shared resource group.
pub(crate) fn shared(suffix: &str) -> ArmId {
    id(&format!("{SUBSCRIPTION}/resourceGroups/rg-shared/providers/{suffix}"))
}

/// So many minutes after the story begins.
pub(crate) fn minute(minutes: i64) -> Timestamp {
    let begin = Timestamp::from_second(1_767_225_600).expect("in range");
    begin + SignedDuration::from_mins(minutes)
}

pub(crate) fn unread(what: &str) -> Unread {
    Unread { what: what.to_owned(), why: "503 ServiceUnavailable".to_owned() }
}

/// One registry, an initiative per resource group, a policy per subscription, and a ramp of two steps.
pub(crate) fn config_json() -> Value {
    json!({
        "fleet": shared("Microsoft.ContainerService/fleets/fleet-one"),
        "scope": { "subscriptions": ["11111111-1111-1111-1111-111111111111"] },
        "membership": { "defaultGroup": "stable", "labels": { "team": "platform" } },
        "registryAccess": { "registries": [shared("Microsoft.ContainerRegistry/registries/acrone")] },
        "governance": { "assignments": [
            { "name": "baseline", "definition": INITIATIVE, "scope": "resourceGroup" },
            { "name": "no-privileged", "definition": POLICY, "scope": "subscription" },
        ] },
        "traffic": {
            "originGroup": shared("Microsoft.Cdn/profiles/afd-one/originGroups/stamps"),
            "ramp": [{ "weight": 50, "bakeMinutes": 10 }, { "weight": 500 }],
        },
    })
}

pub(crate) fn config() -> FleetConfig {
    config_where(|_| {})
}

/// The usual configuration with a change to its document.
pub(crate) fn config_where(change: impl FnOnce(&mut Value)) -> FleetConfig {
    let mut document = config_json();
    change(&mut document);
    FleetConfig::parse(&document.to_string()).expect("a legal configuration")
}

pub(crate) fn note() -> TrafficNote {
    TrafficNote::default()
}

impl TrafficNote {
    pub(crate) fn held_by(mut self, owner: Owner) -> Self {
        self.hold(owner, "a test says so", minute(0));
        self
    }

    pub(crate) fn decided_step(mut self, step: usize) -> Self {
        self.ramp = Some(RampNote { step, since: minute(0), confirmed: false });
        self
    }

    pub(crate) fn seen_at_step(mut self, step: usize) -> Self {
        self.ramp = Some(RampNote { step, since: minute(0), confirmed: true });
        self
    }
}

/// A ledger that remembers one stamp with its own origin.
pub(crate) fn remembering(cluster: &ClusterSeen, traffic: Option<TrafficNote>) -> Ledger {
    Ledger::default().and(cluster, traffic)
}

impl Ledger {
    /// Also remembers this stamp.
    pub(crate) fn and(mut self, cluster: &ClusterSeen, traffic: Option<TrafficNote>) -> Self {
        self.stamps.insert(cluster.id.key().to_owned(), a_record_of(cluster, traffic));
        self
    }
}

impl Ledger {
    /// Updates want this stamp out of traffic on behalf of `owner`.
    pub(crate) fn wanting_out(mut self, cluster: &ClusterSeen, owner: &str) -> Self {
        let run = config().fleet.child("updateRuns/r1").expect("the id of a run");
        let (cluster, reason) = (cluster.id.clone(), "a test says so".to_owned());
        let key = cluster.key().to_owned();
        let out = Out { cluster, run, owner: owner.to_owned(), reason, failed: false, since: minute(0) };
        self.updates.out.insert(key, out);
        self
    }
}

/// The usual configuration with updates accompanied.
pub(crate) fn config_with_updates() -> FleetConfig {
    config_where(|document| document["updates"] = json!({ "gates": [{}] }))
}

pub(crate) fn a_record_of(cluster: &ClusterSeen, traffic: Option<TrafficNote>) -> StampRecord {
    let origin = shared(&format!("{ORIGINS}/{}", origin_name(&cluster.id)));
    StampRecord {
        cluster: cluster.id.clone(),
        observed: minute(-60),
        traffic,
        health: HealthNote::default(),
        facts: Facts::default(),
        retired: None,
        setbacks: std::collections::BTreeMap::new(),
        wake: None,
        report: StampReport {
            cluster: cluster.id.clone(),
            region: cluster.location.clone(),
            member: None,
            update_group: None,
            pull_access: Vec::new(),
            policies: Vec::new(),
            origin: Some(OriginReport {
                id: origin,
                host: "aks.example".to_owned(),
                enabled: true,
                weight: Some(50),
            }),
            holds: Vec::new(),
            health: HealthReport::default(),
            serving: true,
            why_not: Vec::new(),
        },
    }
}
