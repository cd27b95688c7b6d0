use serde_json::json;

use super::{BadId, Condition, FLEET, MEMBER, RUN, line};
use crate::request::*;
use crate::wire::{
    GateConfiguration, GatePatch, GateType, Group, ManagedClusterUpdate, NodeImageSelection, Skip, Stage,
    Stages, UpdateOrder, UpdateRunPut, UpdateRunPutProperties, Upgrade,
};

fn to_1_34_1(order: UpdateOrder) -> UpdateRunPut {
    UpdateRunPut {
        properties: UpdateRunPutProperties {
            order,
            managed_cluster_update: ManagedClusterUpdate {
                upgrade: Upgrade { kind: "Full".to_owned(), kubernetes_version: Some("1.34.1".to_owned()) },
                node_image_selection: Some(NodeImageSelection {
                    kind: "Latest".to_owned(),
                    custom_node_image_versions: Vec::new(),
                }),
            },
        },
    }
}

#[test]
fn a_run_is_put_by_a_strategy_or_by_stages_of_its_own_and_never_by_both() {
    let update = json!({
        "upgrade": {"type": "Full", "kubernetesVersion": "1.34.1"}, "nodeImageSelection": {"type": "Latest"},
    });
    let strategy = format!("{FLEET}/updateStrategies/waves");
    let by_strategy =
        update_run_put(RUN, &to_1_34_1(UpdateOrder::Strategy(strategy.clone()))).expect("a run id");
    assert_eq!(
        by_strategy.body,
        Some(json!({"properties": {"updateStrategyId": strategy, "managedClusterUpdate": update}}))
    );

    let stage = Stage {
        name: "canary".to_owned(),
        groups: vec![Group {
            name: "weu".to_owned(),
            max_concurrency: Some("20%".to_owned()),
            ..Group::default()
        }],
        after_stage_wait_in_seconds: Some(600),
        before_gates: vec![GateConfiguration {
            display_name: Some("ready".to_owned()),
            kind: GateType::Approval,
        }],
        ..Stage::default()
    };
    let own =
        update_run_put(RUN, &to_1_34_1(UpdateOrder::Own(Stages { stages: vec![stage] }))).expect("a run id");
    assert_eq!(
        own.body,
        Some(json!({"properties": {
            "strategy": {"stages": [{
                "name": "canary",
                "groups": [{"name": "weu", "maxConcurrency": "20%"}],
                "afterStageWaitInSeconds": 600,
                "beforeGates": [{"displayName": "ready", "type": "Approval"}],
            }]},
            "managedClusterUpdate": update,
        }}))
    );
    assert_eq!(line(Ok(own)), format!("PUT {RUN}?api-version=2026-06-01"));
}

#[test]
fn a_run_of_node_images_names_no_version() {
    let update = ManagedClusterUpdate {
        upgrade: Upgrade { kind: "NodeImageOnly".to_owned(), kubernetes_version: None },
        node_image_selection: None,
    };
    let body = serde_json::to_value(update).expect("serialisable");
    assert_eq!(body, json!({"upgrade": {"type": "NodeImageOnly"}}));
}

#[test]
fn a_run_is_made_only_where_there_is_none() {
    let request = update_run_put(RUN, &to_1_34_1(UpdateOrder::Own(Stages::default()))).expect("a run id");
    assert_eq!(request.condition, Condition::Absent);
}

#[test]
fn a_run_is_started_and_stopped_without_a_body() {
    let table = [
        (update_run_start(RUN), format!("POST {RUN}/start?api-version=2026-06-01")),
        (update_run_stop(RUN), format!("POST {RUN}/stop?api-version=2026-06-01")),
        (
            generate_update_run(&format!("{FLEET}/autoUpgradeProfiles/p")),
            format!("POST {FLEET}/autoUpgradeProfiles/p/generateUpdateRun?api-version=2026-06-01"),
        ),
    ];
    for (built, expected) in table {
        assert_eq!(built.as_ref().map(|request| &request.body), Ok(&None));
        assert_eq!(line(built), expected);
    }
}

#[test]
fn members_are_left_out_by_their_names() {
    let skip = Skip::members(&["weu-1".to_owned(), "neu-1".to_owned()]);
    let request = update_run_skip(RUN, &skip).expect("a run id");
    assert_eq!(
        request.body,
        Some(json!({"targets": [{"type": "Member", "name": "weu-1"}, {"type": "Member", "name": "neu-1"}]}))
    );
    assert_eq!(line(Ok(request)), format!("POST {RUN}/skip?api-version=2026-06-01"));
}

#[test]
fn a_gate_is_opened_by_its_state_alone() {
    let gate = format!("{FLEET}/gates/12345678-910a-bcde-f000-000000000000");
    let request = gate_patch(&gate, &GatePatch::completed()).expect("a gate id");
    assert_eq!(request.body, Some(json!({"properties": {"state": "Completed"}})));
    assert_eq!(line(Ok(request)), format!("PATCH {gate}?api-version=2026-06-01"));
}

#[test]
fn hostile_names_never_leave_their_place_in_the_path() {
    for name in ["..", "r/../../x", "r?x=1", "r#", "%2e%2e", "a\\b", "", "r/start/..", "r\n", "r/stop"] {
        let run = format!("{FLEET}/updateRuns/{name}");
        assert!(update_run_start(&run).is_err(), "start {name:?}");
        assert!(update_run(&run).is_err(), "get {name:?}");
        assert!(kubernetes_versions("s1", name).is_err(), "versions in {name:?}");
        assert!(kubernetes_versions(name, "westeurope").is_err(), "versions of {name:?}");
    }
    assert!(matches!(update_run_stop(MEMBER), Err(BadId::WrongShape { operation: "updateRuns.stop", .. })));
}
