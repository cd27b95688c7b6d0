//! The table of event types that concern us, and what is known about the others.
//!
//! Adding an event type is one row here, one decoder when no present one fits, and one filter in the event
//! subscriptions under `infra/`.

use super::{
    availability, clusters,
    decoded::{Decoded, Fault, IgnoreReason},
    event::Event,
    gates, notifications, resources, scheduled,
};

/// One event type that we act on.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// The event type; compared without case, since samples of one service spell it two ways.
    pub event_type: &'static str,
    /// Finds out what such an event means.
    pub decode: fn(&Event<'_>) -> Result<Decoded, Fault>,
    /// The function whose Event Grid subscription delivers it.
    pub function: &'static str,
}

/// The function that receives events about clusters.
const CLUSTER_EVENTS: &str = "cluster-events";

/// The function that receives events about the availability of nodes.
const HEALTH_EVENTS: &str = "health-events";

/// The function that receives what updates bring about: gates, rolled node pools, new versions, the end of old ones.
const FLEET_EVENTS: &str = "fleet-events";

/// THE TABLE: event type, decoder, function.
pub const ROWS: &[Row] = &[
    row("Microsoft.Resources.ResourceWriteSuccess", resources::touched, CLUSTER_EVENTS),
    row("Microsoft.Resources.ResourceWriteFailure", resources::touched, CLUSTER_EVENTS),
    row("Microsoft.Resources.ResourceWriteCancel", resources::touched, CLUSTER_EVENTS),
    row("Microsoft.Resources.ResourceDeleteSuccess", resources::deleted, CLUSTER_EVENTS),
    row("Microsoft.Resources.ResourceDeleteFailure", resources::touched, CLUSTER_EVENTS),
    row("Microsoft.Resources.ResourceDeleteCancel", resources::touched, CLUSTER_EVENTS),
    row("Microsoft.Resources.ResourceActionSuccess", resources::touched, CLUSTER_EVENTS),
    row("Microsoft.Resources.ResourceActionFailure", resources::touched, CLUSTER_EVENTS),
    row("Microsoft.Resources.ResourceActionCancel", resources::touched, CLUSTER_EVENTS),
    row("Microsoft.ResourceNotifications.Resources.CreatedOrUpdated", notifications::touched, CLUSTER_EVENTS),
    row("Microsoft.ResourceNotifications.Resources.Deleted", notifications::deleted, CLUSTER_EVENTS),
    row(
        "Microsoft.ResourceNotifications.HealthResources.AvailabilityStatusChanged",
        availability::changed,
        HEALTH_EVENTS,
    ),
    row(
        "Microsoft.ResourceNotifications.HealthResources.ResourceAnnotated",
        availability::annotated,
        HEALTH_EVENTS,
    ),
    row("Microsoft.ResourceNotifications.AKSResources.FleetGateCreated", gates::changed, FLEET_EVENTS),
    row("Microsoft.ResourceNotifications.AKSResources.FleetGateUpdated", gates::changed, FLEET_EVENTS),
    row("Microsoft.ResourceNotifications.AKSResources.FleetGateDeleted", gates::vanished, FLEET_EVENTS),
    row("Microsoft.ContainerService.NewKubernetesVersionAvailable", clusters::versions, FLEET_EVENTS),
    row("Microsoft.ContainerService.ClusterSupportEnding", clusters::support_ending, FLEET_EVENTS),
    row("Microsoft.ContainerService.ClusterSupportEnded", clusters::support_ended, FLEET_EVENTS),
    row("Microsoft.ContainerService.NodePoolRollingStarted", clusters::rolled, FLEET_EVENTS),
    row("Microsoft.ContainerService.NodePoolRollingSucceeded", clusters::rolled, FLEET_EVENTS),
    row("Microsoft.ContainerService.NodePoolRollingFailed", clusters::rolled, FLEET_EVENTS),
    row(
        "Microsoft.ResourceNotifications.ContainerServiceEventResources.ScheduledEventEmitted",
        scheduled::emitted,
        FLEET_EVENTS,
    ),
];

/// The handshake of a new subscription. The host answers it; one that gets through asks for nothing.
const VALIDATION: &str = "Microsoft.EventGrid.SubscriptionValidationEvent";

/// Families of event types that Azure documents around AKS fleets: no reaction uses those without a row.
const KNOWN_FAMILIES: &[&str] = &[
    "Microsoft.ContainerService.",
    "Microsoft.PolicyInsights.",
    "Microsoft.ResourceNotifications.AKSResources.",
    "Microsoft.ResourceNotifications.ContainerServiceEventResources.",
    "Microsoft.ResourceNotifications.HealthResources.",
];

const fn row(
    event_type: &'static str,
    decode: fn(&Event<'_>) -> Result<Decoded, Fault>,
    function: &'static str,
) -> Row {
    Row { event_type, decode, function }
}

/// Finds the row of an event's type and lets it decode.
///
/// # Errors
/// When the event has no type, or its decoder finds the event malformed.
pub fn decode(event: &Event<'_>) -> Result<Decoded, Fault> {
    let event_type = event.event_type()?;
    if let Some(row) = ROWS.iter().find(|row| row.event_type.eq_ignore_ascii_case(event_type)) {
        return (row.decode)(event);
    }
    Ok(Decoded::Ignored(if event_type.eq_ignore_ascii_case(VALIDATION) {
        IgnoreReason::Handshake
    } else if KNOWN_FAMILIES.iter().any(|family| starts_with(event_type, family)) {
        IgnoreReason::NoReaction
    } else {
        IgnoreReason::UnknownType
    }))
}

fn starts_with(text: &str, prefix: &str) -> bool {
    text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}
