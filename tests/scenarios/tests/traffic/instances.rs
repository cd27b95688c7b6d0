//! Two who act at once, in one instance of the app or in two: together they take out no more than one alone would.

use std::sync::Arc;

use fleet_core::command::{CommandResult, Status};
use fleet_local::{estate::SERVING, world::Options};
use fleet_scenarios::scenario::{Command, MINUTE, SEED, Scenario, reasons};
use fleet_simulator::{
    driver::Order,
    faults::{Effect, KillPoint, Rule},
};
use serde_json::json;

use crate::{NEU, WEU};

/// Both stamps shall be drained at the same moment, each by its own command.
async fn both_at_once(options: Options) -> (Scenario, Vec<CommandResult>) {
    let mut scenario = Scenario::with(options).await;
    for stamp in SERVING {
        scenario.orders(&Command::about(stamp.cluster, "drain", stamp.cluster));
    }
    scenario.passes(10 * MINUTE).await;
    let results = scenario.results();
    (scenario, results)
}

/// One is done, one refused with its reason, and one still serves.
fn one_is_refused(scenario: &Scenario, results: &[CommandResult]) {
    assert_eq!(results.len(), 2, "{results:#?}");
    let refused: Vec<_> = results.iter().filter(|result| result.status == Status::Refused).collect();
    assert_eq!(refused.len(), 1, "{results:#?}");
    let why = reasons(refused[0]);
    assert!(why.contains("0 other healthy origin(s) would be left"), "{why}");
    assert!(results.iter().any(|result| result.status == Status::Done), "{results:#?}");
    assert_eq!(SERVING.iter().filter(|stamp| scenario.takes_traffic(**stamp)).count(), 1);
    assert_eq!(scenario.journal.effects(), ["PATCH origins"]);
}

#[tokio::test(start_paused = true)]
async fn of_two_drains_at_once_one_instance_refuses_one() {
    let (scenario, results) = both_at_once(Options::in_process(SEED)).await;
    one_is_refused(&scenario, &results);
}

#[tokio::test(start_paused = true)]
async fn of_two_drains_at_once_two_instances_refuse_one_however_they_interleave() {
    for seed in 0..8 {
        let staggered = Order::Staggered(std::time::Duration::from_millis(120));
        let options = Options {
            instances: 2,
            order: (seed > 0).then_some(staggered),
            ..Options::in_process(SEED + seed)
        };
        let (scenario, results) = both_at_once(options).await;
        one_is_refused(&scenario, &results);
    }
}

#[tokio::test(start_paused = true)]
async fn two_people_who_drain_one_stamp_at_once_hold_it_both_and_cost_one_write() {
    let mut scenario = Scenario::with(Options { instances: 2, ..Options::in_process(SEED) }).await;
    for name in ["ann", "bob"] {
        scenario.orders(&Command::about(WEU.cluster, "drain", name).with("hold", &json!(name)));
    }
    scenario.passes(10 * MINUTE).await;
    let results = scenario.results();
    let granted = |result: &CommandResult| matches!(result.status, Status::Done | Status::Held);
    assert!(results.len() == 2 && results.iter().all(granted), "{results:#?}");
    assert_eq!(scenario.holders_of(WEU).await, ["operator ann", "operator bob"]);
    assert_eq!(scenario.journal.effects(), ["PATCH origins"]);

    let release = Command::about(WEU.cluster, "release", "ann-ends").with("hold", &json!("ann"));
    let _bobs_stays = scenario.is_told(&release, Status::Held).await;
    scenario.passes(30 * MINUTE).await;
    assert!(!scenario.takes_traffic(WEU));
}

#[tokio::test(start_paused = true)]
async fn when_both_regions_of_two_instances_fail_at_once_at_most_one_is_drained() {
    let mut scenario = Scenario::with(Options { instances: 2, ..Options::in_process(SEED) }).await;
    scenario.region_fails(WEU);
    scenario.region_fails(NEU);
    for _ in 0..60 {
        scenario.passes(MINUTE).await;
        assert!(scenario.takes_traffic(WEU) || scenario.takes_traffic(NEU));
    }
}

#[tokio::test(start_paused = true)]
async fn an_instance_that_is_lost_in_the_profiles_lane_is_taken_over_from() {
    for point in [KillPoint::BeforeWrite, KillPoint::AfterWrite] {
        let mut scenario = Scenario::with(Options { instances: 2, ..Options::in_process(SEED) }).await;
        let instances = scenario.world.simulation.instances().clone();
        scenario.arm().on_kill(Arc::new(move |invocation| {
            instances.running(invocation).unwrap_or_else(|| instances.first()).kill_instance();
        }));
        let kill = Rule::once(Effect::KillHandler(point)).method("PATCH").path("/origins/");
        scenario.goes_wrong(kill.expect("an expression"));
        scenario.orders(&Command::about(WEU.cluster, "drain", "d"));
        scenario.passes(10 * MINUTE).await;
        let up = scenario.world.simulation.instances().all().iter().filter(|host| !host.is_gone()).count();
        assert_eq!(up, 1, "one instance is lost, {point:?}");
        assert!(!scenario.takes_traffic(WEU), "the other has done it, {point:?}");
        let results = scenario.results();
        assert_eq!(results.len(), 1, "{point:?}: {results:#?}");
        assert!(matches!(results[0].status, Status::Done | Status::Held), "{results:#?}");
        assert_eq!(scenario.journal.effects(), ["PATCH origins"], "{point:?}");
    }
}
