//! Runs of all shapes, drawn by a seed: what must hold holds in every one.

use std::time::Duration;

use fleet_core::updates::Outcome;
use fleet_local::{estate::SERVING, world::Options};
use fleet_scenarios::scenario::{HOUR, Scenario, Vigil, accompanied, cluster_of};
use fleet_simulator::{
    arm::UpgradeFate,
    chance::Seed,
    event_grid::{ChaosEffect, ChaosRule},
    net::Site,
};
use serde_json::{Value, json};

/// Where a fleet of five has its fourth and fifth stamp.
const MORE: [(&str, &str, &str); 2] = [
    ("aks-gwc-01", "germanywestcentral", "gwc.contoso.example"),
    ("aks-frc-01", "francecentral", "frc.contoso.example"),
];

/// The tag that names a cluster's update group, unless configured otherwise.
const GROUP_TAG: &str = "fleet-automation-group";

/// The share of stamps that must serve.
const LEAST_PERCENT: usize = 30;

const MINUTE: Duration = Duration::from_secs(60);

/// What a seed stands for.
struct Draw {
    seed: Seed,
    /// Update groups that there are: `g0` and so on.
    groups: u64,
}

impl Draw {
    fn of(seed: u64) -> Self {
        let seed = Seed(seed);
        Self { seed, groups: seed.between(2, 4, &["groups"]) }
    }

    /// The group of the nth stamp: the seed says where to begin, and the groups share the stamps evenly, so that most of
    /// them are small enough to be out at once.
    fn group_of(&self, nth: u64) -> String {
        format!("g{}", (self.seed.between(0, self.groups - 1, &["first group"]) + nth) % self.groups)
    }

    /// One to three stages, each group in one of them; a stage that would be empty is left out.
    fn stages(&self, now: jiff::Timestamp) -> Value {
        let count = self.seed.between(1, 3, &["stages"]);
        let stage_of = |group: u64| self.seed.between(0, count - 1, &["stage", &group.to_string()]);
        let stages = (0..count).filter_map(|stage| {
            let groups: Vec<u64> = (0..self.groups).filter(|group| stage_of(*group) == stage).collect();
            (!groups.is_empty()).then(|| self.stage(stage, &groups, now))
        });
        Value::Array(stages.collect())
    }

    /// A stage whose members can't be reached without passing a gate, of the stage or of their group.
    fn stage(&self, number: u64, groups: &[u64], now: jiff::Timestamp) -> Value {
        let name = format!("s{number}");
        let draws = |what: &str, per_mille| self.seed.happens(per_mille, &[what, &name]);
        let of_stage = draws("gates of the stage", 200);
        let tolerated = self.seed.between(0, 1, &["tolerated", &name]);
        let approval = |wanted: bool| if wanted { json!([{ "type": "Approval" }]) } else { json!([]) };
        let groups = groups.iter().map(|group| {
            json!({
                "name": format!("g{group}"),
                "beforeGates": approval(!of_stage),
                "afterGates": approval(draws("gates after groups", 600)),
                "maxAllowedFailures": tolerated,
            })
        });
        let mut stage = json!({
            "name": name,
            "groups": groups.collect::<Vec<_>>(),
            "beforeGates": approval(of_stage),
            "afterGates": approval(draws("gate after the stage", 500)),
            "maxAllowedFailures": tolerated,
            "afterStageWaitInSeconds": 600 * self.seed.between(0, 2, &["wait", &name]),
        });
        if draws("scheduled", 250) {
            let start = now + HOUR * u32::try_from(self.seed.between(1, 6, &["start", &name])).unwrap_or(1);
            let gate = json!({ "type": "ScheduledStart", "absoluteStartTime": start.to_string() });
            stage["beforeGates"].as_array_mut().expect("gates").push(gate);
        }
        stage
    }
}

/// So few must serve that two may be out at once where there are three or more.
fn lenient(config: &mut Value) {
    accompanied(config);
    config["traffic"]["minimum"] = json!({ "count": 1, "percent": LEAST_PERCENT });
}

/// Three to five stamps serve, in groups of the seed's choice.
async fn fleet_of(draw: &Draw) -> (Scenario, Vec<String>) {
    let options = Options { configure: lenient, ..Options::in_process(draw.seed.0) };
    let mut scenario = Scenario::unmet(options).await;
    let mut clusters: Vec<String> = SERVING.map(cluster_of).to_vec();
    clusters.push(scenario.newcomer_appears());
    let count = usize::try_from(draw.seed.between(3, 5, &["stamps"])).unwrap_or(3);
    for (name, region, host) in MORE.iter().take(count - clusters.len()) {
        scenario.world.sites.set(host, Site::healthy());
        let cluster = scenario.world.estate.cluster(name).in_region(region).with_gateway(host);
        clusters.push(cluster.tagged("fleet-automation-host", host).autoscaling(3, 12).appears());
    }
    for (nth, cluster) in (0..).zip(&clusters) {
        scenario.world.estate.tag_cluster(cluster, GROUP_TAG, Some(&draw.group_of(nth)));
    }
    scenario.comes_to_rest().await;
    scenario.journal.forget();
    (scenario, clusters)
}

