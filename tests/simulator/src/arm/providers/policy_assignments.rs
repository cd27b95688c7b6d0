//! Policy assignments at management groups, subscriptions, resource groups and resources.

use serde_json::{Value, json};

use crate::arm::call::{Call, Reply};
use crate::arm::error::{self, ArmError};
use crate::arm::exchange::ArmResponse;
use crate::arm::id;
use crate::arm::page::{Cursor, LastLink, page};
use crate::arm::store::within;
use crate::identity::TENANT;

const TYPE: &str = "Microsoft.Authorization/policyAssignments";
/// The longest name at a management group, and elsewhere.
const LONGEST_NAMES: (usize, usize) = (24, 64);

/// GET of an assignment.
pub(crate) fn get(call: &mut Call<'_>) -> Reply {
    let id = call.resource_id();
    let body = call.state.store.get(&id).ok_or_else(|| {
        let message = format!("The policy assignment '{}' is not found.", id::name(&id));
        ArmError::new(404, "PolicyAssignmentNotFound", message)
    })?;
    Ok(ArmResponse::json(200, body.clone()))
}

/// The list at a scope: with `atScope()` what lies there and above, without a filter also what lies below.
pub(crate) fn list(call: &mut Call<'_>) -> Reply {
    let filter = call.query.get("$filter").map_or("", String::as_str);
    let (above_too, below_too) = match filter.to_ascii_lowercase().as_str() {
        "" => (true, true),
        "atscope()" => (true, false),
        "atexactscope()" => (false, false),
        _ => return Err(error::not_implemented(&format!("the filter \"{filter}\" on policy assignments"))),
    };
    let scope = id::key(call.segment("scope"));
    let above = call.state.tenant.above(&scope);
    let wanted = |body: &Value| {
        let at = id::key(body["properties"]["scope"].as_str().unwrap_or_default());
        at == scope
            || (above_too && above.contains(&at))
            || (below_too && (within(&at, &scope) || call.state.tenant.is_below(&at, &scope)))
    };
    let cursor = Cursor::read(call)?;
    let assignments = call.state.store.of_type(TYPE, "", &cursor.after).filter(|(_, body)| wanted(body));
    page(call, &cursor, assignments, |_, body| body.clone(), LastLink::Absent)
}

/// PUT: always 201, also for an assignment that exists. It writes the whole assignment.
pub(crate) fn put(call: &mut Call<'_>) -> Reply {
    let (id, scope) = (call.resource_id(), call.segment("scope").to_owned());
    require_name(id::name(&id), &scope)?;
    require_definition(call)?;
    let mut body = json!({"id": id, "name": id::name(&id), "type": TYPE});
    body["properties"] = properties(call, &id, &scope);
    if let Some(identity) = identity(call, &id)? {
        body["identity"] = identity;
        body["location"] = call.body["location"].clone();
    }
    call.state.store.put(&id, body.clone());
    call.succeed();
    Ok(ArmResponse::json(201, body))
}

/// DELETE: 200 with the deleted assignment, 204 when absent.
pub(crate) fn delete(call: &mut Call<'_>) -> Reply {
    let id = call.resource_id();
    let Some(body) = call.state.store.remove(&id) else { return Ok(ArmResponse::empty(204)) };
    call.succeed();
    Ok(ArmResponse::json(200, body))
}

/// What was sent, with the defaults and the read-only fields.
fn properties(call: &Call<'_>, id: &str, scope: &str) -> Value {
    let mut properties = call.body["properties"].clone();
    for (name, default) in [
        ("definitionVersion", json!("1.*.*")),
        ("enforcementMode", json!("Default")),
        ("notScopes", json!([])),
    ] {
        if properties[name].is_null() {
            properties[name] = default;
        }
    }
    properties["scope"] = json!(scope);
    properties["instanceId"] = json!(call.seed.guid(&["policy instance", &id::key(id)]).to_string());
    properties
}

/// The identity of the assignment: a system-assigned one gets a principal, new in the directory, and needs a
/// location.
fn identity(call: &mut Call<'_>, id: &str) -> Result<Option<Value>, ArmError> {
    let asked = call.body["identity"].clone();
    match asked["type"].as_str() {
        None | Some("None") => Ok(None),
        Some(_) if call.body["location"].as_str().is_none_or(str::is_empty) => Err(ArmError::new(
            400,
            "LocationRequired",
            "The location property is required for this definition.",
        )),
        Some("SystemAssigned") => {
            let principal = call.seed.guid(&["policy principal", &id::key(id)]).to_string();
            if !call.state.store.contains(id) {
                call.state.tenant.add_principal(&principal, call.now);
            }
            Ok(Some(json!({"type": "SystemAssigned", "principalId": principal, "tenantId": TENANT})))
        }
        Some(_) => Ok(Some(asked)),
    }
}

fn require_name(name: &str, scope: &str) -> Result<(), ArmError> {
    let at_management_group = id::after(scope, "managementGroups").is_some();
    let longest = if at_management_group { LONGEST_NAMES.0 } else { LONGEST_NAMES.1 };
    if name.len() <= longest {
        return Ok(());
    }
    let message =
        format!("The policy assignment name '{name}' is invalid. It must not be longer than {longest}.");
    Err(ArmError::new(400, "InvalidPolicyAssignmentName", message))
}

/// The definition must exist and know every parameter that is sent. The codes are from field reports, not
/// verified.
fn require_definition(call: &Call<'_>) -> Result<(), ArmError> {
    let wanted = call.body.pointer("/properties/policyDefinitionId").and_then(Value::as_str);
    let wanted =
        wanted.ok_or_else(|| error::invalid_request_content("properties.policyDefinitionId is required"))?;
    let definition = call.state.store.get(wanted).ok_or_else(|| {
        let message = format!("The policy definition '{wanted}' could not be found.");
        ArmError::new(404, "PolicyDefinitionNotFound", message)
    })?;
    let known = definition.pointer("/properties/parameters").and_then(Value::as_object);
    let sent = call.body.pointer("/properties/parameters").and_then(Value::as_object);
    let (Some(known), Some(sent)) = (known, sent) else { return Ok(()) };
    match sent.keys().find(|name| !known.contains_key(*name)) {
        Some(unknown) => {
            Err(invalid_parameters(&format!("'{unknown}' is not a parameter of the definition")))
        }
        None => Ok(()),
    }
}

fn invalid_parameters(why: &str) -> ArmError {
    ArmError::new(400, "InvalidPolicyParameters", format!("The policy parameters are invalid: {why}."))
}
