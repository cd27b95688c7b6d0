//! What came of the story: the app's own word, and a judgement by what simulated ARM really holds.

use anyhow::Context as _;
use fleet_core::{
    facets::traffic::RampStep,
    report::StampReport,
    updates::{GateNote, RunNote},
};
use fleet_simulator::arm::{Arm, CallCounts};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    estate::{NEWCOMER, SERVING, Stamp},
    world::{QUEUES, RESULTS, World},
};

/// The end state: `cargo run -- --once --json` prints it, and its shape is a contract.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct EndState {
    /// Whether everything is as it should be.
    pub ok: bool,
    /// The seed of the run.
    pub seed: u64,
    /// ARM calls since the cluster appeared.
    pub calls: Calls,
    /// Every stamp, in the order of the clusters' ids.
    pub stamps: Vec<StampReport>,
    /// Every update run that the app knows, in the order of their ids.
    pub runs: Vec<RunNote>,
}

/// What the app says about updates of the fleet.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
pub struct Updates {
    /// Runs under way, and those that ended of late.
    pub runs: Vec<RunNote>,
    /// Gates that were reached.
    pub gates: Vec<GateNote>,
}

/// ARM calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Calls {
    /// GET.
    pub reads: u32,
    /// PUT, PATCH, POST and DELETE.
    pub writes: u32,
    /// The longest chain of calls in one invocation that had to wait for each other.
    pub sequential_round_trips: u32,
}

impl Calls {
    /// The calls since the last reset.
    #[must_use]
    pub fn of(arm: &Arm) -> Self {
        let CallCounts { reads, writes, .. } = arm.calls();
        let chains = arm.calls_by_correlation();
        let longest = chains.values().map(|counts| counts.sequential_round_trips).max();
        Self { reads, writes, sequential_round_trips: longest.unwrap_or(0) }
    }
}

/// The end state while every stamp is meant to serve, and what is wrong with it.
///
/// # Errors
/// When the app can't be asked.
pub async fn of(world: &World, seed: u64, calls: Calls) -> anyhow::Result<(EndState, Vec<String>)> {
    with_one_out(world, seed, calls, None).await
}

/// The same with a stamp, perhaps, that an update failed on: it is held out of traffic.
///
/// # Errors
/// When the app can't be asked.
pub async fn with_one_out(
    world: &World,
    seed: u64,
    calls: Calls,
    out: Option<Stamp>,
) -> anyhow::Result<(EndState, Vec<String>)> {
    let stamps = world.known().await?.stamps;
    let runs = updates(world).await?.runs;
    let faults = faults(world, &stamps, out);
    Ok((EndState { ok: faults.is_empty(), seed, calls, stamps, runs }, faults))
}

/// Asks the app's own `fleet` function what is known of updates: nothing where it does not follow them.
///
/// # Errors
/// When it does not answer with what it should.
pub async fn updates(world: &World) -> anyhow::Result<Updates> {
    #[derive(Deserialize)]
    struct Page {
        updates: Option<Updates>,
    }
    let page = world.get("fleet", "").await?;
    let page: Page =
        serde_json::from_str(&page.body).context("the page tells of updates in another shape")?;
    Ok(page.updates.unwrap_or_default())
}

/// Everything that is not as it should be.
fn faults(world: &World, stamps: &[StampReport], out: Option<Stamp>) -> Vec<String> {
    let mut faults = Vec::new();
    for stamp in SERVING.into_iter().chain([NEWCOMER]) {
        let Some(report) = stamps.iter().find(|report| report.cluster.name() == stamp.cluster) else {
            faults.push(format!("{} is not known to the app", stamp.cluster));
            continue;
        };
        let mut wrong = equipment(world, stamp, report);
        if out == Some(stamp) {
            wrong.extend(held_out(world, stamp, report));
        } else {
            wrong.extend(serving(world, stamp, report));
        }
        faults.extend(wrong.into_iter().map(|what| format!("{}: {what}", stamp.cluster)));
    }
    let bus = world.simulation.bus();
    for queue in QUEUES.into_iter().filter(|queue| *queue != RESULTS) {
        for (what, count) in
            [("messages", bus.messages(queue).len()), ("dead letters", bus.dead_letters(queue).len())]
        {
            if count > 0 {
                faults.push(format!("queue {queue} holds {count} {what}"));
            }
        }
    }
    faults
}

