use fleet_arm::page;
use serde_json::{Value, json};

use super::*;

const FLEET: &str = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.ContainerService/fleets/f";

fn seen(properties: &Value) -> RunSeen {
    let wire = json!({"id": format!("{FLEET}/updateRuns/r"), "name": "r", "eTag": "\"1\"", "properties": properties});
    run(&serde_json::from_value(wire).expect("a readable run")).expect("a run with an id")
}

fn bringing(update: &Value) -> RunSeen {
    seen(&json!({"managedClusterUpdate": update}))
}

fn at_state(status: &Value) -> RunSeen {
    seen(&json!({"managedClusterUpdate": {"upgrade": {"type": "NodeImageOnly"}}, "status": status}))
}

fn cluster(name: &str) -> String {
    format!("/subscriptions/s/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/{name}")
}

#[test]
fn a_run_keeps_its_strategy_and_the_plan_that_was_copied_from_it() {
    let strategy = format!("{FLEET}/updateStrategies/waves");
    let run = seen(&json!({
        "updateStrategyId": strategy,
        "strategy": {"stages": [{
            "name": "canary", "maxConcurrency": "20%", "afterStageWaitInSeconds": 3600,
            "beforeGates": [{"displayName": "ready", "type": "Approval"}, {"type": "ScheduledStart"}],
            "groups": [{"name": "weu", "maxConcurrency": "2", "afterGates": [{"type": "Approval"}]}],
        }]},
        "managedClusterUpdate": {
            "upgrade": {"type": "Full", "kubernetesVersion": "1.34.1"}, "nodeImageSelection": {"type": "Latest"}},
    }));
    assert_eq!(run.strategy.as_ref().map(ArmId::as_str), Some(strategy.as_str()));
    let weu = GroupPlan {
        name: "weu".to_owned(),
        concurrency: Some("2".to_owned()),
        before: Vec::new(),
        after: vec![None],
    };
    let canary = StagePlan {
        name: "canary".to_owned(),
        groups: vec![weu],
        wait_seconds: 3600,
        concurrency: Some("20%".to_owned()),
        before: vec![Some("ready".to_owned())],
        after: Vec::new(),
    };
    assert_eq!(run.plan, [canary]);
    let update = Update {
        kind: UpgradeKind::Full,
        kubernetes: Some("1.34.1".to_owned()),
        image_selection: Some("Latest".to_owned()),
    };
    assert_eq!((run.update, run.etag.as_deref()), (update, Some("\"1\"")));
}

#[test]
fn kinds_of_upgrades_compare_without_case_and_new_ones_keep_their_word() {
    let kind = |word: &str| bringing(&json!({"upgrade": {"type": word}})).update.kind;
    assert_eq!(kind("nodeimageonly"), UpgradeKind::NodeImageOnly);
    assert_eq!(kind("ControlPlaneOnly"), UpgradeKind::ControlPlaneOnly);
    assert_eq!(kind("Everything"), UpgradeKind::Other("Everything".to_owned()));
}

#[test]
fn every_part_of_a_run_has_its_state_times_and_trouble() {
    let run = at_state(&json!({
        "status": {"state": "Running", "startTime": "2026-03-01T01:10:08.395Z"},
        "failureCount": 1,
        "stages": [{
            "name": "canary", "status": {"state": "Running"}, "failureCount": 1, "maxAllowedFailures": 2,
            "groups": [{"name": "weu", "status": {"state": "Failed"}, "members": [
                {"name": "m-1", "clusterResourceId": cluster("c-1"), "message": "quota",
                 "status": {"state": "Failed", "completedTime": "2026-03-01T02:00:00Z",
                     "error": {"code": "QuotaExceeded", "message": "no cores left"}}},
                {"name": "m-2", "clusterResourceId": "nonsense", "message": "",
                 "status": {"state": "Completed", "error": {"code": "None", "message": "No error"}}},
            ]}],
        }],
    }));
    assert_eq!((&run.phase.state, run.failure_count), (&UpdateState::Running, Some(1)));
    assert_eq!(run.phase.started, "2026-03-01T01:10:08.395Z".parse().ok());
    let stage = &run.stages[0];
    assert_eq!((stage.failure_count, stage.allowed_failures), (Some(1), Some(2)));
    let [failed, done] = &stage.groups[0].members[..] else { panic!("two members") };
    assert_eq!(failed.cluster.as_ref().map(ArmId::as_str), Some(cluster("c-1").as_str()));
    assert_eq!(failed.phase.error.as_deref(), Some("QuotaExceeded: no cores left"));
    assert_eq!(
        (failed.phase.completed, failed.message.as_deref()),
        ("2026-03-01T02:00:00Z".parse().ok(), Some("quota"))
    );
    assert_eq!((&done.cluster, &done.phase.error, &done.message), (&None, &None, &None));
    assert_eq!(done.phase.state, UpdateState::Completed);
}

#[test]
fn a_state_that_is_missing_or_new_is_never_taken_for_an_end_or_a_beginning() {
    for status in
        [json!(null), json!({}), json!({"status": {"state": null}}), json!({"status": {"state": "Paused"}})]
    {
        let state = at_state(&status).phase.state;
        assert!(state.is_active() && !state.is_over(), "{status}: {state}");
    }
    assert_eq!(at_state(&json!({"status": {"state": "completed"}})).phase.state, UpdateState::Completed);
}

#[test]
fn groups_without_members_and_stages_without_groups_are_empty() {
    let run = at_state(
        &json!({"stages": [{"name": "a", "groups": [{"name": "g"}]}, {"name": "b", "groups": null}]}),
    );
    assert_eq!((run.stages[0].groups[0].members.len(), run.stages[1].groups.len()), (0, 0));
}

