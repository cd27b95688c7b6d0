metadata name = 'Fleet'
metadata description = 'All of it in one deployment: for `azd up`, for a preview of the whole and for the tests. In operation each part is a stack of its own.'

targetScope = 'subscription'

import { sharedPlace } from 'names.bicep'
import { automationType, sharedOutputsType, sharedType, stampOutputsType, stampType, tagsType } from 'types.bicep'

@description('Required. What the shared services are made from.')
param shared sharedType

@description('Required. The regions, in any order: everything is named by the stamp, nothing by its place in the list.')
param stamps stampType[]

@description('Required. What the automation is made from.')
param automation automationType

@description('Required. Whether events are sent to the functions: false until the code is deployed.')
param eventSubscriptions bool

@description('Required. Tags of everything.')
param tags tagsType

module sharedPart 'shared.bicep' = {
  params: {
    shared: shared
    locations: map(stamps, stamp => stamp.location)
    tags: tags
  }
}

module stampParts 'stamp.bicep' = [
  for stamp in stamps: {
    name: 'stamp-${stamp.name}'
    params: {
      stamp: stamp
      shared: sharedPlace(shared)
      tags: tags
    }
    dependsOn: [sharedPart]
  }
]

module app 'app.bicep' = {
  params: {
    automation: automation
    shared: sharedPlace(shared)
    stamps: map(stamps, stamp => { name: stamp.name, location: stamp.location })
    eventSubscriptions: eventSubscriptions
    tags: tags
  }
  dependsOn: [stampParts]
}

@description('Where the shared services are.')
output shared sharedOutputsType = sharedPart.outputs.shared

@description('The public host name of the fleet.')
output frontDoorHostName string = sharedPart.outputs.frontDoorHostName

@description('What became of the regions, in the order of the list.')
output stamps stampOutputsType[] = [for (stamp, index) in stamps: stampParts[index].outputs.stamp]

@description('The function app.')
output functionAppId string = app.outputs.functionAppId
