using '../stamp.bicep'

import { shared as sharedPlace, tags as productionTags } from 'production.bicep'
import { westeurope, stampIn } from 'production-regions.bicep'

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
var administrators = readEnvironmentVariable('FLEET_ADMINISTRATORS_WESTEUROPE', '3d0c7f52-91c8-4c1e-8b5f-6a2e04d7b133')

param stamp = stampIn(westeurope, tenant, administrators)
param shared = sharedPlace
param tags = productionTags
