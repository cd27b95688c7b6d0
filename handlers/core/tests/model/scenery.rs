//! What the small fleet looks like to the core: ids, configuration, observations, commands.

use std::{collections::BTreeMap, sync::Arc};

use fleet_core::{
    command::{Command, Order, ReleaseOwner, Target},
    config::FleetConfig,
    facets::{
        Progress,
        traffic::{self, OriginSeen, Probe},
    },
    ids::ArmId,
    names::origin_name,
    reactions::tick::{check_up, nudges},
    world::{Channels, ClusterSeen, Runs, Seen},
};
use jiff::Timestamp;
use serde_json::json;

use crate::world::{Origin, World};

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

fn id(text: &str) -> ArmId {
    ArmId::parse(text).expect("a legal id")
}

/// Only traffic and health are ours here. A stamp falls sick at the first bad word and is well after a minute. At 100 the
/// brake never is on.
pub(crate) fn config(least: usize, brake_percent: u8) -> FleetConfig {
    let document = json!({
        "fleet": format!("{SUBSCRIPTION}/resourceGroups/rg-shared/providers/Microsoft.ContainerService/fleets/fleet-one"),
        "scope": { "subscriptions": ["11111111-1111-1111-1111-111111111111"] },
        "membership": { "mode": "off", "defaultGroup": "stable" },
        "traffic": {
            "originGroup": format!("{SUBSCRIPTION}{GROUP}"),
            "ramp": [{ "weight": FULL_WEIGHT }],
            "minimum": { "count": least, "percent": 0 },
            "capacity": "ignore",
        },
        "health": { "failAfterMinutes": 0, "recoverAfterMinutes": 1, "flapWindowMinutes": 1, "brakePercent": brake_percent },
    });
    FleetConfig::parse(&document.to_string()).expect("a legal configuration")
}

/// What an observation of one stamp brings back, complete and without delay.
pub(crate) fn seen(stamp: usize, origins: &[Origin], at: Timestamp) -> Seen {
    let others = origins.iter().enumerate().filter(|(other, origin)| *other != stamp && origin.enabled);
    let traffic = traffic::Seen {
        origins: Ok(origins.iter().enumerate().map(|(stamp, origin)| origin_seen(stamp, origin)).collect()),
        host: Ok(host(stamp)),
        probe: Some(probe(&origins[stamp])),
        peers: others.map(|(other, origin)| (origin_id(other), probe(origin))).collect(),
    };
    Seen {
        at,
        cluster: Ok(Some(cluster(stamp))),
        members: Ok(Vec::new()),
        registries: Vec::new(),
        assignments: Ok(Vec::new()),
        traffic: Some(traffic),
        neighbours: None,
    }
}

fn cluster(stamp: usize) -> ClusterSeen {
    ClusterSeen {
        id: cluster_id(stamp),
        uid: None,
        location: "westeurope".to_owned(),
        tags: BTreeMap::new(),
        progress: Progress::Settled,
        state: "Succeeded".to_owned(),
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

/// The stamps that the timer wants looked at, without a sweep. Takes in what their health paths answer.
pub(crate) fn to_look_at(world: &mut World) -> Vec<usize> {
    let probes: Vec<(ArmId, Probe)> =
        world.origins.iter().enumerate().map(|(stamp, origin)| (cluster_id(stamp), probe(origin))).collect();
    let before = Arc::clone(&world.ledger);
    let config = &world.setting.config;
    let checkup = check_up(config, Arc::make_mut(&mut world.ledger), &probes, world.now);
    if world.ledger != before {
        world.version += 1;
    }
    let nudges = nudges(config, &world.ledger, None, &checkup.turned, "tick", world.now);
    let asked = |stamp: &usize| nudges.iter().any(|nudge| nudge.subject == cluster_id(*stamp));
    (0..world.setting.stamps).filter(asked).collect()
}

/// A command by an operator, whose name is the hold's.
pub(crate) fn command(operator: &str, order: Order) -> Command {
    let stamp = match target(&order) {
        Some(Target::Stamp(name)) => name.as_str(),
        _ => "all",
    };
    Command {
        id: format!("{}-{stamp}-{operator}", order.name()),
        requested_by: operator.to_owned(),
        reason: "a test".to_owned(),
        dry_run: false,
        order,
    }
}

pub(crate) fn drain(operator: &str, stamp: usize) -> Command {
    command(operator, Order::Drain { target: Target::Stamp(name(stamp)), hold: None, expires: None })
}

pub(crate) fn hold(operator: &str, stamp: usize) -> Command {
    command(operator, Order::Hold { target: Target::Stamp(name(stamp)), hold: None, expires: None })
}

pub(crate) fn restore(operator: &str, stamp: usize) -> Command {
    command(operator, Order::Restore { target: Target::Stamp(name(stamp)), hold: None })
}

pub(crate) fn release_unknown(operator: &str, stamp: usize) -> Command {
    let owner = ReleaseOwner::Unknown;
    command(operator, Order::Release { target: Target::Stamp(name(stamp)), owner, hold: None })
}

/// The stamp that a command is about; here each is about one.
pub(crate) fn subject_of(command: &Command) -> usize {
    let Some(Target::Stamp(wanted)) = target(&command.order) else {
        panic!("{} names no stamp", command.id);
    };
    (0..26).find(|stamp| name(*stamp) == *wanted).expect("a letter")
}

fn target(order: &Order) -> Option<&Target> {
    match order {
        Order::Drain { target, .. }
        | Order::Restore { target, .. }
        | Order::Hold { target, .. }
        | Order::Release { target, .. } => Some(target),
        _ => None,
    }
}
