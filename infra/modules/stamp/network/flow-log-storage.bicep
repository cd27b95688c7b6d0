metadata name = 'Storage of flow logs'
metadata description = 'Where Network Watcher puts raw flow records before they are summed up in the regional workspace.'

import { tagsType } from '../../../types.bicep'

@description('Required. The stamp, for names.')
param name string

@description('Required. Region: that of the networks, which Network Watcher insists on.')
param location string

@description('Required. Regional workspace.')
param workspaceId string

@description('Required. Tags.')
param tags tagsType

// Writes flow records, so that the account needs no keys.
resource writer 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'id-flow-logs-${name}'
  location: location
  tags: tags
}

resource account 'Microsoft.Storage/storageAccounts@2026-04-01' = {
  name: 'stflow${uniqueString(resourceGroup().id)}'
  location: location
  tags: tags
  sku: { name: 'Standard_ZRS' }
  kind: 'StorageV2'
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowSharedKeyAccess: false
    allowCrossTenantReplication: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: 'Disabled'
    networkAcls: { defaultAction: 'Deny', bypass: 'AzureServices' } // Network Watcher is let in as a trusted service.
  }

  resource blobs 'blobServices' = {
    name: 'default'
    properties: {
      deleteRetentionPolicy: { enabled: true, days: 7 }
    }
  }
}

resource blobs_diagnosticSettings 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-regional-workspace'
  scope: account::blobs
  properties: {
    workspaceId: workspaceId
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
    metrics: [{ category: 'Transaction', enabled: true }]
  }
}

// Reads, writes and deletes blobs. Goes to: the identity by which Network Watcher writes flow records.
resource blobDataContributor 'Microsoft.Authorization/roleDefinitions@2022-04-01' existing = {
  scope: subscription()
  name: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
}

resource account_writerAssignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(account.id, writer.id, blobDataContributor.id)
  scope: account
  properties: {
    principalId: writer.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: blobDataContributor.id
  }
}

@description('The storage account.')
output accountId string = account.id

@description('The identity that writes to it.')
output writerId string = writer.id
