//! Front Door profiles, origin groups, endpoints and routes: read only. Origins are written in
//! [`super::origins`].

use serde_json::{Value, json};

use crate::arm::call::{Call, Reply};
use crate::arm::error;
use crate::arm::exchange::ArmResponse;
use crate::arm::page::{Cursor, LastLink, page};

/// GET of a profile.
pub(crate) fn get_profile(call: &mut Call<'_>) -> Reply {
    let id = call.resource_id();
    let mut body = call.state.store.get(&id).cloned().ok_or_else(|| error::resource_not_found(&id))?;
    body["id"] = json!(lowered_id(body["id"].as_str().unwrap_or(&id)));
    body["location"] = json!("Global");
    Ok(ArmResponse::json(200, body))
}

/// GET of anything inside a profile.
pub(crate) fn get_child(call: &mut Call<'_>) -> Reply {
    let id = call.resource_id();
    let body = call.state.store.get(&id).ok_or_else(|| error::resource_not_found(&id))?;
    Ok(ArmResponse::json(200, shown(&id, body)))
}

/// A list inside a profile.
pub(crate) fn list_children(call: &mut Call<'_>) -> Reply {
    let collection = call.resource_id();
    let parent = collection.rsplit_once('/').map_or("", |(parent, _)| parent);
    if !call.state.store.contains(parent) {
        return Err(error::parent_not_found(parent));
    }
    let cursor = Cursor::read(call)?;
    let items = call.state.store.children(&collection, &cursor.after);
    page(call, &cursor, items, shown, LastLink::Absent)
}

/// As Front Door answers: type names in lower case, `deploymentStatus` that never leaves NotStarted.
pub(crate) fn shown(key: &str, body: &Value) -> Value {
    let mut shown = body.clone();
    shown["id"] = json!(lowered_id(body["id"].as_str().unwrap_or(key)));
    if let Some((namespace, types)) = body["type"].as_str().and_then(|name| name.split_once('/')) {
        shown["type"] = json!(format!("{namespace}/{}", types.to_ascii_lowercase()));
    }
    shown["properties"]["deploymentStatus"] = json!("NotStarted");
    shown
}

/// The id with all type names in lower case and all names as they were.
fn lowered_id(id: &str) -> String {
    const LOWERED: [&str; 5] = ["resourcegroups", "origingroups", "origins", "afdendpoints", "routes"];
    let segments = id.split('/').map(|segment| {
        let lower = segment.to_ascii_lowercase();
        if LOWERED.contains(&lower.as_str()) { lower } else { segment.to_owned() }
    });
    segments.collect::<Vec<_>>().join("/")
}
