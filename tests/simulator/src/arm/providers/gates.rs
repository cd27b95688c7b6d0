//! Gates: callers may read them and approve pending ones. The service makes them, and they go with their run.

use serde_json::json;

use crate::arm::call::{Call, Reply};
use crate::arm::error;
use crate::arm::exchange::ArmResponse;
use crate::arm::updates::requests;

use super::fleet_children;

/// PATCH: `properties.state` to Completed is the only change. 202 is documented beside 200; which of the two the
/// service sends is not verified, and this one always answers 200.
pub(crate) fn patch(call: &mut Call<'_>) -> Reply {
    let id = call.resource_id();
    if !call.state.store.contains(&id) {
        return Err(error::resource_not_found(&id));
    }
    call.check_conditions()?;
    if call.body != json!({"properties": {"state": "Completed"}}) {
        return Err(error::invalid_parameter("properties", "only 'state' may be sent, as Completed"));
    }
    requests::approve(call.state, &id, call.now)?;
    call.succeed();
    Ok(ArmResponse::json(200, fleet_children::shown_by_id(call, &id)))
}
