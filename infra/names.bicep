metadata name = 'Names'
metadata description = 'Names of what several deployments refer to. They follow from the purpose and the subscription, so that a region can be deployed without the outputs of another deployment, and a preview can tell every id.'

import { sharedOutputsType } from 'types.bicep'

@export()
@description('Name of the registry. Registries share one namespace in all of Azure: the subscription makes it unique.')
func registryName(purpose string, subscriptionId string) string =>
  'acr${purpose}${take(uniqueString(subscriptionId, purpose), 8)}'

@export()
@description('Name of the resource group of a stamp. fleet.json selects clusters by it: `rg-stamp-*`.')
func stampResourceGroupName(stampName string) string => 'rg-stamp-${stampName}'

@export()
@description('Name of the policy initiative, at subscription scope.')
func initiativeName(purpose string) string => 'fleet-${purpose}-workload'

@export()
@description('Where the shared services are.')
func sharedServices(subscriptionId string, resourceGroupName string, purpose string, withFleetHub bool) sharedOutputsType => {
  registryId: resourceId(
    subscriptionId,
    resourceGroupName,
    'Microsoft.ContainerRegistry/registries',
    registryName(purpose, subscriptionId)
  )
  registryLoginServer: '${registryName(purpose, subscriptionId)}.azurecr.io' // In the public cloud; environment() can't be told in advance.
  workspaceId: resourceId(
    subscriptionId,
    resourceGroupName,
    'Microsoft.OperationalInsights/workspaces',
    'log-${purpose}-shared'
  )
  monitorWorkspaceId: resourceId(
    subscriptionId,
    resourceGroupName,
    'Microsoft.Monitor/accounts',
    'amw-${purpose}-shared'
  )
  frontDoorProfileId: resourceId(subscriptionId, resourceGroupName, 'Microsoft.Cdn/profiles', 'afd-${purpose}')
  originGroupId: resourceId(
    subscriptionId,
    resourceGroupName,
    'Microsoft.Cdn/profiles/originGroups',
    'afd-${purpose}',
    'stamps'
  )
  firewallBasePolicyId: resourceId(
    subscriptionId,
    resourceGroupName,
    'Microsoft.Network/firewallPolicies',
    'afwp-${purpose}-base'
  )
  fleetId: resourceId(subscriptionId, resourceGroupName, 'Microsoft.ContainerService/fleets', 'fleet-${purpose}')
  fleetHubNetworkId: withFleetHub
    ? resourceId(subscriptionId, resourceGroupName, 'Microsoft.Network/virtualNetworks', 'vnet-${purpose}-fleet-hub')
    : ''
  actionGroupId: resourceId(
    subscriptionId,
    resourceGroupName,
    'Microsoft.Insights/actionGroups',
    'ag-${purpose}-operators'
  )
  initiativeId: subscriptionResourceId(
    subscriptionId,
    'Microsoft.Authorization/policySetDefinitions',
    initiativeName(purpose)
  )
}
