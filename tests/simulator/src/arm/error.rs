//! Every error that the simulated ARM answers, in one place, so that codes and statuses can be compared with
//! the sources.
//!
//! Where a doc comment says "not verified", no public source confirmed the status or the code: it is a
//! choice.

use serde_json::json;

use super::exchange::ArmResponse;

/// An error answer: status, `error.code` and `error.message`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArmError {
    /// The HTTP status.
    pub status: u16,
    /// `error.code`.
    pub code: String,
    /// `error.message`.
    pub message: String,
    /// `Retry-After` in seconds, if sent.
    pub retry_after_seconds: Option<u64>,
}

impl ArmError {
    /// An error of any kind.
    #[must_use]
    pub fn new(status: u16, code: &str, message: impl Into<String>) -> Self {
        Self { status, code: code.to_owned(), message: message.into(), retry_after_seconds: None }
    }

    /// The answer that carries it, in ARM's error shape.
    #[must_use]
    pub fn into_response(self) -> ArmResponse {
        let body = json!({"error": {"code": self.code, "message": self.message}});
        let mut response = ArmResponse::json(self.status, body);
        if self.status == 401 {
            let challenge =
                "Bearer authorization_uri=\"https://login.windows.net/\", error=\"invalid_token\"";
            response = response.with_header("www-authenticate", challenge);
        }
        match self.retry_after_seconds {
            Some(seconds) => response.with_header("retry-after", seconds.to_string()),
            None => response,
        }
    }
}

/// What the simulator does not implement.
pub(crate) fn not_implemented(what: &str) -> ArmError {
    ArmError::new(501, "NotImplemented", format!("The simulator does not implement {what}."))
}

pub(crate) fn authentication_failed(why: &str) -> ArmError {
    ArmError::new(401, "AuthenticationFailed", format!("Authentication failed. {why}"))
}

pub(crate) fn authorization_failed(object_id: &str, action: &str, scope: &str) -> ArmError {
    let message = format!(
        "The client with object id '{object_id}' does not have authorization to perform action '{action}' over scope '{scope}'."
    );
    ArmError::new(403, "AuthorizationFailed", message)
}

pub(crate) fn missing_api_version() -> ArmError {
    ArmError::new(
        400,
        "MissingApiVersionParameter",
        "The api-version query parameter (?api-version=) is required for all requests.",
    )
}

pub(crate) fn unsupported_api_version(resource_type: &str, sent: &str, supported: &str) -> ArmError {
    let message = format!(
        "No registered resource provider found for API version '{sent}' for type '{resource_type}'. The supported api-versions \
         are '{supported}'."
    );
    ArmError::new(400, "NoRegisteredProviderFound", message)
}

pub(crate) fn throttled(retry_after_seconds: Option<u64>) -> ArmError {
    let message =
        "Number of requests for the subscription and operation type has exceeded the limit. Retry later.";
    ArmError { retry_after_seconds, ..ArmError::new(429, "SubscriptionRequestsThrottled", message) }
}

pub(crate) fn invalid_request_content(why: impl std::fmt::Display) -> ArmError {
    ArmError::new(400, "InvalidRequestContent", format!("The request content was invalid: {why}."))
}

pub(crate) fn invalid_parameter(name: &str, why: &str) -> ArmError {
    ArmError::new(400, "InvalidParameter", format!("The value of parameter {name} is invalid: {why}."))
}

pub(crate) fn resource_group_not_found(name: &str) -> ArmError {
    ArmError::new(404, "ResourceGroupNotFound", format!("Resource group '{name}' could not be found."))
}

pub(crate) fn subscription_not_found(id: &str) -> ArmError {
    ArmError::new(404, "SubscriptionNotFound", format!("The subscription '{id}' could not be found."))
}

pub(crate) fn resource_not_found(id: &str) -> ArmError {
    ArmError::new(404, "ResourceNotFound", format!("The Resource '{id}' was not found."))
}

pub(crate) fn parent_not_found(id: &str) -> ArmError {
    let message = format!(
        "Failed to perform the requested operation on nested resource. Parent resource '{id}' not found."
    );
    ArmError::new(404, "ParentResourceNotFound", message)
}

/// The status and code for a reference to a cluster that does not exist are not verified.
pub(crate) fn invalid_resource_reference(id: &str) -> ArmError {
    ArmError::new(400, "InvalidResourceReference", format!("The referenced resource '{id}' does not exist."))
}

pub(crate) fn property_change_not_allowed(property: &str) -> ArmError {
    ArmError::new(400, "PropertyChangeNotAllowed", format!("Changing property '{property}' is not allowed."))
}

pub(crate) fn precondition_failed(id: &str) -> ArmError {
    let message = format!("The condition of an If-Match or If-None-Match header does not hold for '{id}'.");
    ArmError::new(412, "PreconditionFailed", message)
}

/// What AKS answers while a write is running. That a fleet answers the same for its members is likely, not
/// verified.
pub(crate) fn operation_not_allowed(state: &str) -> ArmError {
    let message = format!(
        "Operation is not allowed: Another operation ({state}) is in progress, please wait for it to finish."
    );
    ArmError::new(409, "OperationNotAllowed", message)
}

/// The code for overlapping writes in one Front Door profile is not verified; 409 is what its neighbours
/// answer.
pub(crate) fn profile_busy(profile: &str) -> ArmError {
    let message =
        format!("Another operation is in progress for the profile '{profile}'. Please try again later.");
    ArmError::new(409, "Conflict", message)
}

/// The status is documented nowhere and therefore a setting.
pub(crate) fn already_joined(status: u16, cluster: &str) -> ArmError {
    let message = format!("Cluster '{cluster}' already joined another fleet.");
    ArmError::new(status, "ClusterAlreadyJoinedAnotherFleet", message)
}

/// The message is a real one; status and code are not verified, the status is a setting.
pub(crate) fn last_origin(status: u16) -> ArmError {
    let message =
        "Cannot disable or delete the last origin of an origin group that is associated with a route.";
    ArmError::new(status, if status == 409 { "Conflict" } else { "BadRequest" }, message)
}

/// That a run and its update may name one strategy only is stated; status and code are not verified.
pub(crate) fn both_strategies() -> ArmError {
    let message = "Only one of 'strategy' and 'updateStrategyId' may be set on an update run.";
    ArmError::new(400, "InvalidParameter", message)
}

/// Status and code for a start or stop out of place, and for a change of a started run, are not verified.
pub(crate) fn update_run_state(run: &str, state: &str, asked: &str) -> ArmError {
    let message = format!("Update run '{run}' is in state {state} and can't be {asked}.");
    ArmError::new(409, "OperationNotAllowed", message)
}

/// Status and code for the approval of a gate that is not pending, or takes none, are not verified.
pub(crate) fn gate_state(gate: &str, state: &str) -> ArmError {
    let message = format!("Gate '{gate}' is in state '{state}' and takes no approval now.");
    ArmError::new(409, "OperationNotAllowed", message)
}
