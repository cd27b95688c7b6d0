//! Update runs: written, started, stopped, skipped and deleted at once; [`crate::arm::updates`] moves them.

use serde_json::Value;

use crate::arm::call::{Call, Reply};
use crate::arm::error;
use crate::arm::exchange::ArmResponse;
use crate::arm::updates::{UpdateState, plan, requests, strategy};
use crate::arm::{id, names};

use super::fleet_children;
use super::members::require_fleet;

/// PUT: 201 for a new run, 200 for one that has not been started; a started one takes no changes.
pub(crate) fn put(call: &mut Call<'_>) -> Reply {
    let id = call.resource_id();
    require_fleet(call, id::parent(&id))?;
    names::require("updateRunName", id::name(&id))?;
    call.check_conditions()?;
    call.check_provisioning_state()?;
    let state = call.state.updates.run(&id).map(|run| run.status.state);
    if let Some(state) = state.filter(|state| *state != UpdateState::NotStarted) {
        return Err(error::update_run_state(&id, state.name(), "changed"));
    }
    let asked = asked_properties(&call.body);
    strategy::refuse_preview(&asked["strategy"])?;
    plan::store_run(call.state, &id, &asked, call.now)?;
    call.succeed();
    let status = if state.is_some() { 200 } else { 201 };
    Ok(ArmResponse::json(status, fleet_children::shown_by_id(call, &id)))
}

/// POST start: the answer still shows the state and the etag from before.
pub(crate) fn start(call: &mut Call<'_>) -> Reply {
    let id = existing(call)?;
    let before = fleet_children::shown_by_id(call, &id);
    requests::start(call.state, &id, call.now)?;
    call.succeed();
    Ok(ArmResponse::json(200, before))
}

/// POST stop.
pub(crate) fn stop(call: &mut Call<'_>) -> Reply {
    let id = existing(call)?;
    requests::stop(call.state, &id, call.now)?;
    call.succeed();
    Ok(ArmResponse::json(200, fleet_children::shown_by_id(call, &id)))
}

/// POST skip.
pub(crate) fn skip(call: &mut Call<'_>) -> Reply {
    let id = existing(call)?;
    let targets = call.body["targets"].clone();
    requests::skip(call.state, &id, &targets, call.now)?;
    call.succeed();
    Ok(ArmResponse::json(200, fleet_children::shown_by_id(call, &id)))
}

/// DELETE: 200 without a body, a running run too; 204 when there is none.
pub(crate) fn delete(call: &mut Call<'_>) -> Reply {
    let id = call.resource_id();
    if !call.state.store.contains(&id) {
        return Ok(ArmResponse::empty(204));
    }
    call.check_conditions()?;
    requests::delete(call.state, &id, call.now);
    call.succeed();
    Ok(ArmResponse::empty(200))
}

/// The id of the run that an action is for.
fn existing(call: &Call<'_>) -> Result<String, error::ArmError> {
    let id = call.resource_id();
    if !call.state.store.contains(&id) {
        return Err(error::resource_not_found(&id));
    }
    call.check_conditions()?;
    Ok(id)
}

/// What of a body a caller may set.
fn asked_properties(body: &Value) -> Value {
    let asked = body["properties"].as_object().cloned().unwrap_or_default();
    let settable = ["updateStrategyId", "strategy", "managedClusterUpdate"];
    asked.into_iter().filter(|(name, _)| settable.contains(&name.as_str())).collect()
}
