//! The world around one stamp: what was seen of it, and what configuration wants of it.

mod updates;
mod wanted;

use std::{collections::BTreeMap, fmt};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    config::FleetConfig,
    facets::{Progress, Sight, governance, membership, registry_access, traffic},
    health::NodeCount,
    ids::{ArmId, PrincipalId},
};

pub use updates::UpdatesSeen;
pub(crate) use wanted::origin_of;
pub use wanted::{OutOfScope, Wanted, same_region, tag};

/// One observation of a stamp: partial, and old as soon as it is made.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    /// When the observation began. Whatever happened before is in it.
    pub at: Timestamp,
    /// The cluster, `None` when ARM says that it does not exist.
    pub cluster: Sight<Option<ClusterSeen>>,
    /// The fleet's members.
    pub members: Sight<Vec<membership::MemberSeen>>,
    /// The configured registries, in their order; one that could not be read is a hole.
    pub registries: Vec<Sight<registry_access::RegistrySeen>>,
    /// Policy assignments at the cluster's resource group and above.
    pub assignments: Sight<Vec<governance::AssignmentSeen>>,
    /// Front Door, when traffic is managed.
    pub traffic: Option<traffic::Seen>,
    /// Other clusters in the same resource group; asked for only when the cluster is gone.
    pub neighbours: Option<Sight<Vec<ArmId>>>,
}

/// A managed cluster, as far as we care.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClusterSeen {
    /// Its resource id.
    pub id: ArmId,
    /// Tells a recreated cluster from its predecessor.
    pub uid: Option<String>,
    /// Its region, in lower case without blanks.
    pub location: String,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// How far its last operation came.
    pub progress: Progress,
    /// The `provisioningState` in the service's words.
    pub state: String,
    /// Whether its control plane and nodes run.
    pub running: bool,
    /// Whether it has a managed identity rather than a service principal.
    pub managed_identity: bool,
    /// The kubelet identity's object id.
    pub kubelet: Option<PrincipalId>,
    /// The Application Gateway of its ingress add-on.
    pub gateway: Option<ArmId>,
    /// The resource group of its nodes.
    pub node_group: Option<ArmId>,
    /// Its node pools.
    pub pools: Vec<Pool>,
    /// What it runs.
    pub runs: Runs,
    /// Whether it updates itself.
    pub channels: Channels,
}

/// What a cluster runs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Runs {
    /// The control plane's version in full, such as `1.33.5`.
    pub version: Option<String>,
    /// Its node pools.
    pub pools: Vec<PoolRuns>,
}

/// What a node pool runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PoolRuns {
    /// Its name.
    pub name: String,
    /// Its version in full.
    pub version: Option<String>,
    /// Its node image, such as `AKSUbuntu-2204gen2containerd-202603.02.0`.
    pub image: Option<String>,
    /// How far its last operation came.
    pub progress: Progress,
}

/// How a cluster updates itself, in the service's words; none where it does not.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Channels {
    /// Its Kubernetes version: `patch`, `stable`, `rapid`, `node-image`.
    pub upgrade: Option<String>,
    /// Its nodes' operating system: `Unmanaged`, `SecurityPatch`, `NodeImage`.
    pub node_os: Option<String>,
}

/// A node pool: one scale set of nodes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pool {
    /// Its name.
    pub name: String,
    /// Nodes now.
    pub nodes: u32,
    /// The most nodes that the autoscaler may run; the nodes now where there is no autoscaler.
    pub most: u32,
    /// Whether it is only for the cluster's own components.
    pub system: bool,
}

/// What of a cluster is remembered between two looks, because others need it: the guard's capacity rule, and whom a
/// signal concerns.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Facts {
    /// The resource group of its nodes.
    pub node_group: Option<ArmId>,
    /// The Application Gateway in front of it.
    pub gateway: Option<ArmId>,
    /// Its node pools.
    pub pools: Vec<Pool>,
    /// The version of Kubernetes that it runs.
    #[serde(default)]
    pub version: Option<String>,
}

/// Why a cluster in scope is not acted on yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum NotReady {
    /// It is being created, updated or deleted, or its last operation failed.
    State(String),
    /// It is stopped.
    Stopped,
    /// It runs on a service principal.
    NoManagedIdentity,
}

impl fmt::Display for NotReady {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::State(state) => write!(f, "the cluster's provisioning state is {state}, not Succeeded"),
            Self::Stopped => f.write_str("the cluster is stopped"),
            Self::NoManagedIdentity => f.write_str(
                "the cluster has no managed identity; change it to a managed identity to have it enrolled",
            ),
        }
    }
}

impl Facts {
    /// What its nodes are made of.
    #[must_use]
    pub fn nodes(&self) -> NodeCount {
        let machines = self.pools.iter().map(|pool| usize::try_from(pool.nodes).unwrap_or(usize::MAX)).sum();
        NodeCount { scale_sets: self.pools.len(), machines }
    }

    /// What is worth remembering of a cluster.
    #[must_use]
    pub fn of(cluster: &ClusterSeen, config: &FleetConfig) -> Self {
        let key = config.traffic.as_ref().map(|traffic| traffic.gateway_tag.as_str());
        let tagged = key.and_then(|key| tag(&cluster.tags, key)).and_then(|id| ArmId::parse(id).ok());
        Self {
            node_group: cluster.node_group.clone(),
            gateway: tagged.or_else(|| cluster.gateway.clone()),
            pools: cluster.pools.clone(),
            version: cluster.runs.version.clone(),
        }
    }
}

impl ClusterSeen {
    /// Why the cluster is not ready, if it is not.
    #[must_use]
    pub fn not_ready(&self) -> Option<NotReady> {
        if self.progress != Progress::Settled {
            Some(NotReady::State(self.state.clone()))
        } else if !self.running {
            Some(NotReady::Stopped)
        } else if !self.managed_identity {
            Some(NotReady::NoManagedIdentity)
        } else {
            None
        }
    }
}

/// Whether this is a fleet's own hub: a cluster named `hub` in a group `FL_…`, which the fleet manages and nobody else
/// should (ARM contract: AKS clusters).
#[must_use]
pub fn is_fleet_hub(cluster: &ArmId) -> bool {
    let group = cluster.resource_group().unwrap_or_default().to_ascii_lowercase();
    cluster.name().eq_ignore_ascii_case("hub") && group.starts_with("fl_")
}

#[cfg(test)]
mod tests;
