//! How update runs begin, proceed and end.

use jiff::SignedDuration;
use serde_json::json;

use crate::arm::ArmEventKind;

use super::fixture::{FLEETS, body, text};
use super::rollout::{Rollout, TARGET, full, two_stages};

fn names_and_states(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, state)| ((*name).to_owned(), (*state).to_owned())).collect()
}

#[test]
fn a_new_run_is_succeeded_and_not_started_and_lists_its_members() {
    let rollout = Rollout::new();
    let created = rollout.create(&two_stages());
    assert_eq!(created.status, 201);
    assert_eq!(text(body(&created), "/properties/provisioningState"), "Succeeded");
    assert_eq!(text(body(&created), "/properties/status/status/state"), "NotStarted");
    let states = [("weu", "NotStarted"), ("neu", "NotStarted"), ("sdc", "NotStarted")];
    assert_eq!(rollout.members(), names_and_states(&states));
    assert!(!created.headers.contains_key("azure-asyncoperation"));
}

#[test]
fn start_answers_the_old_state_and_etag_and_shows_running_a_second_later() {
    let rollout = Rollout::new();
    let created = rollout.create(&two_stages());
    let started = rollout.act("start");
    assert_eq!(started.status, 200);
    assert_eq!(text(body(&started), "/properties/status/status/state"), "NotStarted");
    assert_eq!(body(&started)["eTag"], body(&created)["eTag"]);
    assert_eq!(rollout.state(""), "NotStarted");
    rollout.pass(1);
    assert_eq!(rollout.state(""), "Running");
    assert_ne!(rollout.run()["eTag"], body(&created)["eTag"]);
    assert!(rollout.run()["properties"]["status"]["status"]["startTime"].is_string());
}

#[test]
fn a_start_raises_the_event_of_an_action_on_the_run_and_nothing_tells_its_end() {
    let rollout = Rollout::started(&json!([{"name": "first", "groups": [{"name": "canary"}]}]));
    let told = rollout.arm().take_events();
    let [created, started] = told.as_slice() else { panic!("two events, not {told:?}") };
    assert_eq!((created.kind, started.kind), (ArmEventKind::Write, ArmEventKind::Action));
    assert_eq!(started.operation_name, "Microsoft.ContainerService/fleets/updateRuns/start/action");
    assert_eq!(started.resource_id, rollout.run_id());
    rollout.come_to_rest();
    let later = rollout.arm().take_events();
    assert!(later.iter().all(|event| matches!(event.kind, ArmEventKind::Announced(_))), "{later:?}");
}

#[test]
fn over_many_seeds_limits_and_order_hold_and_a_run_fails_exactly_when_a_member_did() {
    let groups = json!([{"name": "canary"}, {"name": "prod"}]);
    let stages = json!([{"name": "all", "maxConcurrency": "2", "groups": groups}]);
    for seed in 0..60 {
        let rollout = Rollout::with_seed(seed);
        rollout.arm().configure(|settings| settings.updates.failures_per_mille = 200);
        rollout.start(&stages);
        rollout.come_to_rest();
        let upgrades = rollout.arm().upgrades();
        let side_by_side =
            |moment| upgrades.iter().filter(|one| one.from <= moment && one.to > Some(moment)).count();
        assert!(upgrades.iter().all(|one| side_by_side(one.from) <= 2), "seed {seed}: {upgrades:#?}");
        let of_prod: Vec<_> = upgrades.iter().filter(|one| one.cluster != rollout.weu).collect();
        assert!(of_prod.windows(2).all(|pair| pair[0].to <= Some(pair[1].from)), "seed {seed}: {of_prod:#?}");
        let failed = upgrades.iter().any(|upgrade| upgrade.succeeded == Some(false));
        assert_eq!(rollout.state(""), if failed { "Failed" } else { "Completed" }, "seed {seed}");
    }
}

#[test]
fn stages_follow_one_another_and_a_group_goes_one_by_one() {
    let rollout = Rollout::started(&two_stages());
    rollout.come_to_rest();
    assert_eq!(rollout.state(""), "Completed");
    let upgrades = rollout.arm().upgrades();
    let [first, second, third] = upgrades.as_slice() else { panic!("three upgrades, not {upgrades:?}") };
    assert_eq!(first.cluster.rsplit('/').next(), Some("aks-weu"));
    assert!(first.to <= Some(second.from) && second.to <= Some(third.from), "{upgrades:#?}");
    assert_eq!(third.succeeded, Some(true));
}

#[test]
fn groups_of_a_stage_go_side_by_side() {
    let stages = json!([{"name": "all", "groups": [{"name": "canary"}, {"name": "prod"}]}]);
    let rollout = Rollout::started(&stages);
    rollout.pass(1);
    let states = [("weu", "Running"), ("neu", "Running"), ("sdc", "NotStarted")];
    assert_eq!(rollout.members(), names_and_states(&states));
}

