metadata name = 'Identity of the gateway'
metadata description = 'By which the gateway fetches its certificate, and each renewal of it.'

import { tagsType } from '../../../types.bicep'

@description('Required. The stamp, for names.')
param name string

@description('Required. Region.')
param location string

@description('Required. The region\'s Key Vault.')
param vaultName string

@description('Required. Tags.')
param tags tagsType

resource gateway 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'id-gateway-${name}'
  location: location
  tags: tags
}

resource vault 'Microsoft.KeyVault/vaults@2026-02-01' existing = {
  name: vaultName
}

// Reads the contents of secrets, which is where a certificate keeps its private key. Goes to: the gateway's identity.
resource keyVaultSecretsUser 'Microsoft.Authorization/roleDefinitions@2022-04-01' existing = {
  scope: subscription()
  name: '4633458b-17de-408a-b874-0445c86b69e6'
}

resource vault_gatewayAssignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, gateway.id, keyVaultSecretsUser.id)
  scope: vault
  properties: {
    principalId: gateway.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: keyVaultSecretsUser.id
  }
}

@description('The identity.')
output identityId string = gateway.id
