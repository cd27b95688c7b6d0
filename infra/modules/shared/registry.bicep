metadata name = 'Container registry'
metadata description = 'One registry with a replica in every region that has a cluster. Reachable through the private endpoints of the stamps only.'

import { tagsType } from '../../types.bicep'

@description('Required. Name of the registry: 5 to 50 letters and digits, unique in all of Azure.')
param name string

@description('Required. Region of the registry itself, which is its first replica.')
param location string

@description('Required. Every region that pulls. The registry\'s own region may be among them.')
param replicaLocations string[]

@description('Required. How access is decided. The handler grants clusters what the mode asks for, AcrPull or Container Registry Repository Reader: no role is granted here.')
param roleAssignmentMode 'LegacyRegistryPermissions' | 'AbacRepositoryPermissions'

@description('Required. The workspace that logs go to.')
param workspaceId string

@description('Required. Tags.')
param tags tagsType

var otherLocations = filter(replicaLocations, replicaLocation => replicaLocation != location)

resource registry 'Microsoft.ContainerRegistry/registries@2025-11-01' = {
  name: name
  location: location
  tags: tags
  sku: { name: 'Premium' } // The tier with replicas, private endpoints and zones.
  properties: {
    adminUserEnabled: false
    anonymousPullEnabled: false
    roleAssignmentMode: roleAssignmentMode
    publicNetworkAccess: 'Disabled'
    networkRuleBypassOptions: 'AzureServices' // The registry's own import, by which images get in without a network path.
    networkRuleSet: { defaultAction: 'Deny' }
    zoneRedundancy: 'Enabled'
    dataEndpointEnabled: true // Layers come from a name of each region, not from a storage account of anybody's.
    policies: {
      exportPolicy: { status: 'disabled' }
      retentionPolicy: { status: 'enabled', days: 30 } // Of manifests without a tag.
    }
  }
}

// Keyed by region: leaving one out of the list takes away its own replica only.
resource registry_replications 'Microsoft.ContainerRegistry/registries/replications@2025-11-01' = [
  for otherLocation in otherLocations: {
    parent: registry
    name: otherLocation
    location: otherLocation
    tags: tags
    properties: {
      regionEndpointEnabled: true
      zoneRedundancy: 'Enabled'
    }
  }
]

resource registry_diagnosticSettings 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-shared-workspace'
  scope: registry
  properties: {
    workspaceId: workspaceId
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}
