metadata name = 'Private endpoint'
metadata description = 'A resource at an address of the spoke, under its usual name.'

import { tagsType } from '../../../types.bicep'

@description('Required. The resource and the stamp, for names.')
param name string

@description('Required. Region of the network.')
param location string

@description('Required. The resource, in whichever region.')
param targetId string

@description('Required. Which of its services.')
param groupId 'registry' | 'vault'

@description('Required. Subnet of private endpoints.')
param subnetId string

@description('Required. The zone that gets its names.')
param zoneId string

@description('Required. Tags.')
param tags tagsType

resource endpoint 'Microsoft.Network/privateEndpoints@2025-09-01' = {
  name: 'pep-${name}'
  location: location
  tags: tags
  properties: {
    customNetworkInterfaceName: 'nic-pep-${name}'
    subnet: { id: subnetId }
    privateLinkServiceConnections: [
      {
        name: groupId
        properties: {
          privateLinkServiceId: targetId
          groupIds: [groupId]
        }
      }
    ]
  }
}

// Keeps the records in step: a registry has one name for each replica, and they come and go with regions.
resource endpoint_zones 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2025-09-01' = {
  parent: endpoint
  name: 'default'
  properties: {
    privateDnsZoneConfigs: [
      {
        name: groupId
        properties: { privateDnsZoneId: zoneId }
      }
    ]
  }
}

@description('The endpoint.')
output endpointId string = endpoint.id
