metadata name = 'Automation'
metadata description = 'The function app that keeps the fleet, with all it needs. Fleet members, pull access per cluster, origins and policy assignments are not here: the handler makes them at run time.'

import { automationType, clusterSourceType, sharedOutputsType, tagsType } from '../../types.bicep'
import { nameOf, resourceGroupOf } from 'events/topic.bicep'
import { functionAppName, serviceBusName, storageAccountName } from 'names.bicep'
import { alertFunctions } from 'routes.bicep'

@description('Required. What the automation is made from.')
param automation automationType

@description('Required. Where the shared services are.')
param shared sharedOutputsType

@description('Required. Resource groups of the stamps whose health is watched.')
param stampResourceGroups string[]

@description('Optional. Clusters that raise events of their own.')
param clusters clusterSourceType[] = []

@description('Required. Whether to send events and alerts to the functions. False until the code is deployed: Event Grid looks for the functions, and the action group asks for their keys.')
param eventSubscriptions bool

@description('Required. Tags.')
param tags tagsType

var name = automation.name
var location = automation.location
var workspaceId = shared.workspaceId
var sharedResourceGroupName = resourceGroupOf(shared.fleetId)
var takesAlerts = eventSubscriptions && !empty(alertFunctions)

resource storageAccount 'Microsoft.Storage/storageAccounts@2026-04-01' existing = {
  name: storageAccountName(name, resourceGroup().id)
}

resource queueNamespace 'Microsoft.ServiceBus/namespaces@2024-01-01' existing = {
  name: serviceBusName(name, resourceGroup().id)
}

module identities 'identities.bicep' = {
  params: { name: name, location: location, tags: tags }
}

module network 'network.bicep' = {
  params: {
    name: name
    location: location
    addressSpace: automation.addressSpace
    plan: automation.plan
    tags: tags
  }
}

module storage 'storage.bicep' = {
  params: {
    name: name
    location: location
    zoneRedundant: automation.zoneRedundant
    workspaceId: workspaceId
    tags: tags
  }
  dependsOn: [identities]
}

module serviceBus 'service-bus.bicep' = {
  params: {
    name: name
    location: location
    tier: automation.serviceBusTier
    zoneRedundant: automation.zoneRedundant
    operatorGroupObjectId: automation.operatorGroupObjectId
    workspaceId: workspaceId
    tags: tags
  }
  dependsOn: [identities]
}

module storageEndpoint 'private-endpoint.bicep' = {
  name: 'storage-endpoint'
  params: {
    name: name
    purpose: 'blob'
    location: location
    serviceId: storageAccount.id
    groupId: 'blob'
    zoneName: 'privatelink.blob.${environment().suffixes.storage}'
    tags: tags
  }
  dependsOn: [network, storage]
}

module queueEndpoint 'private-endpoint.bicep' = if (automation.serviceBusTier == 'Premium') {
  name: 'queue-endpoint'
  params: {
    name: name
    purpose: 'queues'
    location: location
    serviceId: queueNamespace.id
    groupId: 'namespace'
    zoneName: 'privatelink.servicebus.windows.net'
    tags: tags
  }
  dependsOn: [network, serviceBus]
}

module insights 'insights.bicep' = {
  params: { name: name, location: location, workspaceId: workspaceId, tags: tags }
  dependsOn: [identities]
}

module functionApp 'function-app.bicep' = {
  params: { automation: automation, workspaceId: workspaceId, tags: tags }
  // The host wants its storage as soon as it starts.
  dependsOn: [insights, queueEndpoint, serviceBus, storageEndpoint]
}

module stampAccess 'access/subscription.bicep' = {
  scope: subscription()
  params: {
    name: name
    automationResourceGroupName: resourceGroup().name
    joinActions: automation.?joinActions ?? []
  }
  dependsOn: [identities]
}

module sharedAccess 'access/shared-services.bicep' = {
  scope: resourceGroup(sharedResourceGroupName)
  params: {
    name: name
    automationResourceGroupName: resourceGroup().name
    fleetName: nameOf(shared.fleetId)
    registryName: nameOf(shared.registryId)
    frontDoorName: nameOf(shared.frontDoorProfileId)
    originGroupName: nameOf(shared.originGroupId)
  }
  dependsOn: [stampAccess]
}

module events 'events/main.bicep' = if (eventSubscriptions) {
  params: {
    name: name
    systemTopicIds: automation.?systemTopicIds ?? {}
    clusters: clusters
    workspaceId: workspaceId
    tags: tags
  }
  dependsOn: [functionApp, storage]
}

module alertAction 'alerts/action-group.bicep' = if (takesAlerts) {
  params: {
    name: name
    functions: alertFunctions
    stampResourceGroups: stampResourceGroups
    tags: tags
  }
  dependsOn: [functionApp]
}

module alertRules 'alerts/rules.bicep' = {
  params: {
    name: name
    frontDoorId: shared.frontDoorProfileId
    serviceBusId: queueNamespace.id
    resourceGroups: union([sharedResourceGroupName], stampResourceGroups)
    healthActionGroupIds: takesAlerts ? [shared.actionGroupId, alertAction!.outputs.id] : [shared.actionGroupId]
    peopleActionGroupId: shared.actionGroupId
    tags: tags
  }
  dependsOn: [serviceBus]
}

@description('Name of the function app, for what deploys code to it.')
output functionAppName string = functionAppName(name, resourceGroup().id)
