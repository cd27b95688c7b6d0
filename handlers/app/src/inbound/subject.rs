//! Whether a resource concerns us: managed clusters do, with all that lies below them, and update runs of a fleet.

use fleet_core::{ids::ArmId, trigger::NudgeKind, world::is_fleet_hub};

use super::decoded::{Decoded, Fault, IgnoreReason};

/// Parses a resource id found at a path of the event.
pub(super) fn parse_id(path: &str, text: &str) -> Result<ArmId, Fault> {
    ArmId::parse(text).map_err(|error| Fault::at(path, error.to_string()))
}

/// The fault of an event that names no resource anywhere.
pub(super) fn no_id(path: &str) -> Fault {
    Fault::at(path, "the event names no resource, neither there nor in its subject")
}

/// A nudge about the cluster that `id` is or lies below. The deletion of something below a cluster is a change of it.
pub(super) fn about_cluster(id: &ArmId, kind: NudgeKind) -> Decoded {
    let Some(cluster) = cluster_of(id) else {
        return Decoded::Ignored(IgnoreReason::OtherResource);
    };
    if is_fleet_hub(&cluster) {
        return Decoded::Ignored(IgnoreReason::FleetHub);
    }
    let kind = if cluster == *id { kind } else { NudgeKind::ClusterChanged };
    Decoded::Nudge { kind, subject: cluster }
}

/// A nudge about the update run that `id` is.
pub(super) fn about_run(id: &ArmId) -> Option<Decoded> {
    is_run(id).then(|| Decoded::Nudge { kind: NudgeKind::RunChanged, subject: id.clone() })
}

/// Whether `id` is an update run of a fleet.
pub(super) fn is_run(id: &ArmId) -> bool {
    id.resource_group().is_some() && id.is_type("Microsoft.ContainerService/fleets/updateRuns")
}

/// The managed cluster that `id` is or lies below: a node pool, a role assignment on the cluster.
fn cluster_of(id: &ArmId) -> Option<ArmId> {
    const CLUSTERS: &str = "/providers/microsoft.containerservice/managedclusters/";
    id.resource_group()?;
    let name_at = id.key().find(CLUSTERS)? + CLUSTERS.len();
    let end = id.key()[name_at..].find('/').map_or(id.key().len(), |length| name_at + length);
    ArmId::parse(&id.as_str()[..end]).ok()
}
