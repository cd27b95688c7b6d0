metadata name = 'Names of a stamp'
metadata description = 'Names that several files of a stamp refer to. They follow from the stamp alone, never from what was deployed, so that a preview can tell them.'

import { stampType } from '../../types.bicep'

@export()
@description('The names. Vaults share one namespace in all of Azure: the resource group makes theirs unique.')
func stampNames(stamp stampType, resourceGroupId string) stampNamesType => {
  hub: 'vnet-hub-${stamp.name}'
  spoke: 'vnet-spoke-${stamp.name}'
  vault: 'kv-stamp-${uniqueString(resourceGroupId)}'
  apiZone: stamp.privateCluster ? 'privatelink.${stamp.location}.azmk8s.io' : ''
  gateway: empty(stamp.gateway.?certificateName) ? '' : 'agw-${stamp.name}'
  cluster: 'aks-${stamp.name}'
  workload: 'id-workload-${stamp.name}'
  traces: 'appi-stamp-${stamp.name}'
}

@export()
@description('Names within the stamp\'s resource group.')
type stampNamesType = {
  @description('Hub network.')
  hub: string

  @description('Spoke network.')
  spoke: string

  @description('Key Vault.')
  vault: string

  @description('Zone of the private Kubernetes API; empty where the API is public.')
  apiZone: string

  @description('Application Gateway; empty while its certificate is not there.')
  gateway: string

  @description('AKS cluster.')
  cluster: string

  @description('Identity of the workload.')
  workload: string

  @description('Application Insights component that traces go to.')
  traces: string
}
