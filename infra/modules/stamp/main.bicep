metadata name = 'Stamp'
metadata description = 'Everything of one region, in one resource group: it comes and goes as a whole, and needs nothing of any other region.'

import { addressPlan } from 'address-plan.bicep'
import { stampNames } from 'names.bicep'
import { sharedOutputsType, stampOutputsType, stampType, tagsType } from '../../types.bicep'

@description('Required. The region.')
param stamp stampType

@description('Required. Where the shared services are.')
param shared sharedOutputsType

@description('Required. Tags of everything in the stamp, the cluster among it: `scope.tags` in fleet.json selects by them.')
param tags tagsType

var names = stampNames(stamp, resourceGroup().id)
var plan = addressPlan(stamp.addressSpace, [stamp.systemPool, stamp.workloadPool])

module logWorkspace 'log-workspace.bicep' = {
  params: {
    name: stamp.name
    location: stamp.location
    retentionDays: stamp.logRetentionDays
    tags: tags
  }
}

module networks 'network/main.bicep' = {
  params: {
    stamp: stamp
    shared: shared
    names: names
    plan: plan
    workspaceId: logWorkspace.outputs.workspaceId
    tags: tags
  }
}

module keyVault 'key-vault.bicep' = {
  params: {
    name: names.vault
    location: stamp.location
    adminGroupObjectId: stamp.adminGroupObjectId
    workspaceId: logWorkspace.outputs.workspaceId
    tags: tags
  }
}

module privateAccess 'network/private-access.bicep' = {
  params: {
    stamp: stamp
    names: names
    networks: networks.outputs.networks
    registryId: shared.registryId
    vaultId: keyVault.outputs.vaultId
    tags: tags
  }
}

module gateway 'gateway/main.bicep' = {
  dependsOn: [privateAccess] // The gateway reads its certificate by the vault's private name.
  params: {
    stamp: stamp
    shared: shared
    names: names
    plan: plan
    subnetId: networks.outputs.networks.gatewaySubnetId
    workspaceId: logWorkspace.outputs.workspaceId
    tags: tags
  }
}

module cluster 'cluster/main.bicep' = {
  dependsOn: [privateAccess] // Nodes pull images, and find a private API, by private names.
  params: {
    stamp: stamp
    shared: shared
    names: names
    plan: plan
    networks: networks.outputs.networks
    tags: tags
  }
}

module access 'access.bicep' = {
  dependsOn: [cluster]
  params: { adminGroupObjectId: stamp.adminGroupObjectId, clusterName: names.cluster }
}

module alerts 'alerts.bicep' = {
  dependsOn: [gateway]
  params: {
    name: stamp.name
    names: names
    clusterId: cluster.outputs.clusterId
    firewallId: networks.outputs.networks.firewallId
    actionGroupId: shared.actionGroupId
    tags: tags
  }
}

@description('What became of the stamp.')
output stamp stampOutputsType = {
  clusterId: cluster.outputs.clusterId
  clusterName: names.cluster
  nodeResourceGroup: cluster.outputs.nodeResourceGroup
  gatewayHostName: gateway.outputs.hostName
  keyVaultId: keyVault.outputs.vaultId
  workspaceId: logWorkspace.outputs.workspaceId
  hubNetworkId: networks.outputs.networks.hubId
  spokeNetworkId: networks.outputs.networks.spokeId
}
