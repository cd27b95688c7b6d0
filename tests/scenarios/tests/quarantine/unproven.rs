//! A new stamp takes no traffic until everything is proven, and then does without a human.

use fleet_arm::operations::OPERATIONS;
use fleet_local::estate::NEWCOMER;
use fleet_scenarios::scenario::{HOUR, Scenario};
use fleet_simulator::{
    faults::{Effect, Rule},
    net::Site,
};

/// Lets time pass in quarters of an hour, after each of which the newcomer must be out of traffic.
async fn stays_out(scenario: &mut Scenario, hours: u32) {
    for hour in 0..hours * 4 {
        scenario.passes(HOUR / 4).await;
        assert!(!scenario.holdings().takes_traffic(NEWCOMER.host), "takes traffic in quarter {hour}");
    }
    assert_eq!(scenario.journal.of("PATCH", "/origins/aks-swc-01"), [], "nobody even tried");
}

#[tokio::test(start_paused = true)]
async fn a_new_stamp_that_is_unhealthy_for_days_never_takes_traffic_and_does_once_it_is_well() {
    let mut scenario = Scenario::begins().await;
    let cluster = scenario.newcomer_appears();
    scenario.world.sites.set(NEWCOMER.host, Site::unhealthy());
    stays_out(&mut scenario, 48).await;
    scenario.is_held_because(&cluster, &["quarantined", "a good probe of its health path", "503"]).await;
    assert_eq!(scenario.journal.of("PUT", "/origins/").len(), 1, "and nothing is written over and over");

    scenario.world.sites.set(NEWCOMER.host, Site::healthy());
    scenario.comes_to_rest().await;
    scenario.is_complete(&cluster, NEWCOMER.host).await;
}

#[tokio::test(start_paused = true)]
async fn a_new_stamp_that_nobody_can_reach_stays_out() {
    let mut scenario = Scenario::begins().await;
    let cluster = scenario.newcomer_appears();
    scenario.world.sites.set(NEWCOMER.host, Site::unreachable());
    stays_out(&mut scenario, 3).await;
    scenario.is_held_because(&cluster, &["quarantined", "a good probe of its health path"]).await;
    assert!(
        scenario.report(&cluster).await.expect("known").holds.iter().any(|hold| hold.owner == "quarantine")
    );
}

#[tokio::test(start_paused = true)]
async fn without_a_right_to_prove_it_a_healthy_stamp_stays_out_for_that_reason() {
    let proofs = [
        ("Microsoft.Authorization/roleAssignments/write", "pull access to registry crshop"),
        ("Microsoft.Authorization/policyAssignments/write", "policy assignment allowed-images"),
        ("Microsoft.ContainerService/fleets/members/write", "fleet membership"),
    ];
    for (action, missing) in proofs {
        let mut scenario = Scenario::begins().await;
        let granted: Vec<_> = OPERATIONS
            .iter()
            .map(|operation| operation.rbac_action)
            .filter(|granted| *granted != action)
            .collect();
        scenario.arm().grant_only(&granted);
        let cluster = scenario.newcomer_appears();
        stays_out(&mut scenario, 6).await;
        scenario.is_held_because(&cluster, &["quarantined until proven", missing]).await;
        let why = scenario.why_not(&cluster).await;
        for (_, other) in proofs.iter().filter(|(of, _)| *of != action) {
            assert!(!why.contains(other), "{other} is not what is missing:\n{why}");
        }
        scenario.arm().grant_only(&["*"]);
        scenario.passes(8 * HOUR).await;
        scenario.is_complete(&cluster, NEWCOMER.host).await;
    }
}

#[tokio::test(start_paused = true)]
async fn proofs_that_are_lost_before_the_first_enabling_worked_are_asked_for_again() {
    let mut scenario = Scenario::begins().await;
    let refused = Effect::Throttle { retry_after_seconds: Some(300) };
    let rule = Rule::once(refused).method("PATCH").path("/origins/aks-swc-01").expect("a pattern");
    scenario.goes_wrong(rule);
    let cluster = scenario.newcomer_appears();
    scenario.passes(HOUR / 30).await;
    assert_eq!(scenario.journal.of("PATCH", "/origins/aks-swc-01").len(), 1, "it was proven");
    scenario.world.sites.set(NEWCOMER.host, Site::unhealthy());
    scenario.journal.forget();
    stays_out(&mut scenario, 3).await;
    scenario.is_held_because(&cluster, &["a good probe of its health path"]).await;
}

#[tokio::test(start_paused = true)]
async fn an_unhealthy_newcomer_does_not_disturb_those_that_serve() {
    let mut scenario = Scenario::begins().await;
    let before = scenario.holdings().everything();
    let _cluster = scenario.newcomer_appears();
    scenario.world.sites.set(NEWCOMER.host, Site::unhealthy());
    scenario.passes(6 * HOUR).await;
    let after = scenario.holdings().everything();
    for (id, body) in before {
        assert_eq!(after.get(&id), Some(&body), "{id}");
    }
}
