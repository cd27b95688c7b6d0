metadata name = 'Alert rules of the fleet'
metadata description = 'What Azure itself knows about the health of the fleet, and what the app could not do.'

import { tagsType } from '../../../types.bicep'

@description('Required. What the fleet is for.')
param name string

@description('Required. Front Door profile.')
param frontDoorId string

@description('Required. Service Bus namespace of the app.')
param serviceBusId string

@description('Required. Resource groups whose resources matter: the stamps\' and the shared one.')
param resourceGroups string[]

@description('Required. Action groups that hear about the health of stamps: people, and the app once it takes alerts.')
param healthActionGroupIds string[]

@description('Required. Action group of people.')
param peopleActionGroupId string

@description('Required. Tags.')
param tags tagsType

var healthActions = map(healthActionGroupIds, id => { actionGroupId: id })

// Kinds of resources that Resource Health watches and a stamp stands on.
var watchedTypes = [
  'Microsoft.ContainerService/managedClusters'
  'Microsoft.Network/applicationGateways'
  'Microsoft.Network/azureFirewalls'
  'Microsoft.Cdn/profiles'
]

// Half of an origin's probes fail for five minutes: worse than a blip, and earlier than users call.
resource originHealth 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: 'alert-${name}-origin-health'
  location: 'global'
  tags: tags
  properties: {
    description: 'Front Door sees an origin fail. One alert per origin.'
    severity: 1
    enabled: true
    autoMitigate: true
    scopes: [frontDoorId]
    evaluationFrequency: 'PT1M'
    windowSize: 'PT5M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          criterionType: 'StaticThresholdCriterion'
          name: 'origin-health'
          metricNamespace: 'Microsoft.Cdn/profiles'
          metricName: 'OriginHealthPercentage'
          timeAggregation: 'Average'
          operator: 'LessThan'
          threshold: 50
          dimensions: [
            { name: 'OriginGroup', operator: 'Include', values: ['*'] }
            { name: 'Origin', operator: 'Include', values: ['*'] }
          ]
        }
      ]
    }
    actions: healthActions
  }
}

resource serviceHealth 'Microsoft.Insights/activityLogAlerts@2020-10-01' = {
  name: 'alert-${name}-service-health'
  location: 'global'
  tags: tags
  properties: {
    description: 'Azure reports an incident that touches this subscription.'
    enabled: true
    scopes: [subscription().id]
    condition: {
      allOf: [
        { field: 'category', equals: 'ServiceHealth' }
        { field: 'properties.incidentType', equals: 'Incident' }
      ]
    }
    actions: { actionGroups: healthActions }
  }
}

resource resourceHealth 'Microsoft.Insights/activityLogAlerts@2020-10-01' = {
  name: 'alert-${name}-resource-health'
  location: 'global'
  tags: tags
  properties: {
    description: 'Resource Health judges something that a stamp stands on.'
    enabled: true
    scopes: map(resourceGroups, group => subscriptionResourceId('Microsoft.Resources/resourceGroups', group))
    condition: {
      allOf: [
        { field: 'category', equals: 'ResourceHealth' }
        { anyOf: map(watchedTypes, type => { field: 'resourceType', equals: type }) }
      ]
    }
    actions: { actionGroups: healthActions }
  }
}

// To people alone: the app could not do what it should, or was told what it can't understand.
resource deadLetters 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: 'alert-${name}-dead-letters'
  location: 'global'
  tags: tags
  properties: {
    description: 'Messages of the fleet automation were given up. docs/operations.md says what to do about each queue.'
    severity: 2
    enabled: true
    autoMitigate: true
    scopes: [serviceBusId]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          criterionType: 'StaticThresholdCriterion'
          name: 'dead-letters'
          metricNamespace: 'Microsoft.ServiceBus/namespaces'
          metricName: 'DeadletteredMessages'
          timeAggregation: 'Maximum'
          operator: 'GreaterThan'
          threshold: 0
          dimensions: [{ name: 'EntityName', operator: 'Include', values: ['*'] }]
        }
      ]
    }
    actions: [{ actionGroupId: peopleActionGroupId }]
  }
}
