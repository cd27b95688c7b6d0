metadata name = 'Stamp'
metadata description = 'Entry point: one region. A deployment stack of its own per region, so that a region leaves with its stack and touches no other.'

targetScope = 'subscription'

import { sharedServices, stampResourceGroupName } from 'names.bicep'
import { sharedPlaceType, stampOutputsType, stampType, tagsType } from 'types.bicep'

@description('Required. The region.')
param stamp stampType

@description('Required. Which shared services it uses. They are there already.')
param shared sharedPlaceType

@description('Required. Tags of everything; the tag `fleet` is added. `scope.tags` in fleet.json selects clusters by them.')
param tags tagsType

var allTags = union(tags, { fleet: shared.name })

module group 'modules/resource-group.bicep' = {
  params: {
    name: stampResourceGroupName(stamp.name)
    location: stamp.location
    tags: allTags
  }
}

module resources 'modules/stamp/main.bicep' = {
  scope: resourceGroup(stampResourceGroupName(stamp.name))
  params: {
    stamp: stamp
    shared: sharedServices(subscription().subscriptionId, shared)
    tags: allTags
  }
  dependsOn: [group]
}

@description('What became of it.')
output stamp stampOutputsType = resources.outputs.stamp
