//! What the small fleet looks like to the core: ids, configuration, observations.

use std::{collections::BTreeMap, sync::Arc};

use fleet_core::{
    config::FleetConfig,
    facets::{
        Progress,
        traffic::{self, OriginSeen, Probe},
    },
    ids::ArmId,
    names::origin_name,
    reactions::tick::{check_up, nudges},
    rollout,
    updates::Timing,
    world::{Channels, ClusterSeen, Runs, Seen},
};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{
    run::Run,
    world::{Origin, Task, View, World},
};

const SUBSCRIPTION: &str = "/subscriptions/11111111-1111-1111-1111-111111111111";
const GROUP: &str = "/resourceGroups/rg-shared/providers/Microsoft.Cdn/profiles/afd-one/originGroups/stamps";

/// The only step of the way into traffic, so that there are fewer states and none is like another.
pub(crate) const FULL_WEIGHT: u16 = 500;

/// `a`, `b`, `c`, ...
pub(crate) fn name(stamp: usize) -> String {
    char::from(b'a' + u8::try_from(stamp).expect("a small fleet")).to_string()
}

pub(crate) fn cluster_id(stamp: usize) -> ArmId {
    let name = name(stamp);
    let suffix = format!("providers/Microsoft.ContainerService/managedClusters/{name}");
    id(&format!("{SUBSCRIPTION}/resourceGroups/rg-{name}/{suffix}"))
}

pub(crate) fn origin_id(stamp: usize) -> ArmId {
    id(&format!("{SUBSCRIPTION}{GROUP}/origins/{}", origin_name(&cluster_id(stamp))))
}

pub(crate) fn fleet_id() -> ArmId {
    let suffix = "providers/Microsoft.ContainerService/fleets/fleet-one";
    id(&format!("{SUBSCRIPTION}/resourceGroups/rg-shared/{suffix}"))
}

pub(crate) fn run_id() -> ArmId {
    fleet_id().child("updateRuns/run-1").expect("a legal id")
}

pub(crate) fn gate_id(group: usize, timing: Timing) -> ArmId {
    fleet_id().child(&format!("gates/gate-{timing}-group-{}", group + 1)).expect("a legal id")
}

fn id(text: &str) -> ArmId {
    ArmId::parse(text).expect("a legal id")
}

/// Only traffic and health are ours here. A stamp falls sick at the first bad word and is well after a minute. At 100 the
/// brake never is on.
pub(crate) fn config(least: usize, brake_percent: u8) -> FleetConfig {
    FleetConfig::parse(&document(least, brake_percent).to_string()).expect("a legal configuration")
}

/// The same, where updates are accompanied: every gate is answered as soon as nothing is missing.
pub(crate) fn config_with_updates(least: usize) -> FleetConfig {
    let mut document = document(least, 100);
    document["updates"] = json!({ "gates": [{ "soakMinutes": 0 }] });
    FleetConfig::parse(&document.to_string()).expect("a legal configuration")
}

fn document(least: usize, brake_percent: u8) -> Value {
    json!({
        "fleet": fleet_id(),
        "scope": { "subscriptions": ["11111111-1111-1111-1111-111111111111"] },
        "membership": { "mode": "off", "defaultGroup": "stable" },
        "traffic": {
            "originGroup": format!("{SUBSCRIPTION}{GROUP}"),
            "ramp": [{ "weight": FULL_WEIGHT }],
            "minimum": { "count": least, "percent": 0 },
            "capacity": "ignore",
        },
        "health": { "failAfterMinutes": 0, "recoverAfterMinutes": 1, "flapWindowMinutes": 1, "brakePercent": brake_percent },
    })
}

/// What an observation of one stamp brings back, complete and without delay.
pub(crate) fn seen(stamp: usize, View { origins, run }: &View, at: Timestamp) -> Seen {
    let others = origins.iter().enumerate().filter(|(other, origin)| *other != stamp && origin.enabled);
    let traffic = traffic::Seen {
        origins: Ok(origins_seen(origins)),
        host: Ok(host(stamp)),
        probe: Some(probe(&origins[stamp])),
        peers: others.map(|(other, origin)| (origin_id(other), probe(origin))).collect(),
    };
    Seen {
        at,
        cluster: Ok(Some(cluster(stamp, run))),
        members: Ok(Vec::new()),
        registries: Vec::new(),
        assignments: Ok(Vec::new()),
        traffic: Some(traffic),
        neighbours: None,
    }
}

/// What a look at the fleet's updates brings back: everything that a decision may ask for.
pub(crate) fn updates_seen(View { origins, run }: &View, at: Timestamp) -> rollout::Seen {
    let stamps = || (0..origins.len()).map(|stamp| (cluster_id(stamp).key().to_owned(), stamp));
    rollout::Seen {
        at,
        runs: Ok(if run.groups.is_empty() { Vec::new() } else { vec![run.told()] }),
        listed: true,
        gone: Vec::new(),
        gates: Ok(run.gates()),
        clusters: stamps().map(|(key, stamp)| (key, Ok(Some(cluster(stamp, run))))).collect(),
        probes: stamps().map(|(key, stamp)| (key, probe(&origins[stamp]))).collect(),
        origins: Some(Ok(origins_seen(origins))),
        offers: BTreeMap::new(),
    }
}

fn cluster(stamp: usize, run: &Run) -> ClusterSeen {
    let (progress, state) = match run.updates(stamp) {
        true => (Progress::Busy, "Upgrading"),
        false => (Progress::Settled, "Succeeded"),
    };
    ClusterSeen {
        id: cluster_id(stamp),
        uid: None,
        location: "westeurope".to_owned(),
        tags: BTreeMap::new(),
        progress,
        state: state.to_owned(),
        running: true,
        managed_identity: true,
        kubelet: None,
        gateway: None,
        node_group: None,
        pools: Vec::new(),
        runs: Runs::default(),
        channels: Channels::default(),
    }
}

fn host(stamp: usize) -> String {
    format!("{}.example.net", name(stamp))
}

fn origins_seen(origins: &[Origin]) -> Vec<OriginSeen> {
    origins.iter().enumerate().map(|(stamp, origin)| origin_seen(stamp, origin)).collect()
}

fn origin_seen(stamp: usize, origin: &Origin) -> OriginSeen {
    OriginSeen {
        id: origin_id(stamp),
        host: host(stamp),
        host_header: Some(host(stamp)),
        https_port: 443,
        priority: Some(1),
        weight: Some(origin.weight),
        enabled: origin.enabled,
        progress: Progress::Settled,
    }
}

fn probe(origin: &Origin) -> Probe {
    if origin.healthy { Probe::Good } else { Probe::Bad("503".to_owned()) }
}

/// What the timer wants looked at, without a sweep of stamps. Takes in what their health paths answer.
pub(crate) fn to_look_at(world: &mut World) -> Vec<Task> {
    let probes: Vec<(ArmId, Probe)> =
        world.origins.iter().enumerate().map(|(stamp, origin)| (cluster_id(stamp), probe(origin))).collect();
    let before = Arc::clone(&world.ledger);
    let config = &world.setting.config;
    let checkup = check_up(config, Arc::make_mut(&mut world.ledger), &probes, world.now);
    if world.ledger != before {
        world.version += 1;
    }
    let nudges = nudges(config, &world.ledger, None, &checkup.turned, "tick", world.now);
    let asked = |subject: ArmId| nudges.iter().any(|nudge| nudge.subject == subject);
    let stamps = (0..world.setting.stamps).filter(|stamp| asked(cluster_id(*stamp))).map(Task::Look);
    stamps.chain(asked(fleet_id()).then_some(Task::Updates)).collect()
}
