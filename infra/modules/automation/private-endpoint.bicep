metadata name = 'Private endpoint'
metadata description = 'A service\'s address inside the app\'s network, and the private zone that makes its public name resolve to it there.'

import { tagsType } from '../../types.bicep'
import { networkName, subnets } from 'names.bicep'

@description('Required. What the fleet is for.')
param name string

@description('Required. What the endpoint is for, such as `blob`: a part of its name.')
param purpose string

@description('Required. Region.')
param location string

@description('Required. The service.')
param serviceId string

@description('Required. Which of the service\'s faces, such as `blob`.')
param groupId string

@description('Required. The zone of the service\'s names, such as `privatelink.blob.core.windows.net`.')
param zoneName string

@description('Required. Tags.')
param tags tagsType

resource network 'Microsoft.Network/virtualNetworks@2025-09-01' existing = {
  name: networkName(name)

  resource endpoints 'subnets' existing = {
    name: subnets.endpoints
  }
}

resource zone 'Microsoft.Network/privateDnsZones@2024-06-01' = {
  name: zoneName
  location: 'global'
  tags: tags

  resource link 'virtualNetworkLinks' = {
    name: 'automation'
    location: 'global'
    tags: tags
    properties: {
      registrationEnabled: false
      virtualNetwork: { id: network.id }
    }
  }
}

resource endpoint 'Microsoft.Network/privateEndpoints@2025-09-01' = {
  name: 'pep-${purpose}-${name}'
  location: location
  tags: tags
  properties: {
    subnet: { id: network::endpoints.id }
    customNetworkInterfaceName: 'nic-pep-${purpose}-${name}'
    privateLinkServiceConnections: [
      { name: groupId, properties: { privateLinkServiceId: serviceId, groupIds: [groupId] } }
    ]
  }

  resource names 'privateDnsZoneGroups' = {
    name: 'default'
    properties: {
      privateDnsZoneConfigs: [{ name: groupId, properties: { privateDnsZoneId: zone.id } }]
    }
  }
}