/// One member in eight fails at the first try, one in four may be updated only some hours from now.
fn trouble(draw: &Draw, scenario: &Scenario, clusters: &[String]) {
    let now = scenario.world.simulation.now();
    for cluster in clusters {
        if draw.seed.happens(120, &["fails", cluster]) {
            scenario.world.estate.next_upgrade(cluster, UpgradeFate::Fails);
        }
        if draw.seed.happens(250, &["window", cluster]) {
            let hours = u32::try_from(draw.seed.between(1, 8, &["opens", cluster])).unwrap_or(1);
            scenario.world.estate.maintenance_windows(cluster, &[(now + HOUR * hours, now + HOUR * 72)]);
        }
    }
}

/// The run goes as far as it can in 16 hours; what must hold is checked on the way and at the end. Gives how it
/// stands at the end.
async fn rolls_out(seed: u64, unsettle: impl Fn(&Scenario)) -> (String, Vec<Outcome>) {
    let draw = Draw::of(seed);
    let (mut scenario, clusters) = fleet_of(&draw).await;
    trouble(&draw, &scenario, &clusters);
    unsettle(&scenario);
    let vigil = Vigil::over(&scenario, (clusters.len() * LEAST_PERCENT).div_ceil(100));
    let run = scenario.run_begins("run-1", &draw.stages(scenario.world.simulation.now()));
    let is_over = |scenario: &Scenario| {
        matches!(scenario.state_of_run(&run).as_str(), "Completed" | "Failed" | "Skipped")
    };
    for _ in 0..16 {
        if !is_over(&scenario) {
            scenario.passes(HOUR).await;
        }
    }
    scenario.passes(2 * HOUR).await;
    vigil.saw_nothing_wrong(&format!("seed {seed}"));
    scenario.gates_are_accounted_for().await;
    let outcomes: Vec<Outcome> = scenario.verdicts().into_iter().map(|(_, outcome)| outcome).collect();
    let state = scenario.state_of_run(&run);
    assert_eq!(
        outcomes.len(),
        usize::from(is_over(&scenario)),
        "seed {seed}: one verdict of a run that is {state}"
    );
    only_failures_stay_out(seed, &scenario, &run, &state).await;
    (state, outcomes)
}

/// After a run everybody serves but those whose update failed.
async fn only_failures_stay_out(seed: u64, scenario: &Scenario, run: &str, state: &str) {
    if !matches!(state, "Completed" | "Failed" | "Skipped") {
        return;
    }
    let states = scenario.states_of_members(run);
    for stamp in scenario.world.known().await.expect("the app answers").stamps {
        let member = stamp.member.as_ref().map(|id| id.name().to_owned()).unwrap_or_default();
        let failed = states.get(&member).is_some_and(|state| state == "Failed");
        let owners: Vec<&str> = stamp.holds.iter().map(|hold| hold.owner.as_str()).collect();
        let wanted: &[&str] = if failed { &["update run-1 failed"] } else { &[] };
        assert_eq!(owners, wanted, "seed {seed}: {}", stamp.cluster);
        assert_eq!(stamp.serving, !failed, "seed {seed}: {}", stamp.cluster);
    }
}

async fn many(seeds: std::ops::Range<u64>, unsettle: impl Fn(&Scenario)) {
    let mut ends = std::collections::BTreeMap::<String, u32>::new();
    for seed in seeds {
        let (state, _) = rolls_out(seed, &unsettle).await;
        *ends.entry(state).or_default() += 1;
    }
    println!("{ends:?}");
    assert!(ends.get("Completed").is_some_and(|count| *count > 0), "{ends:?}");
}

#[tokio::test(start_paused = true)]
async fn whatever_the_run_nobody_is_updated_in_traffic_and_every_gate_has_its_reason() {
    many(0..10, |_| {}).await;
}

#[tokio::test(start_paused = true)]
async fn the_same_holds_when_events_are_lost_doubled_late_and_in_disorder() {
    many(100..106, |scenario| {
        let grid = scenario.world.simulation.event_grid();
        let some = |per_mille, effect| ChaosRule { per_mille, ..ChaosRule::always(effect) };
        grid.unsettle(some(300, ChaosEffect::Drop));
        grid.unsettle(some(400, ChaosEffect::Duplicate(2)));
        grid.unsettle(some(500, ChaosEffect::Reorder(20 * MINUTE)));
    })
    .await;
}
