//! The fleet changes while a run is under way.

use fleet_core::updates::Outcome;
use fleet_scenarios::scenario::{HOUR, Scenario, Vigil, cluster_of, text, three_stages};
use serde_json::json;

use crate::{CANARY, LATE, PROD};

#[tokio::test(start_paused = true)]
async fn a_member_that_joins_a_group_whose_turn_is_yet_to_come_is_taken_out_and_updated_too() {
    let mut scenario = Scenario::three(|config| {
        fleet_scenarios::scenario::accompanied(config);
        config["traffic"]["minimum"] = json!({ "count": 1, "percent": 0 });
    })
    .await;
    let vigil = Vigil::over(&scenario, 1);
    let run = scenario.run_begins("run-1", &three_stages());
    let _gate = scenario.comes_to("before first/canary").await;
    // In Sweden: the group `late`.
    let cluster = scenario.appears("aks-swc-02", "rg-aks-swc-02", "swc2.contoso.example");
    scenario.ends(&run, "Completed").await;
    vigil.saw_nothing_wrong("a member more");
    assert_eq!(scenario.arm().upgrades().len(), 4);
    scenario.gates_are_accounted_for().await;
    scenario.is_complete(&cluster, "swc2.contoso.example").await;
}

#[tokio::test(start_paused = true)]
async fn a_member_that_leaves_before_its_turn_is_not_waited_for() {
    let mut scenario = Scenario::accompanying().await;
    let run = scenario.run_begins("run-1", &three_stages());
    let _gate = scenario.comes_to("before first/canary").await;
    scenario.world.estate.delete_cluster(&cluster_of(LATE));
    scenario.ends(&run, "Completed").await;
    let verdicts = scenario.verdicts();
    assert_eq!(verdicts, [("run-1".to_owned(), Outcome::Succeeded)]);
    assert_eq!(scenario.arm().upgrades().len(), 2);
    scenario.gates_are_accounted_for().await;
    for stamp in [CANARY, PROD] {
        let report = scenario.report_of(stamp.cluster).await;
        assert!(report.serving && report.holds.is_empty(), "{report:#?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_cluster_that_is_deleted_while_its_gate_waits_leaves_nothing_behind() {
    let mut scenario = Scenario::accompanying().await;
    let run = scenario.run_begins("run-1", &three_stages());
    let _gate = scenario.comes_to("before third/late").await;
    scenario.passes_until("out", HOUR, |scenario| !scenario.takes_traffic(LATE)).await;
    scenario.world.estate.delete_cluster(&cluster_of(LATE));
    scenario.passes(24 * HOUR).await;
    assert!(scenario.holdings().origins_to(LATE.host).is_empty());
    let updates = scenario.updates().await;
    assert_eq!(updates["out"], json!([]), "{updates:#}");
    let state = scenario.state_of_run(&run);
    assert!(matches!(state.as_str(), "Completed" | "Pending"), "{state}");
    if state == "Pending" {
        let gate = scenario.gate("before third/late").expect("a gate");
        assert!(!scenario.gate_waits_for(&gate).await.is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn a_group_without_members_holds_nobody_up() {
    let mut scenario = Scenario::accompanying().await;
    let mut stages = three_stages();
    stages.as_array_mut().expect("stages").insert(1, fleet_scenarios::scenario::stage("empty", &["nobody"]));
    let run = scenario.run_begins("run-1", &stages);
    scenario.ends(&run, "Completed").await;
    let run = scenario.arm().resource(&run).expect("a run");
    assert_eq!(text(&run, "/properties/status/stages/1/status/state"), "Skipped");
    scenario.gates_are_accounted_for().await;
}
