using '../shared.bicep'

import { sharedIn, tags as productionTags } from 'production.bicep'
import { regions } from 'production-regions.bicep'

param shared = sharedIn(
  {
    groupObjectId: readEnvironmentVariable('FLEET_OPERATORS', 'c2f6b8e0-74d1-4a39-8f5c-1e0b9d7a6f44')
    email: readEnvironmentVariable('FLEET_OPERATORS_EMAIL', 'fleet-operators@contoso.example')
  },
  // `false` until the handler has enabled a first origin.
  bool(readEnvironmentVariable('FLEET_ROUTE', 'true'))
)
param locations = map(regions, region => region.name)
param tags = productionTags
