//! Auto-upgrade profiles and the runs generated from them.

use serde_json::{Value, json};

use crate::arm::ArmResponse;

use super::fixture::{FLEETS, body, text};
use super::rollout::{Rollout, two_stages};

fn profile(rollout: &Rollout) -> String {
    format!("{}/autoUpgradeProfiles/weekly", rollout.estate().fleet_id())
}

fn put(rollout: &Rollout, properties: &Value) -> ArmResponse {
    rollout.lab.put(&profile(rollout), FLEETS, &json!({ "properties": properties }))
}

fn generate(rollout: &Rollout) -> ArmResponse {
    let path = format!("{}/generateUpdateRun", profile(rollout));
    rollout.lab.send(&rollout.lab.request("POST", &path, FLEETS))
}

#[test]
fn a_profile_is_written_listed_and_deleted_at_once() {
    let rollout = Rollout::new();
    assert_eq!(put(&rollout, &json!({"channel": "Stable"})).status, 201);
    assert_eq!(put(&rollout, &json!({"channel": "Rapid", "disabled": true})).status, 200);
    let (collection, _) = profile(&rollout)
        .rsplit_once('/')
        .map(|(all, name)| (all.to_owned(), name.to_owned()))
        .expect("a name");
    let listed = rollout.lab.get(&collection, FLEETS);
    assert_eq!(text(body(&listed), "/value/0/properties/channel"), "Rapid");
    assert_eq!(rollout.lab.delete(&profile(&rollout), FLEETS).status, 204);
    assert_eq!(rollout.lab.get(&profile(&rollout), FLEETS).status, 404);
}

#[test]
fn the_strategy_of_a_profile_cannot_change_and_a_target_belongs_to_its_channel() {
    let rollout = Rollout::new();
    put(&rollout, &json!({"channel": "Stable"}));
    let other = put(&rollout, &json!({"channel": "Stable", "updateStrategyId": "/x"}));
    assert_eq!(other.error_code(), Some("PropertyChangeNotAllowed"));
    for refused in [
        json!({"channel": "Weekly"}),
        json!({"channel": "TargetKubernetesVersion"}),
        json!({"channel": "Rapid", "targetKubernetesVersion": "1.33"}),
        json!({"channel": "Rapid", "longTermSupport": true}),
    ] {
        assert_eq!(put(&rollout, &refused).status, 400, "{refused}");
    }
}

#[test]
fn channels_lead_to_the_versions_that_belong_to_them() {
    let target = |properties: Value| {
        let rollout = Rollout::new();
        put(&rollout, &properties);
        let generated = generate(&rollout);
        let run = rollout.lab.get(text(body(&generated), "/id"), FLEETS);
        body(&run)["properties"]["managedClusterUpdate"]["upgrade"].clone()
    };
    let full = |version: &str| json!({"type": "Full", "kubernetesVersion": version});
    assert_eq!(target(json!({"channel": "Rapid"})), full("1.34.1"));
    assert_eq!(target(json!({"channel": "Stable"})), full("1.33.5"));
    let targeted = json!({"channel": "TargetKubernetesVersion", "targetKubernetesVersion": "1.32"});
    assert_eq!(target(targeted), full("1.32.9"));
    assert_eq!(target(json!({"channel": "NodeImage"})), json!({"type": "NodeImageOnly"}));
}

#[test]
fn generating_twice_answers_the_same_run_even_for_a_disabled_profile() {
    let mut rollout = Rollout::new();
    rollout.lab.estate = rollout.estate().clone().update_strategy("waves", &two_stages());
    let strategy = format!("{}/updateStrategies/waves", rollout.estate().fleet_id());
    put(&rollout, &json!({"channel": "Stable", "updateStrategyId": strategy, "disabled": true}));
    let first = generate(&rollout);
    let run_id = text(body(&first), "/id").to_owned();
    assert_eq!((first.status, &first.body), (200, &generate(&rollout).body));
    let name = run_id.rsplit('/').next().unwrap_or_default();
    assert!(name.starts_with("auto-weekly-stable-1-33-5-") && name.len() <= 50, "{name}");
    let run = rollout.lab.get(&run_id, FLEETS);
    assert_eq!(text(body(&run), "/properties/autoUpgradeProfileId"), profile(&rollout));
    assert_eq!(text(body(&run), "/properties/status/status/state"), "NotStarted");
    assert_eq!(body(&run)["properties"]["strategy"]["stages"], two_stages());
}

#[test]
fn a_strategy_is_replaced_as_a_whole_and_its_names_are_unique() {
    let rollout = Rollout::new();
    let path = format!("{}/updateStrategies/waves", rollout.estate().fleet_id());
    let put = |stages: Value| {
        rollout.lab.put(&path, FLEETS, &json!({"properties": {"strategy": {"stages": stages}}}))
    };
    assert_eq!(put(two_stages()).status, 201);
    assert_eq!(put(json!([{"name": "only", "groups": [{"name": "prod"}]}])).status, 200);
    let seen = rollout.lab.get(&path, FLEETS);
    assert_eq!(body(&seen)["properties"]["strategy"]["stages"].as_array().map(Vec::len), Some(1));
    for refused in [
        json!([]),
        json!([{"name": "a", "groups": [{"name": "prod"}]}, {"name": "a", "groups": [{"name": "prod"}]}]),
        json!([{"name": "a", "groups": [{"name": "prod"}, {"name": "prod"}]}]),
        json!([{"name": "a", "groups": []}]),
        json!([{"name": "A", "groups": [{"name": "prod"}]}]),
    ] {
        assert_eq!(put(refused.clone()).status, 400, "{refused}");
    }
}
