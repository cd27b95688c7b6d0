using '../app.bicep'

import { automationIn, listed, shared as sharedPlace, tags as productionTags } from 'production.bicep'
import { regions } from 'production-regions.bicep'

param automation = automationIn(
  readEnvironmentVariable('FLEET_OPERATORS', 'c2f6b8e0-74d1-4a39-8f5c-1e0b9d7a6f44'),
  // CIDR ranges, separated by commas: who may call the fleet's page, and who may deploy code.
  listed(readEnvironmentVariable('FLEET_OPERATOR_RANGES', '')),
  listed(readEnvironmentVariable('FLEET_DEPLOYER_RANGES', ''))
)
param shared = sharedPlace
param stamps = map(regions, region => { name: region.name, location: region.name })
// `false` until the code is deployed.
param eventSubscriptions = bool(readEnvironmentVariable('FLEET_EVENT_SUBSCRIPTIONS', 'true'))
param tags = productionTags
