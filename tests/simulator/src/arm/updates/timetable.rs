//! When what happens in the upgrade of a cluster.

use std::collections::VecDeque;
use std::ops::RangeInclusive;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::arm::state::State;
use crate::arm::store::Store;

use super::configuration::UpgradeFate;
use super::model::Kind;
use super::upgrades::Beginning;

/// A change that the world sees.
#[derive(Debug, PartialEq)]
pub(super) enum Step {
    ControlPlaneDone,
    PoolRolls(String),
    PoolDone(String),
    PoolFails(String),
    Disturbs { host: String, disturbed: bool },
    Ends { succeeded: bool },
}

/// The times of an upgrade: the control plane takes as long as one pool.
pub(super) struct Timetable {
    from: Timestamp,
    /// How long each part takes.
    part: SignedDuration,
    control_plane: bool,
    pools: Vec<String>,
    /// The host that is disturbed, and for how long.
    disturbance: Option<(String, SignedDuration)>,
}

impl Timetable {
    pub(super) fn of(state: &State, beginning: &Beginning, now: Timestamp) -> Self {
        let control_plane = beginning.kind != Kind::NodeImageOnly;
        let pools = match beginning.kind {
            Kind::ControlPlaneOnly => Vec::new(),
            Kind::Full | Kind::NodeImageOnly => pool_names(&state.store, &beginning.cluster),
        };
        let settings = &state.settings.updates;
        let seconds = |range: &RangeInclusive<u64>, purpose: &str| {
            let chosen = state.seed.between(*range.start(), *range.end(), &[purpose, &beginning.operation]);
            i64::try_from(chosen).unwrap_or(i64::MAX)
        };
        let parts = i64::try_from(pools.len() + usize::from(control_plane)).unwrap_or(1).max(1);
        let host = public_host(&state.store, &beginning.cluster);
        let disturbance = settings.disturbance_seconds.as_ref().zip(host);
        Self {
            from: now,
            part: SignedDuration::from_secs(seconds(&settings.upgrade_seconds, "upgrade takes") / parts),
            control_plane,
            pools,
            disturbance: disturbance
                .map(|(range, host)| (host, SignedDuration::from_secs(seconds(range, "disturbance")))),
        }
    }

    pub(super) fn steps(&self, fate: UpgradeFate) -> VecDeque<(Timestamp, Step)> {
        let mut steps = Vec::new();
        let mut at = self.from;
        let mut pass = || {
            at = at.saturating_add(self.part).unwrap_or(Timestamp::MAX);
            at
        };
        let succeeds = fate == UpgradeFate::Succeeds;
        let rolling_from = if self.control_plane { pass() } else { self.from };
        if self.control_plane && (succeeds || !self.pools.is_empty()) {
            steps.push((rolling_from, Step::ControlPlaneDone));
        }
        let mut end = rolling_from;
        for pool in &self.pools {
            steps.push((end, Step::PoolRolls(pool.clone())));
            end = pass();
            if !succeeds {
                steps.push((end, Step::PoolFails(pool.clone())));
                break;
            }
            steps.push((end, Step::PoolDone(pool.clone())));
        }
        if !self.pools.is_empty() {
            steps.extend(self.disturbances(rolling_from, end));
        }
        steps.push((end, Step::Ends { succeeded: succeeds }));
        if fate == UpgradeFate::Stuck {
            steps.retain(|(_, step)| matches!(step, Step::ControlPlaneDone | Step::PoolRolls(_)));
        }
        steps.sort_by_key(|(at, _)| *at);
        steps.into()
    }

    /// The host answers badly from the first pool on, at most until the end.
    fn disturbances(&self, from: Timestamp, end: Timestamp) -> Vec<(Timestamp, Step)> {
        let Some((host, span)) = &self.disturbance else { return Vec::new() };
        let until = from.saturating_add(*span).unwrap_or(end).min(end);
        let disturbs = |disturbed| Step::Disturbs { host: host.clone(), disturbed };
        vec![(from, disturbs(true)), (until, disturbs(false))]
    }
}

fn pool_names(store: &Store, cluster: &str) -> Vec<String> {
    let pools = store.get(cluster).and_then(|body| body["properties"]["agentPoolProfiles"].as_array());
    let names = pools.into_iter().flatten().filter_map(|pool| pool["name"].as_str());
    names.map(str::to_owned).collect()
}

/// The host name of the cluster's gateway, if it has one.
fn public_host(store: &Store, cluster: &str) -> Option<String> {
    let text =
        |id: &str, pointer: &str| store.get(id)?.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    let add_on = "/properties/addonProfiles/ingressApplicationGateway/config/effectiveApplicationGatewayId";
    let gateway = text(cluster, add_on)?;
    let frontend = "/properties/frontendIPConfigurations/0/properties/publicIPAddress/id";
    let address = text(&gateway, frontend)?;
    text(&address, "/properties/dnsSettings/fqdn")
}
