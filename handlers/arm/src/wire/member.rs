//! Members of fleets (`Microsoft.ContainerService/fleets/members`).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::resource::{ProvisioningState, Resource, ServiceError, null_as_default};

/// A cluster joined to a fleet.
pub type Member = Resource<MemberProperties>;

/// Properties of a member.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MemberProperties {
    /// Id of the cluster; fixed once the member exists.
    pub cluster_resource_id: String,
    /// Update group.
    pub group: Option<String>,
    /// Labels: the caller's and, under `fleet.azure.com/`, the service's own.
    #[serde(default, deserialize_with = "null_as_default")]
    pub labels: BTreeMap<String, String>,
    /// State of the last write; `Joining` and `Leaving` are states of a write too.
    #[serde(default, deserialize_with = "null_as_default")]
    pub provisioning_state: ProvisioningState,
    /// What the service says about the last operation.
    pub status: Option<MemberStatus>,
}

/// What the service says about a member's last operation.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MemberStatus {
    /// Error of the last operation. May be present with code `None`: see [`Member::last_error`].
    last_operation_error: Option<ServiceError>,
}

impl Member {
    /// The error of the last operation, if it ended in one.
    #[must_use]
    pub fn last_error(&self) -> Option<&ServiceError> {
        let status = self.properties.status.as_ref()?;
        status.last_operation_error.as_ref().filter(|error| error.is_error())
    }
}

/// Body of a member PUT.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MemberPut {
    /// All properties of the member.
    pub properties: MemberPutProperties,
}

/// Properties of a member PUT.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MemberPutProperties {
    /// Id of the cluster.
    pub cluster_resource_id: String,
    /// Update group; left out means none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Labels; left out when empty.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
}

/// Body of a member PATCH: only what it names changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MemberPatch {
    /// The properties to change.
    pub properties: MemberPatchProperties,
}

/// Properties of a member PATCH; the service takes no others.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct MemberPatchProperties {
    /// New update group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// New labels. Whether the service merges or replaces them is not documented: send the whole map.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub labels: Option<BTreeMap<String, String>>,
}
