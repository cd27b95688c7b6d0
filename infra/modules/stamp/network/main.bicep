metadata name = 'Networks of a stamp'
metadata description = 'Hub and spoke, the firewall between them and the rest of the world, and a record of who talked to whom.'

import { addressPlanType } from '../address-plan.bicep'
import { stampNamesType } from '../names.bicep'
import { sharedOutputsType, stampType, tagsType } from '../../../types.bicep'

@description('Required. The stamp.')
param stamp stampType

@description('Required. Where the shared services are.')
param shared sharedOutputsType

@description('Required. Names in the stamp.')
param names stampNamesType

@description('Required. Ranges of the stamp.')
param plan addressPlanType

@description('Required. Regional workspace.')
param workspaceId string

@description('Required. Tags.')
param tags tagsType

@description('Optional. Where Azure keeps the region\'s Network Watcher.')
param networkWatcherResourceGroup string = 'NetworkWatcherRG'

var flowLogRetentionInDays = 30

module firewallPolicy 'firewall-policy.bicep' = {
  params: {
    name: stamp.name
    location: shared.firewallPolicyLocation
    basePolicyId: shared.firewallBasePolicyId
    nodeRange: plan.nodes
    repositoryUrl: stamp.bootstrap.repositoryUrl
    tags: tags
  }
}

module hub 'hub.bicep' = {
  params: {
    name: stamp.name
    networkName: names.hub
    location: stamp.location
    plan: plan
    workspaceId: workspaceId
    tags: tags
  }
}

module firewall 'firewall.bicep' = {
  params: {
    name: stamp.name
    location: stamp.location
    zones: stamp.zones
    subnetId: hub.outputs.firewallSubnetId
    policyId: firewallPolicy.outputs.policyId
    workspaceId: workspaceId
    tags: tags
  }
}

module bastion 'bastion.bicep' = {
  params: {
    name: stamp.name
    location: stamp.location
    zones: stamp.zones
    subnetId: hub.outputs.bastionSubnetId
    workspaceId: workspaceId
    tags: tags
  }
}

module spoke 'spoke.bicep' = {
  params: {
    name: stamp.name
    networkName: names.spoke
    location: stamp.location
    plan: plan
    firewallAddress: firewall.outputs.privateAddress
    probeAddresses: stamp.gateway.?probeAddresses ?? []
    workspaceId: workspaceId
    tags: tags
  }
}

module hubToSpoke 'peering.bicep' = {
  params: { networkName: names.hub, remoteNetworkId: spoke.outputs.networkId, remote: 'spoke' }
}

module spokeToHub 'peering.bicep' = {
  dependsOn: [spoke]
  params: { networkName: names.spoke, remoteNetworkId: hub.outputs.networkId, remote: 'hub' }
}

// Members of a fleet with a private hub cluster reach it by their own peering, past the firewall: it is the fleet's.
module spokeToFleetHub 'peering.bicep' = if (!empty(shared.fleetHubNetworkId)) {
  dependsOn: [spoke]
  params: { networkName: names.spoke, remoteNetworkId: shared.fleetHubNetworkId, remote: 'fleet-hub' }
}

module fleetHubToSpoke 'peering.bicep' = if (!empty(shared.fleetHubNetworkId)) {
  scope: resourceGroup(split(shared.fleetId, '/')[2], split(shared.fleetId, '/')[4])
  name: 'fleet-hub-to-${stamp.name}'
  params: {
    networkName: last(split(shared.fleetHubNetworkId, '/'))
    remoteNetworkId: spoke.outputs.networkId
    remote: 'stamp-${stamp.name}'
  }
}

module flowLogStorage 'flow-log-storage.bicep' = {
  params: { name: stamp.name, location: stamp.location, workspaceId: workspaceId, tags: tags }
}

module flowLogs 'flow-logs.bicep' = {
  scope: resourceGroup(networkWatcherResourceGroup)
  name: 'flow-logs-${stamp.name}'
  params: {
    location: stamp.location
    networks: [
      { name: names.hub, id: hub.outputs.networkId }
      { name: names.spoke, id: spoke.outputs.networkId }
    ]
    storageAccountId: flowLogStorage.outputs.accountId
    writerId: flowLogStorage.outputs.writerId
    workspaceId: workspaceId
    retentionDays: flowLogRetentionInDays
    tags: tags
  }
}

@description('What the rest of the stamp is put into.')
output networks networksType = {
  hubId: hub.outputs.networkId
  spokeId: spoke.outputs.networkId
  nodeSubnetId: spoke.outputs.nodeSubnetId
  gatewaySubnetId: spoke.outputs.gatewaySubnetId
  privateEndpointSubnetId: spoke.outputs.privateEndpointSubnetId
  firewallId: firewall.outputs.firewallId
}

@export()
@description('Networks of a stamp.')
type networksType = {
  @description('Hub network.')
  hubId: string

  @description('Spoke network.')
  spokeId: string

  @description('Subnet of the cluster\'s nodes.')
  nodeSubnetId: string

  @description('Subnet of Application Gateway.')
  gatewaySubnetId: string

  @description('Subnet of private endpoints.')
  privateEndpointSubnetId: string

  @description('Firewall.')
  firewallId: string
}
