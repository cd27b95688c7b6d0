using '../stamp.bicep'

import { shared as sharedPlace, tags as productionTags } from 'production.bicep'
import { swedencentral, stampIn } from 'production-regions.bicep'

var tenant = {
  domain: readEnvironmentVariable('FLEET_DOMAIN', 'contoso.example')
  repositoryUrl: readEnvironmentVariable('FLEET_REPOSITORY', 'https://github.com/contoso/fleet-automation')
  // Empty on the first deployment of a region, when its vault has no certificate yet.
  certificateName: readEnvironmentVariable('FLEET_CERTIFICATE', 'stamp')
  // Empty unless the region is new: the version that the others run.
  kubernetesVersion: readEnvironmentVariable('FLEET_KUBERNETES_VERSION', '')
  // Empty while there is no automation yet.
  probeAddress: readEnvironmentVariable('FLEET_PROBE_ADDRESS', '')
}

// Object id of the Entra ID group that administers this region.
var administrators = readEnvironmentVariable(
  'FLEET_ADMINISTRATORS_SWEDENCENTRAL',
  '5b0e4a7c-1f7d-4c52-9d3e-8a41c6f02b11'
)

param stamp = stampIn(swedencentral, tenant, administrators)
param shared = sharedPlace
param tags = productionTags
