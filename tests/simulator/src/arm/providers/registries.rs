//! Container registries: read only.

use crate::arm::call::{Call, Reply};
use crate::arm::error;
use crate::arm::page::{LastLink, page};

use super::get_as_stored;

/// GET of a registry; says by `roleAssignmentMode` which role lets a cluster pull.
pub(crate) fn get(call: &mut Call<'_>) -> Reply {
    get_as_stored(call)
}

/// The regions to which a registry is replicated.
pub(crate) fn list_replications(call: &mut Call<'_>) -> Reply {
    let collection = call.resource_id();
    let registry = collection.rsplit_once('/').map_or("", |(registry, _)| registry);
    if !call.state.store.contains(registry) {
        return Err(error::parent_not_found(registry));
    }
    page(call, call.state.store.children(&collection), |_, body| body.clone(), LastLink::Absent)
}
