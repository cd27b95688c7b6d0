//! Fleet members: joining, changing and leaving are long-running operations.

use serde_json::{Map, Value, json};

use crate::arm::call::{Begin, Call, Reply, etag};
use crate::arm::error::{self, ArmError};
use crate::arm::exchange::ArmResponse;
use crate::arm::operations::{Finish, Service};
use crate::arm::page::{Cursor, LastLink, page};
use crate::arm::store::Store;
use crate::arm::{id, names, status_urls};

const TYPE: &str = "Microsoft.ContainerService/fleets/members";
/// The namespace of the labels that the service makes; callers can neither set nor remove them.
const SERVICE_LABELS: &str = "fleet.azure.com/";

/// GET of a member.
pub(crate) fn get(call: &mut Call<'_>) -> Reply {
    let id = call.resource_id();
    let body = call.state.store.get(&id).ok_or_else(|| error::resource_not_found(&id))?;
    Ok(ArmResponse::json(200, shown(call, &id, body)))
}

/// The members of a fleet.
pub(crate) fn list(call: &mut Call<'_>) -> Reply {
    if call.query.contains_key("$filter") {
        return Err(error::not_implemented("$filter on fleet members"));
    }
    let collection = call.resource_id();
    require_fleet(call, &collection[..collection.len() - "/members".len()])?;
    let cursor = Cursor::read(call)?;
    let items = call.state.store.children(&collection, &cursor.after);
    page(call, &cursor, items, |key, body| shown(call, key, body), LastLink::Null)
}

/// PUT: 201 and Joining for a new member, 200 and Updating for one that exists; both with
/// `Azure-AsyncOperation`.
pub(crate) fn put(call: &mut Call<'_>) -> Reply {
    let id = call.resource_id();
    require_fleet(call, id::parent(&id))?;
    names::require("fleetMemberName", id::name(&id))?;
    call.check_conditions()?;
    let cluster = call.body.pointer("/properties/clusterResourceId").and_then(Value::as_str);
    let cluster =
        cluster.ok_or_else(|| error::invalid_parameter("properties.clusterResourceId", "it is required"))?;
    let cluster = cluster.to_owned();
    call.check_provisioning_state()?;
    match call.state.store.get(&id).cloned() {
        Some(stored) => replace(call, &id, &stored, &cluster),
        None => join(call, &id, &cluster),
    }
}

/// PATCH of `group` and `labels`: 202 with `Azure-AsyncOperation` and `Location`.
pub(crate) fn patch(call: &mut Call<'_>) -> Reply {
    let id = call.resource_id();
    let mut body = call.state.store.get(&id).cloned().ok_or_else(|| error::resource_not_found(&id))?;
    call.check_conditions()?;
    call.refuse_while_busy(&id)?;
    let asked = call.body.get("properties").and_then(Value::as_object).cloned().unwrap_or_default();
    if let Some(other) = asked.keys().find(|name| !matches!(name.as_str(), "group" | "labels")) {
        return Err(error::property_change_not_allowed(&format!("properties.{other}")));
    }
    if let Some(group) = asked.get("group") {
        body["properties"]["group"] = group.clone();
    }
    if let Some(labels) = asked.get("labels") {
        body["properties"]["labels"] = with_service_labels(labels, &id, &body);
    }
    begin(call, &id, body, "Updating");
    let response = asynchronous(call, 202, Finish::Settle, "Updating");
    let location = status_urls::location_of(call, id::parent(&id));
    let operation = call.guid("operation");
    Ok(response.with_header("location", status_urls::fleet_location(call, &location, &operation, 0)))
}

/// DELETE: 204 when absent, else 202 with `Location` only and a body that says Leaving.
pub(crate) fn delete(call: &mut Call<'_>) -> Reply {
    let id = call.resource_id();
    let Some(mut body) = call.state.store.get(&id).cloned() else { return Ok(ArmResponse::empty(204)) };
    call.check_conditions()?;
    let cluster = body["properties"]["clusterResourceId"].as_str().unwrap_or_default().to_owned();
    refuse_busy_cluster(call, &cluster)?;
    call.refuse_while_busy(&id)?;
    body["properties"]["provisioningState"] = json!("Leaving");
    call.state.store.put(&id, body.clone());
    let locks = vec![id.clone(), cluster];
    let operation =
        call.begin(&Begin { service: Service::Fleets, finish: Finish::Remove, doing: "Leaving", locks });
    let location = status_urls::location_of(call, id::parent(&id));
    let url = status_urls::fleet_location(call, &location, &operation, 0);
    let response = ArmResponse::json(202, shown(call, &id, &body)).with_header("location", url);
    Ok(status_urls::with_retry_after(call, response))
}

/// A new member.
fn join(call: &mut Call<'_>, id: &str, cluster: &str) -> Reply {
    if !call.state.store.contains(cluster) {
        return Err(error::invalid_resource_reference(cluster));
    }
    if let Some(other) = membership(&call.state.store, cluster) {
        tracing::debug!(member = other, "the cluster is a member already");
        return Err(error::already_joined(call.state.settings.already_joined_status, cluster));
    }
    refuse_busy_cluster(call, cluster)?;
    let asked = &call.body["properties"];
    let mut body = json!({
        "id": id,
        "name": id::name(id),
        "type": TYPE,
        "properties": {"clusterResourceId": id::with_lower_groups(cluster)},
    });
    if let Some(group) = asked.get("group") {
        body["properties"]["group"] = group.clone();
    }
    body["properties"]["labels"] = with_service_labels(&asked["labels"], id, &body);
    begin(call, id, body, "Joining");
    Ok(asynchronous(call, 201, Finish::Settle, "Joining"))
}

