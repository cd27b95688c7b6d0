//! Managed clusters: read only for callers; the simulated world writes them.

use serde_json::{Value, json};

use crate::arm::call::{Call, Reply, etag};
use crate::arm::error;
use crate::arm::exchange::ArmResponse;
use crate::arm::id;
use crate::arm::page::{Cursor, LastLink, page};

const TYPE: &str = "Microsoft.ContainerService/managedClusters";

/// GET of a cluster.
pub(crate) fn get(call: &mut Call<'_>) -> Reply {
    let id = call.resource_id();
    let body = call.state.store.get(&id).ok_or_else(|| error::resource_not_found(&id))?;
    Ok(ArmResponse::json(200, shown(call, &id, body)))
}

/// The clusters of a resource group.
pub(crate) fn list_by_group(call: &mut Call<'_>) -> Reply {
    let collection = call.resource_id();
    let cursor = Cursor::read(call)?;
    let items = call.state.store.children(&collection, &cursor.after);
    page(call, &cursor, items, |key, body| shown(call, key, body), LastLink::Absent)
}

/// The clusters of a subscription.
pub(crate) fn list_by_subscription(call: &mut Call<'_>) -> Reply {
    let subscription = format!("/subscriptions/{}", call.segment("subscription"));
    let cursor = Cursor::read(call)?;
    let clusters = call.state.store.of_type(TYPE, &subscription, &cursor.after);
    page(call, &cursor, clusters, |key, body| shown(call, key, body), LastLink::Absent)
}

/// The service answers ids with `resourcegroups` in lower case and the type with a capital M.
fn shown(call: &Call<'_>, key: &str, body: &Value) -> Value {
    let mut shown = body.clone();
    shown["id"] = json!(id::with_lower_groups(body["id"].as_str().unwrap_or(key)));
    shown["type"] = json!("Microsoft.ContainerService/ManagedClusters");
    shown["eTag"] = json!(etag(call.seed, key, call.state.store.revision(key)));
    shown
}
