metadata name = 'Key Vault'
metadata description = 'The secrets of this region and of no other: first of all the certificate that the gateway shows.'

import { tagsType } from '../../types.bicep'

@description('Required. Name. Vaults share one namespace in all of Azure.')
param name string

@description('Required. Region.')
param location string

@description('Required. The Entra ID group that administers this stamp.')
param adminGroupObjectId string

@description('Required. Regional workspace.')
param workspaceId string

@description('Required. Tags.')
param tags tagsType

resource vault 'Microsoft.KeyVault/vaults@2026-02-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    sku: { family: 'A', name: 'standard' }
    enableRbacAuthorization: true
    enabledForDeployment: false
    enabledForDiskEncryption: false
    enabledForTemplateDeployment: false
    enablePurgeProtection: true
    // The shortest there is: a region that is removed keeps its vault's name for so long, and what is in it can be
    // issued again.
    softDeleteRetentionInDays: 7
    publicNetworkAccess: 'Disabled'
    networkAcls: { defaultAction: 'Deny', bypass: 'AzureServices' }
  }
}

resource vault_diagnosticSettings 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-regional-workspace'
  scope: vault
  properties: {
    workspaceId: workspaceId
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

// Reads, writes and deletes every key, secret and certificate. Goes to: the group that administers this stamp, which
// imports the gateway's certificate.
resource keyVaultAdministrator 'Microsoft.Authorization/roleDefinitions@2022-04-01' existing = {
  scope: subscription()
  name: '00482a5a-887f-4fb3-b363-3b7fe8e74483'
}

resource vault_adminAssignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, adminGroupObjectId, keyVaultAdministrator.id)
  scope: vault
  properties: {
    principalId: adminGroupObjectId
    principalType: 'Group'
    roleDefinitionId: keyVaultAdministrator.id
  }
}

@description('The vault.')
output vaultId string = vault.id
