metadata name = 'Network of the app'
metadata description = 'Outbound calls leave through one address; storage and queues are reached by private endpoints. Nothing comes in here: events and alerts reach the app at its public front end, which lets nobody else in.'

import { tagsType } from '../../types.bicep'
import { networkName, subnets } from 'names.bicep'

@description('Required. What the fleet is for.')
param name string

@description('Required. Region.')
param location string

@description('Required. A /24.')
param addressSpace string

@description('Required. How the functions are hosted, which decides whom the subnet is delegated to.')
param plan 'flexConsumption' | 'elasticPremium'

@description('Required. Tags.')
param tags tagsType

// A quarter for instances of the app: /26 is what the plan asks for to scale out without limit from here.
var functionsRange = cidrSubnet(addressSpace, 26, 0)
var endpointsRange = cidrSubnet(addressSpace, 27, 2)

var delegation = plan == 'flexConsumption' ? 'Microsoft.App/environments' : 'Microsoft.Web/serverFarms'

// Egress only: nothing listens on it. Resource Manager, Entra ID and the stamps' health paths are public addresses.
resource outboundAddress 'Microsoft.Network/publicIPAddresses@2025-09-01' = {
  name: 'pip-automation-${name}'
  location: location
  tags: tags
  sku: { name: 'Standard' }
  properties: { publicIPAllocationMethod: 'Static' }
}

resource outbound 'Microsoft.Network/natGateways@2025-09-01' = {
  name: 'ng-automation-${name}'
  location: location
  tags: tags
  sku: { name: 'Standard' }
  properties: { publicIpAddresses: [{ id: outboundAddress.id }] }
}

resource functionsGuard 'Microsoft.Network/networkSecurityGroups@2025-09-01' = {
  name: 'nsg-functions-${name}'
  location: location
  tags: tags
  properties: {
    securityRules: [
      {
        name: 'deny-inbound'
        properties: {
          description: 'Outbound integration: nobody calls the app through its subnet.'
          priority: 4096
          direction: 'Inbound'
          access: 'Deny'
          protocol: '*'
          sourceAddressPrefix: '*'
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: '*'
        }
      }
    ]
  }
}

resource endpointsGuard 'Microsoft.Network/networkSecurityGroups@2025-09-01' = {
  name: 'nsg-endpoints-${name}'
  location: location
  tags: tags
  properties: {
    securityRules: [
      {
        name: 'allow-functions'
        properties: {
          description: 'Blobs over HTTPS, queues over AMQP with TLS.'
          priority: 100
          direction: 'Inbound'
          access: 'Allow'
          protocol: 'Tcp'
          sourceAddressPrefix: functionsRange
          sourcePortRange: '*'
          destinationAddressPrefix: endpointsRange
          destinationPortRanges: ['443', '5671']
        }
      }
      {
        name: 'deny-inbound'
        properties: {
          description: 'Nobody else.'
          priority: 4096
          direction: 'Inbound'
          access: 'Deny'
          protocol: '*'
          sourceAddressPrefix: '*'
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: '*'
        }
      }
    ]
  }
}

resource network 'Microsoft.Network/virtualNetworks@2025-09-01' = {
  name: networkName(name)
  location: location
  tags: tags
  properties: {
    addressSpace: { addressPrefixes: [addressSpace] }
    subnets: [
      {
        name: subnets.functions
        properties: {
          addressPrefix: functionsRange
          defaultOutboundAccess: false
          natGateway: { id: outbound.id }
          networkSecurityGroup: { id: functionsGuard.id }
          delegations: [{ name: 'functions', properties: { serviceName: delegation } }]
        }
      }
      {
        name: subnets.endpoints
        properties: {
          addressPrefix: endpointsRange
          defaultOutboundAccess: false
          networkSecurityGroup: { id: endpointsGuard.id }
          // Without this the group above does not judge traffic to private endpoints.
          privateEndpointNetworkPolicies: 'NetworkSecurityGroupEnabled'
        }
      }
    ]
  }
}
