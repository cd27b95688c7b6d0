//! Gates: made when a run reaches them, completed by an approval or by the clock, gone with their run.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::arm::event::{Announcement, ArmEvent};
use crate::arm::id;
use crate::arm::state::State;

use super::model::{Gate, Opening, UpdateState};
use super::progress::Look;
use super::strategy;

pub(crate) const TYPE: &str = "Microsoft.ContainerService/fleets/gates";

/// Where in a run a gate stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    pub stage: &'a str,
    pub group: Option<&'a str>,
    /// `Before` or `After`.
    pub timing: &'static str,
}

/// Reaches the gates of a place, and tells whether all of them let the run pass.
pub(super) fn pass(gates: &mut [Gate], place: Place<'_>, look: &mut Look<'_>) -> bool {
    for (index, gate) in gates.iter_mut().enumerate() {
        if gate.status.state == UpdateState::NotStarted {
            reach(gate, index, place, look);
        }
        if gate.status.state == UpdateState::Pending {
            wait_at(gate, look);
        }
    }
    gates.iter().all(|gate| gate.status.state.is_passed())
}

/// Gates of skipped parts are skipped; whether that raises an event is not documented, and none is raised.
pub(super) fn skip(gates: &mut [Gate], state: &mut State, now: Timestamp) {
    for gate in gates.iter_mut().filter(|gate| !gate.status.state.is_passed()) {
        gate.status.enter(UpdateState::Skipped, now);
        if let Some(id) = &gate.id {
            state.store.edit(id, |body| body["properties"]["state"] = json!("Skipped"));
        }
    }
}

/// Completes a pending gate's resource. Its run sees it when the service looks at it next.
pub(crate) fn complete(state: &mut State, gate: &str, now: Timestamp) {
    state.store.edit(gate, |body| body["properties"]["state"] = json!("Completed"));
    announce(state, Announcement::GateUpdated, gate, now);
}

/// Removes the gates of a deleted run.
pub(crate) fn remove_all(state: &mut State, run: &str, now: Timestamp) {
    let collection = format!("{}/gates", id::parent(run));
    let of_run = |body: &Value| {
        let target = body["properties"]["target"]["id"].as_str().unwrap_or_default();
        id::key(target) == id::key(run)
    };
    let gates = state.store.children(&collection, "").filter(|(_, body)| of_run(body));
    let ids: Vec<String> = gates.map(|(key, _)| key.to_owned()).collect();
    for gate in ids {
        announce(state, Announcement::GateDeleted, &gate, now);
        state.store.remove(&gate);
    }
}

/// Makes the gate's resource. Its name is a GUID.
fn reach(gate: &mut Gate, index: usize, place: Place<'_>, look: &mut Look<'_>) {
    let (run, now) = (look.run.clone(), look.now);
    let key = [
        "gate",
        &id::key(&run),
        &look.created.to_string(),
        place.stage,
        place.group.unwrap_or_default(),
        place.timing,
        &index.to_string(),
    ];
    let name = look.state.seed.guid(&key).to_string();
    let gate_id = format!("{}/gates/{name}", id::parent(&run));
    look.state.store.put(&gate_id, body(gate, place, &run, &gate_id));
    gate.id = Some(gate_id.clone());
    gate.status.enter(UpdateState::Pending, now);
    announce(look.state, Announcement::GateCreated, &gate_id, now);
}

fn body(gate: &Gate, place: Place<'_>, run: &str, gate_id: &str) -> Value {
    let mut position = json!({"name": id::name(run), "stage": place.stage, "timing": place.timing});
    if let Some(group) = place.group {
        position["group"] = json!(group);
    }
    let mut properties = json!({
        "provisioningState": "Succeeded",
        "target": {"id": run, "updateRunProperties": position},
        "gateType": "Approval",
        "state": "Pending",
    });
    if let Some(name) = &gate.display_name {
        properties["displayName"] = json!(name);
    }
    if let Opening::ScheduledStart(start) = gate.opening {
        properties["gateType"] = json!("ScheduledStart");
        properties["absoluteStartTime"] = json!(start.to_string());
    }
    json!({"id": gate_id, "name": id::name(gate_id), "type": TYPE, "properties": properties})
}

/// Sees whether a pending gate has been completed, or completes it when its time has come.
fn wait_at(gate: &mut Gate, look: &mut Look<'_>) {
    let Some(gate_id) = gate.id.clone() else { return };
    if let Opening::ScheduledStart(start) = gate.opening {
        if start > look.now {
            look.wake_at(start);
        } else {
            complete(look.state, &gate_id, look.now);
        }
    }
    let completed = |body: &Value| body["properties"]["state"] == "Completed";
    if look.state.store.get(&gate_id).is_some_and(completed) {
        gate.status.enter(UpdateState::Completed, look.now);
    }
}

fn announce(state: &mut State, what: Announcement, gate: &str, now: Timestamp) {
    let Some(mut body) = state.store.get(gate).cloned() else { return };
    let scheduled = body["properties"]["gateType"] != "Approval";
    if scheduled && !state.settings.updates.scheduled_gates_raise_events {
        return;
    }
    strategy::without_preview(&mut body);
    let id = body["id"].as_str().unwrap_or(gate).to_owned();
    state.outbox.push(ArmEvent::announced(what, &id, body, now));
}