#[test]
fn the_limit_of_a_group_lets_more_members_run_and_that_of_the_stage_fewer() {
    let groups = json!([{"name": "canary"}, {"name": "prod", "maxConcurrency": "2"}]);
    let wide = Rollout::started(&json!([{"name": "all", "groups": groups}]));
    wide.pass(1);
    assert!(wide.members().iter().all(|(_, state)| state == "Running"), "{:?}", wide.members());
    let narrow = Rollout::started(&json!([{"name": "all", "groups": groups, "maxConcurrency": "70%"}]));
    narrow.pass(1);
    let running = narrow.members().into_iter().filter(|(_, state)| state == "Running").count();
    assert_eq!(running, 2, "70% of three, rounded down");
}

#[test]
fn limits_above_what_the_service_takes_are_refused() {
    let rollout = Rollout::new();
    let above_size = json!([{"name": "all", "groups": [{"name": "prod", "maxConcurrency": "3"}]}]);
    let above_stage =
        json!([{"name": "all", "maxConcurrency": "1", "groups": [{"name": "prod", "maxConcurrency": "2"}]}]);
    let above_system = json!([{"name": "all", "maxConcurrency": "51", "groups": [{"name": "prod"}]}]);
    let number = json!([{"name": "all", "maxConcurrency": 2, "groups": [{"name": "prod"}]}]);
    for stages in [above_size, above_stage, above_system, number] {
        assert_eq!(rollout.create(&stages).status, 400, "{stages}");
    }
}

#[test]
fn without_a_strategy_everybody_is_updated_one_by_one() {
    let rollout = Rollout::new();
    let properties = json!({"managedClusterUpdate": full()});
    let created = rollout.lab.put(&rollout.run_id(), FLEETS, &json!({ "properties": properties }));
    assert_eq!(created.status, 201);
    assert_eq!(rollout.members().len(), 3);
    rollout.act("start");
    rollout.pass(1);
    assert_eq!(rollout.members().iter().filter(|(_, state)| state == "Running").count(), 1);
}

#[test]
fn a_stored_strategy_is_copied_and_putting_back_what_get_answered_is_refused() {
    let rollout = Rollout::new();
    let strategy = format!("{}/updateStrategies/waves", rollout.estate().fleet_id());
    let stages = json!({"properties": {"strategy": {"stages": two_stages()}}});
    assert_eq!(rollout.lab.put(&strategy, FLEETS, &stages).status, 201);
    let properties = json!({"updateStrategyId": strategy, "managedClusterUpdate": full()});
    let created = rollout.lab.put(&rollout.run_id(), FLEETS, &json!({ "properties": properties }));
    assert_eq!(body(&created)["properties"]["strategy"]["stages"], two_stages());
    let again = rollout.lab.put(&rollout.run_id(), FLEETS, body(&created));
    assert_eq!((again.status, again.error_code()), (400, Some("InvalidParameter")));
    assert_eq!(rollout.lab.delete(&strategy, FLEETS).status, 200);
    rollout.act("start");
    rollout.come_to_rest();
    assert_eq!(rollout.state(""), "Completed", "the run kept its copy");
}

#[test]
fn the_wait_after_a_stage_holds_the_next_one_back() {
    let mut stages = two_stages();
    stages[0]["afterStageWaitInSeconds"] = json!(3600);
    let rollout = Rollout::started(&stages);
    rollout.come_to_rest();
    let upgrades = rollout.arm().upgrades();
    let waited = upgrades[1].from.duration_since(upgrades[0].to.expect("an end"));
    assert_eq!(waited, SignedDuration::from_hours(1));
    assert_eq!(rollout.state("/stages/0/afterStageWaitStatus"), "Completed");
}

#[test]
fn stopping_lets_the_upgrade_under_way_go_on_and_a_start_takes_up_the_rest() {
    let rollout = Rollout::started(&two_stages());
    rollout.pass(1);
    let stopping = rollout.act("stop");
    assert_eq!(text(body(&stopping), "/properties/status/status/state"), "Stopping");
    rollout.pass(1);
    assert_eq!(rollout.state(""), "Stopped");
    rollout.come_to_rest();
    assert_eq!(rollout.cluster_text(&rollout.weu, "/properties/currentKubernetesVersion"), TARGET);
    assert_eq!(rollout.members()[0].1, "Stopped");
    assert_eq!(rollout.act("start").status, 200);
    rollout.come_to_rest();
    let states = [("weu", "Skipped"), ("neu", "Completed"), ("sdc", "Completed")];
    assert_eq!(rollout.members(), names_and_states(&states));
    assert_eq!(rollout.state(""), "Completed");
}

