//! What ARM tells the world after a write: the raw material of Event Grid's resource events.

use jiff::Timestamp;
use serde_json::Value;

/// What kind of request an event is about; decides between the `ResourceWrite…`, `ResourceDelete…` and
/// `ResourceAction…` event types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ArmEventKind {
    /// PUT or PATCH.
    Write,
    /// DELETE.
    Delete,
    /// POST.
    Action,
}

/// One finished write. For a long-running operation it is raised when the operation ends.
#[derive(Debug, Clone, PartialEq)]
pub struct ArmEvent {
    /// Write, delete or action.
    pub kind: ArmEventKind,
    /// Whether it succeeded.
    pub succeeded: bool,
    /// The resource, in the casing of the request.
    pub resource_id: String,
    /// The resource type, for instance `Microsoft.ContainerService/fleets/members`.
    pub resource_type: String,
    /// The RBAC action of the operation, for instance `Microsoft.ContainerService/fleets/members/write`.
    pub operation_name: String,
    /// When the operation ended. May lie before the moment at which the event is drained: operations are
    /// evaluated lazily.
    pub at: Timestamp,
    /// The correlation id of the request that began the operation.
    pub correlation_id: String,
    /// The object id of the caller; `None` for a change made by the simulated world itself.
    pub caller: Option<String>,
    /// The resource after the write; `None` after a delete.
    pub resource: Option<Value>,
}
