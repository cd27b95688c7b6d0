//! Building a simulated estate in sentences, and changing it as the world would.
//!
//! ```
//! use fleet_simulator::arm::{Arm, setup::Estate};
//! use fleet_simulator::{chance::Seed, clock::Clock};
//!
//! let arm = Arm::new(Seed(7), Clock::default());
//! let estate = Estate::new(&arm)
//!     .subscription("11111111-1111-4111-8111-111111111111")
//!     .fleet("fleet-shop", "rg-fleet", "westeurope")
//!     .registry("crshop", "rg-shared", "westeurope")
//!     .front_door("afd-shop", "rg-edge", &["web"]);
//! let serving = estate.cluster("aks-weu-01").in_region("westeurope").with_gateway("weu.contoso.example").serving().present();
//! let new = estate.cluster("aks-neu-01").in_region("northeurope").with_gateway("neu.contoso.example").appears();
//! assert!(arm.resource(&serving).is_some() && arm.resource(&new).is_some());
//! ```

mod bodies;
mod changes;
mod cluster;
mod nodes;
mod policies;
mod pull_roles;
mod updates;

use serde_json::json;

use super::Arm;
use super::state::management_group_scope;
use super::world::Notice;

pub use cluster::ClusterBuilder;
pub use nodes::Availability;

/// The subscription of an estate that names none.
pub const DEFAULT_SUBSCRIPTION: &str = "00000000-0000-4000-8000-000000000001";

/// A set of resources that belong together: a fleet, registries, a Front Door profile and clusters. Remembers
/// their ids.
///
/// Everything goes into the subscription named last. Resource groups are made on first use.
#[derive(Debug, Clone)]
pub struct Estate {
    arm: Arm,
    subscription: String,
    fleet: Option<String>,
    registries: Vec<String>,
    origin_groups: Vec<String>,
}

impl Estate {
    /// An estate in the default subscription.
    #[must_use]
    pub fn new(arm: &Arm) -> Self {
        let estate = Self {
            arm: arm.clone(),
            subscription: String::new(),
            fleet: None,
            registries: Vec::new(),
            origin_groups: Vec::new(),
        };
        estate.subscription(DEFAULT_SUBSCRIPTION)
    }

    /// Puts everything that follows into this subscription.
    #[must_use]
    pub fn subscription(mut self, id: &str) -> Self {
        self.arm.lock().tenant.add_subscription(id);
        id.clone_into(&mut self.subscription);
        self
    }

    /// Puts the current subscription under a management group.
    #[must_use]
    pub fn under_management_group(self, name: &str) -> Self {
        let scope = format!("/subscriptions/{}", self.subscription);
        self.arm.lock().tenant.put_under(&scope, name);
        self
    }

    /// Puts one management group under another.
    #[must_use]
    pub fn management_group_under(self, child: &str, parent: &str) -> Self {
        self.arm.lock().tenant.put_under(&management_group_scope(child), parent);
        self
    }

    /// A resource group.
    #[must_use]
    pub fn resource_group(self, name: &str, region: &str) -> Self {
        self.ensure_group(name, region);
        self
    }

    /// A fleet without a hub cluster. Clusters that are serving become its members.
    #[must_use]
    pub fn fleet(mut self, name: &str, group: &str, region: &str) -> Self {
        let id = self.put(
            group,
            region,
            &format!("Microsoft.ContainerService/fleets/{name}"),
            bodies::fleet(region),
        );
        self.fleet = Some(id);
        self
    }

    /// A registry whose pulls need AcrPull. Clusters that are serving may pull from it.
    #[must_use]
    pub fn registry(self, name: &str, group: &str, region: &str) -> Self {
        self.registry_in_mode(name, group, region, "LegacyRegistryPermissions")
    }

    /// A registry whose pulls need Container Registry Repository Reader.
    #[must_use]
    pub fn registry_with_repository_permissions(self, name: &str, group: &str, region: &str) -> Self {
        self.registry_in_mode(name, group, region, "AbacRepositoryPermissions")
    }

