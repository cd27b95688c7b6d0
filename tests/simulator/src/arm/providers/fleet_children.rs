//! What strategies, update runs, gates and auto-upgrade profiles have in common.

use serde_json::{Value, json};

use crate::arm::call::{Call, Reply, etag};
use crate::arm::error;
use crate::arm::exchange::ArmResponse;
use crate::arm::id;
use crate::arm::page::{Cursor, LastLink, page};
use crate::arm::updates::strategy;

use super::members::require_fleet;

/// GET of a child.
pub(crate) fn get(call: &mut Call<'_>) -> Reply {
    let id = call.resource_id();
    let body = call.state.store.get(&id).ok_or_else(|| error::resource_not_found(&id))?;
    Ok(ArmResponse::json(200, shown(call, &id, body)))
}

/// The children of one type. The grammar of `$filter` is not documented.
pub(crate) fn list(call: &mut Call<'_>) -> Reply {
    if call.query.contains_key("$filter") {
        return Err(error::not_implemented("$filter on the children of a fleet"));
    }
    let collection = call.resource_id();
    let (fleet, _) = collection.rsplit_once('/').unwrap_or_default();
    require_fleet(call, fleet)?;
    let cursor = Cursor::read(call)?;
    let items = call.state.store.children(&collection, &cursor.after);
    page(call, &cursor, items, |key, body| shown(call, key, body), LastLink::Null)
}

/// DELETE of a child that ends at once: `status` without a body, 204 when there is none.
pub(super) fn delete(call: &mut Call<'_>, status: u16) -> Reply {
    let id = call.resource_id();
    if !call.state.store.contains(&id) {
        return Ok(ArmResponse::empty(204));
    }
    call.check_conditions()?;
    call.state.store.remove(&id);
    call.succeed();
    Ok(ArmResponse::empty(status))
}

/// A stored child as GET answers it.
pub(super) fn shown_by_id(call: &Call<'_>, id: &str) -> Value {
    shown(call, id, call.state.store.get(id).unwrap_or(&Value::Null))
}

/// With the etag in the body, `resourcegroups` in lower case, and without what only the preview shows.
fn shown(call: &Call<'_>, key: &str, body: &Value) -> Value {
    let mut shown = body.clone();
    if !call.state.settings.updates.show_preview_fields {
        strategy::without_preview(&mut shown);
    }
    shown["id"] = json!(id::with_lower_groups(body["id"].as_str().unwrap_or(key)));
    shown["eTag"] = json!(etag(call.seed, key, call.state.store.revision(key)));
    shown
}
