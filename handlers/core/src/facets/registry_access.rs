//! Registry access: the stamp's kubelet identity may pull from each configured registry, by the role that the
//! registry's mode honours.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Diff, Sight, Unread};
use crate::{
    ids::{ArmId, PrincipalId},
    names::{grant_description, role_assignment_name},
};

/// How a registry decides who may pull (`properties.roleAssignmentMode`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum RegistryMode {
    /// `LegacyRegistryPermissions`, and absent: registry-wide roles.
    Legacy,
    /// `AbacRepositoryPermissions`: repository roles; the legacy pull role gives nothing.
    Abac,
    /// A mode that this version does not know.
    Other(String),
}

impl RegistryMode {
    /// Reads the registry's own spelling. Absent means legacy, because the api-version in use is known to return it.
    #[must_use]
    pub fn of(mode: Option<&str>) -> Self {
        match mode {
            None => Self::Legacy,
            Some(text) if text.eq_ignore_ascii_case("LegacyRegistryPermissions") => Self::Legacy,
            Some(text) if text.eq_ignore_ascii_case("AbacRepositoryPermissions") => Self::Abac,
            Some(text) => Self::Other(text.to_owned()),
        }
    }

    /// The role that lets a cluster pull in this mode; `None` when the mode is unknown.
    #[must_use]
    pub fn pull_role(&self) -> Option<PullRole> {
        match self {
            Self::Legacy => Some(PullRole::AcrPull),
            Self::Abac => Some(PullRole::RepositoryReader),
            Self::Other(_) => None,
        }
    }
}

/// The two built-in roles that we grant, and no others: the condition on our own rights names exactly these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PullRole {
    /// AcrPull.
    AcrPull,
    /// Container Registry Repository Reader, assigned without a condition: the whole registry.
    RepositoryReader,
}

impl PullRole {
    /// Both roles.
    pub const ALL: [Self; 2] = [Self::AcrPull, Self::RepositoryReader];

    /// The role definition's GUID, the same in every tenant (ARM contract: built-in roles).
    #[must_use]
    pub const fn guid(self) -> &'static str {
        match self {
            Self::AcrPull => "7f951dda-4ed3-4680-a7ca-43fe172d538d",
            Self::RepositoryReader => "b93aa761-3e63-49ed-ac28-beffa264f7ac",
        }
    }

    /// The role's display name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AcrPull => "AcrPull",
            Self::RepositoryReader => "Container Registry Repository Reader",
        }
    }

    fn of_guid(guid: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.guid().eq_ignore_ascii_case(guid))
    }
}

/// A role assignment as listed at a registry: exactly there or at any scope above.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// The assignment's id.
    pub id: ArmId,
    /// The scope at which it is assigned. The tenant root, `/`, is no id and is left out when reading.
    pub scope: ArmId,
    /// The role definition's GUID: the last segment of its id, whose prefix the service rewrites.
    pub role: String,
    /// Who has it.
    pub principal: PrincipalId,
    /// Free text; ours says so.
    pub description: Option<String>,
}

/// A registry and who may do what there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegistrySeen {
    /// The registry.
    pub id: ArmId,
    /// How it decides who may pull.
    pub mode: RegistryMode,
    /// Its home region, in lower case without blanks.
    pub location: String,
    /// Role assignments at the registry and above.
    pub grants: Sight<Vec<Grant>>,
    /// Regions of its settled replicas, when they were asked for.
    pub replicas: Option<Sight<Vec<String>>>,
}

/// The cluster that pulls.
#[derive(Debug, Clone, Copy)]
pub struct Puller<'a> {
    /// The cluster.
    pub cluster: &'a ArmId,
    /// Its kubelet identity's object id.
    pub principal: Option<&'a PrincipalId>,
}

/// A write to a registry's role assignments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Action {
    /// Give the role.
    Grant {
        /// The registry.
        registry: ArmId,
        /// The assignment's name, derived from the rest.
        name: Uuid,
        /// The role.
        role: PullRole,
        /// The kubelet identity.
        principal: PrincipalId,
        /// Marks it as ours and names the cluster.
        description: String,
    },
    /// Take back an assignment that we made and that serves nobody any more.
    Revoke {
        /// The assignment.
        assignment: ArmId,
    },
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Grant { registry, role, principal, .. } => {
                write!(
                    f,
                    "grant {} on registry {} to kubelet identity {principal}",
                    role.name(),
                    registry.name()
                )
            }
            Self::Revoke { assignment } => {
                write!(f, "revoke our stale role assignment {}", assignment.name())
            }
        }
    }
}

/// Why a registry's assignments are left as they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Reason {
    /// The registry or its assignments could not be read.
    Unread(Unread),
    /// The cluster shows no kubelet identity.
    NoKubeletIdentity,
    /// The registry has no settled replica in the cluster's region.
    NoReplica {
        /// The registry's name.
        registry: String,
        /// The cluster's region.
        region: String,
    },
    /// The cluster only has the legacy role, which the registry ignores since its mode was switched.
    CutOff {
        /// The registry's name.
        registry: String,
    },
    /// The registry's mode is none we know.
    UnknownMode {
        /// The registry's name.
        registry: String,
        /// Its mode.
        mode: String,
    },
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unread(unread) => unread.fmt(f),
            Self::NoKubeletIdentity => {
                f.write_str("the cluster shows no kubelet identity; give it a managed identity so that it can pull images")
            }
            Self::NoReplica { registry, region } => write!(
                f,
                "registry {registry} has no replica in {region}; pulls cross regions until it is replicated there"
            ),
            Self::CutOff { registry } => write!(
                f,
                "registry {registry} was switched to repository permissions and ignores AcrPull; pulls fail until the new role is in effect"
            ),
            Self::UnknownMode { registry, mode } => write!(
                f,
                "registry {registry} has the role assignment mode {mode}; known are LegacyRegistryPermissions and AbacRepositoryPermissions"
            ),
        }
    }
}

