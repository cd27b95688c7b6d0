//! Role assignments at any scope.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::arm::call::{Call, Reply};
use crate::arm::error::{self, ArmError};
use crate::arm::exchange::ArmResponse;
use crate::arm::id;
use crate::arm::page::{Cursor, LastLink, page};
use crate::arm::store::within;

const TYPE: &str = "Microsoft.Authorization/roleAssignments";
/// When an assignment was made, for the lag until it is seen; taken out of every answer.
pub(crate) const CREATED_ON: &str = "createdOn";

/// GET of an assignment; 404 for a while after it was made, if the settings say so.
pub(crate) fn get(call: &mut Call<'_>) -> Reply {
    let id = call.resource_id();
    let body = call.state.store.get(&id).filter(|body| is_visible(call, body));
    let body = body.ok_or_else(|| {
        let message = format!("The role assignment '{}' is not found.", id::name(&id));
        ArmError::new(404, "RoleAssignmentNotFound", message)
    })?;
    Ok(ArmResponse::json(200, body.clone()))
}

/// The list at a scope. Without a filter it answers what lies at, above and below, which is not verified.
pub(crate) fn list(call: &mut Call<'_>) -> Reply {
    let filter = Filter::parse(call.query.get("$filter").map_or("", String::as_str))?;
    let scope = id::key(call.segment("scope"));
    let cursor = Cursor::read(call)?;
    let seen = |(_, body): &(&str, &Value)| filter.admits(body) && is_visible(call, body);
    let show = |_: &str, body: &Value| body.clone();
    if filter.at_scope {
        page(call, &cursor, reaching(call, &scope, &cursor).filter(seen), show, LastLink::Absent)
    } else {
        page(call, &cursor, related(call, &scope, &cursor).filter(seen), show, LastLink::Absent)
    }
}

/// The assignments at a scope and above it. The collections of different scopes do not interleave, so that
/// going through them in order keeps the order of the keys.
fn reaching<'c>(
    call: &'c Call<'_>,
    scope: &str,
    cursor: &'c Cursor,
) -> impl Iterator<Item = (&'c str, &'c Value)> {
    let scopes = call.state.tenant.above(scope).into_iter().chain([scope.to_owned()]);
    let collections: BTreeSet<String> = scopes.map(|at| id::key(&format!("{at}/providers/{TYPE}"))).collect();
    collections.into_iter().flat_map(|collection| call.state.store.children(&collection, &cursor.after))
}

/// The assignments at a scope, above it and below it.
fn related<'c>(
    call: &'c Call<'_>,
    scope: &'c str,
    cursor: &Cursor,
) -> impl Iterator<Item = (&'c str, &'c Value)> {
    let tenant = &call.state.tenant;
    let above = tenant.above(scope);
    call.state.store.of_type(TYPE, "", &cursor.after).filter(move |(_, body)| {
        let at = id::key(body["properties"]["scope"].as_str().unwrap_or_default());
        above.contains(&at) || within(&at, scope) || tenant.is_below(&at, scope)
    })
}

/// PUT: 201 for a new assignment, 200 for the same one again; everything else is refused.
pub(crate) fn put(call: &mut Call<'_>) -> Reply {
    let id = call.resource_id();
    let wanted = Wanted::read(&call.body)?;
    if uuid::Uuid::try_parse(id::name(&id)).is_err() {
        let message = format!("The role assignment ID '{}' is not valid. It must be a GUID.", id::name(&id));
        return Err(ArmError::new(400, "InvalidRoleAssignmentId", message));
    }
    let scope = call.segment("scope").to_owned();
    if let Some(existing) = same_name(call, &id) {
        let same = id::key(existing["id"].as_str().unwrap_or_default()) == id::key(&id)
            && wanted.describes(&existing);
        return if same { Ok(ArmResponse::json(200, existing)) } else { Err(update_not_permitted()) };
    }
    if let Some(existing) = same_meaning(call, &scope, &wanted) {
        return Err(already_exists(&existing));
    }
    let lag = call.state.settings.principal_replication_seconds;
    if !call.state.tenant.knows_principal(&wanted.principal, lag, call.now) {
        return Err(principal_not_found(&wanted.principal));
    }
    let body = wanted.stored(call, &id, &scope);
    let mut created = body.clone();
    created["properties"]["createdBy"] = Value::Null;
    call.state.store.put(&id, body);
    call.succeed();
    Ok(ArmResponse::json(201, created))
}

/// DELETE: 200 with the deleted assignment, 204 when absent.
pub(crate) fn delete(call: &mut Call<'_>) -> Reply {
    let id = call.resource_id();
    let Some(body) = call.state.store.remove(&id) else { return Ok(ArmResponse::empty(204)) };
    call.succeed();
    Ok(ArmResponse::json(200, body))
}

/// What a PUT asks for.
struct Wanted {
    role: String,
    principal: String,
    /// The specification's default is User.
    principal_type: String,
    properties: Value,
}

