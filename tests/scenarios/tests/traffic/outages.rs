//! A region fails: the evidence drains it, within what the guard allows, and brings it back step by step.

use fleet_local::estate::NEWCOMER;
use fleet_scenarios::scenario::{Command, HOUR, MINUTE, Scenario, cluster_of, text};
use fleet_simulator::{
    faults::{Effect, Rule},
    net::Loss,
};
use serde_json::{Value, json};

use crate::{NEU, WEU};

#[tokio::test(start_paused = true)]
async fn a_region_that_fails_is_drained_and_comes_back_by_the_ramp() {
    let mut scenario = Scenario::begins().await;
    scenario.region_fails(WEU);
    scenario.passes(MINUTE).await;
    assert!(scenario.takes_traffic(WEU), "a minute of bad answers is no incident yet");
    scenario.passes(3 * MINUTE).await;
    assert!(!scenario.takes_traffic(WEU));
    assert_eq!(scenario.holders_of(WEU).await, ["incident"]);

    scenario.region_recovers(WEU);
    scenario.passes(8 * MINUTE).await;
    assert!(!scenario.takes_traffic(WEU), "and a few good minutes are no recovery");
    scenario.comes_back().await;
    assert_eq!(scenario.journal.effects().len(), 1 + 3, "out, and back in three steps");
    scenario.is_complete(&cluster_of(WEU), WEU.host).await;
}

