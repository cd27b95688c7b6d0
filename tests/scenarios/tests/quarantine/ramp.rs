//! The ramp: the configured weights, each for its time.

use fleet_local::estate::NEWCOMER;
use fleet_scenarios::scenario::{HOUR, MINUTE, Scenario};
use fleet_simulator::net::Site;
use serde_json::json;

/// The newcomer's weights while it takes traffic, and for how many minutes each was seen.
async fn ramp_of(mut scenario: Scenario) -> Vec<(u64, u32)> {
    let _cluster = scenario.newcomer_appears();
    let mut seen: Vec<(u64, u32)> = Vec::new();
    for _ in 0..180 {
        scenario.passes(MINUTE).await;
        if !scenario.holdings().takes_traffic(NEWCOMER.host) {
            assert!(seen.is_empty(), "once in traffic, a healthy stamp stays in");
            continue;
        }
        let weight =
            scenario.holdings().origin_to(NEWCOMER.host)["properties"]["weight"].as_u64().unwrap_or(0);
        match seen.last_mut() {
            Some((last, minutes)) if *last == weight => *minutes += 1,
            _ => seen.push((weight, 1)),
        }
    }
    seen
}

#[tokio::test(start_paused = true)]
async fn a_new_stamp_takes_every_configured_step_for_its_time() {
    let seen = ramp_of(Scenario::begins().await).await;
    let weights: Vec<_> = seen.iter().map(|(weight, _)| *weight).collect();
    assert_eq!(weights, [50, 250, 1000]);
    for (weight, minutes) in &seen[..2] {
        assert!((10..=14).contains(minutes), "{minutes} minutes at weight {weight}");
    }
}

#[tokio::test(start_paused = true)]
async fn steps_may_bake_for_different_times() {
    let scenario = Scenario::configured(|config| {
        config["traffic"]["ramp"] =
            json!([{"weight": 1, "bakeMinutes": 3}, {"weight": 7, "bakeMinutes": 60}, {"weight": 500}]);
    })
    .await;
    let seen = ramp_of(scenario).await;
    let weights: Vec<_> = seen.iter().map(|(weight, _)| *weight).collect();
    assert_eq!(weights, [1, 7, 500]);
    assert!((3..=7).contains(&seen[0].1) && (60..=64).contains(&seen[1].1), "{seen:?}");
}

#[tokio::test(start_paused = true)]
async fn a_ramp_stands_still_while_the_stamps_host_cannot_be_told() {
    let mut scenario = Scenario::begins().await;
    let cluster = scenario.newcomer_appears();
    scenario.passes(5 * MINUTE).await;
    assert_eq!(scenario.holdings().origin_to(NEWCOMER.host)["properties"]["weight"], 50);
    scenario.world.estate.tag_cluster(&cluster, "fleet-automation-host", Some("not a host"));
    scenario.passes(2 * HOUR).await;
    assert_eq!(scenario.holdings().origin_to(NEWCOMER.host)["properties"]["weight"], 50);
    scenario.is_held_because(&cluster, &["public host name"]).await;
}

#[tokio::test(start_paused = true)]
async fn where_health_is_not_judged_a_ramp_stands_still_while_the_stamp_is_unhealthy_and_goes_on_once_it_is_well()
 {
    let mut scenario = Scenario::judging_no_health().await;
    let cluster = scenario.newcomer_appears();
    scenario.passes(5 * MINUTE).await;
    scenario.world.sites.set(NEWCOMER.host, Site::unhealthy());
    scenario.passes(2 * HOUR).await;
    assert_eq!(scenario.holdings().origin_to(NEWCOMER.host)["properties"]["weight"], 50);
    assert!(
        scenario.holdings().takes_traffic(NEWCOMER.host),
        "what it has it keeps: others judge its health"
    );
    scenario.is_held_because(&cluster, &["answers badly"]).await;
    scenario.world.sites.set(NEWCOMER.host, Site::healthy());
    scenario.comes_to_rest().await;
    scenario.is_complete(&cluster, NEWCOMER.host).await;
}
