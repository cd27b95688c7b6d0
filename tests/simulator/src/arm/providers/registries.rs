//! Container registries: read only.

use crate::arm::call::{Call, Reply};
use crate::arm::error;
use crate::arm::page::{Cursor, LastLink, page};

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
    let cursor = Cursor::read(call)?;
    let items = call.state.store.children(&collection, &cursor.after);
    page(call, &cursor, items, |_, body| body.clone(), LastLink::Absent)
}
