//! Front Door origins (`Microsoft.Cdn/profiles/originGroups/origins`).

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::open_enum::open_enum;
use super::resource::{ProvisioningState, Reference, Resource, null_as_default};

/// A backend of a Front Door origin group. The service returns most of its id in lower case.
pub type Origin = Resource<OriginProperties>;

/// Properties of an origin as read. `deploymentStatus` is left out on purpose: it stays `NotStarted` after
/// success and tells nothing.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OriginProperties {
    /// State of the last write; it settles long before all edges serve by it.
    #[serde(default, deserialize_with = "null_as_default")]
    pub provisioning_state: ProvisioningState,
    /// What an owner of the origin may set.
    #[serde(flatten)]
    pub settings: OriginSettings,
}

/// What an owner of an origin may set; each part may be unset, on reading (`null`) as on writing (left out).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OriginSettings {
    /// Address of the backend: a host name or an IP address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host_name: Option<String>,
    /// `Host` header sent to the backend.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin_host_header: Option<String>,
    /// Port for HTTP.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_port: Option<u16>,
    /// Port for HTTPS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub https_port: Option<u16>,
    /// 1 to 5; the lowest number that has a healthy origin wins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<u32>,
    /// 1 to 1000: share of the traffic among origins of equal priority and latency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weight: Option<u32>,
    /// Whether the origin takes traffic.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled_state: Option<EnabledState>,
    /// Whether the backend's certificate must be for the host name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enforce_certificate_name_check: Option<bool>,
    /// The Azure resource behind the origin.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub azure_origin: Option<Reference>,
    /// Private link to the backend, kept as received.
    #[serde(rename = "sharedPrivateLinkResource", skip_serializing_if = "Option::is_none")]
    pub private_link: Option<Value>,
}

open_enum! {
    /// Whether an origin takes traffic.
    EnabledState { Enabled, Disabled }
}

/// Body of an origin PUT. Whether left-out settings keep their value is not documented: send all of them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OriginPut {
    /// All settings of the origin.
    pub properties: OriginSettings,
}

/// Body of an origin PATCH: only what it names changes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OriginPatch {
    /// The settings to change.
    pub properties: OriginSettings,
}

impl OriginPatch {
    /// Takes the origin into or out of traffic and touches nothing else.
    #[must_use]
    pub fn enabled_state(state: EnabledState) -> Self {
        Self { properties: OriginSettings { enabled_state: Some(state), ..OriginSettings::default() } }
    }

    /// Changes the origin's share of traffic and touches nothing else.
    #[must_use]
    pub fn weight(weight: u32) -> Self {
        Self { properties: OriginSettings { weight: Some(weight), ..OriginSettings::default() } }
    }
}
