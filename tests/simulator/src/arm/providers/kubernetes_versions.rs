//! The versions of Kubernetes that a location offers.

use crate::arm::call::{Call, Reply};
use crate::arm::exchange::ArmResponse;

/// GET: a list under `values`, without pages.
pub(crate) fn list(call: &mut Call<'_>) -> Reply {
    let location = call.segment("location");
    Ok(ArmResponse::json(200, call.state.updates.offers.listed(location)))
}
