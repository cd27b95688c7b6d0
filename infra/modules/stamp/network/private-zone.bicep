metadata name = 'Private DNS zone'
metadata description = 'Each region has zones of its own, linked to its own networks only: the names of one region resolve while any other is down.'

import { tagsType } from '../../../types.bicep'

@description('Required. The zone.')
param zoneName string

@description('Required. Networks that resolve names in it.')
param networks linkedNetworkType[]

@description('Required. Tags.')
param tags tagsType

resource zone 'Microsoft.Network/privateDnsZones@2024-06-01' = {
  name: zoneName
  location: 'global'
  tags: tags
}

resource links 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = [
  for (network, index) in networks: {
    parent: zone
    name: network.name
    location: 'global'
    tags: tags
    properties: {
      registrationEnabled: false
      virtualNetwork: { id: networks[index].id }
    }
  }
]

@description('The zone.')
output zoneId string = zone.id

@export()
@description('A network that resolves names in a zone.')
type linkedNetworkType = {
  @description('Name of the link.')
  name: string

  @description('The network.')
  id: string
}
