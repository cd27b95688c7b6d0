metadata name = 'The way in'
metadata description = 'From Front Door to the cluster. The address is there from the beginning; the gateway waits for its certificate.'

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

@description('Required. Subnet of the gateway.')
param subnetId string

@description('Required. Regional workspace.')
param workspaceId string

@description('Required. Tags.')
param tags tagsType

module address 'address.bicep' = {
  params: {
    name: stamp.name
    location: stamp.location
    zones: stamp.zones
    workspaceId: workspaceId
    tags: tags
  }
}

module wafPolicy 'waf-policy.bicep' = {
  params: {
    name: stamp.name
    location: stamp.location
    frontDoorProfileId: shared.frontDoorProfileId
    healthPath: stamp.gateway.healthPath
    probeAddresses: stamp.gateway.?probeAddresses ?? []
    tags: tags
  }
}

module identity 'identity.bicep' = {
  params: { name: stamp.name, location: stamp.location, vaultName: names.vault, tags: tags }
}

module gateway 'gateway.bicep' = if (!empty(names.gateway)) {
  params: {
    names: names
    location: stamp.location
    zones: stamp.zones
    gateway: stamp.gateway
    certificateName: stamp.gateway.?certificateName ?? ''
    identityId: identity.outputs.identityId
    addressId: address.outputs.addressId
    subnetId: subnetId
    ingressAddress: plan.ingressAddress
    wafPolicyId: wafPolicy.outputs.policyId
    workspaceId: workspaceId
    tags: tags
  }
}

@description('Host name of its public address.')
output hostName string = address.outputs.hostName
