//! Node pools as resources of their own: the entries of a cluster's `agentPoolProfiles` in another shape.

use serde_json::{Value, json};

use crate::arm::call::{Call, Reply};
use crate::arm::error;
use crate::arm::exchange::ArmResponse;
use crate::arm::id;

/// The node pools of a cluster, on one page.
pub(crate) fn list(call: &mut Call<'_>) -> Reply {
    let collection = call.resource_id();
    let (cluster, _) = collection.rsplit_once('/').unwrap_or_default();
    let body = call.state.store.get(cluster).ok_or_else(|| error::parent_not_found(cluster))?;
    let stored = id::with_lower_groups(body["id"].as_str().unwrap_or(cluster));
    let pools = body["properties"]["agentPoolProfiles"].as_array().into_iter().flatten();
    let value: Vec<Value> = pools.map(|pool| shown(&stored, pool)).collect();
    Ok(ArmResponse::json(200, json!({ "value": value })))
}

fn shown(cluster: &str, pool: &Value) -> Value {
    let name = pool["name"].as_str().unwrap_or_default();
    let mut properties = pool.clone();
    if let Some(properties) = properties.as_object_mut() {
        properties.remove("name");
    }
    json!({
        "id": format!("{cluster}/agentPools/{name}"),
        "name": name,
        "type": "Microsoft.ContainerService/managedClusters/agentPools",
        "properties": properties,
    })
}
