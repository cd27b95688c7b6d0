metadata name = 'Security rules'
metadata description = 'Who may talk to which subnet of a stamp. One function per subnet; each list ends with a refusal.'

import { addressPlanType, podRange } from '../address-plan.bicep'

@export()
@description('The gateway is public by necessity: Front Door reaches it over the internet. Nobody else does, but for the handler\'s probes where `probeAddresses` names where they come from. Which Front Door it is, an address can\'t tell: that is for the web application firewall.')
func gatewayRules(plan addressPlanType, probeAddresses string[]) securityRuleType[] =>
  concat(
    [
      allow('Inbound', 100, 'front-door', 'AzureFrontDoor.Backend', plan.gateway, 'Tcp', ['443'])
      allow('Inbound', 110, 'gateway-manager', 'GatewayManager', '*', 'Tcp', ['65200-65535']) // Azure runs the instances by these ports.
      allow('Inbound', 120, 'load-balancer', 'AzureLoadBalancer', '*', '*', ['*'])
    ],
    map(
      probeAddresses,
      (address, index) => allow('Inbound', 200 + index, 'probe-${index}', address, plan.gateway, 'Tcp', ['443'])
    ),
    [refuse('Inbound')]
  )

@export()
@description('Nodes hear each other, the gateway, and operators in the hub who use the private Kubernetes API. Pods of the overlay show their own addresses to these rules.')
func nodeRules(plan addressPlanType) securityRuleType[] => [
  between(100, 'cluster', [plan.nodes, podRange], [plan.nodes, podRange])
  allow('Inbound', 110, 'gateway', plan.gateway, '*', 'Tcp', ['80']) // Keeps the load balancer's frontend as its destination.
  allow('Inbound', 120, 'operators', plan.hub, plan.nodes, 'Tcp', ['443'])
  allow('Inbound', 130, 'load-balancer', 'AzureLoadBalancer', '*', '*', ['*'])
  refuse('Inbound')
]

@export()
@description('Only frontends of load balancers live here, which no rule applies to; the list is for whatever is put here by mistake.')
func ingressRules(plan addressPlanType) securityRuleType[] => [
  allow('Inbound', 100, 'gateway', plan.gateway, plan.ingress, 'Tcp', ['80'])
  refuse('Inbound')
]

@export()
@description('The cluster pulls images and reads secrets; the gateway reads its certificate; operators come from the hub.')
func privateEndpointRules(plan addressPlanType) securityRuleType[] => [
  allow('Inbound', 100, 'nodes', plan.nodes, plan.privateEndpoints, 'Tcp', ['443'])
  allow('Inbound', 110, 'gateway', plan.gateway, plan.privateEndpoints, 'Tcp', ['443'])
  allow('Inbound', 120, 'operators', plan.hub, plan.privateEndpoints, 'Tcp', ['443'])
  refuse('Inbound')
]

@export()
@description('What Azure Bastion asks for, and nothing more. Operators come from the internet and prove who they are to Entra ID.')
func bastionRules() securityRuleType[] => [
  allow('Inbound', 100, 'operators', 'Internet', '*', 'Tcp', ['443'])
  allow('Inbound', 110, 'gateway-manager', 'GatewayManager', '*', 'Tcp', ['443'])
  allow('Inbound', 120, 'load-balancer', 'AzureLoadBalancer', '*', 'Tcp', ['443'])
  allow('Inbound', 130, 'bastion-hosts', 'VirtualNetwork', 'VirtualNetwork', '*', ['5701', '8080'])
  refuse('Inbound')
  allow('Outbound', 100, 'machines', '*', 'VirtualNetwork', '*', ['22', '3389'])
  allow('Outbound', 110, 'azure', '*', 'AzureCloud', 'Tcp', ['443'])
  allow('Outbound', 120, 'bastion-hosts', 'VirtualNetwork', 'VirtualNetwork', '*', ['5701', '8080'])
  allow('Outbound', 130, 'session-information', '*', 'Internet', '*', ['80'])
  refuse('Outbound')
]

func allow(
  direction 'Inbound' | 'Outbound',
  priority int,
  who string,
  source string,
  destination string,
  protocol 'Tcp' | '*',
  ports string[]
) securityRuleType => {
  name: 'allow-${who}-${toLower(direction)}'
  properties: {
    direction: direction
    priority: priority
    access: 'Allow'
    protocol: protocol
    sourceAddressPrefix: source
    sourcePortRange: '*'
    destinationAddressPrefix: destination
    destinationPortRanges: ports
  }
}

func between(priority int, who string, sources string[], destinations string[]) securityRuleType => {
  name: 'allow-${who}-inbound'
  properties: {
    direction: 'Inbound'
    priority: priority
    access: 'Allow'
    protocol: '*'
    sourceAddressPrefixes: sources
    sourcePortRange: '*'
    destinationAddressPrefixes: destinations
    destinationPortRange: '*'
  }
}

func refuse(direction 'Inbound' | 'Outbound') securityRuleType => {
  name: 'deny-${toLower(direction)}'
  properties: {
    direction: direction
    priority: 4096
    access: 'Deny'
    protocol: '*'
    sourceAddressPrefix: '*'
    sourcePortRange: '*'
    destinationAddressPrefix: '*'
    destinationPortRange: '*'
  }
}

@export()
@description('A rule of a network security group.')
type securityRuleType = resourceInput<'Microsoft.Network/networkSecurityGroups@2025-09-01'>.properties.securityRules[*]
