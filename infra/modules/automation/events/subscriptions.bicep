metadata name = 'Event subscriptions'
metadata description = 'The routes of one topic. Deployed after the code: Event Grid looks for the function before it accepts it as a destination.'

import { eventRouteType } from '../routes.bicep'
import { nameOf, resourceGroupOf } from 'topic.bicep'

@description('Required. The system topic, in this resource group.')
param topicName string

@description('Required. The routes that listen to it.')
param routes eventRouteType[]

@description('Required. The function app.')
param functionAppId string

@description('Required. Storage account of dead letters.')
param storageAccountId string

@description('Required. Container of dead letters.')
param deadLetterContainer string

@description('Required. ARM id of the identity that writes dead letters; the topic has it.')
param deadLetterIdentityId string

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' existing = {
  name: topicName
}

resource subscriptions 'Microsoft.EventGrid/systemTopics/eventSubscriptions@2025-02-15' = [
  for route in routes: {
    parent: topic
    name: route.name
    properties: {
      eventDeliverySchema: 'EventGridSchema'
      filter: {
        includedEventTypes: route.eventTypes
        enableAdvancedFilteringOnArrays: true
        advancedFilters: route.filters
      }
      destination: {
        endpointType: 'AzureFunction'
        properties: {
          resourceId: resourceId(
            resourceGroupOf(functionAppId),
            'Microsoft.Web/sites/functions',
            nameOf(functionAppId),
            route.function
          )
          // A batch fails as a whole, so that one event would have its neighbours delivered again.
          maxEventsPerBatch: 1
          preferredBatchSizeInKilobytes: 64
        }
      }
      // A day of trying. What comes later than that, the sweep has found long before.
      retryPolicy: { maxDeliveryAttempts: 30, eventTimeToLiveInMinutes: 1440 }
      deadLetterWithResourceIdentity: {
        identity: { type: 'UserAssigned', userAssignedIdentity: deadLetterIdentityId }
        deadLetterDestination: {
          endpointType: 'StorageBlob'
          properties: { resourceId: storageAccountId, blobContainerName: deadLetterContainer }
        }
      }
    }
  }
]
