metadata name = 'Spoke network'
metadata description = 'The cluster, the gateway in front of it, and private endpoints. What leaves the cluster leaves through the hub\'s firewall.'

import { addressPlanType } from '../address-plan.bicep'
import { gatewayRules, ingressRules, nodeRules, privateEndpointRules } from 'rules.bicep'
import { tagsType } from '../../../types.bicep'

@description('Required. The stamp, for names.')
param name string

@description('Required. Name of the network.')
param networkName string

@description('Required. Region.')
param location string

@description('Required. Ranges of the stamp.')
param plan addressPlanType

@description('Required. Private address of the hub\'s firewall.')
param firewallAddress string

@description('Required. Where the handler probes from, beside Front Door.')
param probeAddresses string[]

@description('Required. Regional workspace.')
param workspaceId string

@description('Required. Tags.')
param tags tagsType

var guarded = [
  { subnet: 'nodes', rules: nodeRules(plan) }
  { subnet: 'ingress', rules: ingressRules(plan) }
  { subnet: 'gateway', rules: gatewayRules(plan, probeAddresses) }
  { subnet: 'private-endpoints', rules: privateEndpointRules(plan) }
]

module guards 'guard.bicep' = [
  for guard in guarded: {
    params: {
      name: '${guard.subnet}-${name}'
      location: location
      rules: guard.rules
      workspaceId: workspaceId
      tags: tags
    }
  }
]

resource egress 'Microsoft.Network/routeTables@2025-09-01' = {
  name: 'rt-egress-${name}'
  location: location
  tags: tags
  properties: {
    disableBgpRoutePropagation: true // A route learnt from elsewhere would lead around the firewall.
    routes: [
      {
        name: 'everything-through-the-firewall'
        properties: {
          addressPrefix: '0.0.0.0/0'
          nextHopType: 'VirtualAppliance'
          nextHopIpAddress: firewallAddress
        }
      }
    ]
  }
}

// Subnets are written with their network: a network that is deployed again without them would drop them.
resource network 'Microsoft.Network/virtualNetworks@2025-09-01' = {
  name: networkName
  location: location
  tags: tags
  properties: {
    addressSpace: { addressPrefixes: [plan.spoke] }
    // The firewall answers for Azure's DNS, so that a rule that names a host and the node that asks for it mean the same
    // address. It resolves the private zones through their links to the hub.
    dhcpOptions: { dnsServers: [firewallAddress] }
    subnets: [
      {
        name: 'snet-nodes'
        properties: {
          addressPrefix: plan.nodes
          networkSecurityGroup: { id: guards[0].outputs.guardId }
          routeTable: { id: egress.id }
          defaultOutboundAccess: false
        }
      }
      {
        name: 'snet-ingress'
        properties: {
          addressPrefix: plan.ingress
          networkSecurityGroup: { id: guards[1].outputs.guardId }
          routeTable: { id: egress.id }
          defaultOutboundAccess: false
        }
      }
      {
        // Not through the firewall: Application Gateway v2 refuses to work with a default route to an appliance. It
        // calls only Azure, its Key Vault and the cluster.
        name: 'snet-gateway'
        properties: {
          addressPrefix: plan.gateway
          networkSecurityGroup: { id: guards[2].outputs.guardId }
        }
      }
      {
        name: 'snet-private-endpoints'
        properties: {
          addressPrefix: plan.privateEndpoints
          networkSecurityGroup: { id: guards[3].outputs.guardId }
          privateEndpointNetworkPolicies: 'Enabled' // Without it the security group doesn't apply to endpoints.
          routeTable: { id: egress.id }
          defaultOutboundAccess: false
        }
      }
    ]
  }

  resource nodes 'subnets' existing = { name: 'snet-nodes' }
  resource gateway 'subnets' existing = { name: 'snet-gateway' }
  resource privateEndpoints 'subnets' existing = { name: 'snet-private-endpoints' }
}

resource network_diagnosticSettings 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-regional-workspace'
  scope: network
  properties: {
    workspaceId: workspaceId
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

@description('The network.')
output networkId string = network.id

@description('For nodes.')
output nodeSubnetId string = network::nodes.id

@description('For Application Gateway.')
output gatewaySubnetId string = network::gateway.id

@description('For private endpoints.')
output privateEndpointSubnetId string = network::privateEndpoints.id
