//! Role assignments (`Microsoft.Authorization/roleAssignments`).

use serde::{Deserialize, Serialize};

use super::open_enum::open_enum;
use super::resource::Resource;

/// A role given to a principal at a scope.
pub type RoleAssignment = Resource<RoleAssignmentProperties>;

/// Properties of a role assignment.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RoleAssignmentProperties {
    /// Scope of the assignment. A list at a scope also returns assignments of the scopes above it.
    pub scope: String,
    /// Id of the role definition. The service rewrites everything but the last segment: compare
    /// [`RoleAssignment::role_guid`].
    pub role_definition_id: String,
    /// Object id of the principal.
    pub principal_id: String,
    /// Kind of principal.
    pub principal_type: Option<PrincipalType>,
    /// Free text.
    pub description: Option<String>,
    /// Condition that narrows the assignment; a conditional assignment does not give the whole role.
    pub condition: Option<String>,
}

open_enum! {
    /// Kind of principal in a role assignment.
    PrincipalType { User, Group, ServicePrincipal, ForeignGroup, Device, AgentUser, AgentServicePrincipal }
}

impl RoleAssignment {
    /// GUID of the role definition in lower case: the part of its id that is the same everywhere.
    #[must_use]
    pub fn role_guid(&self) -> String {
        let id = &self.properties.role_definition_id;
        id.rsplit('/').next().unwrap_or(id).to_ascii_lowercase()
    }
}

/// Body of a role assignment PUT.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RoleAssignmentPut {
    /// All properties of the assignment.
    pub properties: RoleAssignmentPutProperties,
}

/// Properties of a role assignment PUT.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RoleAssignmentPutProperties {
    /// Whole id of the role definition.
    pub role_definition_id: String,
    /// Object id of the principal.
    pub principal_id: String,
    /// Kind of principal. Always sent: without it the service assumes a user and looks the principal up, which
    /// fails while a new identity is still being replicated.
    pub principal_type: PrincipalType,
    /// Free text, for the people who find the assignment later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}
