//! Somebody else's decisions about traffic, and a lost memory of ours: what serves stays, what is out stays out.

use std::sync::Arc;

use fleet_handler::state::MemoryStore;
use fleet_local::{
    estate::{NEWCOMER, SERVING},
    world::Options,
};
use fleet_scenarios::scenario::{HOUR, SEED, Scenario, text};
use fleet_simulator::{arm::Notice, net::Site};
use serde_json::{Value, json};

/// Somebody changes a setting of the origin to a host in the portal.
fn somebody_sets(scenario: &Scenario, host: &str, setting: &str, value: &Value) {
    let origin = scenario.holdings().origin_to(host);
    scenario.arm().edit_resource(text(&origin, "/id"), Notice::Silent, |origin| {
        origin["properties"][setting] = value.clone();
    });
}

#[tokio::test(start_paused = true)]
async fn an_origin_that_somebody_disables_stays_disabled_under_an_unknown_owner() {
    let mut scenario = Scenario::begins().await;
    let cluster = scenario.newcomer_appears();
    scenario.comes_to_rest().await;
    scenario.journal.forget();
    somebody_sets(&scenario, NEWCOMER.host, "enabledState", &json!("Disabled"));
    scenario.passes(6 * HOUR).await;
    assert_eq!(scenario.journal.writes(), [], "nobody fights");
    scenario.is_held_because(&cluster, &["held out of traffic by unknown owner"]).await;
    assert!(!scenario.serves(&cluster).await);
}

#[tokio::test(start_paused = true)]
async fn whoever_disabled_an_origin_releases_it_by_enabling_it() {
    let mut scenario = Scenario::begins().await;
    let cluster = scenario.newcomer_appears();
    scenario.comes_to_rest().await;
    scenario.journal.forget();
    somebody_sets(&scenario, NEWCOMER.host, "enabledState", &json!("Disabled"));
    scenario.passes(HOUR).await;
    somebody_sets(&scenario, NEWCOMER.host, "enabledState", &json!("Enabled"));
    scenario.passes(HOUR).await;
    assert_eq!(scenario.journal.writes(), []);
    scenario.is_complete(&cluster, NEWCOMER.host).await;
}

#[tokio::test(start_paused = true)]
async fn a_stamp_that_served_before_us_and_is_disabled_stays_disabled() {
    let mut scenario = Scenario::begins().await;
    somebody_sets(&scenario, SERVING[0].host, "enabledState", &json!("Disabled"));
    scenario.passes(6 * HOUR).await;
    assert_eq!(scenario.journal.writes(), []);
    let report = scenario.report_of(SERVING[0].cluster).await;
    assert!(report.holds.iter().any(|hold| hold.owner == "unknown owner"), "{report:#?}");
}

#[tokio::test(start_paused = true)]
async fn a_newcomer_disabled_in_the_middle_of_its_ramp_is_not_enabled_again() {
    let mut scenario = Scenario::begins().await;
    let cluster = scenario.newcomer_appears();
    scenario.passes(HOUR / 12).await;
    assert!(scenario.holdings().takes_traffic(NEWCOMER.host), "it is on its ramp");
    somebody_sets(&scenario, NEWCOMER.host, "enabledState", &json!("Disabled"));
    scenario.passes(6 * HOUR).await;
    assert!(!scenario.holdings().takes_traffic(NEWCOMER.host));
    scenario.is_held_because(&cluster, &["unknown owner"]).await;
}

#[tokio::test(start_paused = true)]
async fn a_weight_that_somebody_changes_is_left_and_reported() {
    let mut scenario = Scenario::begins().await;
    let cluster = scenario.newcomer_appears();
    scenario.comes_to_rest().await;
    scenario.journal.forget();
    somebody_sets(&scenario, NEWCOMER.host, "weight", &json!(123));
    scenario.passes(6 * HOUR).await;
    assert_eq!(scenario.journal.writes(), []);
    assert_eq!(scenario.holdings().origin_to(NEWCOMER.host)["properties"]["weight"], 123);
    scenario.is_held_because(&cluster, &["changed to 123 by somebody else"]).await;
    assert!(scenario.serves(&cluster).await);
}

#[tokio::test(start_paused = true)]
async fn when_the_ledger_is_lost_what_serves_goes_on_and_what_is_out_stays_out() {
    let state = Arc::new(MemoryStore::default());
    let options = Options { state: Arc::<MemoryStore>::clone(&state), ..Options::in_process(SEED) };
    let mut scenario = Scenario::with(options).await;
    let cluster = scenario.newcomer_appears();
    scenario.world.sites.set(NEWCOMER.host, Site::unhealthy());
    scenario.passes(HOUR).await;
    scenario.journal.forget();

    state.lose_everything();
    scenario.world.sites.set(NEWCOMER.host, Site::healthy());
    scenario.passes(6 * HOUR).await;
    for stamp in SERVING {
        assert!(scenario.holdings().takes_traffic(stamp.host), "{} serves", stamp.cluster);
        assert!(scenario.report_of(stamp.cluster).await.serving, "and the app knows it again");
    }
    assert!(!scenario.holdings().takes_traffic(NEWCOMER.host), "why it was held is lost, so it stays held");
    scenario.is_held_because(&cluster, &["unknown owner"]).await;
    assert_eq!(scenario.journal.writes(), []);
}

#[tokio::test(start_paused = true)]
async fn where_health_is_not_judged_a_serving_stamp_that_turns_unhealthy_is_reported_and_not_taken_out() {
    let mut scenario = Scenario::judging_no_health().await;
    scenario.world.sites.set(SERVING[0].host, Site::unhealthy());
    scenario.passes(6 * HOUR).await;
    assert_eq!(scenario.journal.writes(), []);
    let report = scenario.report_of(SERVING[0].cluster).await;
    assert!(report.why_not.iter().any(|why| why.contains("answers badly")), "{report:#?}");
}
