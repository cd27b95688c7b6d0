//! How runs end: each end is told once and honestly, and a stamp whose update failed stays out until a later run or an
//! operator brings it back.

use fleet_core::{
    command::Status,
    updates::{NoticeKind, Outcome},
};
use fleet_scenarios::scenario::{
    Command, HOUR, MINUTE, Scenario, Vigil, accompanied, all_of, cluster_of, stage, three_stages,
};
use fleet_simulator::arm::UpgradeFate;
use serde_json::{Value, json};

use crate::{CANARY, LATE, PROD};

const FAILED: &str = "update run-1 failed";

/// The three groups one after the other, where the service tolerates a failure in each.
fn tolerant_stages() -> Value {
    let mut stages = three_stages();
    for stage in stages.as_array_mut().into_iter().flatten() {
        stage["maxAllowedFailures"] = json!(1);
        stage["groups"][0]["maxAllowedFailures"] = json!(1);
        // After a failure nobody could open it by evidence.
        stage["groups"][0]["afterGates"] = json!([]);
    }
    stages
}

/// A run over all three that completes although the update of prod's stamp failed.
async fn completes_with_a_failure() -> Scenario {
    // With one out for good, the next could never be spared by the usual half.
    let mut scenario = Scenario::three(|config| {
        accompanied(config);
        config["traffic"]["minimum"] = json!({ "count": 1, "percent": 0 });
    })
    .await;
    let vigil = Vigil::over(&scenario, 1);
    scenario.world.estate.next_upgrade(&cluster_of(PROD), UpgradeFate::Fails);
    let run = scenario.run_begins("run-1", &tolerant_stages());
    scenario.ends(&run, "Completed").await;
    vigil.saw_nothing_wrong("with a failure");
    scenario
}

#[tokio::test(start_paused = true)]
async fn a_run_that_the_service_calls_completed_is_told_with_its_failures() {
    let mut scenario = completes_with_a_failure().await;
    assert_eq!(scenario.verdicts(), [("run-1".to_owned(), Outcome::CompletedWithFailures)]);
    let notices = scenario.notices();
    let verdict = notices[0].verdict.clone().expect("a verdict");
    let failed: Vec<&str> = verdict.failed.iter().map(|failed| failed.member.as_str()).collect();
    assert_eq!((failed, verdict.updated), (vec![PROD.cluster], 2), "{verdict:#?}");
    scenario.passes(12 * HOUR).await;
    assert_eq!(scenario.notices(), notices, "once");
}

#[tokio::test(start_paused = true)]
async fn a_stamp_whose_update_failed_stays_out_and_people_are_told() {
    let mut scenario = completes_with_a_failure().await;
    scenario.passes(12 * HOUR).await;
    assert_eq!(scenario.holders_of(PROD).await, [FAILED]);
    assert!(!scenario.takes_traffic(PROD));
    for stamp in [CANARY, LATE] {
        scenario.is_complete(&cluster_of(stamp), stamp.host).await;
    }
    assert_eq!(scenario.alarms().await, [("updateFailed".to_owned(), true)]);
}

#[tokio::test(start_paused = true)]
async fn what_failed_is_tried_again_by_a_run_of_just_that_and_then_serves() {
    let mut scenario = completes_with_a_failure().await;
    let vigil = Vigil::over(&scenario, 1);
    let answer = scenario.asks(&Command::about_run("run-1", "retryFailed", "again")).await;
    assert!(matches!(answer.status, Status::Done | Status::Held), "{answer:#?}");
    scenario.passes_until("a second verdict", 24 * HOUR, |scenario| scenario.verdicts().len() == 2).await;
    scenario.passes(HOUR).await;
    vigil.saw_nothing_wrong("the follow-up");
    let (follow_up, outcome) = scenario.verdicts()[1].clone();
    assert_eq!(outcome, Outcome::Succeeded);
    let run = format!("{}/updateRuns/{follow_up}", scenario.world.estate.fleet_id());
    let states = scenario.states_of_members(&run);
    let attempted: Vec<&String> =
        states.iter().filter(|(_, state)| *state != "Skipped").map(|(name, _)| name).collect();
    assert_eq!(attempted, [PROD.cluster], "{states:?}");
    for stamp in [CANARY, PROD, LATE] {
        scenario.is_complete(&cluster_of(stamp), stamp.host).await;
    }
    assert_eq!(
        scenario.alarms().await,
        [("updateFailed".to_owned(), true), ("updateFailed".to_owned(), false)]
    );
    scenario.gates_are_accounted_for().await;
}

