//! What came of the story: the app's own word, and a judgement by what simulated ARM really holds.

use fleet_core::{facets::traffic::RampStep, report::StampReport};
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

/// The end state of the story, and what is wrong with it.
///
/// # Errors
/// When the app can't be asked.
pub async fn of(world: &World, seed: u64, calls: Calls) -> anyhow::Result<(EndState, Vec<String>)> {
    let stamps = world.known().await?.stamps;
    let faults = faults(world, &stamps);
    Ok((EndState { ok: faults.is_empty(), seed, calls, stamps }, faults))
}

/// Everything that is not as it should be once the newcomer serves.
fn faults(world: &World, stamps: &[StampReport]) -> Vec<String> {
    let mut faults = Vec::new();
    for stamp in SERVING.into_iter().chain([NEWCOMER]) {
        let report = stamps.iter().find(|report| report.cluster.name() == stamp.cluster);
        match report {
            Some(report) => faults.extend(faults_of(world, stamp, report)),
            None => faults.push(format!("{} is not known to the app", stamp.cluster)),
        }
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

fn faults_of(world: &World, stamp: Stamp, report: &StampReport) -> Vec<String> {
    let mut faults = Vec::new();
    let mut expect = |holds: bool, what: &str| {
        if !holds {
            faults.push(format!("{}: {what}", stamp.cluster));
        }
    };
    let arm = world.arm();
    let cluster = report.cluster.as_str();
    let members = of_cluster(
        arm,
        "Microsoft.ContainerService/fleets/members",
        "/properties/clusterResourceId",
        cluster,
    );
    expect(members.len() == 1, "is not exactly one fleet member");
    let group = members.first().and_then(|member| text(member, "/properties/group"));
    expect(group.as_deref() == Some(stamp.group), "is in the wrong update group");
    let settled = members.first().and_then(|member| text(member, "/properties/provisioningState"));
    expect(settled.as_deref() == Some("Succeeded"), "its membership is not settled");
    let principal = world.estate.kubelet_principal(cluster).unwrap_or_default();
    let grants =
        of_cluster(arm, "Microsoft.Authorization/roleAssignments", "/properties/principalId", &principal);
    expect(grants.len() == 1, "its kubelet identity does not have exactly one pull role");
    expect(report.policies.iter().all(|policy| policy.state.applies()), "a policy does not apply");
    let origins =
        of_cluster(arm, "Microsoft.Cdn/profiles/originGroups/origins", "/properties/hostName", stamp.host);
    expect(origins.len() == 1, "has not exactly one origin");
    let enabled = origins.first().and_then(|origin| text(origin, "/properties/enabledState"));
    expect(enabled.as_deref() == Some("Enabled"), "its origin takes no traffic");
    let weight =
        origins.first().and_then(|origin| origin.pointer("/properties/weight")).and_then(Value::as_u64);
    expect(weight == last_weight(&world.config), "its origin has not reached its full weight");
    expect(report.serving, "the app does not see it serving");
    expect(report.why_not.is_empty(), "the app still has reasons why not");
    faults
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
