metadata name = 'Private access'
metadata description = 'The registry, the Key Vault and the Kubernetes API at private addresses, by names that only this region\'s networks resolve so.'

import { networksType } from 'main.bicep'
import { stampNamesType } from '../names.bicep'
import { stampType, tagsType } from '../../../types.bicep'

@description('Required. The stamp.')
param stamp stampType

@description('Required. Names in the stamp.')
param names stampNamesType

@description('Required. Networks of the stamp.')
param networks networksType

@description('Required. The fleet\'s registry. Its endpoint here serves the replica of this region.')
param registryId string

@description('Required. The region\'s Key Vault.')
param vaultId string

@description('Required. Tags.')
param tags tagsType

var hubAndSpoke = [{ name: 'hub', id: networks.hubId }, { name: 'spoke', id: networks.spokeId }]

module registryZone 'private-zone.bicep' = {
  params: { zoneName: 'privatelink.azurecr.io', networks: hubAndSpoke, tags: tags }
}

module registryEndpoint 'private-endpoint.bicep' = {
  params: {
    name: 'registry-${stamp.name}'
    location: stamp.location
    targetId: registryId
    groupId: 'registry'
    subnetId: networks.privateEndpointSubnetId
    zoneId: registryZone.outputs.zoneId
    tags: tags
  }
}

module vaultZone 'private-zone.bicep' = {
  params: { zoneName: 'privatelink.vaultcore.azure.net', networks: hubAndSpoke, tags: tags }
}

module vaultEndpoint 'private-endpoint.bicep' = {
  params: {
    name: 'key-vault-${stamp.name}'
    location: stamp.location
    targetId: vaultId
    groupId: 'vault'
    subnetId: networks.privateEndpointSubnetId
    zoneId: vaultZone.outputs.zoneId
    tags: tags
  }
}

// Only the hub is linked here: AKS links the cluster's own network itself, and Azure takes one link of a network to a zone.
module apiZone 'private-zone.bicep' = if (!empty(names.apiZone)) {
  params: {
    zoneName: names.apiZone
    networks: [{ name: 'hub', id: networks.hubId }]
    tags: tags
  }
}
