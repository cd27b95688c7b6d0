//! The envelope that all ARM resources share.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::open_enum::open_enum;

/// A resource as ARM returns it, with the properties of its type.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Resource<P> {
    /// Resource id. Its casing may differ from what was sent: never compare ids byte for byte.
    pub id: String,
    /// Last segment of the id.
    pub name: String,
    /// Region, absent on most child resources.
    pub location: Option<String>,
    /// Tags; empty when the type has none.
    #[serde(default, deserialize_with = "null_as_default")]
    pub tags: BTreeMap<String, String>,
    /// Managed identities of the resource.
    pub identity: Option<Identity>,
    /// Version of the resource for `If-Match`, as received: the value contains its own quotes.
    #[serde(rename = "eTag", alias = "etag")]
    pub etag: Option<String>,
    /// Properties of the resource type.
    pub properties: P,
}

/// Managed identities of a resource. Kept whole, so that a read identity can be written back.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Identity {
    /// `SystemAssigned`, `UserAssigned`, both separated by a comma, or `None`.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Object id of the system-assigned identity; read-only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub principal_id: Option<String>,
    /// Tenant of the system-assigned identity; read-only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant_id: Option<String>,
    /// User-assigned identities by resource id.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "BTreeMap::is_empty")]
    pub user_assigned_identities: BTreeMap<String, Value>,
}

impl Identity {
    /// The same identity without what only the service may set: what a PUT may carry.
    #[must_use]
    pub fn writable(&self) -> Self {
        let empty = || Value::Object(serde_json::Map::new());
        let user_assigned_identities =
            self.user_assigned_identities.keys().map(|id| (id.clone(), empty())).collect();
        Self { kind: self.kind.clone(), principal_id: None, tenant_id: None, user_assigned_identities }
    }
}

/// A reference to another resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reference {
    /// Id of the resource referred to.
    pub id: String,
}

/// An error that a service keeps on a resource. Services write code `None` when there is no error.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ServiceError {
    /// Error code.
    pub code: Option<String>,
    /// Message for people.
    pub message: Option<String>,
}

impl ServiceError {
    /// Whether this says that something went wrong.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.code.as_deref().is_some_and(|code| !code.is_empty() && !code.eq_ignore_ascii_case("None"))
    }
}

open_enum! {
    /// Where a resource is in its last write. Only `Succeeded`, `Failed` and `Canceled` are final; every other
    /// value, known or not, means that the service is still working (ARM contract: long-running operations).
    ProvisioningState { Succeeded, Failed, Canceled, Creating, Updating, Deleting, Joining, Leaving }
}

/// A resource that shows no state has none to wait for.
impl Default for ProvisioningState {
    fn default() -> Self {
        Self::Succeeded
    }
}

impl ProvisioningState {
    /// Whether the service has finished the last write, well or badly.
    #[must_use]
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::Canceled)
    }
}

/// ARM writes `null` for an empty map, list or state as often as it leaves the key out.
pub(super) fn null_as_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}
