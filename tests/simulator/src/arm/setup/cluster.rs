//! Clusters and what surrounds them.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::arm::id;
use crate::arm::providers::members::with_service_labels;
use crate::arm::world::Notice;
use crate::identity::TENANT;

use super::{Estate, bodies};

/// A cluster about to exist.
#[derive(Debug, Clone)]
#[must_use = "a cluster exists only after `present` or `appears`"]
pub struct ClusterBuilder<'e> {
    estate: &'e Estate,
    name: String,
    group: Option<String>,
    region: String,
    tags: BTreeMap<String, String>,
    version: String,
    node_pools: Vec<(String, u32)>,
    host: Option<String>,
    update_group: Option<String>,
    member_name: Option<String>,
    origin_name: Option<String>,
    provisioning_state: String,
    autoscaling: Option<(u32, u32)>,
    own_upgrades: Option<(String, String)>,
    policy_add_on: bool,
    service_principal: bool,
    serving: bool,
}

impl<'e> ClusterBuilder<'e> {
    pub(super) fn new(estate: &'e Estate, name: &str) -> Self {
        Self {
            estate,
            name: name.to_owned(),
            group: None,
            region: "westeurope".to_owned(),
            tags: BTreeMap::new(),
            version: "1.33.2".to_owned(),
            node_pools: vec![("system".to_owned(), 3), ("user".to_owned(), 3)],
            host: None,
            update_group: None,
            member_name: None,
            origin_name: None,
            provisioning_state: "Succeeded".to_owned(),
            autoscaling: None,
            own_upgrades: None,
            policy_add_on: true,
            service_principal: false,
            serving: false,
        }
    }

    /// The region; `westeurope` unless said.
    pub fn in_region(mut self, region: &str) -> Self {
        region.clone_into(&mut self.region);
        self
    }

    /// The resource group; `rg-{cluster}` unless said.
    pub fn in_group(mut self, group: &str) -> Self {
        self.group = Some(group.to_owned());
        self
    }

    /// Adds a tag, to the cluster and to its gateway and address.
    pub fn tagged(mut self, name: &str, value: &str) -> Self {
        self.tags.insert(name.to_owned(), value.to_owned());
        self
    }

    /// The Kubernetes version, in full; `1.33.2` unless said.
    pub fn running_version(mut self, version: &str) -> Self {
        version.clone_into(&mut self.version);
        self
    }

    /// The node pools with their node counts, instead of `system` and `user` with three each.
    pub fn with_node_pools(mut self, pools: &[(&str, u32)]) -> Self {
        self.node_pools = pools.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect();
        self
    }

    /// An application gateway before the cluster, reached by this host name.
    pub fn with_gateway(mut self, host: &str) -> Self {
        self.host = Some(host.to_owned());
        self
    }

    /// Leaves the policy add-on out.
    pub fn without_policy_add_on(mut self) -> Self {
        self.policy_add_on = false;
        self
    }

    /// A cluster of the old kind, with a service principal instead of identities: it has no kubelet identity.
    pub fn with_service_principal(mut self) -> Self {
        self.service_principal = true;
        self
    }

    /// A provisioning state other than Succeeded, for instance Creating.
    pub fn in_state(mut self, provisioning_state: &str) -> Self {
        provisioning_state.clone_into(&mut self.provisioning_state);
        self
    }

    /// Lets all node pools scale between these counts.
    pub fn autoscaling(mut self, least: u32, most: u32) -> Self {
        self.autoscaling = Some((least, most));
        self
    }

    /// A cluster that upgrades itself, by these channels for Kubernetes (`stable`, `patch`, …, `none`) and for the
    /// nodes' system (`NodeImage`, `SecurityPatch`, …, `None`).
    pub fn upgrading_itself(mut self, upgrade_channel: &str, node_os_channel: &str) -> Self {
        self.own_upgrades = Some((upgrade_channel.to_owned(), node_os_channel.to_owned()));
        self
    }

    /// The update group of the member, if the cluster is serving.
    pub fn in_update_group(mut self, group: &str) -> Self {
        self.update_group = Some(group.to_owned());
        self
    }

