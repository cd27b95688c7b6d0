metadata name = 'Production'
metadata description = 'What the parameter files of production share, written once. Facts of the tenant come in as arguments, since the environment gives them.'

import { automationType, operatorsType, sharedType } from '../types.bicep'

@export()
@description('Which shared services there are.')
var shared = {
  name: 'retail'
  location: 'westeurope'
  resourceGroupName: 'rg-shared'
  withFleetHub: false
}

@export()
@description('`scope.tags` in fleet.json asks for `environment`.')
var tags = { environment: 'production' }

@export()
@description('The path that a stamp answers when it is fit for traffic; `traffic.healthPath` in fleet.json.')
var healthPath = '/healthz'

@export()
@description('The shared services.')
func sharedIn(operators operatorsType, withRoute bool) sharedType => {
  name: shared.name
  location: shared.location
  resourceGroupName: shared.resourceGroupName
  operators: operators
  registryRoleAssignmentMode: 'LegacyRegistryPermissions'
  frontDoor: {
    healthPath: healthPath
    probeIntervalInSeconds: 30
    latencySpreadInMilliseconds: 50
    requestsPerFiveMinutes: 3000
    withRoute: withRoute
  }
  // One region at a time, and hours between them in which a regression can show.
  updateStages: [
    { name: 'canary', groups: ['canary'], maxConcurrency: '1', afterStageWaitInSeconds: 14400, approval: true }
    { name: 'wave-1', groups: ['wave-1'], maxConcurrency: '1', afterStageWaitInSeconds: 7200, approval: true }
    { name: 'wave-2', groups: ['wave-2'], maxConcurrency: '1', afterStageWaitInSeconds: 0, approval: true }
  ]
  autoUpgradeChannels: ['NodeImage', 'Stable']
  logRetentionDays: 90
  budget: { monthlyAmount: 40000, startDate: '2026-01-01' }
  initiativeAssignedBy: 'handler'
}

@export()
@description('The automation. Not in the region of the fleet resource: one failure shall not take both.')
func automationIn(operatorGroupObjectId string, operatorAddressRanges string[], deployerAddressRanges string[]) automationType => {
  name: shared.name
  location: 'northeurope'
  resourceGroupName: 'rg-automation'
  plan: 'flexConsumption'
  zoneRedundant: true
  serviceBusTier: 'Premium'
  addressSpace: '10.250.0.0/24'
  operatorAddressRanges: operatorAddressRanges
  deployerAddressRanges: deployerAddressRanges
  operatorGroupObjectId: operatorGroupObjectId
  logFilter: 'info'
}

@export()
@description('The members of a list that the environment gives as one text, separated by commas.')
func listed(text string) string[] => filter(map(split(text, ','), member => trim(member)), member => !empty(member))
