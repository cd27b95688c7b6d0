//! Updates as the estate has them, and what others do about them: versions appear, windows open and close, an operator
//! starts a run or approves a gate.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::arm::error::ArmError;
use crate::arm::event::{Announcement, ArmEvent, ArmEventKind, ClusterNews};
use crate::arm::providers::{auto_upgrade_profiles, update_strategies};
use crate::arm::state::State;
use crate::arm::updates::{UpgradeFate, Version, plan, requests};
use crate::arm::world::Notice;

use super::Estate;

impl Estate {
    /// An update strategy of the fleet, from its `stages`. The fields of the preview count here: `maxAllowedFailures` of
    /// stages and groups, and before-gates of `"type": "ScheduledStart"` with an `absoluteStartTime`.
    #[must_use]
    pub fn update_strategy(self, name: &str, stages: &Value) -> Self {
        let id = format!("{}/updateStrategies/{name}", self.fleet_id());
        let body = update_strategies::body(&id, &json!({ "stages": stages }));
        self.arm.put_resource(&id, body, Notice::Silent);
        self
    }

    /// An auto-upgrade profile of the fleet, from its `properties`.
    #[must_use]
    pub fn auto_upgrade_profile(self, name: &str, properties: Value) -> Self {
        let id = format!("{}/autoUpgradeProfiles/{name}", self.fleet_id());
        self.arm.put_resource(&id, auto_upgrade_profiles::body(&id, properties), Notice::Silent);
        self
    }

    /// A region that offers these versions of Kubernetes and no others, each in full: `1.33.5`. A text that is no
    /// version is left out.
    #[must_use]
    pub fn offering(self, region: &str, versions: &[&str]) -> Self {
        let versions = versions.iter().filter_map(|version| version.parse().ok()).collect();
        self.arm.lock().updates.offers.set_versions(region, versions);
        self
    }

    /// A region offers one more version; every cluster in it tells so.
    pub fn version_appears(&self, region: &str, version: &str) {
        let now = self.arm.clock().now();
        let mut state = self.arm.lock();
        let mut versions = state.updates.offers.versions(region);
        versions.extend(version.parse::<Version>().ok());
        state.updates.offers.set_versions(region, versions.clone());
        let minor_before = |version: &&Version| {
            versions.last().is_some_and(|newest| (version.0, version.1) < (newest.0, newest.1))
        };
        let text = |version: Option<&Version>| version.map(Version::to_string);
        let news = json!({
            "latestSupportedKubernetesVersion": text(versions.last()),
            "latestStableKubernetesVersion": text(versions.iter().rev().find(minor_before)),
            "lowestMinorKubernetesVersion": text(versions.first()),
        });
        let clusters = state.store.of_type("Microsoft.ContainerService/managedClusters", "", "");
        let here = clusters.filter(|(_, body)| body["location"] == region);
        let ids: Vec<String> = here.filter_map(|(_, body)| body["id"].as_str().map(str::to_owned)).collect();
        let what = Announcement::Cluster(ClusterNews::NewKubernetesVersionAvailable);
        state.outbox.extend(ids.iter().map(|id| ArmEvent::announced(what, id, news.clone(), now)));
    }

    /// A region has a newer node image, without its family: `202603.02.0`.
    pub fn node_image_appears(&self, region: &str, image: &str) {
        self.arm.lock().updates.offers.set_node_image(region, image);
    }

    /// A cluster tells that its version leaves support, or has left it.
    pub fn support_ends(&self, cluster: &str, news: ClusterNews) {
        let body = self.arm.resource(cluster).unwrap_or_default();
        let payload = json!({"kubernetesVersion": body["properties"]["currentKubernetesVersion"]});
        let told = ArmEvent::announced(Announcement::Cluster(news), cluster, payload, self.arm.clock().now());
        self.arm.lock().outbox.push(told);
    }

    /// A cluster may be updated from the first to before the second moment of each pair, and at no other time.
    pub fn maintenance_windows(&self, cluster: &str, windows: &[(Timestamp, Timestamp)]) {
        self.arm.lock().updates.windows.set(cluster, windows.to_vec());
    }

    /// Decides how the next upgrade of a cluster ends.
    pub fn next_upgrade(&self, cluster: &str, fate: UpgradeFate) {
        self.arm.lock().updates.upgrades.decide_next(cluster, fate);
    }

    /// Somebody creates an update run from these `properties`. Answers its id.
    ///
    /// # Errors
    /// With what ARM would answer to whoever asks for the same.
    pub fn create_update_run(&self, name: &str, properties: &Value) -> Result<String, ArmError> {
        let run = format!("{}/updateRuns/{name}", self.fleet_id());
        self.by_somebody(&run, "write", |state, now| plan::store_run(state, &run, properties, now))?;
        Ok(run)
    }

    /// Somebody starts an update run.
    ///
    /// # Errors
    /// When it can't be started now.
    pub fn start_update_run(&self, run: &str) -> Result<(), ArmError> {
        self.by_somebody(run, "start/action", |state, now| requests::start(state, run, now))
    }

    /// Somebody stops an update run.
    ///
    /// # Errors
    /// When it can't be stopped now.
    pub fn stop_update_run(&self, run: &str) -> Result<(), ArmError> {
        self.by_somebody(run, "stop/action", |state, now| requests::stop(state, run, now))
    }

    /// Somebody deletes an update run, and its gates with it. Nothing happens when there is none.
    pub fn delete_update_run(&self, run: &str) {
        let _nothing_to_refuse = self.by_somebody(run, "delete", |state, now| {
            requests::delete(state, run, now);
            Ok(())
        });
    }

    /// Somebody approves a gate.
    ///
    /// # Errors
    /// When it isn't pending or takes no approval.
    pub fn approve_gate(&self, gate: &str) -> Result<(), ArmError> {
        self.by_somebody(gate, "write", |state, now| requests::approve(state, gate, now))
    }

    /// Does what somebody else asks ARM for, and raises the event of it.
    fn by_somebody(
        &self,
        id: &str,
        verb: &str,
        act: impl FnOnce(&mut State, Timestamp) -> Result<(), ArmError>,
    ) -> Result<(), ArmError> {
        let now = self.arm.clock().now();
        let mut state = self.arm.lock();
        state.carry_on(now);
        let before = state.store.get(id).cloned();
        act(&mut state, now)?;
        let body = state.store.get(id).cloned().or(before).unwrap_or_default();
        drop(state);
        let kind = match verb {
            "write" => ArmEventKind::Write,
            "delete" => ArmEventKind::Delete,
            _ => ArmEventKind::Action,
        };
        let told = self.arm.world_event(id, &body, kind, verb);
        self.arm.lock().outbox.push(told);
        Ok(())
    }
}