    /// The member's name; the cluster's name in lower case unless said.
    pub fn with_member_named(mut self, name: &str) -> Self {
        self.member_name = Some(name.to_owned());
        self
    }

    /// The origins' name; the cluster's name in lower case unless said.
    pub fn with_origin_named(mut self, name: &str) -> Self {
        self.origin_name = Some(name.to_owned());
        self
    }

    /// Already a member of the estate's fleet, allowed to pull from its registries, and (if it has a gateway)
    /// an enabled origin in its origin groups.
    pub fn serving(mut self) -> Self {
        self.serving = true;
        self
    }

    /// Makes the cluster as if it had been there for long: nobody is told. Answers its id.
    #[must_use]
    pub fn present(self) -> String {
        self.make(Notice::Silent)
    }

    /// Makes the cluster appear now, and raises the event of it. Answers its id.
    #[must_use]
    pub fn appears(self) -> String {
        self.make(Notice::Raised)
    }

    fn make(self, notice: Notice) -> String {
        let group = self.group.clone().unwrap_or_else(|| format!("rg-{}", self.name));
        self.estate.ensure_group(&group, &self.region);
        let id = self.estate.id(&group, &format!("Microsoft.ContainerService/managedClusters/{}", self.name));
        let gateway = self.host.as_ref().map(|host| self.make_gateway(&group, host));
        let mut body = self.body(&id, &group, gateway.as_deref());
        if let Some((upgrade, node_os)) = &self.own_upgrades {
            body["properties"]["autoUpgradeProfile"] =
                json!({"upgradeChannel": upgrade, "nodeOSUpgradeChannel": node_os});
        }
        if self.service_principal {
            replace_identities(&mut body);
        }
        let arm = &self.estate.arm;
        if let Some(principal) =
            body.pointer("/properties/identityProfile/kubeletidentity/objectId").and_then(Value::as_str)
        {
            arm.lock().tenant.add_principal(principal, arm.clock().now());
        }
        if self.serving {
            self.make_serving(&id, &body);
        }
        arm.put_resource(&id, body, notice);
        id
    }

    fn body(&self, id: &str, group: &str, gateway: Option<&str>) -> Value {
        let arm = &self.estate.arm;
        let born = arm.clock().now().to_string();
        let guid = |purpose: &str| arm.seed().guid(&[purpose, &id::key(id), &born]).to_string();
        let node_group = format!("MC_{group}_{}_{}", self.name, self.region);
        let dns = format!("{}-{}", self.name.to_ascii_lowercase(), &guid("dns")[..8]);
        let uid = guid("resource uid").replace('-', "")[..24].to_owned();
        json!({
            "type": "Microsoft.ContainerService/managedClusters",
            "location": self.region,
            "tags": self.tags,
            "sku": {"name": "Base", "tier": "Standard"},
            "identity": {"type": "SystemAssigned", "principalId": guid("control plane identity"), "tenantId": TENANT},
            "properties": {
                "provisioningState": self.provisioning_state,
                "powerState": {"code": "Running"},
                "kubernetesVersion": self.version.rsplit_once('.').map_or(self.version.as_str(), |(minor, _)| minor),
                "currentKubernetesVersion": self.version,
                "dnsPrefix": dns,
                "fqdn": format!("{dns}.hcp.{}.azmk8s.io", self.region),
                "agentPoolProfiles": self.node_pools.iter().map(|pool| self.node_pool(pool)).collect::<Vec<_>>(),
                "servicePrincipalProfile": {"clientId": "msi"},
                "identityProfile": {"kubeletidentity": {
                    "resourceId": self.estate.id(
                        &node_group,
                        &format!("Microsoft.ManagedIdentity/userAssignedIdentities/{}-agentpool", self.name),
                    ),
                    "clientId": guid("kubelet client id"),
                    "objectId": guid("kubelet identity"),
                }},
                "addonProfiles": self.add_ons(gateway),
                "oidcIssuerProfile": {
                    "enabled": true,
                    "issuerURL": format!("https://{}.oic.prod-aks.azure.com/{TENANT}/{uid}/", self.region),
                },
                "nodeResourceGroup": node_group,
                "disableLocalAccounts": true,
                "resourceUID": uid,
            },
        })
    }

