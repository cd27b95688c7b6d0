metadata name = 'Storage of the app'
metadata description = 'One account by identity only: the deployment package, the host\'s leases, the ledger and journal, dead letters of Event Grid.'

import { tagsType } from '../../types.bicep'
import { containers, eventIdentityName, handlerIdentityName, storageAccountName } from 'names.bicep'

@description('Required. What the fleet is for.')
param name string

@description('Required. Region.')
param location string

@description('Required. Whether to keep copies in three zones.')
param zoneRedundant bool

@description('Required. Log Analytics workspace for who read and wrote what.')
param workspaceId string

@description('Required. Tags.')
param tags tagsType

resource handler 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = {
  name: handlerIdentityName(name)
}

resource eventDelivery 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = {
  name: eventIdentityName(name)
}

// Reads and writes blobs and their containers. The Functions host needs it on its storage: it keeps leases and keys in
// containers that it makes itself. The handler, which is the same identity, keeps its ledger and journal there.
resource blobDataOwner 'Microsoft.Authorization/roleDefinitions@2022-04-01' existing = {
  scope: subscription()
  name: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
}

// Reads and writes blobs. To Event Grid, on the container of dead letters and nowhere else.
resource blobDataContributor 'Microsoft.Authorization/roleDefinitions@2022-04-01' existing = {
  scope: subscription()
  name: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
}

resource account 'Microsoft.Storage/storageAccounts@2026-04-01' = {
  name: storageAccountName(name, resourceGroup().id)
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: zoneRedundant ? 'Standard_ZRS' : 'Standard_LRS' }
  properties: {
    allowSharedKeyAccess: false
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    defaultToOAuthAuthentication: true
    supportsHttpsTrafficOnly: true
    minimumTlsVersion: 'TLS1_2'
    // The app comes through its private endpoint. Event Grid comes as a trusted service: that exception is meant to hold
    // with public access disabled, and Event Grid reaches no private endpoint.
    publicNetworkAccess: 'Disabled'
    networkAcls: { defaultAction: 'Deny', bypass: 'AzureServices' }
  }
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2026-04-01' = {
  parent: account
  name: 'default'
  properties: {
    // A ledger that somebody deletes can be had back for a week.
    deleteRetentionPolicy: { enabled: true, days: 7 }
    containerDeleteRetentionPolicy: { enabled: true, days: 7 }
  }

  resource eachContainer 'containers' = [for container in items(containers): { name: container.value }]
}

// What a dead letter was about has long been found by the sweep. It is kept for people to understand why.
resource lifecycle 'Microsoft.Storage/storageAccounts/managementPolicies@2026-04-01' = {
  parent: account
  name: 'default'
  properties: {
    policy: {
      rules: [
        {
          name: 'forget-dead-letters'
          type: 'Lifecycle'
          definition: {
            filters: { blobTypes: ['blockBlob'], prefixMatch: [containers.deadLetters] }
            actions: { baseBlob: { delete: { daysAfterModificationGreaterThan: 90 } } }
          }
        }
      ]
    }
  }
}

resource deadLetters 'Microsoft.Storage/storageAccounts/blobServices/containers@2026-04-01' existing = {
  parent: blobs
  name: containers.deadLetters
}

resource hostAccess 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: account
  name: guid(account.id, handler.id, blobDataOwner.id)
  properties: {
    principalId: handler.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: blobDataOwner.id
  }
}

resource deadLetterAccess 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: deadLetters
  name: guid(deadLetters.id, eventDelivery.id, blobDataContributor.id)
  properties: {
    principalId: eventDelivery.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: blobDataContributor.id
  }
}

resource audit 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: blobs
  name: 'shared-workspace'
  properties: {
    workspaceId: workspaceId
    logs: [{ categoryGroup: 'audit', enabled: true }]
    metrics: [{ category: 'Transaction', enabled: true }]
  }
}