#[tokio::test(start_paused = true)]
async fn every_way_of_failing_is_a_failure() {
    for loss in [Loss::AnswersBadly, Loss::Refuses, Loss::TimesOut] {
        let mut scenario = Scenario::begins().await;
        scenario.world.sites.lose_region(WEU.region, &[WEU.host], loss);
        scenario.passes(5 * MINUTE).await;
        assert!(!scenario.takes_traffic(WEU), "{loss:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_drain_takes_three_round_trips_and_one_write_for_each_origin_of_the_region() {
    let (mut scenario, _) = Scenario::with_newcomer().await;
    let _second = scenario.appears("aks-swc-02", "rg-aks-swc-02", "swc2.contoso.example");
    scenario.comes_to_rest().await;
    scenario.journal.forget();
    scenario.arm().reset_calls();
    let hosts = [NEWCOMER.host, "swc2.contoso.example"];
    scenario.world.sites.lose_region(NEWCOMER.region, &hosts, Loss::AnswersBadly);
    scenario.passes(15 * MINUTE).await;
    assert!(hosts.iter().all(|host| !scenario.holdings().takes_traffic(host)));
    let effects: Vec<_> = scenario.journal.writes().into_iter().filter(|write| write.changed).collect();
    assert_eq!(effects.len(), 2, "one write per origin: {effects:#?}");
    let drains = scenario.arm().calls_by_correlation().into_values().filter(|calls| calls.writes > 0);
    for calls in drains {
        assert!(calls.sequential_round_trips <= 3, "{calls:?}");
        assert_eq!(calls.writes, 1, "{calls:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_region_that_takes_its_own_api_along_is_drained_all_the_same() {
    let mut scenario = Scenario::begins().await;
    let out_of_order = Effect::Status { status: 503, body: None };
    let path = format!("/managedclusters/{}", WEU.cluster);
    scenario.goes_wrong(Rule::always(out_of_order).path(&path).expect("an expression"));
    scenario.region_fails(WEU);
    scenario.passes(15 * MINUTE).await;
    assert!(!scenario.takes_traffic(WEU));
}

#[tokio::test(start_paused = true)]
async fn a_second_region_that_would_be_one_too_many_is_braked() {
    let mut scenario = Scenario::begins().await;
    scenario.region_fails(WEU);
    scenario.passes(10 * MINUTE).await;
    assert!(!scenario.takes_traffic(WEU));
    scenario.region_fails(NEU);
    scenario.passes(2 * HOUR).await;
    assert!(scenario.takes_traffic(NEU), "the last one that takes traffic");
    let report = scenario.report_of(NEU.cluster).await;
    let why = report.why_not.join("\n");
    assert!(why.contains("the mass-failure brake is on: of 2 stamps, 2 look bad"), "{why}");
    assert_eq!(scenario.journal.effects(), ["PATCH origins"]);
}

#[tokio::test(start_paused = true)]
async fn with_the_brake_released_the_guard_still_counts() {
    let mut scenario = Scenario::three(|config| config["health"]["brakePercent"] = json!(100)).await;
    scenario.region_fails(WEU);
    scenario.passes(10 * MINUTE).await;
    scenario.region_fails(NEU);
    scenario.passes(2 * HOUR).await;
    assert!(!scenario.takes_traffic(WEU) && scenario.takes_traffic(NEU));
    let why = scenario.report_of(NEU.cluster).await.why_not.join("\n");
    assert!(
        why.contains("1 other healthy origin(s) would be left in traffic, the configured minimum is 2"),
        "{why}"
    );

    scenario.region_recovers(WEU);
    scenario.passes(HOUR).await;
    assert!(scenario.takes_traffic(WEU));
    assert!(!scenario.takes_traffic(NEU), "once it can be spared");
}

#[tokio::test(start_paused = true)]
async fn bad_evidence_on_the_way_back_takes_the_stamp_a_step_back() {
    let mut scenario = Scenario::begins().await;
    scenario.region_fails(WEU);
    scenario.passes(5 * MINUTE).await;
    scenario.region_recovers(WEU);
    let weight =
        |scenario: &Scenario| scenario.holdings().origin_to(WEU.host)["properties"]["weight"].clone();
    let mut minutes = 0;
    while weight(&scenario) != json!(250) {
        scenario.passes(MINUTE).await;
        minutes += 1;
        assert!(minutes < 60, "the second step never came");
    }
    scenario.passes(MINUTE).await;
    // A single bad minute: too short for an incident, long enough for the ramp.
    scenario.region_fails(WEU);
    scenario.passes(MINUTE).await;
    scenario.region_recovers(WEU);
    scenario.passes(MINUTE).await;
    assert_eq!(weight(&scenario), json!(50));
    assert!(scenario.takes_traffic(WEU));
    let entries = scenario.entries().await;
    let stepped = |entry: &Value| entry["holds"].to_string().contains("steppedBack");
    assert!(entries.iter().any(stepped), "the journal says so");
    scenario.comes_to_rest().await;
    scenario.is_complete(&cluster_of(WEU), WEU.host).await;
}

#[tokio::test(start_paused = true)]
async fn flapping_evidence_and_restarts_cost_at_most_one_drain_and_one_restore() {
    let mut scenario = Scenario::begins().await;
    for _ in 0..6 {
        scenario.region_fails(WEU);
        scenario.passes(4 * MINUTE).await;
        scenario.world.simulation.host().kill_instance();
        scenario.world.simulation.host().restart_instance().await.expect("a fresh instance");
        scenario.region_recovers(WEU);
        scenario.passes(4 * MINUTE).await;
        scenario.world.simulation.host().kill_instance();
        scenario.world.simulation.host().restart_instance().await.expect("a fresh instance");
    }
    assert_eq!(scenario.journal.effects(), ["PATCH origins"], "out once");
    scenario.comes_back().await;
    assert_eq!(scenario.journal.effects().len(), 1 + 3, "and back once, in three steps");
}

#[tokio::test(start_paused = true)]
async fn a_region_that_falls_again_and_again_must_be_well_for_longer_each_time() {
    let mut scenario = Scenario::begins().await;
    let mut waits = Vec::new();
    for _ in 0..3 {
        scenario.region_fails(WEU);
        scenario.passes(5 * MINUTE).await;
        assert!(!scenario.takes_traffic(WEU));
        scenario.region_recovers(WEU);
        let mut minutes = 0;
        while !scenario.takes_traffic(WEU) {
            scenario.passes(MINUTE).await;
            minutes += 1;
            assert!(minutes < 120, "it never came back");
        }
        waits.push(minutes);
    }
    assert!((10..=13).contains(&waits[0]), "{waits:?}");
    assert!((20..=23).contains(&waits[1]) && (40..=43).contains(&waits[2]), "{waits:?}");
}

#[tokio::test(start_paused = true)]
async fn an_operator_may_bring_nothing_back_that_the_evidence_speaks_against() {
    let mut scenario = Scenario::begins().await;
    scenario.region_fails(WEU);
    scenario.passes(10 * MINUTE).await;
    let answer = scenario.asks(&Command::about(WEU.cluster, "restore", "r")).await;
    assert!(!scenario.takes_traffic(WEU), "{answer:#?}");
    assert_eq!(scenario.holders_of(WEU).await, ["incident"]);
}

#[tokio::test(start_paused = true)]
async fn the_journal_tells_of_a_drain_with_its_calls_and_a_page_at_a_time() {
    let mut scenario = Scenario::begins().await;
    scenario.region_fails(WEU);
    scenario.passes(5 * MINUTE).await;
    scenario.region_recovers(WEU);
    scenario.comes_back().await;
    let entries = scenario.entries().await;
    let about = |entry: &&Value| text(entry, "/subject").eq_ignore_ascii_case(&cluster_of(WEU));
    let drain = entries.iter().filter(about).find(|entry| entry["actions"].to_string().contains("disable"));
    let drain = drain.expect("the drain");
    assert_eq!((text(drain, "/kind"), &drain["carriedOut"]), ("decision", &json!(true)), "{drain:#}");
    let patched = |call: &Value| {
        call["operation"] == "Origins.Update" || call["resource"].to_string().contains("/origins/")
    };
    assert!(drain["calls"].as_array().expect("calls").iter().any(patched), "{drain:#}");

    let first = scenario.json("journal", "limit=2").await;
    assert_eq!(first["entries"].as_array().map(Vec::len), Some(2));
    assert_eq!(first["entries"][0], *entries.last().expect("entries"), "newest first");
    let next = first["next"].as_str().expect("a second page");
    let second = scenario.json("journal", &format!("limit=2&cursor={next}")).await;
    assert_eq!(second["entries"][0], entries[entries.len() - 3]);
}
