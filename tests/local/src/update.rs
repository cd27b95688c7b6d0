//! The fourth act: the fleet gets a newer Kubernetes by a two-stage update run, and fails on its last cluster.

use std::time::Duration;

use anyhow::{Context as _, anyhow};
use fleet_core::updates::{GateNote, Notice, NoticeKind, Outcome, RunNote, UpdateState};
use fleet_simulator::arm::{ArmError, ClusterUpgrade, UpgradeFate};
use serde_json::{Value, json};

use crate::{
    end_state::{self, Updates},
    estate::{NEWCOMER, SERVING, STRATEGY, Stamp, name},
    story::{Detail, Kind, Teller},
    table,
    world::{RESULTS, World},
};

/// The version that every region offers beside the one that the clusters run.
const VERSION: &str = "1.33.5";

/// Gates that are reached: before each stamp, and after the two whose upgrades succeed.
const GATES: usize = 5;

/// How often the act looks at the world.
const STEP: Duration = Duration::from_secs(60);

/// Simulated time for three stamps, one after the other: out, soak, upgrade, checks, and back by ramp.
const LIMIT: Duration = Duration::from_secs(8 * 60 * 60);

/// What came of the act.
pub struct Told {
    /// The stamp whose upgrade failed, if it came so far.
    pub failed: Option<Stamp>,
    /// What is not as it should be.
    pub faults: Vec<String>,
}

/// Tells the act.
///
/// # Errors
/// When the app can't be asked, or ARM refuses the run.
pub async fn tell(world: &mut World, teller: &Teller) -> anyhow::Result<Told> {
    teller.say(&format!("Act 4: the fleet gets Kubernetes {VERSION} in two stages; its last cluster fails."));
    teller.say("Told without nudges, reads and single writes.");
    teller.tell_in(Detail::Brief);
    let run = begin(world, VERSION)?;
    let begins = format!("a platform engineer starts update run {run} by strategy {STRATEGY}");
    teller.tell(world.arm(), Kind::World, &begins);
    let end = world.simulation.now() + LIMIT;
    let (mut failed, mut faults) = (None, Vec::new());
    while world.simulation.now() < end && !rests(world, &run, failed).await? {
        world.simulation.run_for(STEP).await;
        faults.extend(upgraded_in_traffic(world));
        if failed.is_none() {
            failed = last_to_go(world);
            if let Some(last) = failed {
                spoil(world, teller, last);
            }
        }
    }
    faults.dedup();
    let told = notices(world)?;
    faults.extend(faults_of(world, &run, failed, &told).await?);
    show(world, teller, &run, failed, &told).await?;
    teller.tell_in(Detail::Full);
    Ok(Told { failed, faults })
}

/// Somebody creates an update run of this version by the fleet's strategy, and starts it. Answers its name.
///
/// # Errors
/// When ARM refuses either.
pub fn begin(world: &World, version: &str) -> anyhow::Result<String> {
    let estate = &world.estate;
    let run = format!("kubernetes-{}", version.replace('.', "-"));
    let properties = json!({
        "updateStrategyId": format!("{}/updateStrategies/{STRATEGY}", estate.fleet_id()),
        "managedClusterUpdate": {
            "upgrade": { "type": "Full", "kubernetesVersion": version },
            "nodeImageSelection": { "type": "Latest" }
        }
    });
    let refused = |error: ArmError| anyhow!("update run {run} was refused: {}", error.message);
    let id = estate.create_update_run(&run, &properties).map_err(refused)?;
    estate.start_update_run(&id).map_err(refused)?;
    Ok(run)
}

/// The next upgrade of the last stamp will fail, for a reason that is common.
fn spoil(world: &World, teller: &Teller, last: Stamp) {
    let clusters = world.arm().resources_of_type("Microsoft.ContainerService/managedClusters");
    let ids = clusters.iter().filter_map(|body| body["id"].as_str());
    for id in ids.filter(|id| name(id) == last.cluster) {
        world.estate.next_upgrade(id, UpgradeFate::Fails);
    }
    let spoils = format!("a disruption budget on {} lets no node be emptied from now on", last.cluster);
    teller.tell(world.arm(), Kind::World, &spoils);
}

/// The stamp that is left, once all others are upgraded.
fn last_to_go(world: &World) -> Option<Stamp> {
    let upgrades = world.arm().upgrades();
    let done = |stamp: &Stamp| {
        upgrades
            .iter()
            .any(|upgrade| name(&upgrade.cluster) == stamp.cluster && upgrade.succeeded == Some(true))
    };
    let left: Vec<Stamp> = stamps().filter(|stamp| !done(stamp)).collect();
    <[Stamp; 1]>::try_from(left).ok().map(|[last]| last)
}