/// How one cluster's pull access to one registry stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AccessState {
    /// By an assignment that we made.
    Granted,
    /// By an assignment that somebody else made at the registry.
    Adopted,
    /// By an assignment at a scope above.
    Inherited,
    /// Only by the legacy role, which the registry's mode ignores: pulls are cut off, or will be once it switches.
    CutOff,
    /// Not at all.
    Missing,
    /// Not to be told from what could be read.
    Unknown,
}

impl AccessState {
    /// Whether pulls work.
    #[must_use]
    pub fn can_pull(self) -> bool {
        matches!(self, Self::Granted | Self::Adopted | Self::Inherited)
    }
}

/// How the cluster's access to a registry stands, for the report and for the proof that it may leave quarantine.
#[must_use]
pub fn access(puller: Puller<'_>, registry: &RegistrySeen) -> (Option<PullRole>, AccessState) {
    let role = registry.mode.pull_role();
    let (Some(role), Some(principal), Ok(grants)) = (role, puller.principal, &registry.grants) else {
        return (role, AccessState::Unknown);
    };
    let held = |role: PullRole| grants.iter().find(|grant| gives(grant, role, principal));
    let state = match held(role) {
        Some(grant) if grant.scope != registry.id => AccessState::Inherited,
        Some(grant) if is_ours(grant, puller.cluster) => AccessState::Granted,
        Some(_) => AccessState::Adopted,
        None if role == PullRole::RepositoryReader && held(PullRole::AcrPull).is_some() => {
            AccessState::CutOff
        }
        None => AccessState::Missing,
    };
    (Some(role), state)
}

/// What to do so that the cluster can pull from one registry.
pub fn diff(puller: Puller<'_>, registry: &RegistrySeen) -> Diff<Action, Reason> {
    let Some(role) = registry.mode.pull_role() else {
        let RegistryMode::Other(mode) = &registry.mode else { return Diff::none() };
        return Diff::hold(Reason::UnknownMode {
            registry: registry.id.name().to_owned(),
            mode: mode.clone(),
        });
    };
    let Some(principal) = puller.principal else { return Diff::hold(Reason::NoKubeletIdentity) };
    let grants = match &registry.grants {
        Ok(grants) => grants,
        Err(unread) => return Diff::hold(Reason::Unread(unread.clone())),
    };
    if !grants.iter().any(|grant| gives(grant, role, principal)) {
        let cut_off = access(puller, registry).1 == AccessState::CutOff;
        let name = role_assignment_name(&registry.id, principal, role.guid());
        let description = grant_description(puller.cluster);
        let reasons =
            cut_off.then(|| Reason::CutOff { registry: registry.id.name().to_owned() }).into_iter().collect();
        let registry = registry.id.clone();
        let grant = Action::Grant { registry, name, role, principal: principal.clone(), description };
        return Diff { actions: vec![grant], reasons };
    }
    // Only once the new assignment is seen does a stale one go, so that pulls never stop in between.
    let stale = owned(grants, registry, puller.cluster).filter(|grant| !gives(grant, role, principal));
    Diff { actions: stale.map(revoke).collect(), reasons: Vec::new() }
}

/// Why images come from afar: the registry is replicated, but not to the cluster's region. Silent where replicas were not
/// asked for.
#[must_use]
pub fn replica_gap(registry: &RegistrySeen, region: &str) -> Option<Reason> {
    let replicas = match registry.replicas.as_ref()? {
        Ok(replicas) => replicas,
        Err(unread) => return Some(Reason::Unread(unread.clone())),
    };
    let near = registry.location == region || replicas.iter().any(|replica| replica == region);
    let registry = registry.id.name().to_owned();
    (!near).then(|| Reason::NoReplica { registry, region: region.to_owned() })
}

/// What to do so that nothing of ours is left for a cluster that is gone.
pub fn withdraw(cluster: &ArmId, registry: &RegistrySeen) -> Diff<Action, Reason> {
    match &registry.grants {
        Ok(grants) => {
            Diff { actions: owned(grants, registry, cluster).map(revoke).collect(), reasons: Vec::new() }
        }
        Err(unread) => Diff::hold(Reason::Unread(unread.clone())),
    }
}

fn gives(grant: &Grant, role: PullRole, principal: &PrincipalId) -> bool {
    PullRole::of_guid(&grant.role) == Some(role) && grant.principal == *principal
}

fn is_ours(grant: &Grant, cluster: &ArmId) -> bool {
    grant.description.as_deref() == Some(grant_description(cluster).as_str())
}

/// Assignments exactly at the registry that we made for this cluster, of a role that we grant.
fn owned<'a>(
    grants: &'a [Grant],
    registry: &RegistrySeen,
    cluster: &ArmId,
) -> impl Iterator<Item = &'a Grant> {
    let (scope, cluster) = (registry.id.clone(), cluster.clone());
    grants.iter().filter(move |grant| {
        grant.scope == scope && PullRole::of_guid(&grant.role).is_some() && is_ours(grant, &cluster)
    })
}

fn revoke(grant: &Grant) -> Action {
    Action::Revoke { assignment: grant.id.clone() }
}

#[cfg(test)]
mod tests;