    fn node_pool(&self, (name, count): &(String, u32)) -> Value {
        let scales = self.autoscaling.is_some();
        let mut pool = json!({
            "name": name,
            "count": count,
            "enableAutoScaling": scales,
            "vmSize": "Standard_D4s_v5",
            "mode": if name == "system" { "System" } else { "User" },
            "osType": "Linux",
            "availabilityZones": ["1", "2", "3"],
            "orchestratorVersion": self.version,
            "currentOrchestratorVersion": self.version,
            "nodeImageVersion": "AKSUbuntu-2204gen2containerd-202602.10.0",
            "provisioningState": "Succeeded",
            "powerState": {"code": "Running"},
        });
        if let Some((least, most)) = self.autoscaling {
            (pool["minCount"], pool["maxCount"]) = (json!(least), json!(most));
        }
        pool
    }

    fn add_ons(&self, gateway: Option<&str>) -> Value {
        let mut add_ons =
            json!({"azurepolicy": {"enabled": self.policy_add_on, "config": {"version": "v2"}}});
        if let Some(gateway) = gateway {
            let config = json!({"applicationGatewayId": gateway, "effectiveApplicationGatewayId": gateway});
            add_ons["ingressApplicationGateway"] = json!({"enabled": true, "config": config});
        }
        add_ons
    }

    /// The gateway and its public address, in the cluster's group; answers the gateway's id.
    fn make_gateway(&self, group: &str, host: &str) -> String {
        let arm = &self.estate.arm;
        let tags = json!(self.tags);
        let address =
            self.estate.id(group, &format!("Microsoft.Network/publicIPAddresses/pip-{}", self.name));
        let gateway =
            self.estate.id(group, &format!("Microsoft.Network/applicationGateways/agw-{}", self.name));
        // 203.0.113.0/24 is reserved for examples.
        let ip = format!("203.0.113.{}", arm.seed().between(1, 254, &["ip", host]));
        arm.put_resource(&address, bodies::public_address(&self.region, host, &ip, &tags), Notice::Silent);
        arm.put_resource(&gateway, bodies::gateway(&self.region, &address, &tags), Notice::Silent);
        gateway
    }

    fn make_serving(&self, cluster: &str, body: &Value) {
        let (estate, arm) = (self.estate, &self.estate.arm);
        let default_name = self.name.to_ascii_lowercase();
        if let Some(fleet) = &estate.fleet {
            let name = self.member_name.as_ref().unwrap_or(&default_name);
            let member = format!("{fleet}/members/{name}");
            let mut joined = bodies::member(&id::with_lower_groups(cluster), self.update_group.as_deref());
            joined["properties"]["labels"] = with_service_labels(&Value::Null, &member, &joined);
            arm.put_resource(&member, joined, Notice::Silent);
        }
        let kubelet =
            body.pointer("/properties/identityProfile/kubeletidentity/objectId").and_then(Value::as_str);
        for registry in estate.registries.iter().filter(|_| kubelet.is_some()) {
            estate.assign_pull_role(registry, kubelet.unwrap_or_default());
        }
        for (origin_group, host) in estate.origin_groups.iter().zip(std::iter::repeat(&self.host)) {
            let Some(host) = host else { continue };
            let name = self.origin_name.as_ref().unwrap_or(&default_name);
            let origin = bodies::origin(host, id::name(origin_group));
            arm.put_resource(&format!("{origin_group}/origins/{name}"), origin, Notice::Silent);
        }
    }
}

/// Turns a cluster with managed identities into one with a service principal.
fn replace_identities(body: &mut Value) {
    if let Some(cluster) = body.as_object_mut() {
        cluster.remove("identity");
    }
    if let Some(properties) = body["properties"].as_object_mut() {
        properties.remove("identityProfile");
        properties.insert(
            "servicePrincipalProfile".to_owned(),
            json!({"clientId": "00000000-0000-4000-8000-0000000005b0"}),
        );
    }
}
