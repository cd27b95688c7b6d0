metadata name = 'System topics'
metadata description = 'The sources of events that have no topic yet. Event Grid writes their dead letters by an identity of its own.'

import { tagsType } from '../../../types.bicep'
import { systemTopicType } from 'topic.bicep'

@description('Required. The topics to make.')
param topics systemTopicType[]

@description('Required. ARM id of the identity that writes dead letters.')
param deadLetterIdentityId string

@description('Required. Log Analytics workspace for failed deliveries.')
param workspaceId string

@description('Required. Tags.')
param tags tagsType

resource systemTopics 'Microsoft.EventGrid/systemTopics@2025-02-15' = [
  for topic in topics: {
    name: topic.name
    location: topic.location
    tags: tags
    identity: {
      type: 'UserAssigned'
      userAssignedIdentities: { '${deadLetterIdentityId}': {} }
    }
    properties: { source: topic.source, topicType: topic.type }
  }
]

resource failures 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = [
  for (topic, index) in topics: {
    scope: systemTopics[index]
    name: 'shared-workspace'
    properties: {
      workspaceId: workspaceId
      logs: [{ category: 'DeliveryFailures', enabled: true }]
      metrics: [{ category: 'AllMetrics', enabled: true }]
    }
  }
]