/// Whether the run has ended, the app knows it, and every other stamp serves again.
async fn rests(world: &World, run: &str, failed: Option<Stamp>) -> anyhow::Result<bool> {
    let Some(failed) = failed else { return Ok(false) };
    let ended = note_of(&end_state::updates(world).await?, run).is_some_and(|run| run.ending.is_some());
    let known = world.known().await?.stamps;
    let serve = known.iter().filter(|report| report.cluster.name() != failed.cluster);
    Ok(ended
        && serve.clone().count() > 0
        && serve.into_iter().all(|report| report.serving && report.why_not.is_empty()))
}

/// Clusters that are upgraded at this moment while their origins take traffic: there shall be none.
fn upgraded_in_traffic(world: &World) -> Vec<String> {
    let under_way = world.arm().upgrades().into_iter().filter(|upgrade| upgrade.to.is_none());
    let in_traffic = under_way.filter(|upgrade| takes_traffic(world, upgrade));
    in_traffic
        .map(|upgrade| format!("{} was upgraded while it took traffic", name(&upgrade.cluster)))
        .collect()
}

fn takes_traffic(world: &World, upgrade: &ClusterUpgrade) -> bool {
    let host = stamps().find(|stamp| stamp.cluster == name(&upgrade.cluster)).map(|stamp| stamp.host);
    let origins = world.arm().resources_of_type("Microsoft.Cdn/profiles/originGroups/origins");
    let enabled = |body: &Value| body["properties"]["enabledState"] == "Enabled";
    origins.iter().any(|body| body["properties"]["hostName"].as_str() == host && enabled(body))
}

/// What must be true once the run has ended.
async fn faults_of(
    world: &World,
    run: &str,
    failed: Option<Stamp>,
    told: &[Notice],
) -> anyhow::Result<Vec<String>> {
    let updates = end_state::updates(world).await?;
    let mut faults = Vec::new();
    let outcome = note_of(&updates, run).and_then(|run| run.ending.as_ref()).map(|end| end.verdict.outcome);
    if outcome != Some(Outcome::Failed) || failed.is_none() {
        faults.push(format!("update run {run} did not fail on its last member: {outcome:?}"));
    }
    let proven = |gate: &&GateNote| {
        let evidence = gate.approval.iter().flat_map(|approval| &approval.evidence);
        gate.state == UpdateState::Completed && evidence.clone().count() > 0
    };
    let approved = updates.gates.iter().filter(proven).count();
    if approved != GATES {
        faults.push(format!("{approved} gates were approved on evidence, not {GATES}"));
    }
    let ends = told.iter().filter(|told| told.notice == NoticeKind::RunEnded).count();
    if ends != 1 {
        faults.push(format!("the end of update run {run} was told {ends} times"));
    }
    Ok(faults)
}

/// Takes everything off the queue of results.
fn notices(world: &World) -> anyhow::Result<Vec<Notice>> {
    let bus = world.simulation.bus();
    let mut notices = Vec::new();
    while let Some(locked) = bus.receive(RESULTS)? {
        bus.complete(RESULTS, &locked.lock_token)?;
        notices.push(serde_json::from_str(&locked.message.text()).context("a notice has another shape")?);
    }
    Ok(notices)
}

async fn show(
    world: &World,
    teller: &Teller,
    run: &str,
    failed: Option<Stamp>,
    told: &[Notice],
) -> anyhow::Result<()> {
    teller.say("");
    teller.say_log();
    for notice in told {
        teller.say(&format!("On the queue {RESULTS}: {}", notice.says));
    }
    teller.say("");
    for line in table::lines(&world.known().await?.stamps) {
        teller.say(&line);
    }
    let updates = end_state::updates(world).await?;
    teller.say("");
    for line in updates.runs.iter().map(table::run).chain(updates.gates.iter().map(table::gate)) {
        teller.say(&line);
    }
    if let Some(failed) = failed {
        let failed = failed.cluster;
        teller
            .say(&format!("\n{failed} stays out until another run succeeds on it, or somebody releases it:"));
        teller.say(&format!("  fleetctl why {failed}"));
        teller.say(&format!("  fleetctl retry-failed {run} --reason \"the budget is mended\""));
    }
    Ok(())
}

fn note_of<'a>(updates: &'a Updates, run: &str) -> Option<&'a RunNote> {
    updates.runs.iter().find(|note| note.run.name() == run)
}

fn stamps() -> impl Iterator<Item = Stamp> {
    SERVING.into_iter().chain([NEWCOMER])
}