#[test]
fn start_and_stop_out_of_place_are_refused() {
    let rollout = Rollout::new();
    rollout.create(&two_stages());
    assert_eq!(rollout.act("stop").status, 409);
    rollout.act("start");
    assert_eq!(rollout.act("start").status, 409, "a second start");
    rollout.come_to_rest();
    assert_eq!((rollout.act("start").status, rollout.act("stop").status), (409, 409));
    assert_eq!(rollout.create(&two_stages()).status, 409, "a started run does not change");
}

#[test]
fn a_running_run_can_be_deleted_and_its_upgrade_goes_on() {
    let rollout = Rollout::started(&two_stages());
    rollout.pass(1);
    let deleted = rollout.lab.delete(&rollout.run_id(), FLEETS);
    assert_eq!((deleted.status, deleted.body), (200, None));
    assert_eq!(rollout.lab.get(&rollout.run_id(), FLEETS).status, 404);
    assert_eq!(rollout.lab.delete(&rollout.run_id(), FLEETS).status, 204);
    rollout.come_to_rest();
    assert_eq!(rollout.arm().upgrades().len(), 1, "nobody else's turn comes");
    assert_eq!(rollout.cluster_text(&rollout.weu, "/properties/provisioningState"), "Succeeded");
}

#[test]
fn skipping_shows_at_once_and_works_before_the_start() {
    let rollout = Rollout::new();
    rollout.create(&two_stages());
    let targets = json!({"targets": [{"type": "Group", "name": "prod"}]});
    let skip = format!("{}/skip", rollout.run_id());
    let skipped = rollout.lab.send(&rollout.lab.request("POST", &skip, FLEETS).json(&targets));
    assert_eq!(skipped.status, 200);
    let group = body(&skipped).pointer("/properties/status/stages/1/groups/0").expect("the group").clone();
    assert_eq!(text(&group, "/status/state"), "Skipped");
    assert_eq!(text(&group, "/members/0/message"), "skipped by request.");
    rollout.act("start");
    rollout.come_to_rest();
    assert_eq!((rollout.state("").as_str(), rollout.state("/stages/1").as_str()), ("Completed", "Skipped"));
    let unknown = json!({"targets": [{"type": "Member", "name": "nobody"}]});
    assert_eq!(rollout.lab.send(&rollout.lab.request("POST", &skip, FLEETS).json(&unknown)).status, 400);
}

#[test]
fn members_that_join_before_their_stage_are_in_and_those_that_leave_are_out() {
    let rollout = Rollout::started(&two_stages());
    rollout.pass(1);
    let extra = rollout.estate().cluster("aks-frc").in_region("francecentral");
    let extra = extra.with_member_named("frc").in_update_group("prod").serving().present();
    assert_eq!(rollout.lab.delete(&rollout.lab.member("neu"), FLEETS).status, 202);
    rollout.come_to_rest();
    let states = [("weu", "Completed"), ("frc", "Completed"), ("sdc", "Completed")];
    assert_eq!(rollout.members(), names_and_states(&states));
    assert_eq!(rollout.cluster_text(&extra, "/properties/currentKubernetesVersion"), TARGET);
}

#[test]
fn a_member_that_leaves_in_its_stage_is_skipped() {
    let stages = json!([{"name": "all", "groups": [{"name": "prod"}]}]);
    let rollout = Rollout::started(&stages);
    rollout.pass(1);
    assert_eq!(rollout.lab.delete(&rollout.lab.member("sdc"), FLEETS).status, 202);
    rollout.come_to_rest();
    assert_eq!(rollout.members(), names_and_states(&[("neu", "Completed"), ("sdc", "Skipped")]));
}

#[test]
fn a_run_over_clusters_at_the_target_is_skipped() {
    let rollout = Rollout::started(&two_stages());
    rollout.come_to_rest();
    rollout.lab.delete(&rollout.run_id(), FLEETS);
    rollout.start(&two_stages());
    rollout.come_to_rest();
    assert_eq!(rollout.state(""), "Skipped");
    assert_eq!(rollout.arm().upgrades().len(), 3, "those of the first run");
}

#[test]
fn what_only_the_preview_knows_is_not_simulated_for_callers() {
    let rollout = Rollout::new();
    let tolerant = json!([{"name": "all", "maxAllowedFailures": 1, "groups": [{"name": "prod"}]}]);
    assert_eq!(rollout.create(&tolerant).status, 501);
    let scheduled =
        json!([{"name": "all", "groups": [{"name": "prod"}], "beforeGates": [{"type": "ScheduledStart"}]}]);
    assert_eq!(rollout.create(&scheduled).status, 501);
}