/// What a stamp has whether or not it serves: membership, pull access, policies.
fn equipment(world: &World, stamp: Stamp, report: &StampReport) -> Vec<&'static str> {
    let (arm, cluster) = (world.arm(), report.cluster.as_str());
    let members = of_cluster(
        arm,
        "Microsoft.ContainerService/fleets/members",
        "/properties/clusterResourceId",
        cluster,
    );
    let group = members.first().and_then(|member| text(member, "/properties/group"));
    let settled = members.first().and_then(|member| text(member, "/properties/provisioningState"));
    let principal = world.estate.kubelet_principal(cluster).unwrap_or_default();
    let grants =
        of_cluster(arm, "Microsoft.Authorization/roleAssignments", "/properties/principalId", &principal);
    wrong(&[
        (members.len() == 1, "is not exactly one fleet member"),
        (group.as_deref() == Some(stamp.group), "is in the wrong update group"),
        (settled.as_deref() == Some("Succeeded"), "its membership is not settled"),
        (grants.len() == 1, "its kubelet identity does not have exactly one pull role"),
        (report.policies.iter().all(|policy| policy.state.applies()), "a policy does not apply"),
    ])
}

fn serving(world: &World, stamp: Stamp, report: &StampReport) -> Vec<&'static str> {
    let origins = origins(world, stamp);
    let weight =
        origins.first().and_then(|origin| origin.pointer("/properties/weight")).and_then(Value::as_u64);
    wrong(&[
        (origins.len() == 1, "has not exactly one origin"),
        (is(&origins, "Enabled"), "its origin takes no traffic"),
        (weight == last_weight(&world.config), "its origin has not reached its full weight"),
        (report.serving, "the app does not see it serving"),
        (report.why_not.is_empty(), "the app still has reasons why not"),
    ])
}

fn held_out(world: &World, stamp: Stamp, report: &StampReport) -> Vec<&'static str> {
    let origins = origins(world, stamp);
    let failed = |owner: &str| owner.starts_with("update ") && owner.ends_with(" failed");
    wrong(&[
        (origins.len() == 1, "has not exactly one origin"),
        (is(&origins, "Disabled"), "its origin takes traffic although its update failed"),
        (report.holds.iter().any(|hold| failed(&hold.owner)), "the failed update does not hold it"),
        (!report.serving, "the app sees it serving"),
    ])
}

fn wrong(expected: &[(bool, &'static str)]) -> Vec<&'static str> {
    expected.iter().filter(|(holds, _)| !holds).map(|(_, what)| *what).collect()
}

fn origins(world: &World, stamp: Stamp) -> Vec<Value> {
    let origins = "Microsoft.Cdn/profiles/originGroups/origins";
    of_cluster(world.arm(), origins, "/properties/hostName", stamp.host)
}

fn is(origins: &[Value], enabled_state: &str) -> bool {
    origins.iter().all(|origin| text(origin, "/properties/enabledState").as_deref() == Some(enabled_state))
}

fn last_weight(config: &Value) -> Option<u64> {
    let ramp = config.pointer("/traffic/ramp")?.clone();
    let ramp: Vec<RampStep> = serde_json::from_value(ramp).ok()?;
    ramp.last().map(|step| u64::from(step.weight))
}

fn of_cluster(arm: &Arm, resource_type: &str, pointer: &str, value: &str) -> Vec<Value> {
    let found = arm.resources_of_type(resource_type).into_iter();
    found.filter(|body| text(body, pointer).is_some_and(|found| found.eq_ignore_ascii_case(value))).collect()
}

fn text(body: &Value, pointer: &str) -> Option<String> {
    body.pointer(pointer).and_then(Value::as_str).map(str::to_owned)
}
