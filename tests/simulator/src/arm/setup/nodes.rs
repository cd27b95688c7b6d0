//! What happens to the machines below a cluster.

use serde_json::{Value, json};

use crate::arm::event::{Announcement, ArmEvent};
use crate::arm::id;
use crate::arm::world::Notice;

use super::Estate;

const SCALE_SET: &str = "Microsoft.Compute/virtualMachineScaleSets";

/// The availability of a machine, as Resource Health sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Availability {
    /// It works.
    Available,
    /// It does not.
    Unavailable,
    /// It works badly.
    Degraded,
    /// Nothing has been heard of it for a while.
    Unknown,
}

impl Availability {
    fn name(self) -> &'static str {
        match self {
            Self::Available => "Available",
            Self::Unavailable => "Unavailable",
            Self::Degraded => "Degraded",
            Self::Unknown => "Unknown",
        }
    }
}

impl Estate {
    /// The availability of a cluster's nodes changes: one event for the scale set of each node pool, in the cluster's
    /// node resource group. A scale set that is in that state already tells nothing.
    pub fn cluster_nodes_become(&self, cluster: &str, availability: Availability) {
        let now = self.arm.clock().now();
        for scale_set in self.scale_sets(cluster) {
            let record_id =
                format!("{scale_set}/providers/Microsoft.ResourceHealth/availabilityStatuses/current");
            let record = self.arm.resource(&record_id).unwrap_or_default();
            let previous = record["properties"]["availabilityState"].as_str().unwrap_or("Available");
            if previous == availability.name() {
                continue;
            }
            let properties = json!({
                "targetResourceId": scale_set,
                "targetResourceType": SCALE_SET,
                "occurredTime": now.to_string(),
                "previousAvailabilityState": previous,
                "availabilityState": availability.name(),
            });
            self.tell_of_machine(Announcement::AvailabilityChanged, &scale_set, &properties);
            let body =
                json!({"type": "Microsoft.ResourceHealth/availabilityStatuses", "properties": properties});
            self.arm.put_resource(&record_id, body, Notice::Silent);
        }
    }

    /// Something is noted about the nodes of a cluster, for instance `VirtualMachineDeallocationInitiated`, with the
    /// context that goes with it: `Customer Initiated` or `Platform Initiated`.
    pub fn cluster_nodes_are_annotated(&self, cluster: &str, annotation: &str, context: &str) {
        for scale_set in self.scale_sets(cluster) {
            let properties = json!({
                "targetResourceId": scale_set,
                "targetResourceType": SCALE_SET,
                "occurredTime": self.arm.clock().now().to_string(),
                "annotationName": annotation,
                "reason": annotation,
                "summary": format!("{annotation} was noted about the scale set."),
                "context": context,
                "category": "Not Applicable",
            });
            self.tell_of_machine(Announcement::Annotated, &scale_set, &properties);
        }
    }

    /// The ids of the scale sets behind a cluster's node pools.
    #[must_use]
    pub fn scale_sets(&self, cluster: &str) -> Vec<String> {
        let body = self.arm.resource(cluster).unwrap_or_default();
        let subscription = id::after(cluster, "subscriptions").unwrap_or_default();
        let group = body["properties"]["nodeResourceGroup"].as_str().unwrap_or_default();
        let number = self.arm.seed().between(10_000_000, 99_999_999, &["scale set", &id::key(cluster)]);
        let pools = body["properties"]["agentPoolProfiles"].as_array().into_iter().flatten();
        let names = pools.filter_map(|pool| pool["name"].as_str());
        let scale_set = |pool: &str| {
            format!(
                "/subscriptions/{subscription}/resourceGroups/{group}/providers/{SCALE_SET}/aks-{pool}-{number}-vmss"
            )
        };
        names.map(scale_set).collect()
    }

    fn tell_of_machine(&self, what: Announcement, machine: &str, properties: &Value) {
        let now = self.arm.clock().now();
        let name =
            self.arm.seed().guid(&["health record", machine, &now.to_string(), &properties.to_string()]);
        let record = json!({"name": name.to_string(), "properties": properties});
        self.arm.lock().outbox.push(ArmEvent::announced(what, machine, record, now));
    }
}
