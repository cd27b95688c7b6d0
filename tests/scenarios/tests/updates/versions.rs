//! New versions of Kubernetes: nothing, a run, or a run that is started, by a strategy or an auto-upgrade profile.

use fleet_core::updates::{NoticeKind, Outcome};
use fleet_local::world::Options;
use fleet_scenarios::scenario::{HOUR, SEED, Scenario, Vigil, accompanied, cluster_of, text, three_stages};
use serde_json::{Value, json};

use crate::{CANARY, LATE, PROD};

const RUNS: &str = "Microsoft.ContainerService/fleets/updateRuns";

fn by_strategy(config: &mut Value, action: &str) {
    accompanied(config);
    config["updates"]["newVersions"] = json!({ "action": action, "strategy": "careful" });
}

fn creates(config: &mut Value) {
    by_strategy(config, "create");
}

fn starts(config: &mut Value) {
    by_strategy(config, "createAndStart");
}

fn follows_minors(config: &mut Value) {
    starts(config);
    config["updates"]["newVersions"]["follow"] = json!("minor");
}

/// Every region offers what the clusters run and nothing newer; a strategy and a profile are there.
async fn up_to_date(configure: fn(&mut Value)) -> Scenario {
    let options = Options { configure, ..Options::in_process(SEED) };
    let mut scenario = Scenario::unmet(options).await;
    let mut estate = scenario.world.estate.clone().update_strategy("careful", &three_stages());
    let strategy = format!("{}/updateStrategies/careful", estate.fleet_id());
    estate =
        estate.auto_upgrade_profile("steady", json!({ "channel": "Rapid", "updateStrategyId": strategy }));
    for stamp in [CANARY, PROD, LATE] {
        estate = estate.offering(stamp.region, &["1.32.9", "1.33.2"]);
    }
    scenario.world.estate = estate;
    let _late = scenario.newcomer_appears();
    scenario.comes_to_rest().await;
    scenario.journal.forget();
    scenario
}

fn appears_everywhere(scenario: &Scenario, version: &str) {
    for stamp in [CANARY, PROD, LATE] {
        scenario.world.estate.version_appears(stamp.region, version);
    }
}

fn runs(scenario: &Scenario) -> Vec<Value> {
    scenario.arm().resources_of_type(RUNS)
}

fn version_of(run: &Value) -> &str {
    text(run, "/properties/managedClusterUpdate/upgrade/kubernetesVersion")
}

fn state_of(run: &Value) -> &str {
    text(run, "/properties/status/status/state")
}

#[tokio::test(start_paused = true)]
async fn off_is_off() {
    let mut scenario = up_to_date(accompanied).await;
    appears_everywhere(&scenario, "1.33.5");
    scenario.passes(12 * HOUR).await;
    assert_eq!(runs(&scenario), Vec::<Value>::new());
    assert_eq!(scenario.journal.writes(), []);
}

#[tokio::test(start_paused = true)]
async fn a_run_is_made_for_people_to_start() {
    let mut scenario = up_to_date(creates).await;
    assert_eq!(runs(&scenario), Vec::<Value>::new(), "nothing is newer yet");
    appears_everywhere(&scenario, "1.33.5");
    scenario.passes(12 * HOUR).await;
    let made = runs(&scenario);
    assert_eq!(made.len(), 1, "{made:#?}");
    assert_eq!((version_of(&made[0]), state_of(&made[0])), ("1.33.5", "NotStarted"));
    assert_eq!(scenario.journal.effects(), ["PUT updateruns"]);
    let notices = scenario.notices();
    assert_eq!(notices.len(), 1, "{notices:#?}");
    assert_eq!(notices[0].notice, NoticeKind::RunCreated);
}

#[tokio::test(start_paused = true)]
async fn a_run_is_made_and_started_once_for_a_version_that_every_cluster_tells_of() {
    let mut scenario = up_to_date(starts).await;
    let vigil = Vigil::over(&scenario, 2);
    appears_everywhere(&scenario, "1.33.5");
    scenario.passes(24 * HOUR).await;
    vigil.saw_nothing_wrong("a run of our own making");
    let made = runs(&scenario);
    assert_eq!(made.len(), 1, "{made:#?}");
    assert_eq!(state_of(&made[0]), "Completed");
    assert_eq!(scenario.journal.of("PUT", "/updateruns/").len(), 1);
    assert_eq!(scenario.journal.of("POST", "/start").len(), 1);
    let outcomes: Vec<Outcome> = scenario.verdicts().into_iter().map(|(_, outcome)| outcome).collect();
    assert_eq!(outcomes, [Outcome::Succeeded]);
    for stamp in [CANARY, PROD, LATE] {
        let cluster = scenario.arm().resource(&cluster_of(stamp)).expect("a cluster");
        assert_eq!(text(&cluster, "/properties/currentKubernetesVersion"), "1.33.5");
    }
}

