//! Observes one stamp: everything that a decision may need, read side by side, in at most two rounds (three when a
//! gateway's address lies in another resource group).

mod convert;
mod host_name;
#[cfg(test)]
pub(crate) mod scripted;
mod updates;

use fleet_arm::{
    AbsentKind, ArmError,
    read::Reader,
    wire::{ManagedCluster, Registry, UpdateRun},
};
use fleet_core::{
    config::FleetConfig,
    facets::{
        Mode, Sight, Unread,
        governance::AssignmentSeen,
        membership::MemberSeen,
        registry_access::{Grant, RegistrySeen},
        traffic::{self, OriginSeen, Probe},
    },
    ids::ArmId,
    names::origin_name,
    updates::RunSeen,
    world::{ClusterSeen, Seen},
};
use futures::future::{join, join_all};
use jiff::Timestamp;

use crate::probe::Prober;

/// Reads what surrounds one stamp.
#[derive(Clone, Copy)]
pub struct Observer<'a> {
    /// ARM.
    pub reader: Reader<'a>,
    /// Health paths.
    pub prober: &'a dyn Prober,
    /// What is configured.
    pub config: &'a FleetConfig,
}

impl Observer<'_> {
    /// One observation. Never fails: what can't be read becomes a hole.
    pub async fn stamp(&self, subject: &ArmId, at: Timestamp) -> Seen {
        let group = subject.resource_group_scope();
        let policies = async {
            match &group {
                Some(group) => self.assignments(group).await,
                None => Err(unread("policy assignments", "the cluster's id names no resource group")),
            }
        };
        let ((cluster, members), (mut registries, (assignments, origins))) = join(
            join(self.cluster(subject), self.members()),
            join(self.registries(), join(policies, self.origins())),
        )
        .await;
        let mut seen = Seen {
            at,
            members,
            assignments,
            traffic: None,
            neighbours: None,
            registries: Vec::new(),
            cluster: cluster.map(|found| found.map(|wire| convert::cluster(subject, &wire))),
        };
        match &seen.cluster {
            Ok(Some(cluster)) => {
                let ((), traffic) = join(
                    self.replicas(&mut registries, subject, cluster, &origins),
                    self.traffic(subject, cluster, &origins),
                )
                .await;
                seen.traffic = traffic;
            }
            Ok(None) => {
                seen.neighbours = Some(self.neighbours(subject, group.as_ref()).await);
                seen.traffic = self.config.managed_traffic().map(|_| unhosted(origins));
            }
            Err(_) => seen.traffic = self.config.managed_traffic().map(|_| unhosted(origins)),
        }
        seen.registries = registries;
        seen
    }

    /// Asks the health paths of all enabled origins: evidence for the guard.
    pub async fn peers(&self, traffic: &traffic::Seen) -> Vec<(ArmId, Probe)> {
        let (Some(configured), Ok(origins)) = (self.config.managed_traffic(), &traffic.origins) else {
            return Vec::new();
        };
        let enabled = origins.iter().filter(|origin| origin.enabled);
        join_all(enabled.map(|origin| async {
            (
                origin.id.clone(),
                self.prober.probe(&origin.host, origin.https_port, &configured.health_path).await,
            )
        }))
        .await
    }

    async fn cluster(&self, subject: &ArmId) -> Sight<Option<ManagedCluster>> {
        match self.reader.managed_cluster(subject.as_str()).await {
            Ok(cluster) => Ok(Some(cluster)),
            // Only ARM's own word that the thing or its group is gone counts; a 404 can have other causes.
            Err(error) if error.absent_kind() == Some(AbsentKind::Gone) => Ok(None),
            Err(error) => Err(unread_because("the cluster", &error)),
        }
    }

    async fn members(&self) -> Sight<Vec<MemberSeen>> {
        if self.config.membership.mode == Mode::Off {
            return Ok(Vec::new());
        }
        let what = "the fleet's members";
        let listing = self.reader.members(self.config.fleet.as_str()).await;
        convert::whole(what, &listing.map_err(|error| unread_because(what, &error))?, convert::member)
    }

    async fn registries(&self) -> Vec<Sight<RegistrySeen>> {
        let configured = &self.config.registry_access;
        let asked = configured.registries.iter().filter(|_| configured.mode != Mode::Off);
        join_all(asked.map(|registry| self.registry(registry))).await
    }

    async fn registry(&self, registry: &ArmId) -> Sight<RegistrySeen> {
        let what = format!("registry {}", registry.name());
        let (found, grants) = join(self.reader.registry(registry.as_str()), self.grants(registry)).await;
        let found: Registry = found.map_err(|error| unread_because(&what, &error))?;
        Ok(convert::registry(registry, &found, grants))
    }

    async fn grants(&self, registry: &ArmId) -> Sight<Vec<Grant>> {
        let listing = self.reader.role_assignments(registry.as_str()).await;
        let what = format!("role assignments at registry {}", registry.name());
        Ok(convert::grants(&listing.map_err(|error| unread_because(&what, &error))?))
    }

    async fn assignments(&self, group: &ArmId) -> Sight<Vec<AssignmentSeen>> {
        let governance = &self.config.governance;
        if governance.mode == Mode::Off || governance.assignments.is_empty() {
            return Ok(Vec::new());
        }
        let what = format!("policy assignments at {}", group.name());
        match self.reader.policy_assignments(group.as_str()).await {
            Ok(listing) => convert::whole(&what, &listing, convert::assignment),
            // With the group its assignments are gone.
            Err(error) if error.absent_kind() == Some(AbsentKind::Gone) => Ok(Vec::new()),
            Err(error) => Err(unread_because(&what, &error)),
        }
    }

    async fn origins(&self) -> Sight<Vec<OriginSeen>> {
        let Some(traffic) = self.config.managed_traffic() else { return Ok(Vec::new()) };
        let what = "the origin group's origins";
        let listing = self.reader.origins(traffic.origin_group.as_str()).await;
        convert::whole(what, &listing.map_err(|error| unread_because(what, &error))?, convert::origin)
    }

    /// Regions of the registries' replicas: needed once a stamp is on its way into traffic, and only where the registry
    /// is not at home in the stamp's region.
    async fn replicas(
        &self,
        registries: &mut [Sight<RegistrySeen>],
        subject: &ArmId,
        cluster: &ClusterSeen,
        origins: &Sight<Vec<OriginSeen>>,
    ) {
        let under_way = origins.as_ref().is_ok_and(|origins| own_origin(origins, subject, None).is_some());
        let distant = registries
            .iter_mut()
            .flatten()
            .filter(|registry| under_way && registry.location != cluster.location);
        join_all(distant.map(|registry| async {
            let what = format!("replications of registry {}", registry.id.name());
            let listing = self.reader.replications(registry.id.as_str()).await;
            let regions = listing.map(|listing| convert::replica_regions(&listing));
            registry.replicas = Some(regions.map_err(|error| unread_because(&what, &error)));
        }))
        .await;
    }

    async fn traffic(
        &self,
        subject: &ArmId,
        cluster: &ClusterSeen,
        origins: &Sight<Vec<OriginSeen>>,
    ) -> Option<traffic::Seen> {
        let configured = self.config.managed_traffic()?;
        let tagged = host_name::tagged(configured, cluster);
        let known = origins.as_ref().ok().and_then(|origins| {
            own_origin(origins, subject, tagged.as_ref().and_then(|host| host.as_deref().ok()))
        });
        let probe = async {
            let origin = known?;
            Some(self.prober.probe(&origin.host, origin.https_port, &configured.health_path).await)
        };
        let (host, probe) =
            join(host_name::of_stamp(&self.reader, configured, cluster, tagged.clone()), probe).await;
        Some(traffic::Seen { origins: origins.clone(), host, probe, peers: Vec::new() })
    }

    async fn neighbours(&self, subject: &ArmId, group: Option<&ArmId>) -> Sight<Vec<ArmId>> {
        let what = "the clusters of its resource group";
        let Some(group) = group else { return Err(unread(what, "the cluster's id names no resource group")) };
        match self.reader.managed_clusters_in_group(group.as_str()).await {
            Ok(listing) => {
                Ok(convert::cluster_ids(what, &listing)?.into_iter().filter(|id| id != subject).collect())
            }
            Err(error) if error.absent_kind() == Some(AbsentKind::Gone) => Ok(Vec::new()),
            Err(error) => Err(unread_because(what, &error)),
        }
    }
}

