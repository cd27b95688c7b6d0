metadata name = 'Service Bus'
metadata description = 'The namespace and the queues of the app, and who may do what with each.'

import { tagsType } from '../../types.bicep'
import { handlerIdentityName, serviceBusName } from 'names.bicep'
import { queues } from 'queues.bicep'

@description('Required. What the fleet is for.')
param name string

@description('Required. Region.')
param location string

@description('Required. Tier.')
param tier 'Standard' | 'Premium'

@description('Required. Whether the namespace is spread over zones.')
param zoneRedundant bool

@description('Required. Object id of the group of operators.')
param operatorGroupObjectId string

@description('Required. Log Analytics workspace.')
param workspaceId string

@description('Required. Tags.')
param tags tagsType

// One row per queue, right and group of principals.
var hostGrants = flatten(map(queues, queue => map(queue.host, right => { queue: queue.name, right: right })))
var operatorGrants = flatten(map(queues, queue => map(queue.operators, right => { queue: queue.name, right: right })))

resource handler 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = {
  name: handlerIdentityName(name)
}

// Takes messages from a queue, dead letters included. To the app for its triggers, to operators where they read along.
// It does not read the length of a queue, so the platform scales by a coarser measure; the right to know it is the right to
// manage queues, which the app need not have.
resource receiver 'Microsoft.Authorization/roleDefinitions@2022-04-01' existing = {
  scope: subscription()
  name: '4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0'
}

// Puts messages into a queue. To the app for its output bindings.
resource sender 'Microsoft.Authorization/roleDefinitions@2022-04-01' existing = {
  scope: subscription()
  name: '69a216fc-b8fb-44d8-bc22-1f3c2cd27a39'
}

resource namespace 'Microsoft.ServiceBus/namespaces@2024-01-01' = {
  name: serviceBusName(name, resourceGroup().id)
  location: location
  tags: tags
  sku: { name: tier, tier: tier, capacity: tier == 'Premium' ? 1 : null }
  properties: {
    disableLocalAuth: true
    minimumTlsVersion: '1.2'
    zoneRedundant: zoneRedundant
    // Only Premium has private endpoints; see `serviceBusTier`.
    publicNetworkAccess: tier == 'Premium' ? 'Disabled' : 'Enabled'
  }

  resource queue 'queues' = [
    for queue in queues: {
      name: queue.name
      properties: {
        // The host renews the lock while a function runs; a killed one frees its message after this time.
        lockDuration: 'PT1M'
        maxDeliveryCount: 10
        defaultMessageTimeToLive: queue.life
        deadLetteringOnMessageExpiration: queue.keepExpired
      }
    }
  ]
}

resource hostAccess 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for grant in hostGrants: {
    scope: namespace::queue[indexOf(map(queues, queue => queue.name), grant.queue)]
    name: guid(namespace.id, grant.queue, handler.id, grant.right)
    properties: {
      principalId: handler.properties.principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: grant.right == 'receive' ? receiver.id : sender.id
    }
  }
]

resource operatorAccess 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for grant in operatorGrants: {
    scope: namespace::queue[indexOf(map(queues, queue => queue.name), grant.queue)]
    name: guid(namespace.id, grant.queue, operatorGroupObjectId, grant.right)
    properties: {
      principalId: operatorGroupObjectId
      principalType: 'Group'
      roleDefinitionId: grant.right == 'receive' ? receiver.id : sender.id
    }
  }
]

resource audit 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: namespace
  name: 'shared-workspace'
  properties: {
    workspaceId: workspaceId
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}
