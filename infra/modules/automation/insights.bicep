metadata name = 'Application Insights'
metadata description = 'What the app logs, in the shared workspace, written by identity only.'

import { tagsType } from '../../types.bicep'
import { handlerIdentityName, insightsName } from 'names.bicep'

@description('Required. What the fleet is for.')
param name string

@description('Required. Region.')
param location string

@description('Required. Log Analytics workspace that keeps the data.')
param workspaceId string

@description('Required. Tags.')
param tags tagsType

resource handler 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = {
  name: handlerIdentityName(name)
}

// Sends telemetry and reads none. To the app.
resource metricsPublisher 'Microsoft.Authorization/roleDefinitions@2022-04-01' existing = {
  scope: subscription()
  name: '3913510d-42f4-4e42-8a64-420c390055eb'
}

resource component 'Microsoft.Insights/components@2020-02-02' = {
  name: insightsName(name)
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspaceId
    DisableLocalAuth: true
  }
}

resource access 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: component
  name: guid(component.id, handler.id, metricsPublisher.id)
  properties: {
    principalId: handler.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: metricsPublisher.id
  }
}
