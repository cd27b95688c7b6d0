//! Container registries and their regional replications (`Microsoft.ContainerRegistry/registries`), read only.

use serde::Deserialize;

use super::open_enum::open_enum;
use super::resource::{ProvisioningState, Resource, null_as_default};

/// A container registry.
pub type Registry = Resource<RegistryProperties>;

/// Properties of a registry.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RegistryProperties {
    /// Host name that images are pulled from.
    pub login_server: Option<String>,
    /// Which roles give pull access. Absent when the service does not say.
    pub role_assignment_mode: Option<RoleAssignmentMode>,
    /// State of the last write to the registry.
    #[serde(default, deserialize_with = "null_as_default")]
    pub provisioning_state: ProvisioningState,
}

open_enum! {
    /// How a registry decides who may pull.
    RoleAssignmentMode {
        /// The registry-wide roles count, `AcrPull` among them.
        LegacyRegistryPermissions,
        /// Only repository roles count; `AcrPull` gives nothing.
        AbacRepositoryPermissions,
    }
}

/// A copy of a registry in another region; the region is the resource's location.
pub type Replication = Resource<ReplicationProperties>;

/// Properties of a replication.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReplicationProperties {
    /// State of the last write to the replication.
    #[serde(default, deserialize_with = "null_as_default")]
    pub provisioning_state: ProvisioningState,
}
