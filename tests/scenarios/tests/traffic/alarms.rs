//! When everything looks bad at once, or nobody says anything any more, nothing is drained and people are told, once.

use fleet_local::estate::NEWCOMER;
use fleet_scenarios::scenario::{HOUR, MINUTE, Scenario, cluster_of};
use fleet_simulator::monitor::MetricAlert;
use serde_json::json;

use crate::{NEU, WEU};

#[tokio::test(start_paused = true)]
async fn when_all_regions_fail_none_is_drained_and_one_alarm_is_raised() {
    let (mut scenario, _) = Scenario::with_newcomer().await;
    let all = [WEU, NEU, NEWCOMER];
    for stamp in all {
        scenario.region_fails(stamp);
    }
    scenario.passes(6 * HOUR).await;
    assert_eq!(scenario.journal.writes(), []);
    assert_eq!(scenario.alarms().await, [("massFailure".to_owned(), true)]);
    let page = scenario.page().await;
    assert_eq!(page["alarms"][0]["alarm"], "massFailure", "{page:#}");
    assert_eq!((&page["health"]["bad"], &page["health"]["braked"]), (&json!(3), &json!(true)));
    assert_eq!(page["serving"], 3);

    for stamp in all {
        scenario.region_recovers(stamp);
    }
    scenario.passes(2 * HOUR).await;
    assert_eq!(
        scenario.alarms().await,
        [("massFailure".to_owned(), true), ("massFailure".to_owned(), false)]
    );
    assert_eq!(scenario.page().await["alarms"], json!([]));
    assert_eq!(scenario.journal.writes(), []);
}

#[tokio::test(start_paused = true)]
async fn a_region_stays_drained_when_the_others_fail_as_well() {
    let (mut scenario, _) = Scenario::with_newcomer().await;
    scenario.region_fails(WEU);
    scenario.passes(10 * MINUTE).await;
    assert!(!scenario.takes_traffic(WEU));
    scenario.region_fails(NEU);
    scenario.region_fails(NEWCOMER);
    scenario.passes(2 * HOUR).await;
    assert!(!scenario.takes_traffic(WEU), "the brake brings nobody back");
    assert!(scenario.takes_traffic(NEU) && scenario.takes_traffic(NEWCOMER));
    assert_eq!(scenario.alarms().await, [("massFailure".to_owned(), true)]);
}

/// A rule on what Front Door sees of a stamp.
fn front_doors_rule() -> MetricAlert {
    let profile = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Cdn/profiles/p";
    MetricAlert::origin_health(profile, "web", WEU.host)
}

#[tokio::test(start_paused = true)]
async fn when_nobody_says_anything_any_more_nothing_changes_and_one_alarm_is_raised() {
    let mut scenario = Scenario::configured(|config| {
        config["health"]["sources"] = json!({ "probe": "ignored" });
        config["health"]["evidenceMinutes"] = json!(60);
        config["health"]["stamps"] = json!({ WEU.host: cluster_of(WEU) });
    })
    .await;
    let rule = front_doors_rule();
    let now = scenario.world.simulation.now();
    scenario.world.alert(&rule.resolved(now, now, 100.0));
    scenario.passes(30 * MINUTE).await;
    let over = ("noEvidence".to_owned(), false);
    assert_eq!(scenario.alarms().await.last(), Some(&over), "somebody speaks");
    let before = scenario.alarms().await.len();

    scenario.region_fails(WEU);
    scenario.passes(6 * HOUR).await;
    assert_eq!(scenario.alarms().await[before..], [("noEvidence".to_owned(), true)]);
    assert_eq!(scenario.journal.writes(), []);
    assert_eq!(scenario.page().await["alarms"][0]["alarm"], "noEvidence");
}

#[tokio::test(start_paused = true)]
async fn a_stamp_that_is_out_is_not_brought_back_by_silence() {
    let mut scenario = Scenario::configured(|config| {
        config["health"]["sources"] = json!({ "probe": "ignored" });
        config["health"]["evidenceMinutes"] = json!(30);
        config["health"]["stamps"] = json!({ WEU.host: cluster_of(WEU) });
    })
    .await;
    let rule = front_doors_rule();
    scenario.world.alert(&rule.fired(scenario.world.simulation.now(), 10.0));
    scenario.passes(10 * MINUTE).await;
    assert!(!scenario.takes_traffic(WEU));
    scenario.passes(6 * HOUR).await;
    assert!(!scenario.takes_traffic(WEU), "unknown is not good");
}
