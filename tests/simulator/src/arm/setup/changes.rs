//! What happens to clusters in the world: they are deleted, made anew, stopped, started, given other
//! identities.

use serde_json::{Value, json};

use crate::arm::id;
use crate::arm::world::Notice;

use super::{Estate, bodies};

const KUBELET: &str = "/properties/identityProfile/kubeletidentity/objectId";

impl Estate {
    /// Deletes a cluster, its kubelet identity with it, and raises the event. Its member, role assignments,
    /// gateway and origin stay behind.
    pub fn delete_cluster(&self, cluster: &str) {
        if let Some(principal) = self.kubelet_principal(cluster) {
            self.arm.lock().tenant.remove_principal(&principal);
        }
        self.arm.remove_resource(cluster, Notice::Raised);
    }

    /// Deletes a cluster and makes another of the same name: other `resourceUID`, other kubelet identity.
    /// Raises both events.
    pub fn recreate_cluster(&self, cluster: &str) {
        let Some(mut body) = self.arm.resource(cluster) else { return };
        self.delete_cluster(cluster);
        let uid = self.new_guid("resource uid", cluster).replace('-', "")[..24].to_owned();
        body["properties"]["resourceUID"] = json!(uid);
        self.give_kubelet_identity(cluster, &mut body);
        self.arm.put_resource(cluster, body, Notice::Raised);
    }

    /// Stops a cluster, as `az aks stop` does, and raises the event of a write.
    pub fn stop_cluster(&self, cluster: &str) {
        self.set_power(cluster, "Stopped");
    }

    /// Starts a stopped cluster, and raises the event of a write.
    pub fn start_cluster(&self, cluster: &str) {
        self.set_power(cluster, "Running");
    }

    /// Puts a cluster into mid-operation (`Updating`, `Upgrading`, …) or out of it (`Succeeded`, `Failed`),
    /// and raises the event.
    pub fn set_provisioning_state(&self, cluster: &str, state: &str) {
        self.arm.edit_resource(cluster, Notice::Raised, |body| {
            body["properties"]["provisioningState"] = json!(state);
        });
    }

    /// Replaces a cluster's kubelet identity; the old principal disappears. Raises the event.
    pub fn change_kubelet_identity(&self, cluster: &str) {
        if let Some(principal) = self.kubelet_principal(cluster) {
            self.arm.lock().tenant.remove_principal(&principal);
        }
        let Some(mut body) = self.arm.resource(cluster) else { return };
        self.give_kubelet_identity(cluster, &mut body);
        self.arm.put_resource(cluster, body, Notice::Raised);
    }

    /// Sets or removes (with `None`) a tag of a cluster, and raises the event.
    pub fn tag_cluster(&self, cluster: &str, name: &str, value: Option<&str>) {
        self.arm.edit_resource(cluster, Notice::Raised, |body| match value {
            Some(value) => body["tags"][name] = json!(value),
            None => drop(body["tags"].as_object_mut().and_then(|tags| tags.remove(name))),
        });
    }

    /// Makes a cluster a member of another fleet, silently. The fleet is made too if it does not exist.
    pub fn join_other_fleet(&self, cluster: &str, fleet: &str, group: &str) {
        self.ensure_group(group, "westeurope");
        let fleet = self.id(group, &format!("Microsoft.ContainerService/fleets/{fleet}"));
        if self.arm.resource(&fleet).is_none() {
            self.arm.put_resource(&fleet, bodies::fleet("westeurope"), Notice::Silent);
        }
        let member = format!("{fleet}/members/{}", id::name(cluster).to_ascii_lowercase());
        self.arm.put_resource(&member, bodies::member(&id::with_lower_groups(cluster), None), Notice::Silent);
    }

    /// The object id of a cluster's kubelet identity.
    #[must_use]
    pub fn kubelet_principal(&self, cluster: &str) -> Option<String> {
        self.arm.resource(cluster)?.pointer(KUBELET)?.as_str().map(str::to_owned)
    }

    /// The node pools stop and start with their cluster.
    fn set_power(&self, cluster: &str, code: &str) {
        self.arm.edit_resource(cluster, Notice::Raised, |body| {
            body["properties"]["powerState"]["code"] = json!(code);
            for pool in body["properties"]["agentPoolProfiles"].as_array_mut().into_iter().flatten() {
                pool["powerState"]["code"] = json!(code);
            }
        });
    }

    fn give_kubelet_identity(&self, cluster: &str, body: &mut Value) {
        let principal = self.new_guid("kubelet identity", cluster);
        self.arm.lock().tenant.add_principal(&principal, self.arm.clock().now());
        let identity = &mut body["properties"]["identityProfile"]["kubeletidentity"];
        identity["objectId"] = json!(principal);
        identity["clientId"] = json!(self.new_guid("kubelet client id", cluster));
    }

    /// A GUID that differs from all earlier ones of the same purpose: it depends on how often the state has
    /// changed.
    fn new_guid(&self, purpose: &str, cluster: &str) -> String {
        let writes = self.arm.lock().store.writes().to_string();
        self.arm.seed().guid(&[purpose, &id::key(cluster), &writes]).to_string()
    }
}
