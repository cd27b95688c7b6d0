//! Each thing that must be known before a gate is approved: while it is not so, the gate waits and says why.

use std::sync::Arc;

use fleet_core::command::Status;
use fleet_local::estate::Stamp;
use fleet_scenarios::scenario::{
    Command, HOUR, MINUTE, Scenario, Vigil, accompanied, all_of, cluster_of, stage, three_stages,
};
use fleet_simulator::{
    arm::{Notice, UpgradeFate},
    faults::{Effect, Rule},
    happening::Happening,
    net::Site,
};
use serde_json::{Value, json};

use crate::{CANARY, LATE, PROD};

/// The tag that takes a cluster out of our hands, unless configured otherwise.
const OPT_OUT: &str = "fleet-automation-opt-out";

/// The gate waits, was not approved, and gives each of `words` as its reason.
async fn waits(scenario: &Scenario, place: &str, words: &[&str]) {
    assert!(scenario.is_pending(place), "{:#?}", scenario.gates());
    let gate = scenario.gate(place).expect("a gate");
    assert!(scenario.journal.of("PATCH", gate.name()).is_empty(), "{place} was approved");
    let why = scenario.gate_waits_for(&gate).await;
    for word in words {
        assert!(why.contains(word), "`{word}` is no part of why {place} waits:\n{why}");
    }
}

/// Something is wrong before the first gate; once it is mended the run goes its way.
async fn waits_before(mut scenario: Scenario, words: &[&str], mends: impl AsyncFnOnce(&mut Scenario)) {
    let vigil = Vigil::over(&scenario, 1);
    let run = scenario.run_begins("run-1", &json!([stage("first", &["canary"])]));
    scenario.passes(HOUR).await;
    waits(&scenario, "before first/canary", words).await;
    mends(&mut scenario).await;
    scenario.passes(HOUR).await;
    assert!(scenario.is_open("before first/canary"), "mended: {:#?}", scenario.updates().await);
    scenario.ends(&run, "Completed").await;
    vigil.saw_nothing_wrong("before the update");
    scenario.gates_are_accounted_for().await;
}

/// Something is wrong with the canary once its upgrade has ended; once it is mended it serves again.
async fn waits_after(
    mut scenario: Scenario,
    words: &[&str],
    breaks: fn(&fleet_simulator::arm::Arm, &fleet_simulator::net::Sites),
    mends: impl AsyncFnOnce(&mut Scenario),
) {
    let (arm, sites) = (scenario.arm().clone(), scenario.world.sites.clone());
    scenario.arm().watchers().watch(Arc::new(move |happening| {
        if matches!(happening, Happening::UpgradeEnded { .. }) {
            breaks(&arm, &sites);
        }
    }));
    let run = scenario.run_begins("run-1", &json!([stage("first", &["canary"])]));
    let _gate = scenario.comes_to("after first/canary").await;
    scenario.passes(HOUR).await;
    waits(&scenario, "after first/canary", words).await;
    assert!(!scenario.takes_traffic(CANARY));
    mends(&mut scenario).await;
    scenario.ends(&run, "Completed").await;
    scenario.gates_are_accounted_for().await;
    scenario.is_complete(&cluster_of(CANARY), CANARY.host).await;
}

fn edit(scenario: &Scenario, stamp: Stamp, change: impl FnOnce(&mut Value)) {
    scenario.arm().edit_resource(&cluster_of(stamp), Notice::Raised, change);
}

fn failing(method: &str, path: &str) -> Rule {
    let unavailable = Effect::Status { status: 503, body: None };
    Rule::always(unavailable).method(method).path(path).expect("an expression")
}

