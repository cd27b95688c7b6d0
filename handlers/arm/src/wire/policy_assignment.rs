//! Policy assignments (`Microsoft.Authorization/policyAssignments`).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::open_enum::open_enum;
use super::resource::{Identity, Resource, null_as_default};

/// A policy definition or initiative assigned at a scope.
pub type PolicyAssignment = Resource<PolicyAssignmentProperties>;

/// Properties of a policy assignment as read.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct PolicyAssignmentProperties {
    /// Scope of the assignment. A list at a scope also returns assignments of the scopes above it.
    pub scope: Option<String>,
    /// What an owner of the assignment may set.
    #[serde(flatten)]
    pub settings: PolicySettings,
}

/// What an owner of an assignment may set. Kept whole, since a PUT writes the whole assignment: whoever changes
/// one setting of an existing assignment sends the others back.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PolicySettings {
    /// Id of the definition or initiative.
    pub policy_definition_id: String,
    /// Version range of the definition, such as `1.*.*`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub definition_version: Option<String>,
    /// Name for people, at most 128 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// Free text, at most 512 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Parameters by name, each an object with the key `value`.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "BTreeMap::is_empty")]
    pub parameters: BTreeMap<String, Value>,
    /// Whether the effect is enforced or only reported; the service assumes `Default`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enforcement_mode: Option<EnforcementMode>,
    /// Free-form facts; the service adds who created and changed the assignment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Value>,
    /// Scopes below the assignment that it leaves out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_scopes: Option<Value>,
    /// What people read when something does not comply.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub non_compliance_messages: Option<Value>,
    /// Limits the assignment to some resources (region, type), at most 10.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_selectors: Option<Value>,
    /// Overrides of effect or version, at most 10.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overrides: Option<Value>,
}

open_enum! {
    /// Whether a policy's effect is enforced.
    EnforcementMode {
        /// The effect is enforced.
        Default,
        /// Only compliance is reported.
        DoNotEnforce,
        /// Enforced for resources that opt in.
        Enroll,
    }
}

/// Body of a policy assignment PUT.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PolicyAssignmentPut {
    /// All settings of the assignment.
    pub properties: PolicySettings,
    /// Identity for effects that deploy something; see [`Identity::writable`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity: Option<Identity>,
    /// Region of the identity; required with one, refused without.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
}
