metadata name = 'Event routes'
metadata description = 'Which events go to which function: one row per event subscription. The decoders of the handler know the same types, and a test compares.'

@export()
@description('A kind of system topic, named as in `systemTopicIdsType`; `clusterEvents` is one topic per cluster.')
type topicKindType =
  | 'operations'
  | 'resourceNotifications'
  | 'healthNotifications'
  | 'fleetNotifications'
  | 'scheduledEvents'
  | 'clusterEvents'

@export()
@description('An event subscription.')
type eventRouteType = {
  @description('Required. Its name; unique in its topic.')
  name: string

  @description('Required. The topic that it listens to.')
  topic: topicKindType

  @description('Required. The function that gets the events.')
  function: string

  @description('Required. Event types, all of them spelt out: a type that Azure adds later does not arrive unasked.')
  @minLength(1)
  eventTypes: string[]

  @description('Required. What else must hold for an event to be sent, all of it. Strings compare without case.')
  filters: resourceInput<'Microsoft.EventGrid/systemTopics/eventSubscriptions@2025-02-15'>.properties.filter.advancedFilters
}

@export()
@description('The topic types that Azure knows by these names.')
var topicTypes { *: string } = {
  operations: 'Microsoft.Resources.Subscriptions'
  resourceNotifications: 'Microsoft.ResourceNotifications.Resources'
  healthNotifications: 'Microsoft.ResourceNotifications.HealthResources'
  fleetNotifications: 'Microsoft.ResourceNotifications.AKSResources'
  scheduledEvents: 'Microsoft.ResourceNotifications.ContainerServiceEventResources'
  clusterEvents: 'Microsoft.ContainerService.ManagedClusters'
}

// What concerns us happens to clusters and to what lies below them, node pools for instance.
var clusters = 'Microsoft.ContainerService/managedClusters'

// No event tells how an update run ends, but that somebody made, started, stopped or deleted one.
var runs = 'Microsoft.ContainerService/fleets/updateRuns'

// What nodes are.
var machines = ['/Microsoft.Compute/virtualMachines/', '/Microsoft.Compute/virtualMachineScaleSets/']

@export()
@description('Every event subscription. A change of a cluster is told twice, by Resource Manager and by Resource Notifications: each sees what the other does not.')
var eventRoutes eventRouteType[] = [
  {
    name: 'cluster-operations'
    topic: 'operations'
    function: 'cluster-events'
    eventTypes: [
      'Microsoft.Resources.ResourceWriteSuccess'
      'Microsoft.Resources.ResourceWriteFailure'
      'Microsoft.Resources.ResourceWriteCancel'
      'Microsoft.Resources.ResourceDeleteSuccess'
      'Microsoft.Resources.ResourceDeleteFailure'
      'Microsoft.Resources.ResourceDeleteCancel'
      'Microsoft.Resources.ResourceActionSuccess'
      'Microsoft.Resources.ResourceActionFailure'
      'Microsoft.Resources.ResourceActionCancel'
    ]
    filters: [{ key: 'data.operationName', operatorType: 'StringBeginsWith', values: [clusters, runs] }]
  }
  {
    name: 'cluster-notifications'
    topic: 'resourceNotifications'
    function: 'cluster-events'
    eventTypes: [
      'Microsoft.ResourceNotifications.Resources.CreatedOrUpdated'
      'Microsoft.ResourceNotifications.Resources.Deleted'
    ]
    filters: [{ key: 'data.resourceInfo.type', operatorType: 'StringIn', values: [clusters] }]
  }
  {
    name: 'node-availability'
    topic: 'healthNotifications'
    function: 'health-events'
    eventTypes: [
      'Microsoft.ResourceNotifications.HealthResources.AvailabilityStatusChanged'
      'Microsoft.ResourceNotifications.HealthResources.ResourceAnnotated'
    ]
    // Nodes are known by their resource group, and its name is each cluster's own affair: all machines come through.
    filters: [{ key: 'subject', operatorType: 'StringContains', values: machines }]
  }
  {
    name: 'update-gates'
    topic: 'fleetNotifications'
    function: 'fleet-events'
    // Samples spell the family `AksResources`; types compare without case.
    eventTypes: [
      'Microsoft.ResourceNotifications.AKSResources.FleetGateCreated'
      'Microsoft.ResourceNotifications.AKSResources.FleetGateUpdated'
      'Microsoft.ResourceNotifications.AKSResources.FleetGateDeleted'
    ]
    filters: []
  }
  {
    name: 'cluster-news'
    topic: 'clusterEvents'
    function: 'fleet-events'
    eventTypes: [
      'Microsoft.ContainerService.NewKubernetesVersionAvailable'
      'Microsoft.ContainerService.ClusterSupportEnding'
      'Microsoft.ContainerService.ClusterSupportEnded'
      'Microsoft.ContainerService.NodePoolRollingStarted'
      'Microsoft.ContainerService.NodePoolRollingSucceeded'
      'Microsoft.ContainerService.NodePoolRollingFailed'
    ]
    filters: []
  }
  {
    name: 'scheduled-events'
    topic: 'scheduledEvents'
    function: 'fleet-events'
    eventTypes: ['Microsoft.ResourceNotifications.ContainerServiceEventResources.ScheduledEventEmitted']
    filters: []
  }
]

@export()
@description('Functions that take Azure Monitor alerts by HTTP POST, as the common alert schema.')
var alertFunctions string[] = ['alerts']