/// A member that exists: the documented repair after a change of the cluster's identity.
fn replace(call: &mut Call<'_>, id: &str, stored: &Value, cluster: &str) -> Reply {
    let joined = stored["properties"]["clusterResourceId"].as_str().unwrap_or_default();
    if !joined.eq_ignore_ascii_case(cluster) {
        return Err(error::property_change_not_allowed("properties.clusterResourceId"));
    }
    refuse_busy_cluster(call, cluster)?;
    call.refuse_while_busy(id)?;
    let asked = call.body["properties"].clone();
    let mut body = stored.clone();
    match asked.get("group") {
        Some(group) => body["properties"]["group"] = group.clone(),
        None => drop(body["properties"].as_object_mut().and_then(|properties| properties.remove("group"))),
    }
    body["properties"]["labels"] = with_service_labels(&asked["labels"], id, &body);
    begin(call, id, body, "Updating");
    Ok(asynchronous(call, 200, Finish::Settle, "Updating"))
}

/// Stores the member in its state of transition.
fn begin(call: &mut Call<'_>, id: &str, mut body: Value, doing: &str) {
    body["properties"]["provisioningState"] = json!(doing);
    body["properties"]["status"] = json!({"lastOperationId": call.guid("operation")});
    call.state.store.put(id, body);
}

/// Begins the operation and answers the member with its `Azure-AsyncOperation`.
fn asynchronous(call: &mut Call<'_>, status: u16, finish: Finish, doing: &'static str) -> ArmResponse {
    let id = call.resource_id();
    let body = call.state.store.get(&id).cloned().unwrap_or_default();
    let cluster = body["properties"]["clusterResourceId"].as_str().unwrap_or_default().to_owned();
    let locks = vec![id.clone(), cluster];
    let operation = call.begin(&Begin { service: Service::Fleets, finish, doing, locks });
    let location = status_urls::location_of(call, id::parent(&id));
    let url = status_urls::fleet_async_operation(call, &location, &operation);
    let response =
        ArmResponse::json(status, shown(call, &id, &body)).with_header("azure-asyncoperation", url);
    status_urls::with_retry_after(call, response)
}

/// The member with its etag; the service answers `resourcegroups` in lower case.
pub(super) fn shown(call: &Call<'_>, key: &str, body: &Value) -> Value {
    let mut shown = body.clone();
    shown["id"] = json!(id::with_lower_groups(body["id"].as_str().unwrap_or(key)));
    shown["eTag"] = json!(etag(call.seed, key, call.state.store.revision(key)));
    shown
}

pub(super) fn require_fleet(call: &Call<'_>, fleet: &str) -> Result<(), ArmError> {
    if call.state.store.contains(fleet) { Ok(()) } else { Err(error::parent_not_found(fleet)) }
}

/// Refuses while another membership operation, or the cluster's own, is running on the cluster.
fn refuse_busy_cluster(call: &Call<'_>, cluster: &str) -> Result<(), ArmError> {
    if let Some(operation) = call.state.operations.holding(cluster) {
        return Err(error::operation_not_allowed(operation.doing));
    }
    let state = call.state.store.get(cluster).and_then(|body| body.pointer("/properties/provisioningState"));
    match state.and_then(Value::as_str) {
        Some(state) if call.state.settings.refuse_join_of_busy_cluster && is_running(state) => {
            Err(error::operation_not_allowed(state))
        }
        _ => Ok(()),
    }
}

/// Whether a cluster in this state is in the middle of something.
pub(crate) fn is_running(provisioning_state: &str) -> bool {
    !["Succeeded", "Failed", "Canceled"].iter().any(|end| end.eq_ignore_ascii_case(provisioning_state))
}

/// The member of any fleet that stands for this cluster.
fn membership<'s>(store: &'s Store, cluster: &str) -> Option<&'s str> {
    let joined = |body: &Value| {
        let id = body["properties"]["clusterResourceId"].as_str().unwrap_or_default();
        id.eq_ignore_ascii_case(cluster)
    };
    store.of_type(TYPE, "", "").find(|(_, body)| joined(body)).map(|(key, _)| key)
}

/// The caller's labels and beside them the service's own, which the caller can't choose.
pub(crate) fn with_service_labels(asked: &Value, member: &str, body: &Value) -> Value {
    let cluster = body["properties"]["clusterResourceId"].as_str().unwrap_or_default();
    let mut labels: Map<String, Value> = asked.as_object().cloned().unwrap_or_default();
    labels.retain(|name, _| !name.starts_with(SERVICE_LABELS));
    let made = [
        ("cluster-name", id::name(cluster)),
        ("member-name", id::name(member)),
        ("resource-group", id::after(cluster, "resourceGroups").unwrap_or_default()),
        ("subscription-id", id::after(cluster, "subscriptions").unwrap_or_default()),
    ];
    labels.extend(made.map(|(name, value)| (format!("{SERVICE_LABELS}{name}"), json!(value))));
    Value::Object(labels)
}
