//! The ordinary course of a run, gate by gate, and what it costs.

use std::time::Duration;

use fleet_core::updates::Outcome;
use fleet_scenarios::scenario::{
    HOUR, MINUTE, SOAK, Scenario, TARGET, Vigil, cluster_of, stage, text, three_stages,
};
use serde_json::json;

use crate::{CANARY, LATE, PROD};

#[tokio::test(start_paused = true)]
async fn a_run_is_taken_through_its_gates_and_every_stamp_serves_again() {
    let mut scenario = Scenario::accompanying().await;
    let vigil = Vigil::over(&scenario, 2);
    let run = scenario.run_begins("run-1", &three_stages());
    scenario.ends(&run, "Completed").await;
    vigil.saw_nothing_wrong("the ordinary course");
    scenario.gates_are_accounted_for().await;
    assert_eq!(scenario.verdicts(), [("run-1".to_owned(), Outcome::Succeeded)]);
    for stamp in [CANARY, PROD, LATE] {
        scenario.is_complete(&cluster_of(stamp), stamp.host).await;
        let cluster = scenario.arm().resource(&cluster_of(stamp)).expect("a cluster");
        assert_eq!(text(&cluster, "/properties/currentKubernetesVersion"), TARGET);
    }
    assert_eq!(scenario.arm().upgrades().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_run_costs_one_write_a_gate_and_four_an_origin() {
    let mut scenario = Scenario::accompanying().await;
    let run = scenario.run_begins("run-1", &three_stages());
    scenario.ends(&run, "Completed").await;
    let of = |kind: &str| scenario.journal.effects().iter().filter(|effect| *effect == kind).count();
    assert_eq!(of("PATCH gates"), 6);
    assert_eq!(scenario.approvals().len(), 6, "and none that changes nothing");
    assert_eq!(of("PATCH origins"), 3 * (1 + 3), "each out once, and back in three steps");
    assert_eq!(scenario.journal.writes().len(), 6 + 12, "nothing else: {:#?}", scenario.journal.effects());
}

#[tokio::test(start_paused = true)]
async fn before_an_update_a_stamp_is_out_for_the_soak_and_the_evidence_is_kept() {
    let mut scenario = Scenario::accompanying().await;
    let _run = scenario.run_begins("run-1", &three_stages());
    let gate = scenario.comes_to("before first/canary").await;
    scenario.passes_until("out", HOUR, |scenario| !scenario.takes_traffic(CANARY)).await;
    let out = scenario.world.simulation.now();
    assert_eq!(scenario.holders_of(CANARY).await, ["update run-1/first/canary"]);
    assert!(scenario.is_pending("before first/canary") && scenario.arm().upgrades().is_empty());

    scenario.passes_until("open", HOUR, |scenario| scenario.is_open("before first/canary")).await;
    // The minute in which the stamp went out was looked at from its end.
    assert!(scenario.world.simulation.now() >= out + SOAK - MINUTE);
    let approval = scenario.note_of(&gate).await["approval"].clone();
    let asked: Vec<&str> =
        approval["evidence"].as_array().expect("evidence").iter().map(|piece| text(piece, "/asks")).collect();
    for asks in ["outOfTraffic", "offered", "running", "idle", "poolsReady", "restServes"] {
        assert!(asked.contains(&asks), "{asks} is no part of {approval:#}");
    }
}

#[tokio::test(start_paused = true)]
async fn after_an_update_the_version_is_checked_before_the_stamp_comes_back() {
    let mut scenario = Scenario::accompanying().await;
    let _run = scenario.run_begins("run-1", &three_stages());
    let gate = scenario.comes_to("after first/canary").await;
    assert!(!scenario.takes_traffic(CANARY));
    scenario.passes_until("open", HOUR, |scenario| scenario.is_open("after first/canary")).await;
    let approval = scenario.note_of(&gate).await["approval"].clone();
    let asked: Vec<&str> =
        approval["evidence"].as_array().expect("evidence").iter().map(|piece| text(piece, "/asks")).collect();
    for asks in ["updated", "versionReached", "running", "idle", "poolsReady", "answers"] {
        assert!(asked.contains(&asks), "{asks} is no part of {approval:#}");
    }
    scenario.passes_until("back", HOUR, |scenario| scenario.takes_traffic(CANARY)).await;
    let weight = scenario.holdings().origin_to(CANARY.host)["properties"]["weight"].clone();
    assert_eq!(weight, 50, "by the ramp");
}

#[tokio::test(start_paused = true)]
async fn groups_side_by_side_go_out_one_after_the_other_where_two_are_one_too_many() {
    let mut scenario = Scenario::accompanying().await;
    let vigil = Vigil::over(&scenario, 2);
    let run = scenario.run_begins("run-1", &json!([stage("all", &["canary", "prod", "late"])]));
    scenario.ends(&run, "Completed").await;
    vigil.saw_nothing_wrong("side by side");
    scenario.gates_are_accounted_for().await;
}

#[tokio::test(start_paused = true)]
async fn a_gate_that_completes_by_the_clock_is_left_to_the_clock() {
    let mut scenario = Scenario::accompanying().await;
    let vigil = Vigil::over(&scenario, 2);
    let start = scenario.world.simulation.now() + 3 * HOUR;
    let mut stages = three_stages();
    stages[1]["beforeGates"] = json!([{ "type": "ScheduledStart", "displayName": "at night", "absoluteStartTime": start.to_string() }]);
    let run = scenario.run_begins("run-1", &stages);
    let gate = scenario.comes_to("before second").await;
    assert_eq!(gate.kind, "ScheduledStart");
    scenario.passes_until("its time", 4 * HOUR, |scenario| scenario.is_open("before second")).await;
    assert!(scenario.world.simulation.now() >= start);
    assert!(scenario.journal.of("PATCH", gate.name()).is_empty());
    scenario.ends(&run, "Completed").await;
    vigil.saw_nothing_wrong("with a gate that completes by itself");
    scenario.gates_are_accounted_for().await;
}

#[tokio::test(start_paused = true)]
async fn gates_of_a_stage_hold_all_of_its_groups() {
    // Two of three at once: more than the minimum of half, unless one may serve alone.
    let mut scenario = Scenario::three(|config| {
        fleet_scenarios::scenario::accompanied(config);
        config["traffic"]["minimum"] = json!({ "count": 1, "percent": 0 });
    })
    .await;
    let vigil = Vigil::over(&scenario, 1);
    let approval = |name: &str| json!([{ "type": "Approval", "displayName": name }]);
    let pair = json!({
        "name": "pair",
        "groups": [{ "name": "prod" }, { "name": "late" }],
        "beforeGates": approval("go"),
        "afterGates": approval("well"),
    });
    let run = scenario.run_begins("run-1", &json!([pair]));
    scenario.passes_until("open", HOUR, |scenario| scenario.is_open("before pair")).await;
    for stamp in [PROD, LATE] {
        assert_eq!(scenario.holders_of(stamp).await, ["update run-1/pair"]);
    }
    assert!(scenario.takes_traffic(CANARY));
    scenario.ends(&run, "Completed").await;
    vigil.saw_nothing_wrong("a stage's gates");
    scenario.gates_are_accounted_for().await;
}

#[tokio::test(start_paused = true)]
async fn members_whose_maintenance_windows_are_closed_are_waited_for_out_of_traffic() {
    let mut scenario = Scenario::accompanying().await;
    let vigil = Vigil::over(&scenario, 2);
    let now = scenario.world.simulation.now();
    scenario.world.estate.maintenance_windows(&cluster_of(PROD), &[(now + 5 * HOUR, now + 12 * HOUR)]);
    let run = scenario.run_begins("run-1", &three_stages());
    scenario.ends(&run, "Completed").await;
    vigil.saw_nothing_wrong("closed windows");
    let upgrade =
        scenario.arm().upgrades().into_iter().find(|upgrade| upgrade.cluster.ends_with(PROD.cluster));
    assert!(upgrade.expect("an upgrade").from >= now + 5 * HOUR);
}

#[tokio::test(start_paused = true)]
async fn a_run_is_followed_with_a_bounded_number_of_reads() {
    let mut scenario = Scenario::accompanying().await;
    scenario.arm().reset_calls();
    let run = scenario.run_begins("run-1", &three_stages());
    scenario.ends(&run, "Completed").await;
    let looks = scenario.arm().calls_by_correlation();
    let most = looks.values().map(|calls| calls.reads).max().unwrap_or_default();
    let longest = looks.values().map(|calls| calls.sequential_round_trips).max().unwrap_or_default();
    println!(
        "{} looks, at most {most} reads and {longest} round trips each, {} reads in all",
        looks.len(),
        scenario.arm().calls().reads
    );
    assert!(most <= 20, "{most} reads in one look");
    assert!(longest <= 4, "{longest} sequential round trips in one look");
}

#[tokio::test(start_paused = true)]
async fn a_gate_that_no_rule_answers_is_left_to_people() {
    let mut scenario = Scenario::three(|config| {
        fleet_scenarios::scenario::accompanied(config);
        config["updates"]["gates"][0]["stage"] = json!("second");
    })
    .await;
    let _run = scenario.run_begins("run-1", &three_stages());
    let gate = scenario.comes_to("before first/canary").await;
    scenario.passes(Duration::from_secs(6 * 3600)).await;
    assert!(scenario.takes_traffic(CANARY) && scenario.is_pending("before first/canary"));
    assert_eq!(scenario.journal.writes(), []);
    assert!(!scenario.gate_waits_for(&gate).await.is_empty(), "and the page says so");
}

#[tokio::test(start_paused = true)]
async fn where_updates_are_only_observed_nothing_is_written() {
    let mut scenario = Scenario::three(|config| {
        fleet_scenarios::scenario::accompanied(config);
        config["updates"]["mode"] = json!("observe");
    })
    .await;
    let _run = scenario.run_begins("run-1", &three_stages());
    let gate = scenario.comes_to("before first/canary").await;
    scenario.passes(6 * HOUR).await;
    assert_eq!(scenario.journal.writes(), []);
    assert!(scenario.takes_traffic(CANARY));
    assert!(!scenario.gate_waits_for(&gate).await.is_empty(), "but the page says what would be");
}
