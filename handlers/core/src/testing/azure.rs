//! What a reader would bring back from Azure.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{config, id, minute, shared};
use crate::{
    facets::{
        Progress,
        governance::{self, AssignmentSeen, OWNER_KEY},
        membership::{MemberSeen, UID_LABEL},
        registry_access::{Grant, PullRole, RegistryMode, RegistrySeen},
        traffic::{self, OriginSeen, Probe},
    },
    ids::{ArmId, PrincipalId},
    names::{MANAGED_BY, grant_description, member_name, origin_name},
    world::{Channels, ClusterSeen, Pool, Runs, Seen, Wanted},
};

/// Where the origins of the usual configuration are, below the shared group's providers.
pub(crate) const ORIGINS: &str = "Microsoft.Cdn/profiles/afd-one/originGroups/stamps/origins";

/// A running cluster in a resource group of its own.
pub(crate) fn a_cluster(name: &str) -> ClusterSeen {
    let group = format!("{}/resourceGroups/rg-{name}", super::SUBSCRIPTION);
    ClusterSeen {
        id: id(&format!("{group}/providers/Microsoft.ContainerService/managedClusters/{name}")),
        uid: Some(format!("uid-of-{name}")),
        location: "westeurope".to_owned(),
        tags: BTreeMap::new(),
        progress: Progress::Settled,
        state: "Succeeded".to_owned(),
        running: true,
        managed_identity: true,
        kubelet: Some(PrincipalId::new(&format!("kubelet-of-{name}"))),
        gateway: None,
        node_group: Some(id(&format!("{}/resourceGroups/rg-nodes-of-{name}", super::SUBSCRIPTION))),
        pools: vec![
            Pool { name: "system".to_owned(), nodes: 2, most: 2, system: true },
            Pool { name: "work".to_owned(), nodes: 3, most: 9, system: false },
        ],
        runs: Runs::default(),
        channels: Channels::default(),
    }
}

impl ClusterSeen {
    pub(crate) fn in_region(mut self, region: &str) -> Self {
        region.clone_into(&mut self.location);
        self
    }

    pub(crate) fn tagged(mut self, key: &str, value: &str) -> Self {
        self.tags.insert(key.to_owned(), value.to_owned());
        self
    }

    pub(crate) fn recreated(mut self) -> Self {
        self.uid = Some("uid-of-another-life".to_owned());
        self
    }

    pub(crate) fn host(&self) -> String {
        format!("{}.example.net", self.id.name())
    }
}

/// The cluster's member, exactly as the usual configuration wants it.
pub(crate) fn a_member_of(cluster: &ClusterSeen) -> MemberSeen {
    let fleet = config().fleet;
    let labels = [("team", "platform"), (UID_LABEL, cluster.uid.as_deref().unwrap_or_default())];
    MemberSeen {
        id: fleet.child(&format!("members/{}", member_name(&cluster.id))).expect("a member id"),
        cluster: cluster.id.clone(),
        group: Some("stable".to_owned()),
        labels: labels.map(|(key, value)| (key.to_owned(), value.to_owned())).into(),
        progress: Progress::Settled,
        failure: None,
        etag: None,
    }
}

impl MemberSeen {
    pub(crate) fn in_group(mut self, group: &str) -> Self {
        self.group = Some(group.to_owned());
        self
    }

    pub(crate) fn labelled(mut self, key: &str, value: &str) -> Self {
        self.labels.insert(key.to_owned(), value.to_owned());
        self
    }

    pub(crate) fn that_is(mut self, progress: Progress) -> Self {
        self.progress = progress;
        self
    }

    pub(crate) fn named(mut self, name: &str) -> Self {
        self.id =
            self.id.parent().and_then(|fleet| fleet.child(&format!("members/{name}")).ok()).expect("an id");
        self
    }
}

/// A registry with registry-wide roles, which nobody may pull from.
pub(crate) fn a_registry() -> RegistrySeen {
    RegistrySeen {
        id: shared("Microsoft.ContainerRegistry/registries/acrone"),
        mode: RegistryMode::Legacy,
        location: "westeurope".to_owned(),
        grants: Ok(Vec::new()),
        replicas: None,
    }
}

impl RegistrySeen {
    pub(crate) fn in_mode(mut self, mode: RegistryMode) -> Self {
        self.mode = mode;
        self
    }

    pub(crate) fn with(mut self, grant: Grant) -> Self {
        if let Ok(grants) = &mut self.grants {
            grants.push(grant);
        }
        self
    }
}

/// A role assignment that we made for a cluster, at the usual registry.
pub(crate) fn our_grant(role: PullRole, cluster: &ClusterSeen) -> Grant {
    let principal = cluster.kubelet.clone().expect("a cluster with a kubelet identity");
    let registry = a_registry().id;
    let name = crate::names::role_assignment_name(&registry, &principal, role.guid());
    Grant {
        id: grant_at(&registry, &name.to_string()),
        scope: registry,
        role: role.guid().to_owned(),
        principal,
        description: Some(grant_description(&cluster.id)),
    }
}

