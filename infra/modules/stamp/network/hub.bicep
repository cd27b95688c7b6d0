metadata name = 'Hub network'
metadata description = 'What a region has once, whatever runs in its spoke: the way out, and the way in for operators.'

import { addressPlanType } from '../address-plan.bicep'
import { bastionRules } from 'rules.bicep'
import { tagsType } from '../../../types.bicep'

@description('Required. The stamp, for names.')
param name string

@description('Required. Name of the network.')
param networkName string

@description('Required. Region.')
param location string

@description('Required. Ranges of the stamp.')
param plan addressPlanType

@description('Required. Regional workspace.')
param workspaceId string

@description('Required. Tags.')
param tags tagsType

module bastionGuard 'guard.bicep' = {
  params: {
    name: 'bastion-${name}'
    location: location
    rules: bastionRules()
    workspaceId: workspaceId
    tags: tags
  }
}

// Subnets are written with their network: a network that is deployed again without them would drop them.
resource network 'Microsoft.Network/virtualNetworks@2025-09-01' = {
  name: networkName
  location: location
  tags: tags
  properties: {
    addressSpace: { addressPrefixes: [plan.hub] }
    subnets: [
      {
        name: 'AzureFirewallSubnet' // Azure takes no other name, and no security group.
        properties: { addressPrefix: plan.firewall }
      }
      {
        name: 'AzureBastionSubnet'
        properties: {
          addressPrefix: plan.bastion
          networkSecurityGroup: { id: bastionGuard.outputs.guardId }
        }
      }
    ]
  }

  resource firewallSubnet 'subnets' existing = { name: 'AzureFirewallSubnet' }
  resource bastionSubnet 'subnets' existing = { name: 'AzureBastionSubnet' }
}

resource network_diagnosticSettings 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-regional-workspace'
  scope: network
  properties: {
    workspaceId: workspaceId
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

@description('The network.')
output networkId string = network.id

@description('For the firewall.')
output firewallSubnetId string = network::firewallSubnet.id

@description('For Bastion.')
output bastionSubnetId string = network::bastionSubnet.id