#[tokio::test(start_paused = true)]
async fn a_cluster_that_is_stopped() {
    let scenario = Scenario::accompanying().await;
    let cluster = cluster_of(CANARY);
    scenario.world.estate.stop_cluster(&cluster);
    waits_before(scenario, &["aks-neu-01: not running"], async |scenario| {
        scenario.world.estate.start_cluster(&cluster_of(CANARY));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_cluster_that_is_busy_with_something_else() {
    let scenario = Scenario::accompanying().await;
    scenario.world.estate.set_provisioning_state(&cluster_of(CANARY), "Updating");
    waits_before(scenario, &["aks-neu-01: not idle"], async |scenario| {
        scenario.world.estate.set_provisioning_state(&cluster_of(CANARY), "Succeeded");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_node_pool_that_could_not_be_replaced_the_last_time() {
    let scenario = Scenario::accompanying().await;
    edit(&scenario, CANARY, |cluster| {
        cluster["properties"]["agentPoolProfiles"][1]["provisioningState"] = json!("Failed");
    });
    waits_before(scenario, &["aks-neu-01: not node pools ready"], async |scenario| {
        edit(scenario, CANARY, |cluster| {
            cluster["properties"]["agentPoolProfiles"][1]["provisioningState"] = json!("Succeeded");
        });
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_version_that_the_region_does_not_offer_yet() {
    let scenario = Scenario::accompanying().await;
    let _estate = scenario.world.estate.clone().offering(CANARY.region, &["1.33.2"]);
    waits_before(scenario, &["aks-neu-01: not version offered"], async |scenario| {
        scenario.world.estate.version_appears(CANARY.region, "1.33.5");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn an_origin_that_can_not_be_taken_out() {
    let scenario = Scenario::accompanying().await;
    scenario.goes_wrong(failing("PATCH", "/origins/"));
    waits_before(scenario, &["aks-neu-01: not out of traffic"], async |scenario| {
        scenario.arm().clear_faults();
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_rest_that_would_be_too_few() {
    let mut scenario = Scenario::accompanying().await;
    let _out = scenario.is_told(&Command::about(LATE.cluster, "drain", "out"), Status::Done).await;
    scenario.passes(MINUTE).await;
    waits_before(scenario, &["the configured minimum is 2"], async |scenario| {
        assert!(scenario.takes_traffic(CANARY), "all or none");
        let _back = scenario.is_told(&Command::about(LATE.cluster, "restore", "back"), Status::Done).await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_group_too_many_of_the_fleet_for_all_of_it_has_none_of_it() {
    let mut scenario = Scenario::three(|config| {
        accompanied(config);
        config["membership"]["groups"] = json!([]);
    })
    .await;
    // Everybody is in one group: two are to serve at any time.
    let run = scenario.run_begins("run-1", &json!([stage("all", &["prod"])]));
    scenario.passes(6 * HOUR).await;
    waits(&scenario, "before all/prod", &["the configured minimum is 2"]).await;
    assert!([CANARY, PROD, LATE].iter().all(|stamp| scenario.takes_traffic(*stamp)));
    assert_eq!((scenario.journal.writes(), scenario.state_of_run(&run)), (Vec::new(), "Pending".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn a_member_that_is_no_stamp_of_ours() {
    let mut scenario = Scenario::accompanying().await;
    let elsewhere = scenario.world.estate.clone().subscription("9a4c2f10-3b5e-4d87-8f21-6c0d7e5b1a02");
    let _other = elsewhere.cluster("aks-oth-01").in_update_group("canary").serving().present();
    let _run = scenario.run_begins("run-1", &json!([stage("first", &["canary"])]));
    scenario.passes(2 * HOUR).await;
    waits(&scenario, "before first/canary", &["aks-oth-01: not a stamp of ours"]).await;
}

#[tokio::test(start_paused = true)]
async fn a_cluster_that_has_opted_out() {
    let scenario = Scenario::accompanying().await;
    scenario.world.estate.tag_cluster(&cluster_of(CANARY), OPT_OUT, Some("true"));
    waits_before(scenario, &["aks-neu-01: not out of traffic"], async |scenario| {
        scenario.world.estate.tag_cluster(&cluster_of(CANARY), OPT_OUT, None);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_cluster_that_can_not_be_read() {
    let scenario = Scenario::accompanying().await;
    scenario.goes_wrong(failing("GET", &format!("/managedclusters/{}$", CANARY.cluster)));
    waits_before(scenario, &["aks-neu-01: not "], async |scenario| scenario.arm().clear_faults()).await;
}

#[tokio::test(start_paused = true)]
async fn gates_that_can_not_be_listed() {
    let mut scenario = Scenario::accompanying().await;
    scenario.goes_wrong(failing("GET", "/gates$"));
    let run = scenario.run_begins("run-1", &three_stages());
    scenario.passes(2 * HOUR).await;
    assert!(scenario.is_pending("before first/canary"));
    assert_eq!(scenario.approvals(), []);
    let why = scenario.updates().await["whyNot"].to_string();
    assert!(why.contains("gates"), "{why}");
    scenario.arm().clear_faults();
    scenario.ends(&run, "Completed").await;
}

#[tokio::test(start_paused = true)]
async fn a_version_that_was_not_reached() {
    let scenario = Scenario::accompanying().await;
    waits_after(
        scenario,
        &["aks-neu-01: not version reached"],
        |arm, _| {
            arm.edit_resource(&cluster_of(CANARY), Notice::Silent, |cluster| {
                cluster["properties"]["currentKubernetesVersion"] = json!("1.33.2");
            });
        },
        async |scenario| {
            edit(scenario, CANARY, |cluster| {
                cluster["properties"]["currentKubernetesVersion"] = json!("1.33.5");
            });
        },
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_node_pool_that_was_left_behind() {
    let scenario = Scenario::accompanying().await;
    waits_after(
        scenario,
        &["aks-neu-01: not version reached"],
        |arm, _| {
            arm.edit_resource(&cluster_of(CANARY), Notice::Silent, |cluster| {
                cluster["properties"]["agentPoolProfiles"][0]["currentOrchestratorVersion"] = json!("1.33.2");
            });
        },
        async |scenario| {
            edit(scenario, CANARY, |cluster| {
                cluster["properties"]["agentPoolProfiles"][0]["currentOrchestratorVersion"] = json!("1.33.5");
            });
        },
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_health_path_that_answers_badly_after_the_update() {
    let scenario = Scenario::accompanying().await;
    waits_after(
        scenario,
        &["aks-neu-01: not answers well"],
        |_, sites| sites.set(CANARY.host, Site::unhealthy()),
        async |scenario| {
            scenario.world.sites.set(CANARY.host, Site::healthy());
            scenario.passes(30 * MINUTE).await;
        },
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_node_image_that_was_not_reached() {
    let mut scenario = Scenario::accompanying().await;
    let arm = scenario.arm().clone();
    let old = "AKSUbuntu-2204gen2containerd-202602.10.0";
    let set = move |arm: &fleet_simulator::arm::Arm, image: &str| {
        arm.edit_resource(&cluster_of(CANARY), Notice::Silent, |cluster| {
            cluster["properties"]["agentPoolProfiles"][0]["nodeImageVersion"] = json!(image);
        });
    };
    scenario.arm().watchers().watch(Arc::new(move |happening| {
        if matches!(happening, Happening::UpgradeEnded { .. }) {
            set(&arm, old);
        }
    }));
    let stages = json!([stage("first", &["canary"])]);
    let properties = json!({
        "strategy": { "stages": stages },
        "managedClusterUpdate": {
            "upgrade": { "type": "NodeImageOnly" },
            "nodeImageSelection": { "type": "Consistent" },
        },
    });
    let run = scenario.world.estate.create_update_run("run-1", &properties).expect("a run");
    scenario.world.estate.start_update_run(&run).expect("a start");
    let _gate = scenario.comes_to("after first/canary").await;
    scenario.passes(HOUR).await;
    waits(&scenario, "after first/canary", &["aks-neu-01: not node image reached"]).await;
    set(scenario.arm(), "AKSUbuntu-2204gen2containerd-202602.23.0");
    scenario.ends(&run, "Completed").await;
    scenario.gates_are_accounted_for().await;
}

#[tokio::test(start_paused = true)]
async fn a_member_that_the_run_is_not_done_with() {
    let mut scenario = Scenario::accompanying().await;
    scenario.world.estate.next_upgrade(&cluster_of(CANARY), UpgradeFate::Fails);
    let _run = scenario.run_begins("run-1", &all_of(&["canary"], 1));
    let _gate = scenario.comes_to("after all/canary").await;
    scenario.passes(HOUR).await;
    waits(&scenario, "after all/canary", &["aks-neu-01: not done by the run"]).await;
    assert!(!scenario.takes_traffic(CANARY));
}

#[tokio::test(start_paused = true)]
async fn a_gate_that_waits_longer_than_configured_is_told_once_and_never_approved_for_it() {
    let mut scenario = Scenario::accompanying().await;
    scenario.world.estate.stop_cluster(&cluster_of(CANARY));
    let _run = scenario.run_begins("run-1", &three_stages());
    scenario.passes(12 * HOUR).await;
    assert!(scenario.is_pending("before first/canary"));
    let notices = scenario.notices();
    assert_eq!(notices.len(), 1, "{notices:#?}");
    assert_eq!(notices[0].notice, fleet_core::updates::NoticeKind::GateWaits);
    assert!(notices[0].says.contains("not running"), "{notices:#?}");
    assert_eq!(scenario.alarms().await, [("gateWaits".to_owned(), true)]);

    scenario.world.estate.start_cluster(&cluster_of(CANARY));
    scenario.passes(HOUR).await;
    assert!(scenario.is_open("before first/canary"));
    assert_eq!(scenario.alarms().await, [("gateWaits".to_owned(), true), ("gateWaits".to_owned(), false)]);
}
