metadata name = 'Identities of the cluster'
metadata description = 'Who the cluster is to Azure, and what it may do before it exists. The kubelet identity is made by AKS; the handler lets it pull images.'

import { stampNamesType } from '../names.bicep'
import { tagsType } from '../../../types.bicep'

@description('Required. The stamp, for names.')
param name string

@description('Required. Region.')
param location string

@description('Required. Names in the stamp.')
param names stampNamesType

@description('Required. Tags.')
param tags tagsType

resource controlPlane 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'id-cluster-${name}'
  location: location
  tags: tags
}

resource workload 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: names.workload
  location: location
  tags: tags
}

resource network 'Microsoft.Network/virtualNetworks@2025-09-01' existing = {
  name: names.spoke
}

resource apiZone 'Microsoft.Network/privateDnsZones@2024-06-01' existing = if (!empty(names.apiZone)) {
  name: names.apiZone
}

resource vault 'Microsoft.KeyVault/vaults@2026-02-01' existing = {
  name: names.vault
}

// Changes networks. Goes to: the control plane, on its own spoke, where it puts nodes and internal load balancers and links
// the network to the zone of its API.
resource networkContributor 'Microsoft.Authorization/roleDefinitions@2022-04-01' existing = {
  scope: subscription()
  name: '4d97b98b-1d4f-4787-a291-c67834d212e7'
}

// Changes a private DNS zone and its links. Goes to: the control plane, on the zone of its API, where it keeps its address.
resource privateDnsZoneContributor 'Microsoft.Authorization/roleDefinitions@2022-04-01' existing = {
  scope: subscription()
  name: 'b12aa53e-6015-4669-85d0-8515ebb3ae7f'
}

// Reads the contents of secrets. Goes to: the workload, on the vault of its own region.
resource keyVaultSecretsUser 'Microsoft.Authorization/roleDefinitions@2022-04-01' existing = {
  scope: subscription()
  name: '4633458b-17de-408a-b874-0445c86b69e6'
}

resource network_controlPlaneAssignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(network.id, controlPlane.id, networkContributor.id)
  scope: network
  properties: {
    principalId: controlPlane.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: networkContributor.id
  }
}

resource apiZone_controlPlaneAssignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(names.apiZone)) {
  name: guid(apiZone.id, controlPlane.id, privateDnsZoneContributor.id)
  scope: apiZone
  properties: {
    principalId: controlPlane.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: privateDnsZoneContributor.id
  }
}

resource vault_workloadAssignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, workload.id, keyVaultSecretsUser.id)
  scope: vault
  properties: {
    principalId: workload.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: keyVaultSecretsUser.id
  }
}

@description('The identity of the control plane.')
output controlPlaneId string = controlPlane.id

@description('The identity of the workload, for the service account\'s annotation.')
output workloadClientId string = workload.properties.clientId
