//! Application gateways and public IP addresses (`Microsoft.Network`), read only: where a stamp is reached.

use serde::Deserialize;

use super::open_enum::open_enum;
use super::resource::{ProvisioningState, Reference, Resource, null_as_default};

/// An application gateway.
pub type ApplicationGateway = Resource<ApplicationGatewayProperties>;

/// Properties of an application gateway. It has no host name of its own: that is on its public address.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ApplicationGatewayProperties {
    /// State of the last write to the gateway.
    #[serde(default, deserialize_with = "null_as_default")]
    pub provisioning_state: ProvisioningState,
    /// Whether the gateway runs.
    pub operational_state: Option<OperationalState>,
    /// Addresses the gateway listens on.
    #[serde(rename = "frontendIPConfigurations", default, deserialize_with = "null_as_default")]
    pub frontend_ip_configurations: Vec<FrontendIpConfiguration>,
}

/// An address that a gateway listens on.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct FrontendIpConfiguration {
    /// Its properties.
    #[serde(default, deserialize_with = "null_as_default")]
    pub properties: FrontendIpProperties,
}

/// Properties of an address that a gateway listens on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct FrontendIpProperties {
    /// The public IP address; absent on a private frontend.
    #[serde(rename = "publicIPAddress")]
    pub public_ip_address: Option<Reference>,
}

open_enum! {
    /// Whether a gateway runs.
    OperationalState { Running, Stopped, Starting, Stopping }
}

impl ApplicationGateway {
    /// Ids of the public IP addresses that the gateway listens on, in the service's order.
    pub fn public_ip_ids(&self) -> impl Iterator<Item = &str> {
        let frontends = self.properties.frontend_ip_configurations.iter();
        frontends.filter_map(|frontend| Some(frontend.properties.public_ip_address.as_ref()?.id.as_str()))
    }
}

/// A public IP address.
pub type PublicIpAddress = Resource<PublicIpAddressProperties>;

/// Properties of a public IP address.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PublicIpAddressProperties {
    /// The address itself; absent while a dynamic one is unassigned.
    pub ip_address: Option<String>,
    /// DNS name; absent when the address has no label.
    pub dns_settings: Option<DnsSettings>,
}

/// DNS name of a public IP address.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct DnsSettings {
    /// Fully qualified name.
    pub fqdn: Option<String>,
}

impl PublicIpAddress {
    /// The DNS name of the address.
    #[must_use]
    pub fn fqdn(&self) -> Option<&str> {
        self.properties.dns_settings.as_ref()?.fqdn.as_deref()
    }
}