fn grant_at(scope: &ArmId, name: &str) -> ArmId {
    scope.child(&format!("providers/Microsoft.Authorization/roleAssignments/{name}")).expect("a grant id")
}

impl Grant {
    pub(crate) fn made_by_somebody_else(mut self) -> Self {
        self.description = None;
        self.id = grant_at(&self.scope, "by-somebody-else");
        self
    }

    pub(crate) fn at(mut self, scope: ArmId) -> Self {
        self.id = grant_at(&scope, "inherited");
        self.scope = scope;
        self
    }

    pub(crate) fn for_principal(mut self, principal: &str) -> Self {
        self.principal = PrincipalId::new(principal);
        self.id = grant_at(&self.scope, &format!("to-{principal}"));
        self
    }
}

/// The assignment that a wish leads to, made by us.
pub(crate) fn assigned(wanted: &governance::Wanted) -> AssignmentSeen {
    let suffix = format!("providers/Microsoft.Authorization/policyAssignments/{}", wanted.name);
    AssignmentSeen {
        id: wanted.scope.child(&suffix).expect("an assignment id"),
        scope: wanted.scope.clone(),
        definition: wanted.definition.as_str().to_owned(),
        display_name: Some(wanted.display_name.clone()),
        parameters: wanted.parameters.clone(),
        enforcement: Some("Default".to_owned()),
        metadata: [(OWNER_KEY.to_owned(), Value::from(MANAGED_BY))].into(),
        rest: BTreeMap::new(),
    }
}

impl AssignmentSeen {
    pub(crate) fn made_by_somebody_else(mut self) -> Self {
        self.metadata.clear();
        self
    }

    /// The same definition under another name, at another scope.
    pub(crate) fn at(mut self, scope: &ArmId) -> Self {
        let suffix = "providers/Microsoft.Authorization/policyAssignments/elsewhere";
        self.id = scope.child(suffix).expect("an assignment id");
        self.scope = scope.clone();
        self
    }
}

/// The stamp's own origin, disabled.
pub(crate) fn an_origin_of(cluster: &ClusterSeen) -> OriginSeen {
    OriginSeen {
        id: shared(&format!("{ORIGINS}/{}", origin_name(&cluster.id))),
        host: cluster.host(),
        host_header: Some(cluster.host()),
        https_port: 443,
        priority: Some(1),
        weight: Some(50),
        enabled: false,
        progress: Progress::Settled,
    }
}

impl OriginSeen {
    pub(crate) fn enabled_at(mut self, weight: u16) -> Self {
        self.enabled = true;
        self.weight = Some(weight);
        self
    }

    pub(crate) fn that_is(mut self, progress: Progress) -> Self {
        self.progress = progress;
        self
    }

    pub(crate) fn pointing_to(mut self, host: &str) -> Self {
        host.clone_into(&mut self.host);
        self
    }

    pub(crate) fn named(mut self, name: &str) -> Self {
        self.id = shared(&format!("{ORIGINS}/{name}"));
        self
    }
}

/// A cluster that nothing was done for yet; its health path answers well.
pub(crate) fn seen(cluster: &ClusterSeen) -> Seen {
    Seen {
        at: minute(0),
        cluster: Ok(Some(cluster.clone())),
        members: Ok(Vec::new()),
        registries: vec![Ok(a_registry())],
        assignments: Ok(Vec::new()),
        traffic: Some(front_door(cluster)),
        neighbours: None,
    }
}

/// An origin group without origins.
pub(crate) fn front_door(cluster: &ClusterSeen) -> traffic::Seen {
    traffic::Seen {
        origins: Ok(Vec::new()),
        host: Ok(cluster.host()),
        probe: Some(Probe::Good),
        peers: Vec::new(),
    }
}

/// A cluster that has everything the usual configuration wants, with its origin at full weight.
pub(crate) fn all_in_place(cluster: &ClusterSeen) -> Seen {
    let wanted = Wanted::of(&config(), cluster);
    let mut seen = seen(cluster);
    seen.members = Ok(vec![a_member_of(cluster)]);
    seen.registries = vec![Ok(a_registry().with(our_grant(PullRole::AcrPull, cluster)))];
    seen.assignments = Ok(wanted.governance.iter().map(assigned).collect());
    seen.with_origin(an_origin_of(cluster).enabled_at(500))
}

impl Seen {
    pub(crate) fn front_door(&mut self) -> &mut traffic::Seen {
        self.traffic.as_mut().expect("traffic was looked at")
    }

    pub(crate) fn with_origin(mut self, origin: OriginSeen) -> Self {
        if let Ok(origins) = &mut self.front_door().origins {
            origins.push(origin);
        }
        self
    }

    /// Another stamp's origin, enabled, whose health path answered so.
    pub(crate) fn with_peer(mut self, cluster: &ClusterSeen, probe: Probe) -> Self {
        let origin = an_origin_of(cluster).enabled_at(500);
        self.front_door().peers.push((origin.id.clone(), probe));
        self.with_origin(origin)
    }

    /// The cluster was deleted, alone in its resource group.
    pub(crate) fn gone(mut self) -> Self {
        self.cluster = Ok(None);
        self.neighbours = Some(Ok(Vec::new()));
        self
    }
}
