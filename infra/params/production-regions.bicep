metadata name = 'Regions of production'
metadata description = 'The list of regions, and what differs between them. Facts of the tenant come in as arguments, since the environment gives them.'

import { maintenanceType, nodePoolType, stampType } from '../types.bicep'
import { healthPath } from 'production.bicep'

@description('What makes a region differ from the others.')
type regionType = {
  @description('Name and Azure region.')
  name: string

  @description('Its /16. See the address plan in docs.')
  addressSpace: string

  @description('When it is updated along the strategy.')
  updateGroup: string

  @description('Its nights.')
  maintenance: maintenanceType

  @description('Nodes for the workload.')
  workloadPool: nodePoolType
}

// Maximum of a pool: what the region needs at its own peak, times 3 / 2, for one of three regions may be down.
@export()
var swedencentral regionType = {
  name: 'swedencentral'
  addressSpace: '10.20.0.0/16'
  updateGroup: 'canary'
  maintenance: { dayOfWeek: 'Tuesday', startTime: '02:00', utcOffset: '+01:00', durationHours: 4 }
  workloadPool: { vmSize: 'Standard_D8ds_v5', minCount: 3, maxCount: 18 }
}

@export()
var northeurope regionType = {
  name: 'northeurope'
  addressSpace: '10.30.0.0/16'
  updateGroup: 'wave-1'
  maintenance: { dayOfWeek: 'Wednesday', startTime: '02:00', utcOffset: '+00:00', durationHours: 4 }
  workloadPool: { vmSize: 'Standard_D8ds_v5', minCount: 3, maxCount: 18 }
}

@export()
var westeurope regionType = {
  name: 'westeurope'
  addressSpace: '10.10.0.0/16'
  updateGroup: 'wave-2'
  maintenance: { dayOfWeek: 'Thursday', startTime: '02:00', utcOffset: '+01:00', durationHours: 4 }
  workloadPool: { vmSize: 'Standard_D8ds_v5', minCount: 6, maxCount: 36 }
}

@export()
@description('The regions of the fleet. Adding one is an object above, a line here and a parameter file of its own.')
var regions regionType[] = [swedencentral, northeurope, westeurope]

@export()
@description('What the tenant says about all regions.')
type tenantType = {
  @description('The domain below which each region has a name.')
  domain: string

  @description('Name of the certificate in each region\'s vault; empty while the vaults have none.')
  certificateName: string

  @description('HTTPS address of this repository, or of its fork.')
  repositoryUrl: string

  @description('Kubernetes version of a new region: the one that the others run. Empty: what Azure takes.')
  kubernetesVersion: string

  @description('Address of the automation\'s NAT gateway; empty while there is none.')
  probeAddress: string
}

@export()
@description('A region as a stamp.')
func stampIn(region regionType, tenant tenantType, adminGroupObjectId string) stampType => {
  name: region.name
  location: region.name
  zones: ['1', '2', '3']
  addressSpace: region.addressSpace
  adminGroupObjectId: adminGroupObjectId
  updateGroup: region.updateGroup
  kubernetesVersion: empty(tenant.kubernetesVersion) ? null : tenant.kubernetesVersion
  privateCluster: true
  systemPool: { vmSize: 'Standard_D4ds_v5', minCount: 3, maxCount: 6 }
  workloadPool: region.workloadPool
  maintenance: region.maintenance
  gateway: {
    hostName: '${region.name}.${tenant.domain}'
    certificateName: empty(tenant.certificateName) ? null : tenant.certificateName
    healthPath: healthPath
    probeAddresses: empty(tenant.probeAddress) ? null : ['${tenant.probeAddress}/32']
    minCapacity: 2
    maxCapacity: 30
  }
  bootstrap: {
    repositoryUrl: tenant.repositoryUrl
    branch: 'main'
    path: './infra/workload/cluster'
  }
  logRetentionDays: 90
}
