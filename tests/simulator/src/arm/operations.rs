//! Long-running operations. They take simulated time and are carried on lazily: whoever looks next, sees them
//! ended.
//!
//! What a write asked for is stored when the operation begins. When it fails, the resource keeps that and
//! shows Failed until the next write; what the real services keep is not verified.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::event::ArmEvent;
use super::id;
use super::store::Store;

/// Which service runs an operation: the two differ in their status URLs and bodies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Service {
    Fleets,
    FrontDoor,
}

/// What happens to the resource when the operation succeeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Finish {
    /// Its `provisioningState` becomes Succeeded.
    Settle,
    /// It disappears.
    Remove,
}

/// Where an operation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Progress {
    Running,
    Succeeded,
    Failed,
}

/// One operation.
#[derive(Debug, Clone)]
pub(crate) struct Operation {
    /// A GUID.
    pub id: String,
    pub service: Service,
    /// The id of the resource that is written.
    pub target: String,
    pub finish: Finish,
    /// Resources on which no other operation may begin meanwhile, by key.
    pub locks: Vec<String>,
    /// The provisioning state meanwhile, for instance Joining.
    pub doing: &'static str,
    pub started: Timestamp,
    /// `None` when it never ends.
    pub ends: Option<Timestamp>,
    /// The code with which it fails.
    pub failure: Option<String>,
    pub progress: Progress,
    /// How often `Location` has been polled; each poll answers a new URL.
    pub polls: u32,
    /// What is told to the world at the end; completed then.
    pub event: ArmEvent,
}

/// All operations, ended ones too.
#[derive(Debug, Default)]
pub(crate) struct Operations {
    by_id: BTreeMap<String, Operation>,
    due: BTreeSet<(Timestamp, String)>,
    locks: BTreeMap<String, String>,
}

impl Operations {
    pub(crate) fn start(&mut self, operation: Operation) {
        if let Some(ends) = operation.ends {
            self.due.insert((ends, operation.id.clone()));
        }
        for lock in &operation.locks {
            self.locks.insert(lock.clone(), operation.id.clone());
        }
        self.by_id.insert(operation.id.clone(), operation);
    }

    pub(crate) fn get_mut(&mut self, id: &str) -> Option<&mut Operation> {
        self.by_id.get_mut(&id.to_ascii_lowercase())
    }

    /// The operation that holds `id`, if one runs.
    pub(crate) fn holding(&self, id: &str) -> Option<&Operation> {
        self.by_id.get(self.locks.get(&id::key(id))?)
    }

    /// When the next operation ends.
    pub(crate) fn next_end(&self) -> Option<Timestamp> {
        self.due.first().map(|(ends, _)| *ends)
    }

    /// Ends what is due at `now`, in the order of the ends, and answers the events of it.
    pub(crate) fn carry_on(&mut self, store: &mut Store, now: Timestamp) -> Vec<ArmEvent> {
        let mut events = Vec::new();
        while self.next_end().is_some_and(|ends| ends <= now) {
            let Some((ends, id)) = self.due.pop_first() else { break };
            let Some(operation) = self.by_id.get_mut(&id) else { continue };
            self.locks.retain(|_, holder| *holder != id);
            events.push(operation.end(store, ends));
        }
        events
    }
}

impl Operation {
    /// Makes the end visible in the store and answers the event of it.
    fn end(&mut self, store: &mut Store, at: Timestamp) -> ArmEvent {
        match (&self.failure, self.finish) {
            (Some(code), _) => {
                let error = json!({"code": code, "message": format!("The operation failed: {code}.")});
                store.edit(&self.target, |body| settle(body, "Failed", Some(error)));
            }
            (None, Finish::Settle) => {
                store.edit(&self.target, |body| settle(body, "Succeeded", None));
            }
            (None, Finish::Remove) => {
                store.remove(&self.target);
            }
        }
        self.progress = if self.failure.is_some() { Progress::Failed } else { Progress::Succeeded };
        let resource = store.get(&self.target).cloned();
        ArmEvent { succeeded: self.failure.is_none(), at, resource, ..self.event.clone() }
    }
}

/// Writes the final state. The error of the last operation is shown where the type has a place for it.
fn settle(body: &mut Value, state: &str, error: Option<Value>) {
    body["properties"]["provisioningState"] = json!(state);
    let Some(status) = body.pointer_mut("/properties/status").and_then(Value::as_object_mut) else { return };
    match error {
        Some(error) => status.insert("lastOperationError".to_owned(), error),
        None => status.remove("lastOperationError"),
    };
}
