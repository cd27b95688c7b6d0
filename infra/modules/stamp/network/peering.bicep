metadata name = 'Peering'
metadata description = 'One direction of a peering. Both are needed before traffic flows.'

@description('Required. The network in this resource group.')
param networkName string

@description('Required. The other network.')
param remoteNetworkId string

@description('Required. What the other network is, for the name.')
param remote string

resource network 'Microsoft.Network/virtualNetworks@2025-09-01' existing = {
  name: networkName
}

resource peering 'Microsoft.Network/virtualNetworks/virtualNetworkPeerings@2025-09-01' = {
  parent: network
  name: 'to-${remote}'
  properties: {
    remoteVirtualNetwork: { id: remoteNetworkId }
    allowVirtualNetworkAccess: true
    allowForwardedTraffic: true // What the firewall sends on still has its first sender's address.
    allowGatewayTransit: false
    useRemoteGateways: false
  }
}
