use serde_json::{Value, json};

use super::parsed;
use crate::page;
use crate::wire::{
    Gate, GateTiming, GateType, KubernetesVersions, UpdateOrder, UpdateRun, UpdateRunPut,
    UpdateRunPutProperties,
};

const RUN: &str =
    "/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerService/fleets/f/updateRuns/r";

fn run(properties: &Value) -> Value {
    json!({"id": RUN, "name": "r", "eTag": "\"1\"", "properties": properties})
}

fn update() -> Value {
    json!({"upgrade": {"type": "Full", "kubernetesVersion": "1.34.1"}, "nodeImageSelection": {"type": "Latest"}})
}

#[test]
fn a_run_shows_how_far_everything_in_it_is() {
    let run: UpdateRun = parsed(run(&json!({
        "provisioningState": "Succeeded", "managedClusterUpdate": update(), "autoUpgradeProfileId": "/p",
        "status": {
            "status": {"state": "Running", "startTime": "2026-03-01T01:10:08.395Z"},
            "nodeImageSelection": {"selectedNodeImageVersions": [{"version": "AKSUbuntu-2204-1"}]},
            "stages": [{
                "name": "canary", "status": {"state": "Running"}, "maxConcurrency": 10,
                "beforeGates": [{"displayName": "ready", "gateId": "/gate", "status": {"state": "Completed"}}],
                "afterGates": [{"gateId": null, "status": {"state": "NotStarted"}}],
                "groups": [{"name": "weu", "status": {"state": "Failed"}, "members": [{
                    "name": "m", "clusterResourceId": "/c", "message": "no quota",
                    "status": {"state": "Failed", "completedTime": "2026-03-01T02:00:00Z",
                        "error": {"code": "QuotaExceeded", "message": "no cores"}},
                }]}],
                "afterStageWaitStatus": {"status": {"state": "NotStarted"}, "waitDurationInSeconds": 60},
            }],
        },
    })));
    let status = run.properties.status;
    assert_eq!(status.status.state.as_deref(), Some("Running"));
    let images = status.node_image_selection.expect("a choice").selected_node_image_versions;
    assert_eq!(images[0].version, "AKSUbuntu-2204-1");
    let stage = &status.stages[0];
    assert_eq!(stage.before_gates[0].gate_id.as_deref(), Some("/gate"));
    assert_eq!(stage.after_gates[0].gate_id, None);
    let member = &stage.groups[0].members[0];
    let code = member.status.failure().and_then(|error| error.code.as_deref());
    assert_eq!((code, member.message.as_deref()), (Some("QuotaExceeded"), Some("no quota")));
}

#[test]
fn a_run_may_lack_all_that_the_service_has_not_come_to() {
    let bare: UpdateRun = parsed(run(&json!({"managedClusterUpdate": update(), "status": null})));
    assert_eq!(bare.properties.status.status.state, None);
    let empty_group =
        json!({"status": {"stages": [{"name": "s", "status": null, "groups": [{"name": "g"}]}]}});
    let properties = json!({"managedClusterUpdate": update(), "status": empty_group["status"]});
    let run: UpdateRun = parsed(run(&properties));
    assert_eq!(run.properties.status.stages[0].groups[0].members, []);
}

#[test]
fn what_a_run_brings_cannot_be_missing() {
    assert!(serde_json::from_value::<UpdateRun>(run(&json!({"status": {}}))).is_err());
}

#[test]
fn an_error_with_code_none_is_no_failure() {
    let properties = json!({"managedClusterUpdate": update(),
        "status": {"status": {"state": "Completed", "error": {"code": "None", "message": "No error"}}}});
    let run: UpdateRun = parsed(run(&properties));
    assert_eq!(run.properties.status.status.failure(), None);
}

