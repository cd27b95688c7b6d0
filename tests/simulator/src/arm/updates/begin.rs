//! The turn of one member: whether its upgrade begins, waits, is needless or fails at once.

use serde_json::Value;

use crate::arm::id;
use crate::arm::providers::members::is_running;

use super::later;
use super::model::{Kind, Member, Problem, UpdateState};
use super::offers::{self, Version};
use super::progress::Look;
use super::upgrades::{self, Beginning};

/// What a member's turn comes to.
enum Turn {
    Begin { image: String },
    Wait(Problem),
    Skip(String),
    Fail(Problem),
}

/// Gives a member its turn; true when its upgrade begins.
pub(super) fn attempt(member: &mut Member, look: &mut Look<'_>) -> bool {
    let now = look.now;
    member.recheck = None;
    match turn(member, look) {
        Turn::Begin { image } => {
            begin(member, look, image);
            return true;
        }
        Turn::Wait(problem) => {
            member.status.enter(UpdateState::Pending, now);
            member.message = Some(problem.message.clone());
            member.status.error = Some(problem);
            let recheck = later(now, look.state.settings.updates.pending_poll_seconds);
            member.recheck = Some(recheck);
            look.wake_at(recheck);
        }
        Turn::Skip(why) => {
            member.status.enter(UpdateState::Skipped, now);
            member.message = Some(why);
        }
        Turn::Fail(problem) => {
            member.message = Some(problem.message.clone());
            member.status.fail(problem, now);
        }
    }
    false
}

fn begin(member: &mut Member, look: &mut Look<'_>, image: String) {
    member.attempts += 1;
    let member_id = format!("{}/members/{}", id::parent(&look.run), member.name);
    let attempt = member.attempts.to_string();
    let key = ["upgrade", &id::key(&look.run), &look.created.to_string(), &member.name, &attempt];
    let operation = look.state.seed.guid(&key).to_string();
    let cluster = look.state.store.get(&member.cluster);
    let text = |pointer| cluster.and_then(|body| body.pointer(pointer)).and_then(Value::as_str);
    let beginning = Beginning {
        operation: operation.clone(),
        member: member_id,
        cluster: text("/id").unwrap_or(&member.cluster).to_owned(),
        cluster_uid: text("/properties/resourceUID").map(str::to_owned),
        run: look.run.clone(),
        kind: look.update.kind,
        version: look.update.version,
        image,
    };
    upgrades::begin(look.state, beginning, look.now);
    member.operation = Some(operation);
    member.message = None;
    member.status.enter(UpdateState::Running, look.now);
}

fn turn(member: &Member, look: &Look<'_>) -> Turn {
    let problem = |code, message: &str| Problem { code, message: message.to_owned() };
    let member_id = format!("{}/members/{}", id::parent(&look.run), member.name);
    if !look.state.store.contains(&member_id) {
        return Turn::Skip("The member has left the fleet.".to_owned());
    }
    let Some(cluster) = look.state.store.get(&member.cluster) else {
        return Turn::Fail(problem("ResourceNotFound", "The cluster does not exist."));
    };
    if cluster["properties"]["powerState"]["code"] == "Stopped" {
        return Turn::Fail(problem("OperationNotAllowed", "The cluster is stopped."));
    }
    let region = cluster["location"].as_str().unwrap_or_default();
    let offered = &look.state.updates.offers;
    let newest = offered.node_image(region);
    let image = look.update.image.as_deref().unwrap_or(newest);
    if is_done(cluster, look.update.kind, look.update.version, image) {
        return Turn::Skip("The cluster is at the target version already.".to_owned());
    }
    if let Some(why) = look.state.updates.windows.at(&member.cluster, look.now).closed() {
        return Turn::Wait(problem("MaintenanceWindowClosed", &why));
    }
    let state = cluster["properties"]["provisioningState"].as_str().unwrap_or_default();
    if is_running(state) || look.state.operations.holding(&member.cluster).is_some() {
        return Turn::Wait(problem("OperationNotAllowed", "Another operation runs on the cluster."));
    }
    match look.update.version.filter(|version| !offered.versions(region).contains(version)) {
        Some(missing) => {
            let message =
                format!("Kubernetes version \"{missing}\" is not available in region \"{region}\".");
            Turn::Wait(Problem { code: "KubernetesVersionNotAvailable", message })
        }
        None if !offers::is_as_new(newest, image) => {
            let message = format!("Node image version \"{image}\" is not available in region \"{region}\".");
            Turn::Wait(Problem { code: "NodeImageVersionNotAvailable", message })
        }
        None => Turn::Begin { image: image.to_owned() },
    }
}

/// Whether the cluster is where the update would take it, or further.
fn is_done(cluster: &Value, kind: Kind, target: Option<Version>, image: &str) -> bool {
    let reaches = |text: &Value| {
        let version = text.as_str().and_then(|text| text.parse::<Version>().ok());
        target.is_none_or(|target| version.is_some_and(|version| version >= target))
    };
    let properties = &cluster["properties"];
    let mut pools = properties["agentPoolProfiles"].as_array().into_iter().flatten();
    let control_plane = reaches(&properties["currentKubernetesVersion"]);
    match kind {
        Kind::ControlPlaneOnly => control_plane,
        Kind::Full => control_plane && pools.all(|pool| reaches(&pool["currentOrchestratorVersion"])),
        Kind::NodeImageOnly => pools.all(|pool| {
            let current = pool["nodeImageVersion"].as_str().and_then(|image| image.rsplit_once('-'));
            current.is_some_and(|(_, current)| offers::is_as_new(current, image))
        }),
    }
}
