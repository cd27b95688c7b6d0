//! Polling long-running operations.

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::arm::call::{Call, Reply};
use crate::arm::error::{self, ArmError};
use crate::arm::exchange::ArmResponse;
use crate::arm::operations::{Finish, Operation, Progress, Service};
use crate::arm::status_urls;

use super::{front_door, members};

/// GET of a fleet operation's `Azure-AsyncOperation` URL: always 200, judged by `status` alone.
pub(crate) fn fleet_status(call: &mut Call<'_>) -> Reply {
    let operation = find(call, Service::Fleets)?;
    Ok(status_urls::with_retry_after(call, ArmResponse::json(200, fleet_body(&operation))))
}

/// GET of a fleet operation's `Location` URL: 202 with a body and a new `Location` while it runs.
pub(crate) fn fleet_result(call: &mut Call<'_>) -> Reply {
    let operation = find(call, Service::Fleets)?;
    if operation.progress != Progress::Running {
        return Ok(final_result(call, &operation));
    }
    let mut body = fleet_body(&operation);
    let lease = operation.started.saturating_add(SignedDuration::from_hours(6)).unwrap_or(operation.started);
    body["progress"] = json!({"currentStep": ""});
    body["leasedUntil"] = json!(lease.to_string());
    body["etag"] = json!(call.guid("lease"));
    let next = status_urls::fleet_location(call, call.segment("location"), &operation.id, operation.polls);
    Ok(status_urls::with_retry_after(call, ArmResponse::json(202, body).with_header("location", next)))
}

/// GET of a Front Door operation's `Azure-AsyncOperation` URL: an error object that means nothing while it
/// runs.
pub(crate) fn front_door_status(call: &mut Call<'_>) -> Reply {
    let operation = find(call, Service::FrontDoor)?;
    let error = match &operation.failure {
        Some(code) if operation.progress == Progress::Failed => failure(code),
        _ => json!({"code": "None", "message": null}),
    };
    let body = json!({"status": status(&operation), "error": error});
    Ok(status_urls::with_retry_after(call, ArmResponse::json(200, body)))
}

/// GET of a Front Door operation's `Location` URL.
pub(crate) fn front_door_result(call: &mut Call<'_>) -> Reply {
    let operation = find(call, Service::FrontDoor)?;
    if operation.progress != Progress::Running {
        return Ok(final_result(call, &operation));
    }
    let response = ArmResponse::empty(202)
        .with_header("location", format!("{}{}", call.request.base, call.request.path_and_query));
    Ok(status_urls::with_retry_after(call, response))
}

/// The operation that the path names; counts the poll.
fn find(call: &mut Call<'_>, service: Service) -> Result<Operation, ArmError> {
    let id = call.segment("operation").to_owned();
    match call.state.operations.get_mut(&id).filter(|operation| operation.service == service) {
        Some(operation) => {
            operation.polls += 1;
            Ok(operation.clone())
        }
        None => Err(error::resource_not_found(&call.resource_id())),
    }
}

/// What a `Location` URL answers at the end: 204 for a delete, else the resource. That a failed operation
/// shows as 409 here is a choice; the contract only asks for the final status of the original request.
fn final_result(call: &Call<'_>, operation: &Operation) -> ArmResponse {
    if let Some(code) = operation.failure.as_ref() {
        return ArmResponse::json(409, json!({"error": failure(code)}));
    }
    match (operation.finish, call.state.store.get(&operation.target)) {
        (Finish::Settle, Some(body)) => ArmResponse::json(200, shown(call, operation, body)),
        _ => ArmResponse::empty(204),
    }
}

/// The resource as its own GET answers it.
fn shown(call: &Call<'_>, operation: &Operation, body: &Value) -> Value {
    match operation.service {
        Service::Fleets => members::shown(call, &operation.target, body),
        Service::FrontDoor => front_door::shown(&operation.target, body),
    }
}

fn fleet_body(operation: &Operation) -> Value {
    let mut body = json!({
        "name": operation.id,
        "status": status(operation),
        "startTime": operation.started.to_string(),
    });
    if operation.progress != Progress::Running {
        body["endTime"] = json!(operation.ends.unwrap_or(operation.started).to_string());
    }
    if let (Progress::Failed, Some(code)) = (operation.progress, &operation.failure) {
        body["error"] = failure(code);
    }
    body
}

fn status(operation: &Operation) -> &'static str {
    match operation.progress {
        Progress::Running => "InProgress",
        Progress::Succeeded => "Succeeded",
        Progress::Failed => "Failed",
    }
}

fn failure(code: &str) -> Value {
    json!({"code": code, "message": format!("The operation failed: {code}.")})
}
