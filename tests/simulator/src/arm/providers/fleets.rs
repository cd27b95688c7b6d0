//! Fleets: read only. Their members are in [`super::members`].

use serde_json::json;

use crate::arm::call::{Call, Reply};
use crate::arm::error;
use crate::arm::exchange::ArmResponse;
use crate::arm::id;

/// GET of a fleet. The etag is in the body; there is no ETag header.
pub(crate) fn get(call: &mut Call<'_>) -> Reply {
    let id = call.resource_id();
    let mut body = call.state.store.get(&id).cloned().ok_or_else(|| error::resource_not_found(&id))?;
    body["id"] = json!(id::with_lower_groups(body["id"].as_str().unwrap_or(&id)));
    body["eTag"] = json!(call.etag(&id));
    Ok(ArmResponse::json(200, body))
}
