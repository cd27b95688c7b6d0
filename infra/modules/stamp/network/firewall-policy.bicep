metadata name = 'Firewall policy of a region'
metadata description = 'The rules of every region come from the parent; here is what only this region needs.'

import { tagsType } from '../../../types.bicep'

@description('Required. The stamp, for names.')
param name string

@description('Required. The region of the parent policy: Azure takes a child nowhere else. The firewall is in its own region and keeps its rules while this one is down.')
param location string

@description('Required. The policy that all regions share.')
param basePolicyId string

@description('Required. Addresses of the cluster\'s nodes.')
param nodeRange string

@description('Required. The HTTPS address of the repository that bootstraps the cluster.')
param repositoryUrl string

@description('Required. Tags.')
param tags tagsType

var repositoryHost = split(repositoryUrl, '/')[2]

resource policy 'Microsoft.Network/firewallPolicies@2025-09-01' = {
  name: 'afwp-${name}'
  location: location
  tags: tags
  properties: {
    basePolicy: { id: basePolicyId }
    sku: { tier: 'Premium' } // Not below the parent's.
    threatIntelMode: 'Deny'
    intrusionDetection: { mode: 'Deny' }
    dnsSettings: { enableProxy: true } // Network rules may then name hosts.
  }
}

resource policy_regional 'Microsoft.Network/firewallPolicies/ruleCollectionGroups@2025-09-01' = {
  parent: policy
  name: 'region'
  properties: {
    priority: 1000
    ruleCollections: [
      {
        ruleCollectionType: 'FirewallPolicyFilterRuleCollection'
        name: 'bootstrap'
        priority: 1000
        action: { type: 'Allow' }
        rules: [
          {
            ruleType: 'ApplicationRule'
            name: 'git-repository'
            description: 'Flux fetches the cluster\'s configuration.'
            sourceAddresses: [nodeRange]
            targetFqdns: [repositoryHost]
            protocols: [{ protocolType: 'Https', port: 443 }]
          }
        ]
      }
    ]
  }
}

@description('The policy.')
output policyId string = policy.id
