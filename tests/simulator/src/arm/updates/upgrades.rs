//! Upgrades of clusters: first the control plane, then one node pool after the other, in simulated time.
//!
//! An upgrade goes on whatever becomes of the run that began it.

use std::collections::{BTreeMap, VecDeque};

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::arm::event::{Announcement, ArmEvent, ClusterNews};
use crate::arm::state::State;
use crate::arm::store::Store;
use crate::arm::{id, providers};
use crate::happening::Happening;

use super::configuration::UpgradeFate;
use super::model::Kind;
use super::offers::Version;
use super::timetable::{Step, Timetable};

/// One upgrade of a member's cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClusterUpgrade {
    /// The id of the member.
    pub member: String,
    /// The id of the cluster.
    pub cluster: String,
    /// The id of the update run that began it.
    pub run: String,
    /// When it began.
    pub from: Timestamp,
    /// When it ended; `None` while it is under way.
    pub to: Option<Timestamp>,
    /// Whether it succeeded; `None` while it is under way.
    pub succeeded: Option<bool>,
}

/// What is to be done to which cluster.
#[derive(Debug)]
pub(super) struct Beginning {
    /// A GUID.
    pub operation: String,
    /// The id of the member.
    pub member: String,
    pub cluster: String,
    /// What tells the cluster from a later one of the same name.
    pub cluster_uid: Option<String>,
    pub run: String,
    pub kind: Kind,
    /// Absent for node images only.
    pub version: Option<Version>,
    /// The node image, without its family.
    pub image: String,
}

#[derive(Debug)]
struct Upgrade {
    beginning: Beginning,
    /// Where it stands in the history.
    record: usize,
    /// What follows, in the order of time.
    steps: VecDeque<(Timestamp, Step)>,
}

/// All upgrades, ended ones too.
#[derive(Debug, Default)]
pub(crate) struct Upgrades {
    under_way: Vec<Upgrade>,
    history: Vec<ClusterUpgrade>,
    results: BTreeMap<String, bool>,
    fates: BTreeMap<String, UpgradeFate>,
}

impl Upgrades {
    pub(crate) fn next_step(&self) -> Option<Timestamp> {
        self.under_way.iter().filter_map(|upgrade| Some(upgrade.steps.front()?.0)).min()
    }

    /// Decides how the next upgrade of a cluster ends.
    pub(crate) fn decide_next(&mut self, cluster: &str, fate: UpgradeFate) {
        self.fates.insert(id::key(cluster), fate);
    }

    /// Whether an operation succeeded; `None` while it runs.
    pub(super) fn result(&self, operation: &str) -> Option<bool> {
        self.results.get(operation).copied()
    }

    pub(crate) fn history(&self) -> Vec<ClusterUpgrade> {
        self.history.clone()
    }
}

/// Begins an upgrade.
pub(super) fn begin(state: &mut State, beginning: Beginning, now: Timestamp) {
    let fate = fate(state, &beginning);
    let steps = Timetable::of(state, &beginning, now).steps(fate);
    state.store.edit(&beginning.cluster, |body| {
        body["properties"]["provisioningState"] = json!("Upgrading");
    });
    let (member, cluster, run) = (beginning.member.clone(), beginning.cluster.clone(), beginning.run.clone());
    state.untold.push(Happening::UpgradeStarted {
        member: member.clone(),
        cluster: cluster.clone(),
        run: run.clone(),
    });
    let upgrades = &mut state.updates.upgrades;
    let record = upgrades.history.len();
    upgrades.history.push(ClusterUpgrade { member, cluster, run, from: now, to: None, succeeded: None });
    upgrades.under_way.push(Upgrade { beginning, record, steps });
}

/// Takes the steps that are due.
pub(super) fn carry_on(state: &mut State, now: Timestamp) {
    let mut under_way = std::mem::take(&mut state.updates.upgrades.under_way);
    for upgrade in &mut under_way {
        while upgrade.steps.front().is_some_and(|(due, _)| *due <= now) {
            let Some((at, step)) = upgrade.steps.pop_front() else { break };
            if upgrade.has_its_cluster(&state.store) {
                upgrade.take(step, state, at);
            } else {
                upgrade.steps.clear();
                upgrade.note_end(false, state, at);
            }
        }
    }
    let upgrades = &mut state.updates.upgrades;
    under_way.retain(|upgrade| upgrades.result(&upgrade.beginning.operation).is_none());
    upgrades.under_way = under_way;
}

