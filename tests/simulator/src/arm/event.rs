//! What ARM tells the world: the raw material of Event Grid's events.

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
    /// No request: a service tells something by itself.
    Announced(Announcement),
}

/// What services tell without a request. The event's `resource` is the payload that belongs to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Announcement {
    /// An update run has reached a gate; the payload is the gate.
    GateCreated,
    /// A gate was completed; the payload is the gate.
    GateUpdated,
    /// A gate vanished with its run; the payload is the gate as it was.
    GateDeleted,
    /// A cluster tells something on its own topic; the payload is the event's data.
    Cluster(ClusterNews),
    /// The availability of a scale set changed; the payload is the record of it.
    AvailabilityChanged,
    /// Something was noted about a scale set; the payload is the note.
    Annotated,
}

/// What a cluster tells on its own topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ClusterNews {
    /// Nodes of a pool begin to be replaced.
    NodePoolRollingStarted,
    /// All nodes of a pool have been replaced.
    NodePoolRollingSucceeded,
    /// Replacing the nodes of a pool failed.
    NodePoolRollingFailed,
    /// A version of Kubernetes is offered to the cluster for the first time.
    NewKubernetesVersionAvailable,
    /// The cluster's version will leave support.
    ClusterSupportEnding,
    /// The cluster's version has left support.
    ClusterSupportEnded,
}

/// One finished write, or an announcement. For a long-running operation it is raised when the operation ends.
#[derive(Debug, Clone, PartialEq)]
pub struct ArmEvent {
    /// Write, delete, action, or none of them.
    pub kind: ArmEventKind,
    /// Whether it succeeded.
    pub succeeded: bool,
    /// The resource, in the casing of the request.
    pub resource_id: String,
    /// The resource type, for instance `Microsoft.ContainerService/fleets/members`.
    pub resource_type: String,
    /// The RBAC action of the operation, for instance `Microsoft.ContainerService/fleets/members/write`; empty
    /// for an announcement.
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

impl ArmEvent {
    /// Something that a service tells by itself about the resource `id`.
    pub(crate) fn announced(announcement: Announcement, id: &str, payload: Value, at: Timestamp) -> Self {
        Self {
            kind: ArmEventKind::Announced(announcement),
            succeeded: true,
            resource_id: id.to_owned(),
            resource_type: super::id::resource_type(&super::id::key(id)),
            operation_name: String::new(),
            at,
            correlation_id: String::new(),
            caller: None,
            resource: Some(payload),
        }
    }
}
