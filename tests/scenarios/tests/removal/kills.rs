//! The handler is killed at each write of a removal, before or after the write took effect: the removal still ends.

use std::collections::BTreeMap;

use fleet_scenarios::scenario::Scenario;
use fleet_simulator::faults::{Effect, KillPoint, Rule};
use serde_json::Value;

const WRITES: [(&str, &str); 5] = [
    ("PATCH", "/origins/"),
    ("DELETE", "/origins/"),
    ("DELETE", "/roleAssignments/"),
    ("DELETE", "/policyAssignments/"),
    ("DELETE", "/members/"),
];

/// The newcomer comes and goes, with a kill at one write of its going; answers what stood before and what stands after.
async fn coming_and_going(rule: Rule) -> (BTreeMap<String, Value>, BTreeMap<String, Value>) {
    let mut scenario = Scenario::begins().await;
    let before = scenario.holdings().everything();
    let cluster = scenario.newcomer_appears();
    scenario.comes_to_rest().await;
    scenario.journal.forget();
    scenario.goes_wrong(rule);
    scenario.world.estate.delete_cluster(&cluster);
    scenario.comes_to_rest().await;
    assert!(scenario.journal.writes().iter().any(|write| write.status.is_none()), "the handler was killed");
    assert!(scenario.report(&cluster).await.is_none(), "the stamp is forgotten");
    (before, scenario.holdings().everything())
}

async fn heals(point: KillPoint) {
    for (method, path) in WRITES {
        let rule = Rule::once(Effect::KillHandler(point)).method(method).path(path).expect("a pattern");
        let (before, after) = coming_and_going(rule).await;
        assert_eq!(after, before, "killed at {method} {path}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_kill_before_any_write_of_a_removal_heals() {
    heals(KillPoint::BeforeWrite).await;
}

#[tokio::test(start_paused = true)]
async fn a_kill_after_any_write_of_a_removal_heals() {
    heals(KillPoint::AfterWrite).await;
}
