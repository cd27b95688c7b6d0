using '../main.bicep'

import { automationIn, listed, sharedIn, tags as productionTags } from 'production.bicep'
import { northeurope, stampIn, swedencentral, westeurope } from 'production-regions.bicep'

// The environment says here what it says to the parameter files of the parts.
var operators = readEnvironmentVariable('FLEET_OPERATORS', 'c2f6b8e0-74d1-4a39-8f5c-1e0b9d7a6f44')
var tenant = {
  domain: readEnvironmentVariable('FLEET_DOMAIN', 'contoso.example')
  repositoryUrl: readEnvironmentVariable('FLEET_REPOSITORY', 'https://github.com/contoso/fleet-automation')
  certificateName: readEnvironmentVariable('FLEET_CERTIFICATE', 'stamp')
  kubernetesVersion: readEnvironmentVariable('FLEET_KUBERNETES_VERSION', '')
  probeAddress: readEnvironmentVariable('FLEET_PROBE_ADDRESS', '')
}

param shared = sharedIn(
  {
    groupObjectId: operators
    email: readEnvironmentVariable('FLEET_OPERATORS_EMAIL', 'fleet-operators@contoso.example')
  },
  bool(readEnvironmentVariable('FLEET_ROUTE', 'true'))
)
param stamps = [
  stampIn(
    swedencentral,
    tenant,
    readEnvironmentVariable('FLEET_ADMINISTRATORS_SWEDENCENTRAL', '5b0e4a7c-1f7d-4c52-9d3e-8a41c6f02b11')
  )
  stampIn(
    northeurope,
    tenant,
    readEnvironmentVariable('FLEET_ADMINISTRATORS_NORTHEUROPE', 'a94d2c18-6e3b-4f0a-b7c5-2d90e1f83c22')
  )
  stampIn(
    westeurope,
    tenant,
    readEnvironmentVariable('FLEET_ADMINISTRATORS_WESTEUROPE', '3d0c7f52-91c8-4c1e-8b5f-6a2e04d7b133')
  )
]
param automation = automationIn(
  operators,
  listed(readEnvironmentVariable('FLEET_OPERATOR_RANGES', '')),
  listed(readEnvironmentVariable('FLEET_DEPLOYER_RANGES', ''))
)
param eventSubscriptions = bool(readEnvironmentVariable('FLEET_EVENT_SUBSCRIPTIONS', 'true'))
param tags = productionTags
