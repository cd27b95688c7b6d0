metadata name = 'Regional log workspace'
metadata description = 'Where the region\'s network logs go. The cluster\'s own logs go to the shared workspace, where all clusters are seen as one.'

import { tagsType } from '../../types.bicep'

@description('Required. The stamp, for names.')
param name string

@description('Required. Region.')
param location string

@description('Required. Days that logs are kept.')
param retentionDays int

@description('Required. Tags.')
param tags tagsType

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-07-01' = {
  name: 'log-stamp-${name}'
  location: location
  tags: tags
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: retentionDays
    features: {
      disableLocalAuth: true
      enableLogAccessUsingOnlyResourcePermissions: true
    }
  }
}

resource workspace_diagnosticSettings 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-regional-workspace'
  scope: workspace
  properties: {
    workspaceId: workspace.id
    logs: [{ category: 'Audit', enabled: true }]
  }
}

@description('The workspace.')
output workspaceId string = workspace.id
