metadata name = 'Web application firewall of Front Door'
metadata description = 'What a request must not look like, judged at the edge, before it reaches any region.'

import { tagsType } from '../../types.bicep'

@description('Required. Name of the policy: letters and digits.')
param name string

@description('Required. Requests from one address within five minutes before more are refused. Generous: offices share an address.')
@minValue(100)
param requestsPerFiveMinutes int

@description('Required. Tags.')
param tags tagsType

resource wafPolicy 'Microsoft.Network/FrontDoorWebApplicationFirewallPolicies@2025-10-01' = {
  name: name
  location: 'global'
  tags: tags
  sku: { name: 'Premium_AzureFrontDoor' }
  properties: {
    policySettings: {
      enabledState: 'Enabled'
      mode: 'Prevention'
      requestBodyCheck: 'Enabled'
    }
    customRules: {
      rules: [
        {
          name: 'LimitRate'
          enabledState: 'Enabled'
          priority: 100
          ruleType: 'RateLimitRule'
          rateLimitDurationInMinutes: 5
          rateLimitThreshold: requestsPerFiveMinutes
          groupBy: [{ variableName: 'SocketAddr' }]
          // A rule needs a condition; this one fits every address.
          matchConditions: [{ matchVariable: 'SocketAddr', operator: 'IPMatch', matchValue: ['0.0.0.0/0', '::/0'] }]
          action: 'Block'
        }
      ]
    }
    managedRules: {
      managedRuleSets: [
        { ruleSetType: 'Microsoft_DefaultRuleSet', ruleSetVersion: '2.1', ruleSetAction: 'Block' }
        { ruleSetType: 'Microsoft_BotManagerRuleSet', ruleSetVersion: '1.1' }
      ]
    }
  }
}
