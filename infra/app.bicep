metadata name = 'Automation'
metadata description = 'Entry point: the function app that keeps the fleet. A deployment stack of its own, deployed twice the first time: Event Grid wants the functions to be there before it sends them events.'

targetScope = 'subscription'

import { clusterName, sharedServices, stampResourceGroupName } from 'names.bicep'
import { automationType, sharedPlaceType, stampPlaceType, tagsType } from 'types.bicep'

@description('Required. What the automation is made from.')
param automation automationType

@description('Required. Which shared services it keeps.')
param shared sharedPlaceType

@description('Required. The stamps whose health and events it hears of. Stamps that it hears nothing of are found by its sweep.')
param stamps stampPlaceType[]

@description('Required. Whether events are sent to the functions: false until the code is deployed.')
param eventSubscriptions bool

@description('Required. Tags of everything; the tag `fleet` is added.')
param tags tagsType

var allTags = union(tags, { fleet: shared.name })

module group 'modules/resource-group.bicep' = {
  params: {
    name: automation.resourceGroupName
    location: automation.location
    tags: allTags
  }
}

module resources 'modules/automation/main.bicep' = {
  scope: resourceGroup(automation.resourceGroupName)
  params: {
    automation: automation
    shared: sharedServices(subscription().subscriptionId, shared)
    stampResourceGroups: map(stamps, stamp => stampResourceGroupName(stamp.name))
    clusters: map(stamps, stamp => {
      id: resourceId(
        subscription().subscriptionId,
        stampResourceGroupName(stamp.name),
        'Microsoft.ContainerService/managedClusters',
        clusterName(stamp.name)
      )
      location: stamp.location
    })
    eventSubscriptions: eventSubscriptions
    tags: allTags
  }
  dependsOn: [group]
}

@description('The function app.')
output functionAppId string = resourceId(
  subscription().subscriptionId,
  automation.resourceGroupName,
  'Microsoft.Web/sites',
  resources.outputs.functionAppName
)
