//! Looking at and changing the state from outside, as the simulated world and tests do, without a call to
//! ARM.

use serde_json::{Value, json};

use super::Arm;
use super::event::{ArmEvent, ArmEventKind};
use super::id;

/// Whether the world's change raises an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// It raises a resource event, as a write by somebody else does.
    Raised,
    /// Nobody is told.
    Silent,
}

impl Arm {
    /// The resource as stored, operations that have ended by now included; `None` when it does not exist.
    #[must_use]
    pub fn resource(&self, id: &str) -> Option<Value> {
        let mut state = self.lock();
        state.carry_on(self.clock().now());
        state.store.get(id).cloned()
    }

    /// All resources of a type, for instance `Microsoft.ContainerService/fleets/members`, in the order of
    /// their ids.
    #[must_use]
    pub fn resources_of_type(&self, resource_type: &str) -> Vec<Value> {
        let mut state = self.lock();
        state.carry_on(self.clock().now());
        state.store.of_type(resource_type, "", "").map(|(_, body)| body.clone()).collect()
    }

    /// Creates or replaces a resource. `body` must hold `type`; `id` and `name` are filled in.
    pub fn put_resource(&self, id: &str, mut body: Value, notice: Notice) {
        body["id"] = json!(id);
        body["name"] = json!(id::name(id));
        let event = self.world_event(id, &body, ArmEventKind::Write, "write");
        let mut state = self.lock();
        state.store.put(id, body);
        state.outbox.extend((notice == Notice::Raised).then_some(event));
    }

    /// Changes a resource in place; false when it does not exist.
    pub fn edit_resource(&self, id: &str, notice: Notice, change: impl FnOnce(&mut Value)) -> bool {
        let edited = self.lock().store.edit(id, change);
        if let (true, Notice::Raised, Some(body)) = (edited, notice, self.resource(id)) {
            let event = self.world_event(id, &body, ArmEventKind::Write, "write");
            self.lock().outbox.push(event);
        }
        edited
    }

    /// Removes a resource; false when it does not exist. What lies below it stays, as role assignments of a
    /// deleted principal do: remove it too if it should go.
    pub fn remove_resource(&self, id: &str, notice: Notice) -> bool {
        let Some(body) = self.lock().store.remove(id) else { return false };
        if notice == Notice::Raised {
            let event = self.world_event(id, &body, ArmEventKind::Delete, "delete");
            self.lock().outbox.push(event);
        }
        true
    }

    /// What is told about a change by the world, whose caller nobody knows.
    pub(super) fn world_event(&self, id: &str, body: &Value, kind: ArmEventKind, verb: &str) -> ArmEvent {
        let resource_type = body["type"].as_str().unwrap_or_default().to_owned();
        let now = self.clock().now();
        ArmEvent {
            kind,
            succeeded: true,
            resource_id: id.to_owned(),
            operation_name: format!("{resource_type}/{verb}"),
            resource_type,
            at: now,
            correlation_id: self.seed().guid(&["world", verb, &id::key(id), &now.to_string()]).to_string(),
            caller: None,
            resource: (kind != ArmEventKind::Delete).then(|| body.clone()),
        }
    }
}