#[tokio::test(start_paused = true)]
async fn what_fails_again_stays_out() {
    let mut scenario = completes_with_a_failure().await;
    scenario.world.estate.next_upgrade(&cluster_of(PROD), UpgradeFate::Fails);
    let _again = scenario.asks(&Command::about_run("run-1", "retryFailed", "again")).await;
    scenario.passes_until("a second verdict", 24 * HOUR, |scenario| scenario.verdicts().len() == 2).await;
    scenario.passes(6 * HOUR).await;
    let (_, outcome) = scenario.verdicts()[1].clone();
    assert!(!matches!(outcome, Outcome::Succeeded | Outcome::Skipped), "{outcome:?}");
    assert!(!scenario.takes_traffic(PROD));
    let owners = scenario.holders_of(PROD).await;
    assert!(owners.len() == 1 && owners[0].ends_with(" failed"), "{owners:?}");
}

#[tokio::test(start_paused = true)]
async fn a_follow_up_that_is_stopped_before_it_has_tried_leaves_out_what_failed() {
    let mut scenario = completes_with_a_failure().await;
    let _again = scenario.asks(&Command::about_run("run-1", "retryFailed", "again")).await;
    let gate = scenario.comes_to("before second/prod").await;
    scenario.passes(2 * MINUTE).await;
    let stop = Command::about_run(&gate.run, "stopUpdate", "stop");
    let _stopped = scenario.is_told(&stop, Status::Done).await;
    scenario.passes(6 * HOUR).await;
    assert!(!scenario.takes_traffic(PROD), "nobody has mended it");
    let owners = scenario.holders_of(PROD).await;
    assert!(owners.len() == 1 && owners[0].ends_with(" failed"), "{owners:?}");
}

#[tokio::test(start_paused = true)]
async fn an_operator_brings_back_what_failed() {
    let mut scenario = completes_with_a_failure().await;
    let wrong = scenario.asks(&Command::about(PROD.cluster, "restore", "restore")).await;
    assert!(!scenario.takes_traffic(PROD), "no operator's hold is the update's: {wrong:#?}");
    // Somebody has mended the cluster by hand.
    scenario.world.estate.set_provisioning_state(&cluster_of(PROD), "Succeeded");
    scenario.passes(HOUR).await;
    assert!(!scenario.takes_traffic(PROD), "which the app takes for nobody's word");
    let release = Command::about(PROD.cluster, "release", "release").with("owner", &json!("update"));
    let answer = scenario.asks(&release).await;
    assert!(matches!(answer.status, Status::Done | Status::Held), "{answer:#?}");
    scenario.passes(3 * HOUR).await;
    assert!(scenario.takes_traffic(PROD), "{:#?}", scenario.report_of(PROD.cluster).await);
    assert!(scenario.holders_of(PROD).await.is_empty());
    assert_eq!(
        scenario.alarms().await,
        [("updateFailed".to_owned(), true), ("updateFailed".to_owned(), false)]
    );
}

