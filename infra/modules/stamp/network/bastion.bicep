metadata name = 'Bastion'
metadata description = 'How operators reach machines in the region\'s networks. Its public address is for management, behind Entra ID; no workload is behind it.'

import { tagsType } from '../../../types.bicep'

@description('Required. The stamp, for names.')
param name string

@description('Required. Region.')
param location string

@description('Required. Availability zones.')
param zones string[]

@description('Required. AzureBastionSubnet of the hub.')
param subnetId string

@description('Required. Regional workspace.')
param workspaceId string

@description('Required. Tags.')
param tags tagsType

resource address 'Microsoft.Network/publicIPAddresses@2025-09-01' = {
  name: 'pip-bastion-${name}'
  location: location
  tags: tags
  zones: zones
  sku: { name: 'Standard' }
  properties: { publicIPAllocationMethod: 'Static' }
}

resource bastion 'Microsoft.Network/bastionHosts@2025-09-01' = {
  name: 'bas-${name}'
  location: location
  tags: tags
  zones: zones
  sku: { name: 'Standard' }
  properties: {
    enableTunneling: true // kubectl through a machine in the hub, from the operator's own terminal.
    disableCopyPaste: false
    enableShareableLink: false
    ipConfigurations: [
      {
        name: 'management'
        properties: {
          subnet: { id: subnetId }
          publicIPAddress: { id: address.id }
        }
      }
    ]
  }
}

resource bastion_diagnosticSettings 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-regional-workspace'
  scope: bastion
  properties: {
    workspaceId: workspaceId
    logs: [{ categoryGroup: 'allLogs', enabled: true }] // Who was on which machine.
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