#[tokio::test(start_paused = true)]
async fn without_any_event_the_sweep_finds_a_new_version() {
    let mut scenario = up_to_date(creates).await;
    let drop = fleet_simulator::event_grid::ChaosRule::always(fleet_simulator::event_grid::ChaosEffect::Drop);
    scenario.world.simulation.event_grid().unsettle(drop);
    appears_everywhere(&scenario, "1.33.5");
    scenario.passes(12 * HOUR).await;
    assert_eq!(runs(&scenario).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_profile_makes_the_run() {
    let mut scenario = up_to_date(|config| {
        accompanied(config);
        config["updates"]["newVersions"] = json!({ "action": "createAndStart", "profile": "steady" });
    })
    .await;
    appears_everywhere(&scenario, "1.33.5");
    scenario.passes(24 * HOUR).await;
    let made = runs(&scenario);
    assert_eq!(made.len(), 1, "{made:#?}");
    assert_eq!((version_of(&made[0]), state_of(&made[0])), ("1.33.5", "Completed"));
    assert_eq!(scenario.journal.of("POST", "/generateupdaterun").len(), 1);
    assert_eq!(scenario.journal.of("POST", "/start").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_profile_that_starts_its_runs_itself_is_not_in_the_way() {
    let mut scenario = up_to_date(|config| {
        accompanied(config);
        config["updates"]["newVersions"] = json!({ "action": "createAndStart", "profile": "steady" });
    })
    .await;
    scenario.arm().configure(|settings| settings.updates.start_generated_runs = true);
    appears_everywhere(&scenario, "1.33.5");
    scenario.passes(24 * HOUR).await;
    let made = runs(&scenario);
    assert_eq!(made.len(), 1, "{made:#?}");
    assert_eq!(state_of(&made[0]), "Completed");
}

#[tokio::test(start_paused = true)]
async fn while_a_run_is_under_way_there_is_no_second_one() {
    let mut scenario = up_to_date(starts).await;
    appears_everywhere(&scenario, "1.33.4");
    let _gate = scenario.comes_to("after first/canary").await;
    appears_everywhere(&scenario, "1.33.5");
    while scenario.verdicts().is_empty() {
        assert!(runs(&scenario).len() == 1, "{:#?}", runs(&scenario));
        scenario.passes(HOUR / 4).await;
    }
    scenario.passes(36 * HOUR).await;
    let versions: Vec<String> = runs(&scenario).iter().map(|run| version_of(run).to_owned()).collect();
    assert_eq!(versions.len(), 2, "its turn comes: {versions:?}");
    assert!(versions.contains(&"1.33.5".to_owned()), "{versions:?}");
}

#[tokio::test(start_paused = true)]
async fn a_run_of_somebody_elses_keeps_ours_waiting() {
    let mut scenario = up_to_date(starts).await;
    scenario.world.estate.version_appears(CANARY.region, "1.33.4");
    let theirs = scenario.run_of_kind_is_made(
        "theirs",
        &three_stages(),
        &json!({ "type": "Full", "kubernetesVersion": "1.33.4" }),
    );
    scenario.world.estate.start_update_run(&theirs).expect("a start");
    scenario.passes(HOUR).await;
    appears_everywhere(&scenario, "1.33.5");
    scenario.passes(12 * HOUR).await;
    let started =
        runs(&scenario).iter().filter(|run| !matches!(state_of(run), "NotStarted" | "Completed")).count();
    assert_eq!(started, 1, "{:#?}", runs(&scenario));
}

#[tokio::test(start_paused = true)]
async fn a_version_that_some_region_lacks_is_not_asked_for() {
    let mut scenario = up_to_date(starts).await;
    scenario.world.estate.version_appears(CANARY.region, "1.33.5");
    scenario.passes(12 * HOUR).await;
    assert_eq!(runs(&scenario), Vec::<Value>::new());
    let why = scenario.updates().await["whyNot"].to_string();
    println!("{why}");
    scenario.world.estate.version_appears(PROD.region, "1.33.5");
    scenario.world.estate.version_appears(LATE.region, "1.33.5");
    scenario.passes(24 * HOUR).await;
    assert_eq!(runs(&scenario).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn nobody_is_taken_below_the_minor_that_the_fleet_runs_nor_above_it_unless_configured() {
    let mut scenario = up_to_date(starts).await;
    appears_everywhere(&scenario, "1.32.11");
    appears_everywhere(&scenario, "1.34.1");
    scenario.passes(12 * HOUR).await;
    assert_eq!(runs(&scenario), Vec::<Value>::new());

    let mut scenario = up_to_date(follows_minors).await;
    appears_everywhere(&scenario, "1.32.11");
    appears_everywhere(&scenario, "1.34.1");
    scenario.passes(24 * HOUR).await;
    let versions: Vec<String> = runs(&scenario).iter().map(|run| version_of(run).to_owned()).collect();
    assert_eq!(versions, ["1.34.1"]);
}

#[tokio::test(start_paused = true)]
async fn a_strategy_that_does_not_exist_is_a_reason_and_no_run() {
    let mut scenario = up_to_date(|config| {
        accompanied(config);
        config["updates"]["newVersions"] = json!({ "action": "createAndStart", "strategy": "careless" });
    })
    .await;
    appears_everywhere(&scenario, "1.33.5");
    scenario.passes(6 * HOUR).await;
    assert_eq!(runs(&scenario), Vec::<Value>::new());
    let why = scenario.updates().await["whyNot"].to_string();
    assert!(why.contains("careless"), "{why}");
    assert!(scenario.journal.writes().len() <= 10, "no loop: {:#?}", scenario.journal.writes());
}
