metadata name = 'Maintenance windows'
metadata description = 'When the cluster and its nodes may be updated. The fleet waits for them: a member outside its window is pending.'

import { maintenanceType } from '../../../types.bicep'

@description('Required. The cluster.')
param clusterName string

@description('Required. The window.')
param maintenance maintenanceType

resource cluster 'Microsoft.ContainerService/managedClusters@2026-05-01' existing = {
  name: clusterName
}

// The names are Azure's: Kubernetes versions, and node images.
resource windows 'Microsoft.ContainerService/managedClusters/maintenanceConfigurations@2026-05-01' = [
  for kind in ['aksManagedAutoUpgradeSchedule', 'aksManagedNodeOSUpgradeSchedule']: {
    parent: cluster
    name: kind
    properties: {
      maintenanceWindow: {
        schedule: { weekly: { dayOfWeek: maintenance.dayOfWeek, intervalWeeks: 1 } }
        startTime: maintenance.startTime
        utcOffset: maintenance.utcOffset
        durationHours: maintenance.durationHours
      }
    }
  }
]