#[test]
fn a_gate_of_a_run_has_an_id_once_it_is_reached() {
    let id = format!("{FLEET}/gates/12345678-910a-bcde-f000-000000000000");
    let run = at_state(&json!({"stages": [{"name": "a",
        "beforeGates": [{"displayName": "ready", "gateId": id, "status": {"state": "Pending"}}],
        "afterGates": [{"displayName": "checked", "gateId": null, "status": {"state": "NotStarted"}}, {}],
    }]}));
    let gate =
        |name: Option<&str>, gate, state| GateRef { display_name: name.map(str::to_owned), gate, state };
    let stage = &run.stages[0];
    assert_eq!(stage.before, [gate(Some("ready"), ArmId::parse(&id).ok(), UpdateState::Pending)]);
    let unstated = UpdateState::Other("Unstated".to_owned());
    assert_eq!(
        stage.after,
        [gate(Some("checked"), None, UpdateState::NotStarted), gate(None, None, unstated)]
    );
}

#[test]
fn images_are_those_that_the_run_has_chosen_else_those_that_it_was_given() {
    let images = |chosen: Value| {
        seen(&json!({
            "managedClusterUpdate": {"upgrade": {"type": "NodeImageOnly"},
                "nodeImageSelection": {"type": "Custom", "customNodeImageVersions": [{"version": "given"}]}},
            "status": {"nodeImageSelection": chosen},
        }))
        .images
    };
    assert_eq!(images(json!({"selectedNodeImageVersions": [{"version": "chosen"}]})), ["chosen"]);
    for nothing in [json!({}), json!({"selectedNodeImageVersions": []}), Value::Null] {
        assert_eq!(images(nothing), ["given"]);
    }
    assert!(
        bringing(&json!({"upgrade": {"type": "Full"}, "nodeImageSelection": {"type": "Latest"}}))
            .images
            .is_empty()
    );
}

fn gates_in(items: &Value) -> Sight<Vec<GateSeen>> {
    let body = json!({"value": items}).to_string();
    gates("the fleet's gates", &page::parse(body.as_bytes()).expect("a page").listing)
}

fn a_gate(name: &str, kind: &str, target: &Value) -> Value {
    json!({"id": format!("{FLEET}/gates/{name}"), "name": name, "eTag": "e", "properties": {
        "displayName": "checks", "gateType": kind, "state": "Pending", "target": target}})
}

fn part(part: &Value) -> Value {
    json!({"id": format!("{FLEET}/updateRuns/run1"), "updateRunProperties": part})
}

#[test]
fn a_gate_names_its_run_its_part_and_its_side() {
    let of_group = json!({"name": "run1", "stage": "stage1", "group": "group1", "timing": "After"});
    let gates = gates_in(&json!([a_gate("g", "Approval", &part(&of_group))])).expect("gates");
    let [gate] = &gates[..] else { panic!("one gate") };
    assert_eq!((gate.scope.to_string().as_str(), gate.timing), ("run1/stage1/group1", Timing::After));
    assert_eq!(
        (&gate.kind, &gate.state, gate.run.name()),
        (&GateKind::Approval, &UpdateState::Pending, "run1")
    );
    assert_eq!((gate.display_name.as_deref(), gate.etag.as_deref()), (Some("checks"), Some("e")));
}

#[test]
fn a_gate_of_a_stage_names_no_group_and_a_scheduled_one_is_not_an_approval() {
    let of_stage = part(&json!({"stage": "stage1", "timing": "before"}));
    let gates = gates_in(&json!([a_gate("g", "ScheduledStart", &of_stage)])).expect("gates");
    assert_eq!((gates[0].scope.to_string().as_str(), gates[0].timing), ("run1/stage1", Timing::Before));
    assert_eq!(gates[0].kind, GateKind::Other("ScheduledStart".to_owned()));
}

#[test]
fn gates_that_are_not_about_a_part_of_a_run_hide_no_other() {
    let ours = part(&json!({"stage": "stage1", "timing": "After"}));
    let gates = gates_in(&json!([
        a_gate("elsewhere", "Approval", &json!({"id": "a thing of next year"})),
        a_gate("sideways", "Approval", &part(&json!({"stage": "stage1", "timing": "During"}))),
        a_gate("nowhere", "Approval", &part(&json!({"timing": "After"}))),
        a_gate("ours", "Approval", &ours),
    ]));
    let names: Vec<_> = gates.expect("gates").iter().map(|gate| gate.id.name().to_owned()).collect();
    assert_eq!(names, ["ours"]);
}

#[test]
fn a_gate_that_cannot_be_read_makes_the_whole_a_hole() {
    let nameless = json!({"id": "no id", "updateRunProperties": {"stage": "s", "timing": "After"}});
    for bad in [json!({"id": "/x"}), a_gate("g", "Approval", &nameless)] {
        assert!(gates_in(&json!([bad])).is_err(), "{bad}");
    }
}

#[test]
fn a_region_offers_every_version_in_full_the_lowest_first() {
    let wire = json!({"values": [
        {"version": "1.35", "isPreview": true, "patchVersions": {"1.35.0": {"upgrades": []}}},
        {"version": "1.33", "patchVersions": {"1.33.10": {}, "1.33.9": {}, "1.33.x": {}}},
    ]});
    let offer = |minor, patch, preview| Offer { version: Version(1, minor, patch), preview };
    assert_eq!(
        offers(&serde_json::from_value(wire).expect("readable")),
        [offer(33, 9, false), offer(33, 10, false), offer(35, 0, true)]
    );
}
