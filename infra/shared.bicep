metadata name = 'Shared services'
metadata description = 'Entry point: what there is once for all regions. A deployment stack of its own.'

targetScope = 'subscription'

import { sharedPlace, sharedServices } from 'names.bicep'
import { sharedOutputsType, sharedType, tagsType } from 'types.bicep'

@description('Required. What the shared services are made from.')
param shared sharedType

@description('Required. The regions of all stamps: the registry has a replica in each.')
param locations string[]

@description('Required. Tags of everything; the tag `fleet` is added, by which the budget counts.')
param tags tagsType

var allTags = union(tags, { fleet: shared.name })

module group 'modules/resource-group.bicep' = {
  params: {
    name: shared.resourceGroupName
    location: shared.location
    tags: allTags
  }
}

module services 'modules/shared/main.bicep' = {
  scope: resourceGroup(shared.resourceGroupName)
  params: {
    shared: shared
    locations: locations
    tags: allTags
  }
  dependsOn: [group]
}

@description('Where the shared services are. fleet.json takes `fleet`, `registryAccess.registries`, `traffic.originGroup` and the definition of the initiative from here.')
output shared sharedOutputsType = sharedServices(subscription().subscriptionId, sharedPlace(shared))

@description('The public host name of the fleet.')
output frontDoorHostName string = services.outputs.hostName
