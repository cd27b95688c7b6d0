//! Update strategies: PUT and DELETE end at once.

use serde_json::{Value, json};

use crate::arm::call::{Call, Reply};
use crate::arm::error;
use crate::arm::exchange::ArmResponse;
use crate::arm::updates::strategy;
use crate::arm::{id, names};

use super::fleet_children;
use super::members::require_fleet;

const TYPE: &str = "Microsoft.ContainerService/fleets/updateStrategies";

/// PUT: 201 for a new strategy, 200 for another version of it. Runs keep the copy that they took.
pub(crate) fn put(call: &mut Call<'_>) -> Reply {
    let id = call.resource_id();
    require_fleet(call, id::parent(&id))?;
    names::require("updateStrategyName", id::name(&id))?;
    call.check_conditions()?;
    let asked = call.body.pointer("/properties/strategy").cloned();
    let asked = asked.ok_or_else(|| error::invalid_parameter("properties.strategy", "it is required"))?;
    strategy::refuse_preview(&asked)?;
    strategy::stages(&asked)?;
    let status = if call.state.store.contains(&id) { 200 } else { 201 };
    call.state.store.put(&id, body(&id, &asked));
    call.succeed();
    Ok(ArmResponse::json(status, fleet_children::shown_by_id(call, &id)))
}

/// DELETE: 200 without a body, 204 when there is none.
pub(crate) fn delete(call: &mut Call<'_>) -> Reply {
    fleet_children::delete(call, 200)
}

/// A strategy as it is stored.
pub(crate) fn body(id: &str, strategy: &Value) -> Value {
    json!({
        "id": id,
        "name": id::name(id),
        "type": TYPE,
        "properties": {"provisioningState": "Succeeded", "strategy": strategy},
    })
}
