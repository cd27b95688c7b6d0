metadata name = 'Firewall'
metadata description = 'The one way out of the region.'

import { tagsType } from '../../../types.bicep'

@description('Required. The stamp, for names.')
param name string

@description('Required. Region.')
param location string

@description('Required. Availability zones.')
param zones string[]

@description('Required. AzureFirewallSubnet of the hub.')
param subnetId string

@description('Required. This region\'s policy.')
param policyId string

@description('Required. Regional workspace.')
param workspaceId string

@description('Required. Tags.')
param tags tagsType

// Egress only: no rule translates inbound traffic, so nothing answers at this address.
resource address 'Microsoft.Network/publicIPAddresses@2025-09-01' = {
  name: 'pip-firewall-${name}'
  location: location
  tags: tags
  zones: zones
  sku: { name: 'Standard' }
  properties: { publicIPAllocationMethod: 'Static' }
}

resource firewall 'Microsoft.Network/azureFirewalls@2025-09-01' = {
  name: 'afw-${name}'
  location: location
  tags: tags
  zones: zones
  properties: {
    sku: { name: 'AZFW_VNet', tier: 'Premium' }
    firewallPolicy: { id: policyId }
    ipConfigurations: [
      {
        name: 'egress'
        properties: {
          subnet: { id: subnetId }
          publicIPAddress: { id: address.id }
        }
      }
    ]
  }
}

resource firewall_diagnosticSettings 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-regional-workspace'
  scope: firewall
  properties: {
    workspaceId: workspaceId
    logAnalyticsDestinationType: 'Dedicated' // Tables of its own, which cost less to query than AzureDiagnostics.
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

resource address_diagnosticSettings 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-regional-workspace'
  scope: address
  properties: {
    workspaceId: workspaceId
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

@description('The firewall.')
output firewallId string = firewall.id

@description('Where routes send traffic that leaves the region.')
output privateAddress string = firewall.properties.ipConfigurations[0].properties.privateIPAddress
