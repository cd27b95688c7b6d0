//! The status URLs of long-running operations, and what polling them answers.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::call::{Call, Reply};
use super::error;
use super::exchange::ArmResponse;
use super::id;
use super::operations::{Finish, Operation, Progress, Service};

/// The api-version inside the status URLs of fleet operations, whatever version began them.
pub(crate) const FLEET_POLL_VERSION: &str = "2016-03-30";

/// The fleet service's status URL for `Azure-AsyncOperation`.
pub(crate) fn fleet_async_operation(call: &Call<'_>, location: &str, operation: &str) -> String {
    fleet_url(call, location, "operations", operation, 0)
}

/// The fleet service's result URL for `Location`; the `poll`th one.
pub(crate) fn fleet_location(call: &Call<'_>, location: &str, operation: &str, poll: u32) -> String {
    fleet_url(call, location, "operationresults", operation, poll)
}

fn fleet_url(call: &Call<'_>, location: &str, kind: &str, operation: &str, poll: u32) -> String {
    let subscription = call.segment("subscription");
    let path = format!(
        "/subscriptions/{subscription}/providers/Microsoft.ContainerService/locations/{location}/{kind}/{operation}"
    );
    signed(call, &path, FLEET_POLL_VERSION, poll)
}

/// Front Door's two URLs: `Azure-AsyncOperation` and, with the resource's names in it, `Location`.
pub(crate) fn front_door_urls(call: &Call<'_>, operation: &str) -> (String, String) {
    let (subscription, group) = (call.segment("subscription"), call.segment("group"));
    let status = format!(
        "/subscriptions/{subscription}/resourcegroups/{group}/providers/Microsoft.Cdn/operationresults/{operation}"
    );
    let result = format!(
        "{status}/profileresults/{}/origingroupresults/{}/originresults/{}",
        call.segment("profile"),
        call.segment("origin_group"),
        call.segment("origin"),
    );
    let version = call.route.api_version;
    (signed(call, &status, version, 0), signed(call, &result, version, 0))
}

/// Adds the signature parameters that the real services add. They make the URL longer than 4,000 characters.
fn signed(call: &Call<'_>, path: &str, api_version: &str, poll: u32) -> String {
    let poll = poll.to_string();
    let hash = |part: &str| call.seed.number(&["signature", part, path, &poll]);
    let ticks = 638_000_000_000_000_000_u64 + hash("t") % 1_000_000_000_000_000;
    let text = |part: &str, words: u64| {
        let bytes: Vec<u8> =
            (0..words).flat_map(|word| hash(&format!("{part}{word}")).to_be_bytes()).collect();
        URL_SAFE_NO_PAD.encode(bytes)
    };
    // A certificate of 2.6 kB, a signature of 340 bytes twice over and a hash, all in base64.
    let (certificate, signature, digest) = (text("c", 330), text("s", 43), text("h", 4));
    let query = format!("api-version={api_version}&t={ticks}&c={certificate}&s={signature}&h={digest}");
    format!("{}{path}?{query}", call.request.base)
}

/// GET of a fleet operation's `Azure-AsyncOperation` URL: always 200, judged by `status` alone.
pub(crate) fn fleet_status(call: &mut Call<'_>) -> Reply {
    let operation = find(call, Service::Fleets)?;
    Ok(with_retry_after(call, ArmResponse::json(200, fleet_body(&operation))))
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
    let next = fleet_location(call, call.segment("location"), &operation.id, operation.polls);
    Ok(with_retry_after(call, ArmResponse::json(202, body).with_header("location", next)))
}

/// GET of a Front Door operation's `Azure-AsyncOperation` URL: an error object that means nothing while it runs.
pub(crate) fn front_door_status(call: &mut Call<'_>) -> Reply {
    let operation = find(call, Service::FrontDoor)?;
    let error = match &operation.failure {
        Some(code) if operation.progress == Progress::Failed => failure(code),
        _ => json!({"code": "None", "message": null}),
    };
    let body = json!({"status": status(&operation), "error": error});
    Ok(with_retry_after(call, ArmResponse::json(200, body)))
}

/// GET of a Front Door operation's `Location` URL.
pub(crate) fn front_door_result(call: &mut Call<'_>) -> Reply {
    let operation = find(call, Service::FrontDoor)?;
    if operation.progress != Progress::Running {
        return Ok(final_result(call, &operation));
    }
    let response = ArmResponse::empty(202)
        .with_header("location", format!("{}{}", call.request.base, call.request.path_and_query));
    Ok(with_retry_after(call, response))
}

/// The operation that the path names; counts the poll.
fn find(call: &mut Call<'_>, service: Service) -> Result<Operation, error::ArmError> {
    let id = call.segment("operation").to_owned();
    match call.state.operations.get_mut(&id).filter(|operation| operation.service == service) {
        Some(operation) => {
            operation.polls += 1;
            Ok(operation.clone())
        }
        None => Err(error::resource_not_found(&call.resource_id())),
    }
}

/// What a `Location` URL answers at the end: 204 for a delete, else the resource. That a failed operation shows as 409 here
/// is a choice; the contract only asks for the final status of the original request.
fn final_result(call: &Call<'_>, operation: &Operation) -> ArmResponse {
    if let Some(code) = operation.failure.as_ref() {
        return ArmResponse::json(409, json!({"error": failure(code)}));
    }
    match (operation.finish, call.state.store.get(&operation.target)) {
        (Finish::Settle, Some(body)) => ArmResponse::json(200, body.clone()),
        _ => ArmResponse::empty(204),
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

/// Adds `Retry-After` if the settings ask for it.
pub(crate) fn with_retry_after(call: &Call<'_>, response: ArmResponse) -> ArmResponse {
    match call.state.settings.operation_retry_after_seconds {
        Some(seconds) => response.with_header("retry-after", seconds.to_string()),
        None => response,
    }
}

/// The location of the resource that an operation is about, for its URL; falls back to the global one.
pub(crate) fn location_of(call: &Call<'_>, id: &str) -> String {
    let stored = call.state.store.get(&id::key(id)).and_then(|body| body["location"].as_str());
    stored.unwrap_or("global").to_owned()
}
