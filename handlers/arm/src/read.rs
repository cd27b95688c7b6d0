//! Reading ARM: one function per read operation, wire types out.

use crate::client::{ArmClient, CallContext};
use crate::error::ArmError;
use crate::page::Listing;
use crate::request;
use crate::wire::{
    ApplicationGateway, Gate, KubernetesVersions, ManagedCluster, Member, Origin, PolicyAssignment,
    PublicIpAddress, Registry, Replication, RoleAssignment, UpdateRun,
};

/// Reads for one function invocation. Every function takes the id of the resource, or of what the list is in;
/// their errors are those of [`ArmClient::get`] and [`ArmClient::list`].
#[derive(Clone, Copy)]
pub struct Reader<'a> {
    /// What carries the calls.
    pub client: &'a ArmClient,
    /// What the calls share.
    pub context: &'a CallContext,
}

type One<T> = Result<T, ArmError>;
type Many<T> = Result<Listing<T>, ArmError>;

impl Reader<'_> {
    /// A cluster.
    pub async fn managed_cluster(&self, cluster: &str) -> One<ManagedCluster> {
        self.client.get(self.context, request::managed_cluster(cluster)).await
    }

    /// The clusters of a resource group.
    pub async fn managed_clusters_in_group(&self, group: &str) -> Many<ManagedCluster> {
        self.client.list(self.context, request::managed_clusters_in_group(group)).await
    }

    /// The clusters of a subscription, given its GUID. Hub clusters of fleets are among them.
    pub async fn managed_clusters_in_subscription(&self, subscription: &str) -> Many<ManagedCluster> {
        self.client.list(self.context, request::managed_clusters_in_subscription(subscription)).await
    }

    /// The versions of Kubernetes that a region offers to a subscription. Not a list in pages.
    pub async fn kubernetes_versions(&self, subscription: &str, location: &str) -> One<KubernetesVersions> {
        self.client.get(self.context, request::kubernetes_versions(subscription, location)).await
    }

    /// The members of a fleet.
    pub async fn members(&self, fleet: &str) -> Many<Member> {
        self.client.list(self.context, request::members(fleet)).await
    }

    /// The update runs of a fleet.
    pub async fn update_runs(&self, fleet: &str) -> Many<UpdateRun> {
        self.client.list(self.context, request::update_runs(fleet)).await
    }

    /// An update run.
    pub async fn update_run(&self, run: &str) -> One<UpdateRun> {
        self.client.get(self.context, request::update_run(run)).await
    }

    /// The gates of a fleet.
    pub async fn gates(&self, fleet: &str) -> Many<Gate> {
        self.client.list(self.context, request::gates(fleet)).await
    }

    /// A registry.
    pub async fn registry(&self, registry: &str) -> One<Registry> {
        self.client.get(self.context, request::registry(registry)).await
    }

    /// The replications of a registry.
    pub async fn replications(&self, registry: &str) -> Many<Replication> {
        self.client.list(self.context, request::replications(registry)).await
    }

    /// The role assignments in force at a scope; compare `properties.scope` for those at the scope itself.
    pub async fn role_assignments(&self, scope: &str) -> Many<RoleAssignment> {
        self.client.list(self.context, request::role_assignments(scope)).await
    }

    /// The policy assignments in force at a scope; compare `properties.scope` for those at the scope itself.
    pub async fn policy_assignments(&self, scope: &str) -> Many<PolicyAssignment> {
        self.client.list(self.context, request::policy_assignments(scope)).await
    }

    /// The origins of an origin group.
    pub async fn origins(&self, origin_group: &str) -> Many<Origin> {
        self.client.list(self.context, request::origins(origin_group)).await
    }

    /// An application gateway.
    pub async fn application_gateway(&self, gateway: &str) -> One<ApplicationGateway> {
        self.client.get(self.context, request::application_gateway(gateway)).await
    }

    /// A public IP address.
    pub async fn public_ip_address(&self, address: &str) -> One<PublicIpAddress> {
        self.client.get(self.context, request::public_ip_address(address)).await
    }

    /// The public IP addresses of a resource group.
    pub async fn public_ip_addresses_in_group(&self, group: &str) -> Many<PublicIpAddress> {
        self.client.list(self.context, request::public_ip_addresses_in_group(group)).await
    }
}

#[cfg(test)]
mod tests;
