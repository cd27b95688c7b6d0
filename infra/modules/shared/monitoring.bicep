metadata name = 'Shared monitoring'
metadata description = 'Where the logs and metrics of all clusters come together, and who hears of an alert.'

import { tagsType } from '../../types.bicep'

@description('Required. Purpose of the fleet, for names.')
param name string

@description('Required. Region.')
param location string

@description('Required. Days that logs are kept.')
param retentionInDays int

@description('Required. The address that alerts go to.')
param operatorsEmail string

@description('Required. Tags.')
param tags tagsType

// Ingestion and queries use the public endpoint with Entra ID tokens only. A private link scope would take over the name
// resolution of Azure Monitor for every network it is linked to, and so couple the regions that are kept apart here.
resource workspace 'Microsoft.OperationalInsights/workspaces@2025-07-01' = {
  name: 'log-${name}-shared'
  location: location
  tags: tags
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: retentionInDays
    features: {
      disableLocalAuth: true // No shared key: agents sign in with their identity.
      enableLogAccessUsingOnlyResourcePermissions: true // A region's operators read their own cluster's logs here.
    }
  }
}

@description('Managed Prometheus of every cluster writes here, so that one query spans the fleet.')
resource monitorWorkspace 'Microsoft.Monitor/accounts@2025-10-03' = {
  name: 'amw-${name}-shared'
  location: location
  tags: tags
  properties: {}
}

@description('Reaches people. The automation has an action group of its own.')
resource operators 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'ag-${name}-operators'
  location: 'global'
  tags: tags
  properties: {
    enabled: true
    groupShortName: 'operators' // At most 12 characters; the sender's name in text messages.
    emailReceivers: [{ name: 'operators', emailAddress: operatorsEmail, useCommonAlertSchema: true }]
  }
}

resource workspace_diagnosticSettings 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-shared-workspace'
  scope: workspace
  properties: {
    workspaceId: workspace.id // Who queried what, beside the data that was asked for.
    logs: [{ category: 'Audit', enabled: true }]
  }
}
