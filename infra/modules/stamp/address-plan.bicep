metadata name = 'Address plan'
metadata description = 'How a stamp\'s /16 is cut, and why the pieces are large enough when another region has failed.'

import { nodePoolType } from '../../types.bicep'

// From 10.n.0.0/16:
//
//   10.n.0.0/22     hub
//     10.n.0.0/26     AzureFirewallSubnet   Azure wants a /26
//     10.n.0.64/26    AzureBastionSubnet    Azure wants a /26 or larger
//     the rest        free for a VPN or ExpressRoute gateway and for operators' machines
//   10.n.16.0/20    spoke
//     10.n.16.0/22    snet-nodes            1,019 nodes
//     10.n.20.0/24    snet-gateway          125 instances of Application Gateway, twice over while it is replaced
//     10.n.21.0/26    snet-private-endpoints
//     10.n.21.64/26   snet-ingress          frontends of internal load balancers
//     the rest        free for a second node subnet
//   everything else   free; a stamp has its /16 to itself
//
// Pods take no addresses of the network. With the overlay each node gets a /24 of a range that only the cluster knows, so
// the range may be the same in every region, and the peak after the failure of another region costs the network one address
// per additional node. With an address per pod, the same 1,019 nodes would take a /15 of every region.

@export()
@description('The overlay range of pods: a /24 per node, so 1,024 nodes.')
var podRange = '172.16.0.0/14'

@export()
@description('The range of Kubernetes services, and the address of the cluster\'s DNS in it.')
var serviceRange = { cidr: '172.20.0.0/16', dns: '172.20.0.10' }

// A /22 less the five addresses that Azure takes of every subnet.
var nodeSubnetCapacity = 1019

@export()
@description('The nodes that a region needs when one of `regions` equally loaded regions has failed and the others share its traffic: `nodes` × regions / (regions − 1), rounded up. `nodes` is the region\'s own peak. For the maximum of a pool in a parameter file.')
func nodesAfterRegionFailure(nodes int, regions int) int => (nodes * regions + regions - 2) / (regions - 1)

@description('Addresses that a pool takes at most: its maximum, and a third more while an upgrade surges.')
func addressesOfPool(pool nodePoolType) int => pool.maxCount + (pool.maxCount + 2) / 3

@description('Addresses that the node subnet must hold: every pool at its maximum in the middle of an upgrade, and one for the private endpoint of the Kubernetes API.')
func addressesOfNodes(pools nodePoolType[]) int =>
  reduce(map(pools, pool => addressesOfPool(pool)), 1, (sum, n) => sum + n)

@export()
@description('The stamp\'s ranges. A deployment stops here when the pools at their maximum don\'t fit.')
func addressPlan(addressSpace string, pools nodePoolType[]) addressPlanType => {
  hub: cidrSubnet(addressSpace, 22, 0)
  firewall: cidrSubnet(addressSpace, 26, 0)
  bastion: cidrSubnet(addressSpace, 26, 1)
  spoke: cidrSubnet(addressSpace, 20, 1)
  nodes: addressesOfNodes(pools) <= nodeSubnetCapacity
    ? cidrSubnet(addressSpace, 22, 4)
    : fail('The pools need ${addressesOfNodes(pools)} addresses at their maximum while they surge, and snet-nodes holds ${nodeSubnetCapacity}. Lower maxCount, or use larger nodes')
  gateway: cidrSubnet(addressSpace, 24, 20)
  privateEndpoints: cidrSubnet(cidrSubnet(addressSpace, 24, 21), 26, 0)
  ingress: cidrSubnet(cidrSubnet(addressSpace, 24, 21), 26, 1)
  ingressAddress: cidrHost(cidrSubnet(cidrSubnet(addressSpace, 24, 21), 26, 1), 9)
}

@export()
@description('Ranges of a stamp, as CIDR.')
type addressPlanType = {
  @description('Hub network.')
  hub: string

  @description('Azure Firewall.')
  firewall: string

  @description('Azure Bastion.')
  bastion: string

  @description('Spoke network.')
  spoke: string

  @description('Nodes of the cluster.')
  nodes: string

  @description('Application Gateway.')
  gateway: string

  @description('Private endpoints.')
  privateEndpoints: string

  @description('Internal load balancers.')
  ingress: string

  @description('The one address, within `ingress`, at which the ingress controller answers the gateway.')
  ingressAddress: string
}
