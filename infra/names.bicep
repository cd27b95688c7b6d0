metadata name = 'Names'
metadata description = 'Names of what several deployments refer to. They follow from the purpose and the subscription, so that a region can be deployed without the outputs of another deployment, and a preview can tell every id.'

import { sharedOutputsType, sharedPlaceType, sharedType } from 'types.bicep'

@export()
@description('Name of the registry. Registries share one namespace in all of Azure: the subscription makes it unique.')
func registryName(purpose string, subscriptionId string) string =>
  'acr${purpose}${take(uniqueString(subscriptionId, purpose), 8)}'

@export()
@description('Name of the resource group of a stamp. fleet.json selects clusters by it: `rg-stamp-*`.')
func stampResourceGroupName(stampName string) string => 'rg-stamp-${stampName}'

@export()
@description('Name of the AKS cluster of a stamp.')
func clusterName(stampName string) string => 'aks-${stampName}'

@export()
@description('Name of the policy initiative, at subscription scope.')
func initiativeName(purpose string) string => 'fleet-${purpose}-workload'

@export()
@description('What the ids follow from, of the shared services as a whole.')
func sharedPlace(shared sharedType) sharedPlaceType => {
  name: shared.name
  location: shared.location
  resourceGroupName: shared.resourceGroupName
  withFleetHub: shared.?fleetHub != null
}

@export()
@description('Where the shared services are.')
func sharedServices(subscriptionId string, place sharedPlaceType) sharedOutputsType => {
  registryId: resourceId(
    subscriptionId,
    place.resourceGroupName,
    'Microsoft.ContainerRegistry/registries',
    registryName(place.name, subscriptionId)
  )
  // The public cloud's suffix: what environment() says can't be told in advance.
  registryLoginServer: '${registryName(place.name, subscriptionId)}.azurecr.io'
  workspaceId: resourceId(
    subscriptionId,
    place.resourceGroupName,
    'Microsoft.OperationalInsights/workspaces',
    'log-${place.name}-shared'
  )
  monitorWorkspaceId: resourceId(
    subscriptionId,
    place.resourceGroupName,
    'Microsoft.Monitor/accounts',
    'amw-${place.name}-shared'
  )
  workspaceLocation: place.location
  frontDoorProfileId: resourceId(subscriptionId, place.resourceGroupName, 'Microsoft.Cdn/profiles', 'afd-${place.name}')
  originGroupId: resourceId(
    subscriptionId,
    place.resourceGroupName,
    'Microsoft.Cdn/profiles/originGroups',
    'afd-${place.name}',
    'stamps'
  )
  firewallBasePolicyId: resourceId(
    subscriptionId,
    place.resourceGroupName,
    'Microsoft.Network/firewallPolicies',
    'afwp-${place.name}-base'
  )
  firewallPolicyLocation: place.location
  fleetId: resourceId(
    subscriptionId,
    place.resourceGroupName,
    'Microsoft.ContainerService/fleets',
    'fleet-${place.name}'
  )
  fleetHubNetworkId: place.withFleetHub
    ? resourceId(
        subscriptionId,
        place.resourceGroupName,
        'Microsoft.Network/virtualNetworks',
        'vnet-${place.name}-fleet-hub'
      )
    : ''
  actionGroupId: resourceId(
    subscriptionId,
    place.resourceGroupName,
    'Microsoft.Insights/actionGroups',
    'ag-${place.name}-operators'
  )
  initiativeId: subscriptionResourceId(
    subscriptionId,
    'Microsoft.Authorization/policySetDefinitions',
    initiativeName(place.name)
  )
}
