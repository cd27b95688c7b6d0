//! AKS clusters (`Microsoft.ContainerService/managedClusters`), read only.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::open_enum::open_enum;
use super::resource::{ProvisioningState, Resource, null_as_default};

/// An AKS cluster.
pub type ManagedCluster = Resource<ManagedClusterProperties>;

/// The properties of a cluster that fleets are run by.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ManagedClusterProperties {
    /// State of the last write to the cluster.
    #[serde(default, deserialize_with = "null_as_default")]
    pub provisioning_state: ProvisioningState,
    /// Whether the cluster is started.
    pub power_state: Option<PowerState>,
    /// Tells a re-created cluster from its predecessor of the same id.
    #[serde(rename = "resourceUID")]
    pub resource_uid: Option<String>,
    /// Name of the resource group that holds the nodes.
    pub node_resource_group: Option<String>,
    /// Version the control plane runs, with patch.
    pub current_kubernetes_version: Option<String>,
    /// How the cluster updates itself.
    pub auto_upgrade_profile: Option<AutoUpgradeProfile>,
    /// The node pools, as far as the cluster's own body tells.
    #[serde(default, deserialize_with = "null_as_default")]
    pub agent_pool_profiles: Vec<AgentPoolProfile>,
    /// Identities of the cluster's components, by component. See [`ManagedCluster::kubelet_object_id`].
    #[serde(default, deserialize_with = "null_as_default")]
    identity_profile: BTreeMap<String, ComponentIdentity>,
    /// Add-ons by name; the service spells the names in more than one way.
    #[serde(default, deserialize_with = "null_as_default")]
    addon_profiles: BTreeMap<String, AddonProfile>,
}

/// A node pool.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AgentPoolProfile {
    /// Its name.
    pub name: Option<String>,
    /// Nodes now.
    pub count: Option<u32>,
    /// The most nodes that the autoscaler may run.
    pub max_count: Option<u32>,
    /// Whether the autoscaler is on.
    pub enable_auto_scaling: Option<bool>,
    /// `System` for pools that carry the cluster's own components, `User` for others.
    pub mode: Option<String>,
    /// Version that the nodes run, with patch.
    pub current_orchestrator_version: Option<String>,
    /// Image that the nodes run, such as `AKSUbuntu-2204gen2containerd-202603.02.0`.
    pub node_image_version: Option<String>,
    /// State of the last write to the pool.
    #[serde(default, deserialize_with = "null_as_default")]
    pub provisioning_state: ProvisioningState,
}

/// How a cluster updates itself. The service writes the words in several cases.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AutoUpgradeProfile {
    /// Its Kubernetes version: `none`, `patch`, `stable`, `rapid` or `node-image`.
    pub upgrade_channel: Option<String>,
    /// Its nodes' operating system: `None`, `Unmanaged`, `SecurityPatch` or `NodeImage`.
    #[serde(rename = "nodeOSUpgradeChannel")]
    pub node_os_upgrade_channel: Option<String>,
}

/// Whether a cluster is started.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct PowerState {
    /// The state itself.
    pub code: Option<PowerStateCode>,
}

open_enum! {
    /// Whether a cluster's nodes and control plane run.
    PowerStateCode { Running, Stopped }
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ComponentIdentity {
    object_id: Option<String>,
}

/// An add-on of a cluster.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct AddonProfile {
    /// Whether the add-on is on.
    pub enabled: bool,
    /// Settings of the add-on; the service adds what it has worked out itself.
    #[serde(default, deserialize_with = "null_as_default")]
    pub config: BTreeMap<String, Value>,
}

impl ManagedCluster {
    /// Object id of the nodes' identity: the principal that pulls images. Absent on clusters that still use a
    /// service principal, and while a new cluster has not got its identity yet.
    #[must_use]
    pub fn kubelet_object_id(&self) -> Option<&str> {
        ignoring_case(&self.properties.identity_profile, "kubeletidentity")?.object_id.as_deref()
    }

    /// Whether the Azure Policy add-on is on; without it no policy reaches the cluster.
    #[must_use]
    pub fn policy_addon_enabled(&self) -> bool {
        ignoring_case(&self.properties.addon_profiles, "azurepolicy").is_some_and(|addon| addon.enabled)
    }

    /// Id of the application gateway that the ingress add-on programs.
    ///
    /// Unverified: the published schema leaves add-on settings open, so the names of the add-on and of its
    /// setting are taken from practice. Nothing else relies on them.
    #[must_use]
    pub fn ingress_gateway_id(&self) -> Option<&str> {
        let addon = ignoring_case(&self.properties.addon_profiles, "ingressApplicationGateway")?;
        let id = ignoring_case(&addon.config, "effectiveApplicationGatewayId")?.as_str()?;
        (addon.enabled && !id.is_empty()).then_some(id)
    }
}

fn ignoring_case<'a, T>(map: &'a BTreeMap<String, T>, wanted: &str) -> Option<&'a T> {
    map.iter().find(|(key, _)| key.eq_ignore_ascii_case(wanted)).map(|(_, value)| value)
}
