metadata name = 'Address of the gateway'
metadata description = 'Where Front Door finds the stamp. It is there before the gateway is, so that the DNS record and the certificate can be made first.'

import { tagsType } from '../../../types.bicep'

@description('Required. The stamp, for names.')
param name string

@description('Required. Region.')
param location string

@description('Required. Availability zones.')
param zones string[]

@description('Required. Regional workspace.')
param workspaceId string

@description('Required. Tags.')
param tags tagsType

resource address 'Microsoft.Network/publicIPAddresses@2025-09-01' = {
  name: 'pip-gateway-${name}'
  location: location
  tags: tags
  zones: zones
  sku: { name: 'Standard' }
  properties: {
    publicIPAllocationMethod: 'Static'
    dnsSettings: { domainNameLabel: 'gw-${name}-${take(uniqueString(resourceGroup().id), 6)}' }
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

@description('The address.')
output addressId string = address.id

@description('Its host name: what the DNS record of the stamp\'s own name points at.')
output hostName string = address.properties.dnsSettings.fqdn