#[tokio::test(start_paused = true)]
async fn a_run_that_fails_goes_on_when_it_is_started_again_and_gets_another_verdict() {
    let mut scenario = Scenario::accompanying().await;
    let vigil = Vigil::over(&scenario, 1);
    scenario.world.estate.next_upgrade(&cluster_of(PROD), UpgradeFate::Fails);
    let run = scenario.run_begins("run-1", &three_stages());
    scenario.ends(&run, "Failed").await;
    assert_eq!(scenario.verdicts(), [("run-1".to_owned(), Outcome::Failed)]);
    assert_eq!(scenario.holders_of(PROD).await, [FAILED]);

    scenario.world.estate.start_update_run(&run).expect("a start");
    scenario.ends(&run, "Completed").await;
    vigil.saw_nothing_wrong("started again");
    let verdicts = scenario.verdicts();
    assert_eq!(verdicts[1..], [("run-1".to_owned(), Outcome::Succeeded)], "{verdicts:?}");
    for stamp in [CANARY, PROD, LATE] {
        scenario.is_complete(&cluster_of(stamp), stamp.host).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_run_that_is_stopped_and_started_again_has_two_verdicts() {
    let mut scenario = Scenario::accompanying().await;
    let vigil = Vigil::over(&scenario, 1);
    let run = scenario.run_begins("run-1", &three_stages());
    let _gate = scenario.comes_to("before second/prod").await;
    scenario.world.estate.stop_update_run(&run).expect("a stop");
    scenario.passes(2 * HOUR).await;
    assert_eq!(scenario.verdicts(), [("run-1".to_owned(), Outcome::Stopped)]);
    assert!(
        [CANARY, PROD, LATE].iter().all(|stamp| scenario.takes_traffic(*stamp)),
        "nobody is out for nothing"
    );

    scenario.world.estate.start_update_run(&run).expect("a start");
    scenario.ends(&run, "Completed").await;
    vigil.saw_nothing_wrong("stopped and started");
    let told = ["run-1"; 2].map(str::to_owned);
    assert_eq!(
        scenario.verdicts(),
        told.into_iter().zip([Outcome::Stopped, Outcome::Succeeded]).collect::<Vec<_>>()
    );
    for stamp in [CANARY, PROD, LATE] {
        scenario.is_complete(&cluster_of(stamp), stamp.host).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_cluster_whose_upgrade_goes_on_after_a_stop_stays_out_until_it_ends() {
    let mut scenario = Scenario::accompanying().await;
    let vigil = Vigil::over(&scenario, 1);
    let run = scenario.run_begins("run-1", &three_stages());
    scenario.passes_until("an upgrade", 6 * HOUR, |scenario| !scenario.arm().upgrades().is_empty()).await;
    scenario.world.estate.stop_update_run(&run).expect("a stop");
    scenario.passes(6 * HOUR).await;
    vigil.saw_nothing_wrong("after the stop");
    assert!(
        scenario.takes_traffic(CANARY),
        "and serves after that: {:#?}",
        scenario.report_of(CANARY.cluster).await
    );
}

#[tokio::test(start_paused = true)]
async fn a_run_that_is_deleted_at_a_gate_is_told_and_lets_its_stamps_go() {
    let mut scenario = Scenario::accompanying().await;
    let run = scenario.run_begins("run-1", &three_stages());
    let _gate = scenario.comes_to("before first/canary").await;
    scenario.passes_until("out", HOUR, |scenario| !scenario.takes_traffic(CANARY)).await;
    scenario.world.estate.delete_update_run(&run);
    scenario.passes(2 * HOUR).await;
    assert_eq!(scenario.verdicts(), [("run-1".to_owned(), Outcome::Deleted)]);
    assert_eq!(scenario.approvals(), []);
    scenario.is_complete(&cluster_of(CANARY), CANARY.host).await;
    assert_eq!(scenario.updates().await["out"], json!([]));
}

#[tokio::test(start_paused = true)]
async fn a_run_whose_every_member_failed_is_told_as_such() {
    let mut scenario = Scenario::accompanying().await;
    scenario.world.estate.next_upgrade(&cluster_of(CANARY), UpgradeFate::Fails);
    let mut stages = all_of(&["canary"], 1);
    stages[0]["groups"][0]["afterGates"] = json!([]);
    let run = scenario.run_begins("run-1", &stages);
    scenario.ends(&run, "Completed").await;
    assert_eq!(scenario.verdicts(), [("run-1".to_owned(), Outcome::AllFailed)]);
}

#[tokio::test(start_paused = true)]
async fn a_run_of_a_group_that_is_up_to_date_is_told_as_skipped_or_done() {
    let mut scenario = Scenario::accompanying().await;
    let first = scenario.run_begins("run-1", &json!([stage("first", &["canary"])]));
    scenario.ends(&first, "Completed").await;
    let again = scenario.run_begins("run-2", &json!([stage("first", &["canary"])]));
    scenario.ends(&again, "Skipped").await;
    assert_eq!(scenario.verdicts()[1], ("run-2".to_owned(), Outcome::Skipped));
    scenario.is_complete(&cluster_of(CANARY), CANARY.host).await;
    let ended = scenario.notices().iter().filter(|notice| notice.notice == NoticeKind::RunEnded).count();
    assert_eq!(ended, 2);
}
