metadata name = 'Budget'
metadata description = 'What the fleet may cost in a month, all regions together. A budget tells, it stops nothing.'

targetScope = 'subscription'

import { budgetType } from '../../types.bicep'

@description('Required. Purpose of the fleet: its resources carry it in the tag `fleet`.')
param name string

@description('Required. Amount and beginning.')
param budget budgetType

@description('Required. Who is told.')
param actionGroupId string

var thresholds = [
  { name: 'mostly-spent', type: 'Actual', percent: 80 }
  { name: 'spent', type: 'Actual', percent: 100 }
  { name: 'will-be-exceeded', type: 'Forecasted', percent: 110 }
]

resource monthlyBudget 'Microsoft.Consumption/budgets@2024-08-01' = {
  name: 'budget-${name}'
  properties: {
    category: 'Cost'
    amount: budget.monthlyAmount
    timeGrain: 'Monthly'
    timePeriod: { startDate: '${budget.startDate}T00:00:00Z' }
    filter: {
      tags: { name: 'fleet', operator: 'In', values: [name] }
    }
    notifications: toObject(thresholds, threshold => threshold.name, threshold => {
      enabled: true
      operator: 'GreaterThanOrEqualTo'
      threshold: threshold.percent
      thresholdType: threshold.type
      contactEmails: [] // Required, even though the action group has the addresses.
      contactGroups: [actionGroupId]
    })
  }
}
