//! Application gateways and public IP addresses: read only.

use crate::arm::call::{Call, Reply};
use crate::arm::page::{Cursor, LastLink, page};

use super::get_as_stored;

/// GET of a gateway or an address. A gateway has no host name: it is its public address that has one.
pub(crate) fn get(call: &mut Call<'_>) -> Reply {
    get_as_stored(call)
}

/// The public addresses of a resource group.
pub(crate) fn list_addresses(call: &mut Call<'_>) -> Reply {
    let collection = call.resource_id();
    let cursor = Cursor::read(call)?;
    let items = call.state.store.children(&collection, &cursor.after);
    page(call, &cursor, items, |_, body| body.clone(), LastLink::Absent)
}
