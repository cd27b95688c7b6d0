metadata name = 'Base firewall policy'
metadata description = 'What every cluster may reach, in whatever region. Each region\'s own policy is a child of this one and adds to it; it can\'t take anything away.'

import { tagsType } from '../../types.bicep'

@description('Required. Purpose of the fleet, for names.')
param name string

@description('Required. Region of the policy, and so of its children: Azure takes a child nowhere else. Firewalls of any region use them.')
param location string

@description('Required. Tags.')
param tags tagsType

// Everybody who is routed to a regional firewall: the spoke of that region.
var anySource = ['*']
var https = [{ protocolType: 'Https', port: 443 }]
var storageSuffix = environment().suffixes.storage

resource policy 'Microsoft.Network/firewallPolicies@2025-09-01' = {
  name: 'afwp-${name}-base'
  location: location
  tags: tags
  properties: {
    sku: { tier: 'Premium' } // A child has at least its parent's tier; the regions' policies inspect for intrusions.
    threatIntelMode: 'Deny'
    intrusionDetection: { mode: 'Deny' }
    dnsSettings: { enableProxy: true } // Network rules may then name hosts.
  }
}

resource policy_clusters 'Microsoft.Network/firewallPolicies/ruleCollectionGroups@2025-09-01' = {
  parent: policy
  name: 'clusters'
  properties: {
    priority: 500 // Before the regions' own groups, which begin at 1000.
    ruleCollections: [
      {
        ruleCollectionType: 'FirewallPolicyFilterRuleCollection'
        name: 'hosts'
        priority: 200
        action: { type: 'Allow' }
        rules: [
          {
            ruleType: 'ApplicationRule'
            name: 'aks'
            description: 'Control plane, system images, Resource Manager, Entra ID and node updates, as Azure lists them for AKS.'
            sourceAddresses: anySource
            fqdnTags: ['AzureKubernetesService']
            protocols: https
          }
          {
            ruleType: 'ApplicationRule'
            name: 'azure-policy'
            description: 'The policy add-on fetches what it enforces and reports compliance.'
            sourceAddresses: anySource
            targetFqdns: ['data.policy.${storageSuffix}', 'store.policy.${storageSuffix}']
            protocols: https
          }
          {
            ruleType: 'ApplicationRule'
            name: 'azure-monitor'
            description: 'Container Insights and managed Prometheus fetch their rules and send logs and metrics; traces go to Application Insights.'
            sourceAddresses: anySource
            targetFqdns: [
              '*.handler.control.monitor.azure.com'
              '*.ingest.monitor.azure.com'
              '*.ods.opinsights.azure.com'
              '*.oms.opinsights.azure.com'
              '*.monitoring.azure.com'
              '*.in.applicationinsights.azure.com'
            ]
            protocols: https
          }
          {
            ruleType: 'ApplicationRule'
            name: 'cluster-extensions'
            description: 'The Flux extension reports its state and takes configuration.'
            sourceAddresses: anySource
            targetFqdns: ['*.dp.kubernetesconfiguration.azure.com']
            protocols: https
          }
          {
            ruleType: 'ApplicationRule'
            name: 'node-packages'
            description: 'Security updates of Ubuntu nodes.'
            sourceAddresses: anySource
            targetFqdns: [
              'security.ubuntu.com'
              'azure.archive.ubuntu.com'
              'changelogs.ubuntu.com'
              'snapshot.ubuntu.com'
            ]
            protocols: [{ protocolType: 'Http', port: 80 }, { protocolType: 'Https', port: 443 }]
          }
        ]
      }
      {
        ruleCollectionType: 'FirewallPolicyFilterRuleCollection'
        name: 'network'
        priority: 100
        action: { type: 'Allow' }
        rules: [
          {
            ruleType: 'NetworkRule'
            name: 'time'
            description: 'Certificates and tokens need the right time.'
            sourceAddresses: anySource
            destinationFqdns: ['ntp.ubuntu.com']
            destinationPorts: ['123']
            ipProtocols: ['UDP']
          }
        ]
      }
    ]
  }
}
