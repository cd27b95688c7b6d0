metadata name = 'Events'
metadata description = 'Topics for all routes, and the routes. A topic without routes is not made.'

import { clusterSourceType, systemTopicIdsType, tagsType } from '../../../types.bicep'
import { containers, eventIdentityName, functionAppName, storageAccountName } from '../names.bicep'
import { eventRoutes, topicTypes } from '../routes.bicep'
import { nameOf, resourceGroupOf } from 'topic.bicep'

@description('Required. What the fleet is for.')
param name string

@description('Required. System topics that exist already.')
param systemTopicIds systemTopicIdsType

@description('Required. Clusters, each with a topic of its own as soon as a route asks for cluster events.')
param clusters clusterSourceType[]

@description('Required. Log Analytics workspace.')
param workspaceId string

@description('Required. Tags.')
param tags tagsType

// Everything but clusters has the subscription as its source.
var subscriptionTopics = map(filter(objectKeys(topicTypes), kind => kind != 'clusterEvents'), kind => {
  name: contains(systemTopicIds, kind) ? nameOf(systemTopicIds[kind]) : 'evgt-${toLower(kind)}-${name}'
  kind: kind
  type: topicTypes[kind]
  source: subscription().id
  location: 'global'
  resourceGroupName: contains(systemTopicIds, kind) ? resourceGroupOf(systemTopicIds[kind]) : resourceGroup().name
  exists: contains(systemTopicIds, kind)
})

var clusterTopics = map(clusters, cluster => {
  name: 'evgt-${nameOf(cluster.id)}'
  kind: 'clusterEvents'
  type: topicTypes.clusterEvents
  source: cluster.id
  location: cluster.location
  resourceGroupName: resourceGroup().name
  exists: false
})

var topics = filter(
  concat(subscriptionTopics, clusterTopics),
  topic => contains(map(eventRoutes, route => route.topic), topic.kind)
)

resource functionApp 'Microsoft.Web/sites@2025-03-01' existing = {
  name: functionAppName(name, resourceGroup().id)
}

resource storage 'Microsoft.Storage/storageAccounts@2026-04-01' existing = {
  name: storageAccountName(name, resourceGroup().id)
}

resource delivery 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = {
  name: eventIdentityName(name)
}

module newTopics 'topics.bicep' = {
  params: {
    topics: filter(topics, topic => !topic.exists)
    deadLetterIdentityId: delivery.id
    workspaceId: workspaceId
    tags: tags
  }
}

module subscriptions 'subscriptions.bicep' = [
  for topic in topics: {
    name: 'routes-${topic.name}'
    scope: resourceGroup(topic.resourceGroupName)
    params: {
      topicName: topic.name
      routes: filter(eventRoutes, route => route.topic == topic.kind)
      functionAppId: functionApp.id
      storageAccountId: storage.id
      deadLetterContainer: containers.deadLetters
      deadLetterIdentityId: delivery.id
    }
    dependsOn: [newTopics]
  }
]
