metadata name = 'Fleet Manager'
metadata description = 'The fleet that updates run through. Members are not declared here: the handler enrols each cluster when it appears.'

import { fleetHubType, tagsType } from '../../types.bicep'

@description('Required. Purpose of the fleet, for names.')
param name string

@description('Required. Region of the fleet resource, and of its hub cluster if it has one.')
param location string

@description('Required. Object id of the Entra ID group that administers the fleet.')
param operatorsGroupObjectId string

@description('Optional. The hub cluster. A fleet without one can be given one later; the way back is closed, and so is the one from a private to a public hub.')
param hub fleetHubType?

@description('Required. The workspace that logs go to.')
param workspaceId string

@description('Required. Tags.')
param tags tagsType

@description('Azure Kubernetes Fleet Manager Contributor Role: reads and writes fleets, members, strategies and runs, approves gates; nothing inside clusters. Goes to the group of operators; the handler gets a role of its own.')
resource fleetContributor 'Microsoft.Authorization/roleDefinitions@2022-04-01' existing = {
  scope: subscription()
  name: '63bb64ad-9799-4770-b5c3-24ed299a07bf'
}

resource hubNetwork 'Microsoft.Network/virtualNetworks@2025-09-01' existing = if (hub != null) {
  name: 'vnet-${name}-fleet-hub'

  resource agents 'subnets' existing = {
    name: 'snet-agents'
  }
}

resource fleet 'Microsoft.ContainerService/fleets@2026-06-01' = {
  name: 'fleet-${name}'
  location: location
  tags: tags
  identity: { type: 'SystemAssigned' }
  properties: hub == null
    ? {}
    : {
        hubProfile: {
          dnsPrefix: 'fleet-${name}'
          agentProfile: { subnetId: hubNetwork::agents.id, vmSize: hub!.vmSize }
          apiServerAccessProfile: { enablePrivateCluster: true }
        }
      }
}

resource fleet_roleAssignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(fleet.id, operatorsGroupObjectId, fleetContributor.id)
  scope: fleet
  properties: {
    roleDefinitionId: fleetContributor.id
    principalId: operatorsGroupObjectId
    principalType: 'Group'
  }
}

resource fleet_diagnosticSettings 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-shared-workspace'
  scope: fleet
  properties: {
    workspaceId: workspaceId
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
  }
}
