metadata name = 'Alerts of a region'
metadata description = 'What says early that a stamp is unfit. People hear of it by the shared action group; the automation adds the handler to every alert of the stamps\' resource groups.'

import { stampNamesType } from 'names.bicep'
import { tagsType } from '../../types.bicep'

@description('Required. The stamp, for names.')
param name string

@description('Required. Names in the stamp.')
param names stampNamesType

@description('Required. The cluster.')
param clusterId string

@description('Required. The firewall.')
param firewallId string

@description('Required. Who hears of it.')
param actionGroupId string

@description('Required. Tags.')
param tags tagsType

resource gateway 'Microsoft.Network/applicationGateways@2025-09-01' existing = if (!empty(names.gateway)) {
  name: names.gateway
}

var gatewayAlerts = empty(names.gateway)
  ? []
  : [
      {
        name: 'gateway-backend-unhealthy'
        description: 'The gateway finds the ingress controller, or the health path behind it, unhealthy. Clients get errors.'
        scope: gateway.id
        metric: 'UnhealthyHostCount'
        timeAggregation: 'Average'
        operator: 'GreaterThan'
        threshold: 0
        severity: 1
      }
    ]

var metricAlerts = concat(gatewayAlerts, [
  {
    name: 'firewall-unhealthy'
    description: 'The firewall is not fully healthy (percent). Everything that leaves the region passes it.'
    scope: firewallId
    metric: 'FirewallHealth'
    timeAggregation: 'Average'
    operator: 'LessThan'
    threshold: 90
    severity: 2
  }
])

resource alerts 'Microsoft.Insights/metricAlerts@2018-03-01' = [
  for alert in metricAlerts: {
    name: 'alert-${alert.name}-${name}'
    location: 'global'
    tags: tags
    properties: {
      description: alert.description
      severity: alert.severity
      enabled: true
      scopes: [alert.scope]
      evaluationFrequency: 'PT1M'
      windowSize: 'PT5M'
      autoMitigate: true
      criteria: {
        'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
        allOf: [
          {
            criterionType: 'StaticThresholdCriterion'
            name: alert.metric
            metricName: alert.metric
            timeAggregation: alert.timeAggregation
            operator: alert.operator
            threshold: alert.threshold
          }
        ]
      }
      actions: [{ actionGroupId: actionGroupId }]
    }
  }
]

resource clusterHealth 'Microsoft.Insights/activityLogAlerts@2020-10-01' = {
  name: 'alert-cluster-health-${name}'
  location: 'global'
  tags: tags
  properties: {
    description: 'Azure calls the cluster unavailable or degraded, or available again.'
    enabled: true
    scopes: [clusterId]
    condition: {
      allOf: [
        { field: 'category', equals: 'ResourceHealth' }
        {
          anyOf: [
            { field: 'properties.currentHealthStatus', equals: 'Unavailable' }
            { field: 'properties.currentHealthStatus', equals: 'Degraded' }
            { field: 'properties.currentHealthStatus', equals: 'Available' }
          ]
        }
      ]
    }
    actions: { actionGroups: [{ actionGroupId: actionGroupId }] }
  }
}
