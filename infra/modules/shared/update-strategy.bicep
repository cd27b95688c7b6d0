metadata name = 'Update strategy'
metadata description = 'The order in which clusters are updated, and what starts an update. Runs copy the strategy when they are created: a change here reaches the next run.'

import { updateStageType } from '../../types.bicep'

@description('Required. Purpose of the fleet, for names.')
param name string

@description('Required. Stages, one after another.')
param stages updateStageType[]

@description('Required. Channels that start runs by themselves. `NodeImage` brings node images, `Stable` and `Rapid` bring Kubernetes versions. Clusters have no channel of their own.')
param autoUpgradeChannels ('NodeImage' | 'Stable' | 'Rapid')[]

resource fleet 'Microsoft.ContainerService/fleets@2026-06-01' existing = {
  name: 'fleet-${name}'
}

// Gates are approved by whoever has gates/write on the fleet: the operators, and the handler once it has seen the evidence.
resource strategy 'Microsoft.ContainerService/fleets/updateStrategies@2026-06-01' = {
  parent: fleet
  name: 'staged'
  properties: {
    strategy: {
      stages: map(stages, stage => {
        name: stage.name
        groups: map(stage.groups, group => { name: group, maxConcurrency: stage.maxConcurrency })
        afterStageWaitInSeconds: stage.afterStageWaitInSeconds
        beforeGates: stage.approval ? [{ type: 'Approval', displayName: 'Before ${stage.name}' }] : []
        afterGates: stage.approval ? [{ type: 'Approval', displayName: 'After ${stage.name}' }] : []
      })
    }
  }
}

resource autoUpgradeProfiles 'Microsoft.ContainerService/fleets/autoUpgradeProfiles@2026-06-01' = [
  for channel in autoUpgradeChannels: {
    parent: fleet
    name: toLower(channel)
    properties: {
      channel: channel
      updateStrategyId: strategy.id
      // With a new version the same image everywhere, not whatever is newest in each region.
      ...(channel == 'NodeImage' ? {} : { nodeImageSelection: { type: 'Consistent' } })
      disabled: false
    }
  }
]