impl Wanted {
    fn read(body: &Value) -> Result<Self, ArmError> {
        let text =
            |name: &str| body["properties"][name].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
        let required = |name: &str| {
            text(name).ok_or_else(|| error::invalid_request_content(format!("properties.{name} is required")))
        };
        Ok(Self {
            role: id::name(&required("roleDefinitionId")?).to_ascii_lowercase(),
            principal: required("principalId")?,
            principal_type: text("principalType").unwrap_or_else(|| "User".to_owned()),
            properties: body["properties"].clone(),
        })
    }

    /// Whether an assignment has this role and principal.
    fn describes(&self, body: &Value) -> bool {
        let text = |name: &str| body["properties"][name].as_str().unwrap_or_default();
        id::name(text("roleDefinitionId")).eq_ignore_ascii_case(&self.role)
            && text("principalId").eq_ignore_ascii_case(&self.principal)
    }

    /// The assignment as stored: the role's id is rewritten to the scope's subscription.
    fn stored(&self, call: &Call<'_>, id: &str, scope: &str) -> Value {
        let role = format!("/providers/Microsoft.Authorization/roleDefinitions/{}", self.role);
        let role = match id::after(scope, "subscriptions") {
            Some(subscription) => format!("/subscriptions/{subscription}{role}"),
            None => role,
        };
        let optional = |name: &str| self.properties.get(name).cloned().unwrap_or_default();
        json!({
            "id": id,
            "name": id::name(id),
            "type": TYPE,
            "properties": {
                "roleDefinitionId": role,
                "principalId": self.principal,
                "principalType": self.principal_type,
                "scope": scope,
                "condition": optional("condition"),
                "conditionVersion": optional("conditionVersion"),
                "description": optional("description"),
                "delegatedManagedIdentityResourceId": optional("delegatedManagedIdentityResourceId"),
                "createdBy": call.caller,
                "updatedBy": call.caller,
                CREATED_ON: call.now.to_string(),
                "updatedOn": call.now.to_string(),
            },
        })
    }
}

/// The `$filter` of a list.
struct Filter {
    at_scope: bool,
    principal: Option<String>,
}

impl Filter {
    /// Understands `atScope()`, `principalId eq '…'` and `assignedTo('…')` (without groups), joined by `and`.
    fn parse(text: &str) -> Result<Self, ArmError> {
        let mut filter = Self { at_scope: false, principal: None };
        for clause in text.split(" and ").map(str::trim).filter(|clause| !clause.is_empty()) {
            let quoted = clause.split('\'').nth(1);
            let start = clause.split(['(', ' ']).next().unwrap_or_default();
            match (start.to_ascii_lowercase().as_str(), quoted) {
                ("atscope", None) => filter.at_scope = true,
                ("principalid" | "assignedto", Some(id)) => filter.principal = Some(id.to_owned()),
                _ => {
                    return Err(error::not_implemented(&format!(
                        "the filter \"{clause}\" on role assignments"
                    )));
                }
            }
        }
        Ok(filter)
    }

    fn admits(&self, body: &Value) -> bool {
        let principal = body["properties"]["principalId"].as_str().unwrap_or_default();
        self.principal.as_ref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(principal))
    }
}

/// The assignment of this name anywhere in the tenant: names are unique beyond scopes.
fn same_name(call: &Call<'_>, id: &str) -> Option<Value> {
    let name = id::name(id).to_ascii_lowercase();
    let mut assignments = call.state.store.of_type(TYPE, "", "");
    assignments.find(|(key, _)| id::name(key) == name).map(|(_, body)| body.clone())
}

/// Another assignment at exactly this scope with the same role and principal.
fn same_meaning(call: &Call<'_>, scope: &str, wanted: &Wanted) -> Option<Value> {
    let collection = format!("{scope}/providers/{TYPE}");
    call.state
        .store
        .children(&collection, "")
        .find(|(_, body)| wanted.describes(body))
        .map(|(_, body)| body.clone())
}

/// Whether an assignment is old enough to be seen.
fn is_visible(call: &Call<'_>, body: &Value) -> bool {
    let lag = SignedDuration::from_secs(
        i64::try_from(call.state.settings.role_assignment_lag_seconds).unwrap_or(i64::MAX),
    );
    let created = body["properties"][CREATED_ON].as_str().and_then(|text| text.parse().ok());
    created.is_none_or(|created| call.now.duration_since(created) >= lag)
}

/// The message of newer replies ends with the existing assignment's id, as 32 hex digits.
fn already_exists(existing: &Value) -> ArmError {
    let name: String =
        id::name(existing["id"].as_str().unwrap_or_default()).chars().filter(|c| *c != '-').collect();
    let message =
        format!("The role assignment already exists. The ID of the conflicting role assignment is {name}.");
    ArmError::new(409, "RoleAssignmentExists", message)
}

/// Documented as a bad request.
fn update_not_permitted() -> ArmError {
    let message = "Tenant ID, application ID, principal ID, and scope are not allowed to be updated.";
    ArmError::new(400, "RoleAssignmentUpdateNotPermitted", message)
}

fn principal_not_found(principal: &str) -> ArmError {
    let message = format!("Principal {} does not exist in the directory.", principal.replace('-', ""));
    ArmError::new(400, "PrincipalNotFound", message)
}
