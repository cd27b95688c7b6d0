metadata name = 'Action group of the app'
metadata description = 'Hands alerts to the functions that take them. Deployed after the code, since it needs their keys.'

import { tagsType } from '../../../types.bicep'
import { functionAppName } from '../names.bicep'

@description('Required. What the fleet is for.')
param name string

@description('Required. Functions that take alerts by HTTP POST.')
param functions string[]

@description('Required. Resource groups of the stamps. Their metric alerts name only the action group of people; a processing rule adds this one, so that a stamp can be deployed before the app is.')
param stampResourceGroups string[]

@description('Required. Tags.')
param tags tagsType

resource functionApp 'Microsoft.Web/sites@2025-03-01' existing = {
  name: functionAppName(name, resourceGroup().id)

  resource receivers 'functions' existing = [for function in functions: { name: function }]
}

resource actionGroup 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'ag-${name}-automation'
  location: 'global'
  tags: tags
  properties: {
    enabled: true
    groupShortName: take(name, 12)
    azureFunctionReceivers: [
      for (function, index) in functions: {
        name: function
        functionAppResourceId: functionApp.id
        functionName: function
        // Whoever may read this action group can read the key in it. It is the key of this one function, which takes
        // alerts as evidence and nothing else.
        httpTriggerUrl: 'https://${functionApp.properties.defaultHostName}/api/${function}?code=${functionApp::receivers[index].listKeys().default}'
        useCommonAlertSchema: true
      }
    ]
  }
}

resource stampAlerts 'Microsoft.AlertsManagement/actionRules@2021-08-08' = if (!empty(stampResourceGroups)) {
  name: 'apr-${name}-stamps'
  location: 'Global'
  tags: tags
  properties: {
    description: 'Alerts of the stamps are health evidence for the fleet automation.'
    enabled: true
    scopes: map(stampResourceGroups, group => subscriptionResourceId('Microsoft.Resources/resourceGroups', group))
    // Activity log alerts name this action group themselves.
    conditions: [{ field: 'SignalType', operator: 'Equals', values: ['Metric'] }]
    actions: [{ actionType: 'AddActionGroups', actionGroupIds: [actionGroup.id] }]
  }
}

@description('The action group.')
output id string = actionGroup.id
