metadata name = 'Network security group'
metadata description = 'Guards one subnet, and reports which rule let how much through.'

import { securityRuleType } from 'rules.bicep'
import { tagsType } from '../../../types.bicep'

@description('Required. The subnet and the stamp, for names.')
param name string

@description('Required. Region.')
param location string

@description('Required. What may pass. What no rule names falls to Azure\'s own rules, so a list ends with a refusal.')
param rules securityRuleType[]

@description('Required. Regional workspace.')
param workspaceId string

@description('Required. Tags.')
param tags tagsType

resource guard 'Microsoft.Network/networkSecurityGroups@2025-09-01' = {
  name: 'nsg-${name}'
  location: location
  tags: tags
  properties: { securityRules: rules }
}

resource guard_diagnosticSettings 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-regional-workspace'
  scope: guard
  properties: {
    workspaceId: workspaceId
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
  }
}

@description('The network security group.')
output guardId string = guard.id