fn fate(state: &mut State, beginning: &Beginning) -> UpgradeFate {
    if let Some(fate) = state.updates.upgrades.fates.remove(&id::key(&beginning.cluster)) {
        return fate;
    }
    let key = ["upgrade fails", &beginning.operation];
    let fails = state.seed.happens(state.settings.updates.failures_per_mille, &key);
    if fails { UpgradeFate::Fails } else { UpgradeFate::Succeeds }
}

impl Upgrade {
    /// Whether the cluster is still there, and not another one of its name.
    fn has_its_cluster(&self, store: &Store) -> bool {
        let Beginning { cluster, cluster_uid, .. } = &self.beginning;
        let uid = |body: &Value| body["properties"]["resourceUID"].as_str().map(str::to_owned);
        store.get(cluster).is_some_and(|body| uid(body) == *cluster_uid)
    }

    fn take(&self, step: Step, state: &mut State, at: Timestamp) {
        match step {
            Step::ControlPlaneDone => self.set_version(&mut state.store),
            Step::PoolRolls(pool) => {
                self.set_pool(&mut state.store, &pool, &json!({"provisioningState": "Upgrading"}));
                self.announce(ClusterNews::NodePoolRollingStarted, &pool, state, at);
            }
            Step::PoolDone(pool) => {
                self.finish_pool(&mut state.store, &pool);
                self.announce(ClusterNews::NodePoolRollingSucceeded, &pool, state, at);
            }
            Step::PoolFails(pool) => {
                self.set_pool(&mut state.store, &pool, &json!({"provisioningState": "Failed"}));
                self.announce(ClusterNews::NodePoolRollingFailed, &pool, state, at);
            }
            Step::Disturbs { host, disturbed } => {
                state.untold.push(Happening::HostDisturbed { host, disturbed });
            }
            Step::Ends { succeeded } => self.end(succeeded, state, at),
        }
    }

    fn set_version(&self, store: &mut Store) {
        let Some(version) = self.beginning.version else { return };
        store.edit(&self.beginning.cluster, |body| {
            body["properties"]["kubernetesVersion"] = json!(version.to_string());
            body["properties"]["currentKubernetesVersion"] = json!(version.to_string());
        });
    }

    fn finish_pool(&self, store: &mut Store, name: &str) {
        let Beginning { cluster, version, image, .. } = &self.beginning;
        let current = pool(store, cluster, name).and_then(|pool| pool["nodeImageVersion"].as_str());
        let family =
            current.and_then(|image| image.rsplit_once('-')).map_or("AKSUbuntu", |(family, _)| family);
        let mut change =
            json!({"provisioningState": "Succeeded", "nodeImageVersion": format!("{family}-{image}")});
        if let Some(version) = version {
            change["orchestratorVersion"] = json!(version.to_string());
            change["currentOrchestratorVersion"] = json!(version.to_string());
        }
        self.set_pool(store, name, &change);
    }

    fn set_pool(&self, store: &mut Store, name: &str, change: &Value) {
        store.edit(&self.beginning.cluster, |body| {
            let pools = body["properties"]["agentPoolProfiles"].as_array_mut();
            for pool in pools.into_iter().flatten().filter(|pool| pool["name"] == name) {
                providers::merge(pool, change);
            }
        });
    }

    fn end(&self, succeeded: bool, state: &mut State, at: Timestamp) {
        let provisioning_state = if succeeded { "Succeeded" } else { "Failed" };
        state.store.edit(&self.beginning.cluster, |body| {
            body["properties"]["provisioningState"] = json!(provisioning_state);
        });
        self.note_end(succeeded, state, at);
    }

    fn note_end(&self, succeeded: bool, state: &mut State, at: Timestamp) {
        let (member, cluster) = (self.beginning.member.clone(), self.beginning.cluster.clone());
        let upgrades = &mut state.updates.upgrades;
        upgrades.results.insert(self.beginning.operation.clone(), succeeded);
        if let Some(record) = upgrades.history.get_mut(self.record) {
            (record.to, record.succeeded) = (Some(at), Some(succeeded));
        }
        state.untold.push(Happening::UpgradeEnded { member, cluster, ok: succeeded });
    }

    fn announce(&self, news: ClusterNews, pool: &str, state: &mut State, at: Timestamp) {
        let payload = json!({"nodePoolName": pool});
        let what = Announcement::Cluster(news);
        state.outbox.push(ArmEvent::announced(what, &self.beginning.cluster, payload, at));
    }
}

fn pool<'s>(store: &'s Store, cluster: &str, name: &str) -> Option<&'s Value> {
    let pools = store.get(cluster)?["properties"]["agentPoolProfiles"].as_array()?;
    pools.iter().find(|pool| pool["name"] == name)
}
