//! One region of a predicted deployment.

use serde_json::Value;

use crate::snapshot::{Snapshot, is_of_type, last_name, members, same, text};

const GROUPS: &str = "Microsoft.Resources/resourceGroups";
const NETWORKS: &str = "Microsoft.Network/virtualNetworks";

/// What the name of a stamp's resource group begins with.
const GROUP_PREFIX: &str = "rg-stamp-";

/// A stamp, and the prediction that it is part of. What is looked for and not there, or there more than once, is JSON's
/// null, which is the same as nothing.
#[derive(Debug, Clone, Copy)]
pub struct Stamp<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its resource group.
    pub group: &'a Value,
    /// The whole deployment.
    pub snapshot: &'a Snapshot,
}

impl<'a> Stamp<'a> {
    /// All stamps of a prediction, in the order of deployment.
    pub fn all(snapshot: &'a Snapshot) -> impl Iterator<Item = Self> {
        snapshot.of_type(GROUPS).filter_map(move |group| {
            let name = text(&group["name"]).strip_prefix(GROUP_PREFIX)?;
            Some(Self { name, group, snapshot })
        })
    }

    /// Whether an id lies in its resource group.
    #[must_use]
    pub fn holds(&self, id: &str) -> bool {
        id.to_lowercase().starts_with(&format!("{}/", text(&self.group["id"]).to_lowercase()))
    }

    /// Its resources.
    pub fn resources(&self) -> impl Iterator<Item = &'a Value> {
        let stamp = *self;
        self.snapshot.resources().filter(move |resource| stamp.holds(text(&resource["id"])))
    }

    /// Its resources of a type.
    pub fn of_type(&self, resource_type: &'static str) -> impl Iterator<Item = &'a Value> {
        self.resources().filter(move |resource| is_of_type(resource, resource_type))
    }

    /// Its one resource of a type.
    #[must_use]
    pub fn the(&self, resource_type: &'static str) -> &'a Value {
        only(self.of_type(resource_type))
    }

    /// The resource in it that `reference` is the id of, or lies below.
    #[must_use]
    pub fn owner_of(&self, resource_type: &'static str, reference: &Value) -> &'a Value {
        let below = |owner: &Value| {
            format!("{}/", text(reference).to_lowercase())
                .starts_with(&format!("{}/", text(&owner["id"]).to_lowercase()))
        };
        only(self.of_type(resource_type).filter(|owner| below(owner)))
    }

    /// Its AKS cluster.
    #[must_use]
    pub fn cluster(&self) -> &'a Value {
        self.the("Microsoft.ContainerService/managedClusters")
    }

    /// Its Application Gateway.
    #[must_use]
    pub fn gateway(&self) -> &'a Value {
        self.the("Microsoft.Network/applicationGateways")
    }

    /// The network of its firewall.
    #[must_use]
    pub fn hub(&self) -> &'a Value {
        let firewall = self.the("Microsoft.Network/azureFirewalls");
        self.owner_of(NETWORKS, &firewall["properties"]["ipConfigurations"][0]["properties"]["subnet"]["id"])
    }

    /// The network of its nodes.
    #[must_use]
    pub fn spoke(&self) -> &'a Value {
        let pool = &self.cluster()["properties"]["agentPoolProfiles"][0];
        self.owner_of(NETWORKS, &pool["vnetSubnetID"])
    }

    /// The subnet with this id, which belongs to one of its networks.
    #[must_use]
    pub fn subnet(&self, id: &Value) -> &'a Value {
        let network = self.owner_of(NETWORKS, id);
        let name = last_name(text(id));
        only(members(&network["properties"]["subnets"]).filter(|subnet| text(&subnet["name"]) == name))
    }

    /// Its own workspace, for what it holds beside the cluster.
    #[must_use]
    pub fn workspace(&self) -> &'a Value {
        self.the("Microsoft.OperationalInsights/workspaces")
    }

    /// The diagnostic settings of a resource.
    pub fn diagnostics_of(&self, resource: &Value) -> impl Iterator<Item = &'a Value> {
        let below = format!("{}/providers/microsoft.insights/", text(&resource["id"]).to_lowercase());
        self.of_type("Microsoft.Insights/diagnosticSettings")
            .filter(move |setting| text(&setting["id"]).to_lowercase().starts_with(&below))
    }

    /// A sentence about this stamp for each condition that doesn't hold.
    #[must_use]
    pub fn faults<const N: usize>(&self, conditions: [(bool, &str); N]) -> Vec<String> {
        let broken = conditions.into_iter().filter(|(holds, _)| !holds);
        broken.map(|(_, fault)| format!("{}: {fault}", self.name)).collect()
    }
}

/// The only one; null for none and for several.
pub fn only<'a>(mut candidates: impl Iterator<Item = &'a Value>) -> &'a Value {
    match (candidates.next(), candidates.next()) {
        (Some(one), None) => one,
        _ => &Value::Null,
    }
}

/// What all stamps share, by type: there is one of each outside of the stamps.
#[must_use]
pub fn shared<'a>(snapshot: &'a Snapshot, resource_type: &'static str) -> &'a Value {
    only(
        snapshot
            .of_type(resource_type)
            .filter(|it| Stamp::all(snapshot).all(|stamp| !stamp.holds(text(&it["id"])))),
    )
}

/// The workspace of all clusters.
#[must_use]
pub fn shared_workspace(snapshot: &Snapshot) -> &Value {
    shared(snapshot, "Microsoft.OperationalInsights/workspaces")
}

/// Whether a reference is the id of this resource.
#[must_use]
pub fn refers_to(reference: &Value, resource: &Value) -> bool {
    same(reference, &resource["id"])
}
