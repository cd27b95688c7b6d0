//! One file per kind of resource: what its routes answer.

pub(crate) mod agent_pools;
pub(crate) mod auto_upgrade_profiles;
pub(crate) mod clusters;
pub(crate) mod fleet_children;
pub(crate) mod fleets;
pub(crate) mod front_door;
pub(crate) mod gates;
pub(crate) mod kubernetes_versions;
pub(crate) mod members;
pub(crate) mod network;
pub(crate) mod origins;
pub(crate) mod policy_assignments;
pub(crate) mod policy_definitions;
pub(crate) mod polls;
pub(crate) mod registries;
pub(crate) mod resource_groups;
pub(crate) mod role_assignments;
pub(crate) mod update_runs;
pub(crate) mod update_strategies;

use serde_json::Value;

use super::call::{Call, Reply};
use super::error;
use super::exchange::ArmResponse;

/// GET of a resource that is answered as it is stored.
fn get_as_stored(call: &Call<'_>) -> Reply {
    let id = call.resource_id();
    let body = call.state.store.get(&id).ok_or_else(|| error::resource_not_found(&id))?;
    Ok(ArmResponse::json(200, body.clone()))
}

/// Copies the members of `patch` over those of `target`, object by object; null removes nothing and is stored
/// as null.
pub(super) fn merge(target: &mut Value, patch: &Value) {
    let (Some(target), Some(patch)) = (target.as_object_mut(), patch.as_object()) else { return };
    for (name, value) in patch {
        target.insert(name.clone(), value.clone());
    }
}
