//! The status of a run as callers read it.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::arm::id;
use crate::arm::state::State;

use super::model::{Gate, Group, Limits, Member, Run, Selection, Stage, Status};

/// Writes the run's status into its resource, if it differs from what stands there.
pub(super) fn show(run: &Run, state: &mut State) {
    let status = status_of(run, &families(run, state));
    if state.store.get(&run.id).is_some_and(|body| body["properties"]["status"] != status) {
        state.store.edit(&run.id, |body| body["properties"]["status"] = status);
    }
}

/// The families of node images that the run's clusters have: the part of an image's name before its numbers.
fn families(run: &Run, state: &State) -> BTreeSet<String> {
    let clusters = run.stages.iter().flat_map(Stage::members).map(|member| &member.cluster);
    let bodies = clusters.filter_map(|cluster| state.store.get(cluster));
    let pools =
        bodies.flat_map(|body| body["properties"]["agentPoolProfiles"].as_array().into_iter().flatten());
    let images = pools.filter_map(|pool| pool["nodeImageVersion"].as_str()?.rsplit_once('-'));
    images.map(|(family, _)| family.to_owned()).collect()
}

fn status_of(run: &Run, families: &BTreeSet<String>) -> Value {
    let failures: usize = run.stages.iter().map(Stage::failures).sum();
    let images = match (&run.update.image, run.update.selection) {
        (Some(image), Selection::Consistent) => {
            let named = families.iter().map(|family| json!({"version": format!("{family}-{image}")}));
            json!({"selectedNodeImageVersions": named.collect::<Vec<_>>()})
        }
        _ => json!({}),
    };
    json!({
        "status": status(&run.status),
        "stages": run.stages.iter().map(stage).collect::<Vec<_>>(),
        "nodeImageSelection": images,
        "failureCount": failures,
    })
}

fn stage(stage: &Stage) -> Value {
    let mut shown = json!({
        "status": status(&stage.status),
        "name": stage.name,
        "maxConcurrency": stage.concurrency(),
        "groups": stage.groups.iter().map(group).collect::<Vec<_>>(),
        "failureCount": stage.failures(),
        "maxAllowedFailures": shown_limit(stage.limits, stage.members().count()),
    });
    add_gates(&mut shown, &stage.before, &stage.after);
    if stage.wait_seconds > 0 {
        shown["afterStageWaitStatus"] =
            json!({"status": status(&stage.wait), "waitDurationInSeconds": stage.wait_seconds});
    }
    shown
}

/// A group without members has no list of them.
fn group(group: &Group) -> Value {
    let mut shown = json!({
        "status": status(&group.status),
        "name": group.name,
        "maxConcurrency": group.concurrency(),
        "failureCount": group.failures(),
        "maxAllowedFailures": shown_limit(group.limits, group.members.len()),
    });
    if !group.members.is_empty() {
        shown["members"] = group.members.iter().map(member).collect();
    }
    add_gates(&mut shown, &group.before, &group.after);
    shown
}

fn shown_limit(limits: Limits, size: usize) -> usize {
    limits.failures.of(size)
}

fn member(member: &Member) -> Value {
    let mut shown = json!({
        "status": status(&member.status),
        "name": member.name,
        "clusterResourceId": id::with_lower_groups(&member.cluster),
    });
    if let Some(operation) = &member.operation {
        shown["operationId"] = json!(operation);
    }
    if let Some(message) = &member.message {
        shown["message"] = json!(message);
    }
    shown
}

fn add_gates(shown: &mut Value, before: &[Gate], after: &[Gate]) {
    for (name, gates) in [("beforeGates", before), ("afterGates", after)] {
        if !gates.is_empty() {
            shown[name] = gates.iter().map(gate).collect();
        }
    }
}

/// A gate has no id before it is reached.
fn gate(gate: &Gate) -> Value {
    let mut shown = json!({"status": status(&gate.status)});
    if let Some(name) = &gate.display_name {
        shown["displayName"] = json!(name);
    }
    if let Some(id) = &gate.id {
        shown["gateId"] = json!(id::with_lower_groups(id));
    }
    shown
}

fn status(status: &Status) -> Value {
    let mut shown = Map::from_iter([("state".to_owned(), json!(status.state.name()))]);
    for (name, time) in [("startTime", status.started), ("completedTime", status.completed)] {
        if let Some(time) = time {
            shown.insert(name.to_owned(), json!(time.to_string()));
        }
    }
    if let Some(problem) = &status.error {
        shown.insert("error".to_owned(), json!({"code": problem.code, "message": problem.message}));
    }
    Value::Object(shown)
}
