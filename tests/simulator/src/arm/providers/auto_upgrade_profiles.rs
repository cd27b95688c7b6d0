//! Auto-upgrade profiles: what would be upgraded when new versions appear. Nothing triggers them here but
//! `generateUpdateRun`.

use serde_json::{Value, json};

use crate::arm::call::{Call, Reply};
use crate::arm::error::{self, ArmError};
use crate::arm::exchange::ArmResponse;
use crate::arm::updates::{Version, plan, requests};
use crate::arm::{id, names};

use super::fleet_children;
use super::members::require_fleet;

const TYPE: &str = "Microsoft.ContainerService/fleets/autoUpgradeProfiles";
const CHANNELS: [&str; 4] = ["Stable", "Rapid", "NodeImage", "TargetKubernetesVersion"];

/// PUT: 201 for a new profile, 200 for one that exists. Its strategy can't change.
pub(crate) fn put(call: &mut Call<'_>) -> Reply {
    let id = call.resource_id();
    require_fleet(call, id::parent(&id))?;
    names::require("autoUpgradeProfileName", id::name(&id))?;
    call.check_conditions()?;
    let asked = call.body["properties"].clone();
    check(&asked)?;
    let stored = call.state.store.get(&id).map(|body| body["properties"]["updateStrategyId"].clone());
    if stored.as_ref().is_some_and(|strategy| *strategy != asked["updateStrategyId"]) {
        return Err(error::property_change_not_allowed("properties.updateStrategyId"));
    }
    call.state.store.put(&id, body(&id, asked));
    call.succeed();
    let status = if stored.is_some() { 200 } else { 201 };
    Ok(ArmResponse::json(status, fleet_children::shown_by_id(call, &id)))
}

/// DELETE: 204, whether it existed or not.
pub(crate) fn delete(call: &mut Call<'_>) -> Reply {
    fleet_children::delete(call, 204)
}

/// POST generateUpdateRun: 200 with the id of the run, made now or earlier, also for a disabled profile.
pub(crate) fn generate_update_run(call: &mut Call<'_>) -> Reply {
    let id = call.resource_id();
    let profile = call.state.store.get(&id).cloned().ok_or_else(|| error::resource_not_found(&id))?;
    let target = target(call, &profile["properties"])?;
    let run = format!("{}/updateRuns/{}", id::parent(&id), run_name(call, &id, &profile, &target));
    if !call.state.store.contains(&run) {
        let mut asked = json!({"managedClusterUpdate": update(&profile["properties"], &target)});
        asked["autoUpgradeProfileId"] = json!(id);
        if let Some(strategy) = profile["properties"]["updateStrategyId"].as_str() {
            asked["updateStrategyId"] = json!(strategy);
        }
        plan::store_run(call.state, &run, &asked, call.now)?;
        if call.state.settings.updates.start_generated_runs {
            requests::start(call.state, &run, call.now)?;
        }
    }
    call.succeed();
    Ok(ArmResponse::json(200, json!({"id": run})))
}

/// A profile as it is stored.
pub(crate) fn body(id: &str, mut properties: Value) -> Value {
    properties["provisioningState"] = json!("Succeeded");
    json!({"id": id, "name": id::name(id), "type": TYPE, "properties": properties})
}

fn check(asked: &Value) -> Result<(), ArmError> {
    let channel = asked["channel"].as_str().unwrap_or_default();
    if !CHANNELS.contains(&channel) {
        let why = "it must be Stable, Rapid, NodeImage or TargetKubernetesVersion";
        return Err(error::invalid_parameter("properties.channel", why));
    }
    let targeted = channel == "TargetKubernetesVersion";
    let target = asked["targetKubernetesVersion"].as_str().unwrap_or_default();
    if targeted == target.is_empty() {
        let why = "it is for the channel TargetKubernetesVersion, and required there";
        return Err(error::invalid_parameter("properties.targetKubernetesVersion", why));
    }
    if asked["longTermSupport"] == true && !targeted {
        let why = "it is for the channel TargetKubernetesVersion";
        return Err(error::invalid_parameter("properties.longTermSupport", why));
    }
    Ok(())
}

/// The version that the channel leads to now, by what the fleet's region offers; whose offers count is not documented.
fn target(call: &Call<'_>, profile: &Value) -> Result<String, ArmError> {
    let fleet = id::parent(&call.resource_id()).to_owned();
    let stored = call.state.store.get(&fleet);
    let region = stored.and_then(|body| body["location"].as_str()).unwrap_or_default();
    let offers = &call.state.updates.offers;
    let versions = offers.versions(region);
    let newest = versions.last().map(|version| (version.0, version.1));
    let wanted = |version: &&Version| match profile["channel"].as_str() {
        Some("Rapid") => true,
        Some("Stable") => newest.is_some_and(|newest| (version.0, version.1) < newest),
        _ => profile["targetKubernetesVersion"].as_str() == Some(version.minor().as_str()),
    };
    if profile["channel"] == "NodeImage" {
        return Ok(offers.node_image(region).to_owned());
    }
    let found = versions.iter().filter(wanted).max().map(Version::to_string);
    found.ok_or_else(|| error::invalid_parameter("properties.channel", "no offered version belongs to it"))
}

fn update(profile: &Value, target: &str) -> Value {
    let selection = profile["nodeImageSelection"]["type"].as_str().unwrap_or("Latest");
    let upgrade = if profile["channel"] == "NodeImage" {
        json!({"type": "NodeImageOnly"})
    } else {
        json!({"type": "Full", "kubernetesVersion": target})
    };
    json!({"upgrade": upgrade, "nodeImageSelection": {"type": selection}})
}

/// `auto-{profile}-{channel}-{version}-{suffix}`, at most 50 characters. The same profile and version make the same name.
fn run_name(call: &Call<'_>, id: &str, profile: &Value, target: &str) -> String {
    let channel = profile["properties"]["channel"].as_str().unwrap_or_default().to_ascii_lowercase();
    let version = target.replace('.', "-");
    let suffix = &call.seed.guid(&["generated run", &id::key(id), target]).simple().to_string()[..7];
    let rest = format!("{channel}-{version}-{suffix}");
    let room = 50_usize.saturating_sub("auto--".len() + rest.len());
    let profile: String = id::name(id).chars().take(room).collect();
    format!("auto-{}-{rest}", profile.trim_end_matches('-'))
}
