//! Resource groups: read only.

use crate::arm::call::{Call, Reply};
use crate::arm::error;
use crate::arm::exchange::ArmResponse;

/// GET of a group.
pub(crate) fn get(call: &mut Call<'_>) -> Reply {
    let body = call.state.store.get(&call.resource_id());
    let body = body.ok_or_else(|| error::resource_group_not_found(call.segment("group")))?;
    Ok(ArmResponse::json(200, body.clone()))
}

/// HEAD: 204 when the group exists, else 404, both without a body.
pub(crate) fn head(call: &mut Call<'_>) -> Reply {
    let exists = call.state.store.contains(&call.resource_id());
    Ok(ArmResponse::empty(if exists { 204 } else { 404 }))
}