#[test]
fn counts_of_failures_are_read_where_they_show_as_numbers() {
    let count = |count: Value| {
        let status = json!({"failureCount": count, "stages": []});
        let run: UpdateRun = parsed(run(&json!({"managedClusterUpdate": update(), "status": status})));
        run.properties.status.failure_count
    };
    assert_eq!(count(json!(4)), Some(4));
    for other in [json!("25%"), json!(-1), Value::Null] {
        assert_eq!(count(other.clone()), None, "{other}");
    }
}

#[test]
fn what_was_read_of_a_run_can_be_put_without_its_strategy() {
    let stages = json!({"stages": [{"name": "all", "groups": [{"name": "weu", "maxConcurrency": "50%",
        "afterGates": [{"displayName": "checked", "type": "Approval"}]}], "afterStageWaitInSeconds": 3600}]});
    let read: UpdateRun = parsed(run(&json!({
        "updateStrategyId": "/s", "strategy": stages, "managedClusterUpdate": update()})));
    let put = UpdateRunPut {
        properties: UpdateRunPutProperties {
            order: UpdateOrder::Own(read.properties.strategy.expect("stages")),
            managed_cluster_update: read.properties.managed_cluster_update,
        },
    };
    assert_eq!(
        serde_json::to_value(put).expect("serialisable"),
        json!({"properties": {"strategy": stages, "managedClusterUpdate": update()}})
    );
}

fn gate(properties: &Value) -> Value {
    json!({"id": "/gate", "name": "gate", "eTag": "kd30rkdfo49=", "properties": properties})
}

#[test]
fn a_gate_says_what_waits_behind_it() {
    let gate: Gate = parsed(gate(&json!({
        "displayName": "ready", "gateType": "Approval", "state": "Pending",
        "target": {"id": RUN, "updateRunProperties": {
            "name": "r", "stage": "canary", "group": "weu", "timing": "Before"}},
    })));
    assert_eq!(gate.properties.gate_type, GateType::Approval);
    assert_eq!((gate.properties.state.as_str(), gate.etag.as_deref()), ("Pending", Some("kd30rkdfo49=")));
    let part = gate.properties.target.update_run_properties.expect("a part of a run");
    assert_eq!((part.stage.as_deref(), part.group.as_deref()), (Some("canary"), Some("weu")));
    assert_eq!(part.timing, GateTiming::Before);
}

#[test]
fn gates_of_other_kinds_and_words_are_read_all_the_same() {
    let gates = json!({"value": [
        gate(&json!({"gateType": "ScheduledStart", "state": "Waiting", "absoluteStartTime": "2026-03-01T00:00:00Z",
            "target": {"id": RUN, "updateRunProperties": {"stage": "s", "timing": "During"}}})),
        gate(&json!({"gateType": "Approval", "state": "Pending", "target": {"id": "/elsewhere"}})),
    ]});
    let page = page::parse::<Gate>(gates.to_string().as_bytes()).expect("a page");
    assert_eq!(page.listing.bad, []);
    let [scheduled, elsewhere] = &page.listing.items[..] else { panic!("two gates") };
    assert_eq!(scheduled.properties.gate_type.as_str(), "ScheduledStart");
    assert_eq!(elsewhere.properties.target.update_run_properties, None);
}

#[test]
fn a_region_offers_patches_under_their_minor_versions() {
    let offered: KubernetesVersions = parsed(json!({"values": [
        {"version": "1.33", "isDefault": true, "patchVersions": {
            "1.33.5": {"upgrades": []}, "1.33.2": {"upgrades": ["1.33.5"]}}},
        {"version": "1.35", "isPreview": true, "patchVersions": {"1.35.0": {}}},
        {"version": "1.36", "isPreview": null, "patchVersions": null},
    ]}));
    let minors: Vec<_> =
        offered.values.iter().map(|minor| (minor.is_preview, minor.patch_versions.join(" "))).collect();
    assert_eq!(minors, [(false, "1.33.2 1.33.5".into()), (true, "1.35.0".into()), (false, String::new())]);
    assert!(serde_json::from_value::<KubernetesVersions>(json!({"value": []})).is_err());
}