/// What the sweep looks at: every cluster of the configured subscriptions, and every cluster that a member of the fleet
/// stands for, since one of those may be gone without anybody having said so.
///
/// # Errors
/// When one list can't be read: a partial one would make the rest look gone.
pub async fn clusters_to_sweep(observer: Observer<'_>) -> Sight<Vec<ArmId>> {
    let mut clusters: Vec<ArmId> =
        observer.members().await?.into_iter().map(|member| member.cluster).collect();
    for subscription in &observer.config.scope.subscriptions {
        let what = format!("the clusters of subscription {subscription}");
        let listing = observer.reader.managed_clusters_in_subscription(subscription).await;
        clusters
            .extend(convert::cluster_ids(&what, &listing.map_err(|error| unread_because(&what, &error))?)?);
    }
    Ok(clusters)
}

/// An update run as decisions see it; none where it names itself by something that is no resource id.
#[must_use]
pub fn run_seen(run: &UpdateRun) -> Option<RunSeen> {
    convert::updates::run(run)
}

/// The stamp's origin by our name, else by its host.
fn own_origin<'a>(origins: &'a [OriginSeen], subject: &ArmId, host: Option<&str>) -> Option<&'a OriginSeen> {
    let name = origin_name(subject);
    let named = origins.iter().find(|origin| origin.id.name().eq_ignore_ascii_case(&name));
    named.or_else(|| {
        origins.iter().find(|origin| host.is_some_and(|host| origin.host.eq_ignore_ascii_case(host)))
    })
}

fn unhosted(origins: Sight<Vec<OriginSeen>>) -> traffic::Seen {
    let host = Err(unread("the stamp's public host name", "the cluster could not be read or is gone"));
    traffic::Seen { origins, host, probe: None, peers: Vec::new() }
}

fn unread(what: &str, why: &str) -> Unread {
    Unread { what: what.to_owned(), why: why.to_owned() }
}

/// A hole with the service's own words, which name no secret.
fn unread_because(what: &str, error: &ArmError) -> Unread {
    let why = match (error.code(), error.message()) {
        (Some(code), Some(message)) => format!("{code}: {message}"),
        _ => error.to_string(),
    };
    unread(what, &why)
}
