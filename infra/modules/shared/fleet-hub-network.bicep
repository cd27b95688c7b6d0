metadata name = 'Network of the fleet\'s hub cluster'
metadata description = 'A spoke of its own, which the regions\' spokes peer with: member agents call the hub, the hub calls nobody.'

import { fleetHubType, tagsType } from '../../types.bicep'

@description('Required. Purpose of the fleet, for names.')
param name string

@description('Required. Region of the fleet.')
param location string

@description('Required. The hub cluster.')
param hub fleetHubType

@description('Required. The workspace that logs go to.')
param workspaceId string

@description('Required. Tags.')
param tags tagsType

@description('Network Contributor: lets Fleet Manager join its hub\'s nodes and load balancer to the subnet. Goes to Fleet Manager\'s own service principal in this tenant, on this subnet only.')
resource networkContributor 'Microsoft.Authorization/roleDefinitions@2022-04-01' existing = {
  scope: subscription()
  name: '4d97b98b-1d4f-4787-a291-c67834d212e7'
}

resource nodesSecurityGroup 'Microsoft.Network/networkSecurityGroups@2025-09-01' = {
  name: 'nsg-${name}-fleet-hub'
  location: location
  tags: tags
  properties: {
    securityRules: [
      {
        name: 'AllowMembers'
        properties: {
          description: 'Member agents of peered spokes call the hub\'s API.'
          access: 'Allow'
          direction: 'Inbound'
          priority: 100
          protocol: 'Tcp'
          sourceAddressPrefix: 'VirtualNetwork'
          sourcePortRange: '*'
          destinationAddressPrefix: 'VirtualNetwork'
          destinationPortRange: '443'
        }
      }
    ]
  }
}

resource network 'Microsoft.Network/virtualNetworks@2025-09-01' = {
  name: 'vnet-${name}-fleet-hub'
  location: location
  tags: tags
  properties: {
    addressSpace: { addressPrefixes: [hub.addressSpace] }
    subnets: [
      {
        name: 'snet-agents'
        properties: {
          addressPrefixes: [hub.addressSpace]
          networkSecurityGroup: { id: nodesSecurityGroup.id }
        }
      }
    ]
  }

  resource agents 'subnets' existing = {
    name: 'snet-agents'
  }
}

resource agents_roleAssignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(network::agents.id, hub.fleetServicePrincipalObjectId, networkContributor.id)
  scope: network::agents
  properties: {
    roleDefinitionId: networkContributor.id
    principalId: hub.fleetServicePrincipalObjectId
    principalType: 'ServicePrincipal'
  }
}

resource network_diagnosticSettings 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-shared-workspace'
  scope: network
  properties: {
    workspaceId: workspaceId
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}
