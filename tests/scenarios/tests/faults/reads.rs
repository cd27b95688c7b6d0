//! A read that fails leaves a hole: what hangs on it is not touched, everything else is, and the hole closes later.

use fleet_local::estate::NEWCOMER;
use fleet_scenarios::scenario::{MINUTE, Scenario};
use fleet_simulator::faults::{Effect, Rule};

/// What is listed, the words of the hole, and the writes that hang on it: a method and a part of the path.
type Hole = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

const HOLES: [Hole; 5] = [
    ("/managedClusters/aks-swc-01$", "the cluster could not be read", &[("PUT", "/"), ("PATCH", "/")]),
    ("/fleets/fleet-shop/members$", "the fleet's members", &[("PUT", "/members/"), ("PATCH", "/origins/")]),
    ("/registries/crshop$", "registry crshop", &[("PUT", "/roleassignments/"), ("PATCH", "/origins/")]),
    (
        "/roleAssignments$",
        "role assignments at registry crshop",
        &[("PUT", "/roleassignments/"), ("PATCH", "/origins/")],
    ),
    (
        "/policyAssignments$",
        "policy assignments at",
        &[("PUT", "/policyassignments/"), ("PATCH", "/origins/")],
    ),
];

fn throttled(path: &str) -> Rule {
    Rule::always(Effect::Throttle { retry_after_seconds: Some(60) })
        .method("GET")
        .path(path)
        .expect("a pattern")
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_read_is_not_acted_on_and_heals() {
    for (path, words, writes) in HOLES {
        let mut scenario = Scenario::begins().await;
        scenario.goes_wrong(throttled(path));
        let cluster = scenario.newcomer_appears();
        scenario.passes(10 * MINUTE).await;
        scenario.is_held_because(&cluster, &[words, "SubscriptionRequestsThrottled"]).await;
        for (method, part) in writes {
            assert_eq!(scenario.journal.of(method, part), [], "without {words}");
        }
        scenario.arm().clear_faults();
        scenario.comes_to_rest().await;
        scenario.is_complete(&cluster, NEWCOMER.host).await;
    }
}

#[tokio::test(start_paused = true)]
async fn without_the_list_of_origins_traffic_is_left_alone() {
    let mut scenario = Scenario::begins().await;
    scenario.goes_wrong(throttled("/origins$"));
    let cluster = scenario.newcomer_appears();
    scenario.passes(10 * MINUTE).await;
    scenario.is_held_because(&cluster, &["the origin group's origins"]).await;
    assert_eq!(scenario.journal.of("PUT", "/origins/"), []);
    assert_eq!(scenario.holdings().members_of(&cluster).len(), 1, "the rest is done");
    scenario.arm().clear_faults();
    scenario.comes_to_rest().await;
    scenario.is_complete(&cluster, NEWCOMER.host).await;
}
