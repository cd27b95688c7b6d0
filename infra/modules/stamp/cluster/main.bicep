metadata name = 'The cluster and what it needs'
metadata description = 'Identities before it, maintenance windows, monitoring and bootstrap after it.'

import { addressPlanType } from '../address-plan.bicep'
import { stampNamesType } from '../names.bicep'
import { networksType } from '../network/main.bicep'
import { sharedOutputsType, stampType, tagsType } from '../../../types.bicep'

@description('Required. The stamp.')
param stamp stampType

@description('Required. Where the shared services are.')
param shared sharedOutputsType

@description('Required. Names in the stamp.')
param names stampNamesType

@description('Required. Ranges of the stamp.')
param plan addressPlanType

@description('Required. Networks of the stamp.')
param networks networksType

@description('Required. Tags.')
param tags tagsType

module identities 'identities.bicep' = {
  params: {
    name: stamp.name
    location: stamp.location
    names: names
    tags: tags
  }
}

module cluster 'cluster.bicep' = {
  params: {
    stamp: stamp
    names: names
    subnetId: networks.nodeSubnetId
    controlPlaneId: identities.outputs.controlPlaneId
    sharedWorkspaceId: shared.workspaceId
    tags: tags
  }
}

module maintenance 'maintenance.bicep' = {
  dependsOn: [cluster]
  params: { clusterName: names.cluster, maintenance: stamp.maintenance }
}

module monitoring 'monitoring.bicep' = {
  dependsOn: [cluster]
  params: {
    name: stamp.name
    location: stamp.location
    names: names
    sharedWorkspaceId: shared.workspaceId
    monitorWorkspaceId: shared.monitorWorkspaceId
    workspaceLocation: shared.workspaceLocation
    tags: tags
  }
}

module bootstrap 'bootstrap.bicep' = {
  dependsOn: [monitoring]
  params: {
    stamp: stamp
    plan: plan
    names: names
    issuer: cluster.outputs.issuer
    registryLoginServer: shared.registryLoginServer
    workloadClientId: identities.outputs.workloadClientId
  }
}

@description('The cluster.')
output clusterId string = cluster.outputs.clusterId

@description('Where AKS keeps nodes.')
output nodeResourceGroup string = cluster.outputs.nodeResourceGroup
