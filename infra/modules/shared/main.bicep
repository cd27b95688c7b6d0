metadata name = 'Shared services'
metadata description = 'What there is once for all regions. Nothing here knows a stamp but by its region, for the registry\'s replicas.'

import { sharedPlace, sharedServices } from '../../names.bicep'
import { sharedType, tagsType } from '../../types.bicep'

@description('Required. What the shared services are made from.')
param shared sharedType

@description('Required. The regions of all stamps: the registry has a replica in each.')
param locations string[]

@description('Required. Tags of everything here.')
param tags tagsType

var wafPolicyName = 'waf${shared.name}edge'

var services = sharedServices(subscription().subscriptionId, sharedPlace(shared))

module monitoring 'monitoring.bicep' = {
  params: {
    name: shared.name
    location: shared.location
    retentionInDays: shared.logRetentionDays
    operatorsEmail: shared.operators.email
    tags: tags
  }
}

module registry 'registry.bicep' = {
  params: {
    name: last(split(services.registryId, '/'))
    location: shared.location
    replicaLocations: locations
    roleAssignmentMode: shared.registryRoleAssignmentMode
    workspaceId: services.workspaceId
    tags: tags
  }
  dependsOn: [monitoring]
}

module wafPolicy 'waf-policy.bicep' = {
  params: {
    name: wafPolicyName
    requestsPerFiveMinutes: shared.frontDoor.requestsPerFiveMinutes
    tags: tags
  }
}

module frontDoor 'front-door.bicep' = {
  params: {
    name: shared.name
    frontDoor: shared.frontDoor
    wafPolicyName: wafPolicyName
    workspaceId: services.workspaceId
    tags: tags
  }
  dependsOn: [monitoring, wafPolicy]
}

module fleetHubNetwork 'fleet-hub-network.bicep' = if (shared.?fleetHub != null) {
  params: {
    name: shared.name
    location: shared.location
    hub: shared.fleetHub!
    workspaceId: services.workspaceId
    tags: tags
  }
  dependsOn: [monitoring]
}

module fleet 'fleet.bicep' = {
  params: {
    name: shared.name
    location: shared.location
    operatorsGroupObjectId: shared.operators.groupObjectId
    hub: shared.?fleetHub
    workspaceId: services.workspaceId
    tags: tags
  }
  dependsOn: [fleetHubNetwork, monitoring]
}

module updateStrategy 'update-strategy.bicep' = {
  params: {
    name: shared.name
    stages: shared.updateStages
    autoUpgradeChannels: shared.autoUpgradeChannels
  }
  dependsOn: [fleet]
}

module firewallPolicy 'firewall-policy.bicep' = {
  params: {
    name: shared.name
    location: shared.location
    tags: tags
  }
}

module policyInitiative 'policy-initiative.bicep' = {
  scope: subscription()
  params: {
    name: shared.name
    registryLoginServer: services.registryLoginServer
    assigned: shared.initiativeAssignedBy == 'template'
  }
}

module budget 'budget.bicep' = {
  scope: subscription()
  params: {
    name: shared.name
    budget: shared.budget
    actionGroupId: services.actionGroupId
  }
  dependsOn: [monitoring]
}

module workbook 'workbook.bicep' = {
  params: {
    name: shared.name
    location: shared.location
    workspaceId: services.workspaceId
    tags: tags
  }
}

@description('The public host name of the fleet.')
output hostName string = frontDoor.outputs.hostName
