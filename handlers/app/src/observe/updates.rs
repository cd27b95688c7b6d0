//! Observes the fleet's updates: its gates and runs first, then what a decision about them asks for.

use std::collections::BTreeSet;

use fleet_arm::AbsentKind;
use fleet_core::{
    facets::{Sight, traffic::Probe},
    ids::ArmId,
    rollout::{FirstRound, SecondRound, Seen},
    updates::{GateSeen, Offer, RunSeen},
    world::ClusterSeen,
};
use futures::future::{join, join_all, join5};
use jiff::Timestamp;

use super::{Observer, convert, unread, unread_because};

/// Runs that were read, and those that do not exist any more.
struct Runs {
    found: Sight<Vec<RunSeen>>,
    gone: Vec<ArmId>,
}

impl Observer<'_> {
    /// The first round: every gate, and all runs or those that are named. Never fails: what can't be read is a hole.
    pub async fn updates(&self, first: &FirstRound, at: Timestamp) -> Seen {
        let runs = async {
            if first.list { self.all_runs(&first.runs).await } else { self.named_runs(&first.runs).await }
        };
        let (gates, Runs { found, gone }) = join(self.gates(), runs).await;
        let listed = first.list && found.is_ok();
        Seen { runs: found, listed, gone, gates, ..Seen::unread(at) }
    }

    /// A further round: adds what was asked for, all of it read side by side.
    pub async fn updates_more(&self, seen: &mut Seen, second: &SecondRound) {
        let (runs, clusters, probes, origins, offers) = join5(
            self.named_runs(&second.runs),
            join_all(second.clusters.iter().map(|cluster| self.keyed_cluster(cluster))),
            join_all(second.probes.iter().map(|(cluster, host)| self.answer(cluster, host))),
            async { if second.origins { Some(self.origins().await) } else { None } },
            join_all(second.offers.iter().map(|region| self.offers(region))),
        )
        .await;
        match (&mut seen.runs, runs.found) {
            (Ok(known), Ok(further)) => known.extend(further),
            (known @ Ok(_), Err(hole)) => *known = Err(hole),
            (Err(_), _) => {}
        }
        seen.listed &= seen.runs.is_ok();
        seen.gone.extend(runs.gone);
        seen.clusters.extend(clusters);
        seen.probes.extend(probes.into_iter().flatten());
        seen.offers.extend(offers);
        if self.config.managed_traffic().is_some() {
            seen.origins = origins.or_else(|| seen.origins.take());
        }
    }

    async fn gates(&self) -> Sight<Vec<GateSeen>> {
        let what = "the fleet's gates";
        let listing = self.reader.gates(self.config.fleet.as_str()).await;
        convert::updates::gates(what, &listing.map_err(|error| unread_because(what, &error))?)
    }

    /// Every run. One of `wanted` that is not among them is gone.
    async fn all_runs(&self, wanted: &BTreeSet<ArmId>) -> Runs {
        let what = "the fleet's update runs";
        let listing = self.reader.update_runs(self.config.fleet.as_str()).await;
        let listing = listing.map_err(|error| unread_because(what, &error));
        match listing.and_then(|listing| convert::whole(what, &listing, convert::updates::run)) {
            Ok(runs) => {
                let is_gone = |id: &&ArmId| !runs.iter().any(|run| run.id == **id);
                let gone = wanted.iter().filter(is_gone).cloned().collect();
                Runs { found: Ok(runs), gone }
            }
            Err(hole) => Runs { found: Err(hole), gone: Vec::new() },
        }
    }

    /// Runs one by one, each once. One that can't be read makes the whole a hole, since it could be the one that matters.
    async fn named_runs(&self, wanted: &BTreeSet<ArmId>) -> Runs {
        let read = join_all(wanted.iter().map(|id| async move { (id, self.run(id).await) })).await;
        let gone = read.iter().filter(|(_, run)| matches!(run, Ok(None))).map(|(id, _)| (*id).clone());
        let gone = gone.collect();
        let found: Sight<Vec<Option<RunSeen>>> = read.into_iter().map(|(_, run)| run).collect();
        Runs { found: found.map(|runs| runs.into_iter().flatten().collect()), gone }
    }

    async fn run(&self, id: &ArmId) -> Sight<Option<RunSeen>> {
        let what = format!("update run {}", id.name());
        match self.reader.update_run(id.as_str()).await {
            Ok(wire) => match convert::updates::run(&wire) {
                Some(run) => Ok(Some(run)),
                None => Err(unread(&what, "it names itself by something that is no resource id")),
            },
            Err(error) if error.absent_kind() == Some(AbsentKind::Gone) => Ok(None),
            Err(error) => Err(unread_because(&what, &error)),
        }
    }

    async fn keyed_cluster(&self, id: &ArmId) -> (String, Sight<Option<ClusterSeen>>) {
        let found = self.cluster(id).await;
        (id.key().to_owned(), found.map(|found| found.map(|wire| convert::cluster(id, &wire))))
    }

    /// What the health path behind an origin's host answers; nothing where no health path is configured.
    async fn answer(&self, cluster: &ArmId, host: &str) -> Option<(String, Probe)> {
        let traffic = self.config.managed_traffic()?;
        let probe = self.prober.probe(host, traffic.https_port, &traffic.health_path).await;
        Some((cluster.key().to_owned(), probe))
    }

    /// What a region offers to the first subscription in scope.
    async fn offers(&self, region: &str) -> (String, Sight<Vec<Offer>>) {
        let what = format!("the versions that {region} offers");
        let of_fleet = || self.config.fleet.subscription().unwrap_or_default();
        let subscription = self.config.scope.subscriptions.first().map_or_else(of_fleet, String::as_str);
        let offered = self.reader.kubernetes_versions(subscription, region).await;
        let offers = offered.map(|wire| convert::updates::offers(&wire));
        (region.to_owned(), offers.map_err(|error| unread_because(&what, &error)))
    }
}

#[cfg(test)]
mod tests;
