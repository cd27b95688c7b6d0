metadata name = 'Flow logs'
metadata description = 'Who talked to whom, per network. Deployed into the resource group of the region\'s Network Watcher, which Azure creates with the first network of a region: there can be no second one.'

import { linkedNetworkType } from 'private-zone.bicep'
import { tagsType } from '../../../types.bicep'

@description('Required. Region.')
param location string

@description('Required. Networks to log.')
param networks linkedNetworkType[]

@description('Required. Storage account for raw records, in the same region.')
param storageAccountId string

@description('Required. The identity that writes to it.')
param writerId string

@description('Required. Regional workspace, for what traffic analytics makes of the records.')
param workspaceId string

@description('Required. Days that raw records are kept.')
param retentionDays int

@description('Required. Tags.')
param tags tagsType

resource watcher 'Microsoft.Network/networkWatchers@2025-09-01' existing = {
  name: 'NetworkWatcher_${location}'
}

resource flowLogs 'Microsoft.Network/networkWatchers/flowLogs@2025-09-01' = [
  for (network, index) in networks: {
    parent: watcher
    name: 'fl-${network.name}'
    location: location
    tags: tags
    identity: {
      type: 'UserAssigned'
      userAssignedIdentities: { '${writerId}': {} }
    }
    properties: {
      enabled: true
      targetResourceId: networks[index].id
      storageId: storageAccountId
      format: { type: 'JSON', version: 2 }
      retentionPolicy: { enabled: true, days: retentionDays }
      flowAnalyticsConfiguration: {
        networkWatcherFlowAnalyticsConfiguration: {
          enabled: true
          workspaceResourceId: workspaceId
          trafficAnalyticsInterval: 60 // Minutes; the other choice, 10, costs more.
        }
      }
    }
  }
]
