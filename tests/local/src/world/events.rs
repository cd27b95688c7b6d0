//! The event types that the app subscribes to, by system topic, and the subscriptions. A test holds the types to the decoders'
//! table.

use fleet_simulator::event_grid::{EventSubscription, FilterOperator, SystemTopic};

/// What ARM was asked to do.
pub const OPERATIONS: [&str; 9] = [
    "Microsoft.Resources.ResourceWriteSuccess",
    "Microsoft.Resources.ResourceWriteFailure",
    "Microsoft.Resources.ResourceWriteCancel",
    "Microsoft.Resources.ResourceDeleteSuccess",
    "Microsoft.Resources.ResourceDeleteFailure",
    "Microsoft.Resources.ResourceDeleteCancel",
    "Microsoft.Resources.ResourceActionSuccess",
    "Microsoft.Resources.ResourceActionFailure",
    "Microsoft.Resources.ResourceActionCancel",
];

/// What resources have become.
pub const NOTIFICATIONS: [&str; 2] = [
    "Microsoft.ResourceNotifications.Resources.CreatedOrUpdated",
    "Microsoft.ResourceNotifications.Resources.Deleted",
];

/// The health of machines and scale sets.
pub const HEALTH: [&str; 2] = [
    "Microsoft.ResourceNotifications.HealthResources.AvailabilityStatusChanged",
    "Microsoft.ResourceNotifications.HealthResources.ResourceAnnotated",
];

/// Gates of update runs. Events spell the topic in two ways; filters compare without case.
pub const GATES: [&str; 3] = [
    "Microsoft.ResourceNotifications.AKSResources.FleetGateCreated",
    "Microsoft.ResourceNotifications.AKSResources.FleetGateUpdated",
    "Microsoft.ResourceNotifications.AKSResources.FleetGateDeleted",
];

/// What the topics of clusters tell.
pub const CLUSTERS: [&str; 6] = [
    "Microsoft.ContainerService.NewKubernetesVersionAvailable",
    "Microsoft.ContainerService.ClusterSupportEnding",
    "Microsoft.ContainerService.ClusterSupportEnded",
    "Microsoft.ContainerService.NodePoolRollingStarted",
    "Microsoft.ContainerService.NodePoolRollingSucceeded",
    "Microsoft.ContainerService.NodePoolRollingFailed",
];

/// Scheduled events of clusters. The simulated Azure raises none, so that no subscription of a world asks for
/// them.
pub const SCHEDULED: [&str; 1] =
    ["Microsoft.ResourceNotifications.ContainerServiceEventResources.ScheduledEventEmitted"];

/// The event subscriptions that `infra/` makes: clusters on two topics, so that every change of one is told twice; update
/// runs; the health of machines; gates; and what clusters tell themselves.
pub(super) fn subscriptions() -> [EventSubscription; 5] {
    let (clusters, runs) =
        ("Microsoft.ContainerService/managedClusters", "Microsoft.ContainerService/fleets/updateRuns");
    [
        EventSubscription::new("cluster-operations", SystemTopic::Operations, "cluster-events")
            .including(&OPERATIONS)
            .where_field("data.operationName", FilterOperator::StringBeginsWith, &[clusters, runs]),
        EventSubscription::new("cluster-notifications", SystemTopic::Notifications, "cluster-events")
            .including(&NOTIFICATIONS)
            .where_field("data.resourceInfo.type", FilterOperator::StringIn, &[clusters]),
        EventSubscription::new("machine-health", SystemTopic::Health, "health-events").including(&HEALTH),
        EventSubscription::new("gates", SystemTopic::Gates, "fleet-events").including(&GATES),
        EventSubscription::new("cluster-news", SystemTopic::Clusters, "fleet-events").including(&CLUSTERS),
    ]
    .map(EventSubscription::with_dead_letters)
}
