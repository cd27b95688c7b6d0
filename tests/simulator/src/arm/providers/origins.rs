//! Front Door origins: written by long-running operations, one at a time in a profile.

use serde_json::{Value, json};

use crate::arm::call::{Begin, Call, Reply};
use crate::arm::error::{self, ArmError};
use crate::arm::exchange::ArmResponse;
use crate::arm::operations::{Finish, Service};
use crate::arm::{id, status_urls};

use super::front_door::shown;
use super::merge;

const TYPE: &str = "Microsoft.Cdn/profiles/originGroups/origins";
/// Shows what is left of the provider's own limit, instead of ARM's headers.
const QUOTA_HEADER: &str = "x-ms-ratelimit-remaining-subscription-resource-requests";

/// PUT: 201 for a new origin, 202 for one that exists. Left-out properties fall back to unset, which is not
/// verified.
pub(crate) fn put(call: &mut Call<'_>) -> Reply {
    let id = call.resource_id();
    let group = group_of(&id);
    if !call.state.store.contains(group) {
        return Err(error::parent_not_found(group));
    }
    let left = admit(call)?;
    require_valid(&call.body)?;
    if call.body.pointer("/properties/hostName").and_then(Value::as_str).is_none_or(str::is_empty) {
        return Err(error::invalid_parameter("properties.hostName", "it is required"));
    }
    let exists = call.state.store.contains(&id);
    let mut body = fresh(&id);
    merge(&mut body["properties"], &call.body["properties"]);
    refuse_last_origin(call, &id, &body)?;
    let doing = if exists { "Updating" } else { "Creating" };
    Ok(write(call, body, if exists { 202 } else { 201 }, doing).with_header(QUOTA_HEADER, left.to_string()))
}

/// PATCH: 202; only what is sent changes.
pub(crate) fn patch(call: &mut Call<'_>) -> Reply {
    let id = call.resource_id();
    let mut body = call.state.store.get(&id).cloned().ok_or_else(|| error::resource_not_found(&id))?;
    let left = admit(call)?;
    require_valid(&call.body)?;
    merge(&mut body["properties"], &call.body["properties"]);
    refuse_last_origin(call, &id, &body)?;
    Ok(write(call, body, 202, "Updating").with_header(QUOTA_HEADER, left.to_string()))
}

/// DELETE: 204 when absent, else 202.
pub(crate) fn delete(call: &mut Call<'_>) -> Reply {
    let id = call.resource_id();
    let Some(mut body) = call.state.store.get(&id).cloned() else { return Ok(ArmResponse::empty(204)) };
    let left = admit(call)?;
    refuse_last_origin(call, &id, &json!({"properties": {"enabledState": "Disabled"}}))?;
    body["properties"]["provisioningState"] = json!("Deleting");
    call.state.store.put(&id, body);
    let response = asynchronous(call, ArmResponse::empty(202), Finish::Remove, "Deleting");
    Ok(response.with_header(QUOTA_HEADER, left.to_string()))
}

/// What an origin is before anybody has said anything about it.
fn fresh(id: &str) -> Value {
    json!({
        "id": id,
        "name": id::name(id),
        "type": TYPE,
        "properties": {
            "originGroupName": id::name(group_of(id)),
            "httpPort": 80, "httpsPort": 443,
            "originHostHeader": null, "priority": null, "weight": null,
            "enabledState": "Enabled",
            "sharedPrivateLinkResource": null,
            "enforceCertificateNameCheck": true,
        },
    })
}

fn write(call: &mut Call<'_>, mut body: Value, status: u16, doing: &'static str) -> ArmResponse {
    let id = call.resource_id();
    body["properties"]["provisioningState"] = json!(doing);
    call.state.store.put(&id, body.clone());
    asynchronous(call, ArmResponse::json(status, shown(&id, &body)), Finish::Settle, doing)
}

/// Begins the operation and adds both status URLs, which differ.
fn asynchronous(
    call: &mut Call<'_>,
    response: ArmResponse,
    finish: Finish,
    doing: &'static str,
) -> ArmResponse {
    let id = call.resource_id();
    let locks = vec![profile_of(&id).to_owned(), id];
    let operation = call.begin(&Begin { service: Service::FrontDoor, finish, doing, locks });
    let (status, result) = status_urls::front_door_urls(call, &operation);
    let response = response.with_header("azure-asyncoperation", status).with_header("location", result);
    status_urls::with_retry_after(call, response)
}

fn group_of(origin: &str) -> &str {
    id::parent(origin)
}

fn profile_of(origin: &str) -> &str {
    id::parent(group_of(origin))
}

/// Refuses writes over the provider's own limit and writes that overlap; answers what is left of the limit.
fn admit(call: &mut Call<'_>) -> Result<u64, ArmError> {
    let provider = format!("{}/Microsoft.Cdn/origins", call.segment("subscription"));
    let quota = call.state.settings.origin_writes;
    let left = call.state.throttle.take_own(&provider, quota, call.now)?;
    let id = call.resource_id();
    match call.state.operations.holding(profile_of(&id)) {
        Some(_) => Err(error::profile_busy(call.segment("profile"))),
        None => Ok(left),
    }
}

/// The ranges of the schema. The code of the refusal is not verified.
fn require_valid(body: &Value) -> Result<(), ArmError> {
    let properties = &body["properties"];
    let ranges = [("priority", 1, 5), ("weight", 1, 1000), ("httpPort", 1, 65535), ("httpsPort", 1, 65535)];
    for (name, low, high) in ranges {
        let value = &properties[name];
        let fits = value.as_u64().is_some_and(|value| (low..=high).contains(&value));
        if !value.is_null() && !fits {
            return Err(error::invalid_parameter(name, &format!("it must be {low} to {high}")));
        }
    }
    match properties.get("enabledState").map(Value::as_str) {
        None | Some(Some("Enabled" | "Disabled")) => Ok(()),
        Some(_) => Err(error::invalid_parameter("enabledState", "it must be Enabled or Disabled")),
    }
}

/// The last enabled origin of a group that a route uses can neither be disabled nor deleted.
fn refuse_last_origin(call: &Call<'_>, origin: &str, after: &Value) -> Result<(), ArmError> {
    let group = group_of(origin);
    let enabled = |body: &Value| body["properties"]["enabledState"] != json!("Disabled");
    let was_enabled = call.state.store.get(origin).is_some_and(enabled);
    if !was_enabled || enabled(after) || !is_routed(call, group) {
        return Ok(());
    }
    let key = id::key(origin);
    let origins = call.state.store.children(&format!("{group}/origins"), "");
    if origins.filter(|(other, _)| *other != key).any(|(_, body)| enabled(body)) {
        return Ok(());
    }
    Err(error::last_origin(call.state.settings.last_origin_status))
}

/// Whether any route of the profile sends traffic to the group.
fn is_routed(call: &Call<'_>, group: &str) -> bool {
    let profile = id::parent(group);
    let routes = call.state.store.of_type("microsoft.cdn/profiles/afdendpoints/routes", profile, "");
    let target = |body: &Value| {
        id::key(body.pointer("/properties/originGroup/id").and_then(Value::as_str).unwrap_or(""))
    };
    routes.map(|(_, body)| target(body)).any(|target| target == id::key(group))
}
