//! Requests about updates: runs, gates, auto-upgrade profiles, and the versions that a region offers.

use super::Built;
use crate::operations::row;
use crate::wire::{GatePatch, Skip, UpdateRunPut};

/// Lists the versions of Kubernetes that a region offers, given a subscription's GUID and a region such as `westeurope`.
pub fn kubernetes_versions(subscription: &str, location: &str) -> Built {
    let provider = format!("/subscriptions/{subscription}/providers/Microsoft.ContainerService");
    const { row("kubernetesVersions.list") }
        .request(&format!("{provider}/locations/{location}/kubernetesVersions"))
}

/// Lists the update runs of a fleet: those under way and those that it remembers.
pub fn update_runs(fleet: &str) -> Built {
    const { row("updateRuns.list") }.request(&format!("{fleet}/updateRuns"))
}

/// Reads an update run by its id.
pub fn update_run(run: &str) -> Built {
    const { row("updateRuns.get") }.request(run)
}

/// Makes an update run, unless there is one of this id. It is not started by that.
pub fn update_run_put(run: &str, body: &UpdateRunPut) -> Built {
    Ok(const { row("updateRuns.put") }.request(run)?.with_body(body).if_absent())
}

/// Starts an update run, or goes on with one that was stopped or failed. The answer still shows the state before.
pub fn update_run_start(run: &str) -> Built {
    const { row("updateRuns.start") }.request(&format!("{run}/start"))
}

/// Stops an update run; members in flight end first.
pub fn update_run_stop(run: &str) -> Built {
    const { row("updateRuns.stop") }.request(&format!("{run}/stop"))
}

/// Leaves parts out of an update run.
pub fn update_run_skip(run: &str, body: &Skip) -> Built {
    Ok(const { row("updateRuns.skip") }.request(&format!("{run}/skip"))?.with_body(body))
}

/// Lists the gates of a fleet. A gate is there once its run has reached it.
pub fn gates(fleet: &str) -> Built {
    const { row("gates.list") }.request(&format!("{fleet}/gates"))
}

/// Changes a gate's state. May be long-running.
pub fn gate_patch(gate: &str, body: &GatePatch) -> Built {
    Ok(const { row("gates.patch") }.request(gate)?.with_body(body))
}

/// Has an auto-upgrade profile make the update run that it would make by itself next. Whether the service starts that
/// run is not documented: read it.
pub fn generate_update_run(profile: &str) -> Built {
    const { row("autoUpgradeProfiles.generateUpdateRun") }.request(&format!("{profile}/generateUpdateRun"))
}