    /// Replicates the registry named last to another region.
    #[must_use]
    pub fn replicated_to(self, region: &str) -> Self {
        if let Some(registry) = self.registries.last() {
            let id = format!("{registry}/replications/{region}");
            self.arm.put_resource(&id, bodies::replication(region), Notice::Silent);
        }
        self
    }

    /// A Front Door profile with an endpoint, these origin groups, and a route to each. Clusters that are
    /// serving have an origin in every group.
    #[must_use]
    pub fn front_door(mut self, name: &str, group: &str, origin_groups: &[&str]) -> Self {
        let front_door_id = self.arm.seed().guid(&["front door", name]).to_string();
        let profile = self.put(
            group,
            "westeurope",
            &format!("Microsoft.Cdn/profiles/{name}"),
            bodies::profile(&front_door_id),
        );
        let endpoint = format!("{profile}/afdEndpoints/{name}");
        self.arm.put_resource(&endpoint, bodies::endpoint(name), Notice::Silent);
        for origin_group in origin_groups {
            let id = format!("{profile}/originGroups/{origin_group}");
            self.arm.put_resource(&id, bodies::origin_group(), Notice::Silent);
            self.arm.put_resource(
                &format!("{endpoint}/routes/{origin_group}"),
                bodies::route(&id),
                Notice::Silent,
            );
            self.origin_groups.push(id);
        }
        self
    }

    /// The built-in policy definitions and initiatives that matter to clusters.
    #[must_use]
    pub fn built_in_policies(self) -> Self {
        for (id, body) in policies::built_in() {
            self.arm.put_resource(&id, body, Notice::Silent);
        }
        self
    }

    /// A principal that role assignments may name, created now.
    #[must_use]
    pub fn principal(self, object_id: &str) -> Self {
        self.arm.lock().tenant.add_principal(object_id, self.arm.clock().now());
        self
    }

    /// A cluster in the current subscription.
    pub fn cluster<'e>(&'e self, name: &str) -> ClusterBuilder<'e> {
        ClusterBuilder::new(self, name)
    }

    /// The fleet's id; empty when the estate has none.
    #[must_use]
    pub fn fleet_id(&self) -> &str {
        self.fleet.as_deref().unwrap_or_default()
    }

    /// The ids of the registries, in the order in which they were named.
    #[must_use]
    pub fn registry_ids(&self) -> &[String] {
        &self.registries
    }

    /// The ids of the origin groups, in the order in which they were named.
    #[must_use]
    pub fn origin_group_ids(&self) -> &[String] {
        &self.origin_groups
    }

    /// The id of something in a resource group of the current subscription, for instance of
    /// `Microsoft.Cdn/profiles/afd-shop`.
    #[must_use]
    pub fn id(&self, group: &str, rest: &str) -> String {
        format!("/subscriptions/{}/resourceGroups/{group}/providers/{rest}", self.subscription)
    }

    fn registry_in_mode(mut self, name: &str, group: &str, region: &str, mode: &str) -> Self {
        let rest = format!("Microsoft.ContainerRegistry/registries/{name}");
        let id = self.put(group, region, &rest, bodies::registry(name, region, mode));
        self.registries.push(id);
        self
    }

    /// Stores a resource silently, with its group, and answers its id.
    fn put(&self, group: &str, region: &str, rest: &str, body: serde_json::Value) -> String {
        self.ensure_group(group, region);
        let id = self.id(group, rest);
        self.arm.put_resource(&id, body, Notice::Silent);
        id
    }

    fn ensure_group(&self, name: &str, region: &str) {
        let id = format!("/subscriptions/{}/resourceGroups/{name}", self.subscription);
        if self.arm.resource(&id).is_none() {
            let body = json!({
                "type": "Microsoft.Resources/resourceGroups",
                "location": region,
                "properties": {"provisioningState": "Succeeded"},
            });
            self.arm.put_resource(&id, body, Notice::Silent);
        }
    }
}
