metadata name = 'Policy initiative'
metadata description = 'What clusters of this fleet must comply with, as one definition and so one assignment. It lives at the subscription: one for all regions, none per resource group.'

targetScope = 'subscription'

import { initiativeName } from '../../names.bicep'

@description('Required. Purpose of the fleet, for names.')
param name string

@description('Required. Host name of the registry, the only one that workloads may take images from.')
param registryLoginServer string

@description('Required. Whether this template assigns the initiative. False: the handler does, by `governance` in fleet.json, and keeps it assigned.')
param assigned bool

// What AKS itself and the extensions run in: their images come from Microsoft's registry.
var systemNamespaces = ['kube-system', 'gatekeeper-system', 'azure-arc', 'azure-extensions-usage-system', 'flux-system']

var namespaces = { excludedNamespaces: { value: '[parameters(\'excludedNamespaces\')]' } }
var watched = { effect: { value: '[parameters(\'effect\')]' } }
var refused = { effect: { value: '[parameters(\'denyEffect\')]' } }

resource initiative 'Microsoft.Authorization/policySetDefinitions@2026-06-01' = {
  name: initiativeName(name)
  properties: {
    policyType: 'Custom'
    displayName: 'Fleet ${name}: workload'
    description: 'Images, ingress and accounts of the clusters of fleet ${name}.'
    metadata: { category: 'Kubernetes', version: '1.0.0' }
    parameters: {
      // The name is what the handler sets for every initiative, so Audit is its default there and here.
      effect: {
        type: 'String'
        metadata: { displayName: 'Effect of what is only watched' }
        allowedValues: ['Audit', 'Deny', 'Disabled']
        defaultValue: 'Audit'
      }
      denyEffect: {
        type: 'String'
        metadata: { displayName: 'Effect of what is refused' }
        allowedValues: ['Audit', 'Deny', 'Disabled']
        defaultValue: 'Deny'
      }
      excludedNamespaces: {
        type: 'Array'
        metadata: { displayName: 'Namespaces of the system' }
        defaultValue: systemNamespaces
      }
      allowedContainerImagesRegex: {
        type: 'String'
        metadata: { displayName: 'Images that may run' }
        defaultValue: '^${replace(registryLoginServer, '.', '\\.')}/.+$'
      }
    }
    policyDefinitions: [
      {
        policyDefinitionReferenceId: 'allowed-images'
        policyDefinitionId: tenantResourceId(
          'Microsoft.Authorization/policyDefinitions',
          'febd0533-8e55-448f-b837-bd0e06f16469'
        )
        definitionVersion: '9.*.*'
        parameters: {
          ...refused
          ...namespaces
          allowedContainerImagesRegex: { value: '[parameters(\'allowedContainerImagesRegex\')]' }
        }
      }
      {
        policyDefinitionReferenceId: 'internal-load-balancers' // Nothing but Front Door is a way in.
        policyDefinitionId: tenantResourceId(
          'Microsoft.Authorization/policyDefinitions',
          '3fc4dc25-5baf-40d8-9b05-7fe74c1bc64e'
        )
        definitionVersion: '8.*.*'
        parameters: { ...refused, ...namespaces }
      }
      {
        policyDefinitionReferenceId: 'https-ingress'
        policyDefinitionId: tenantResourceId(
          'Microsoft.Authorization/policyDefinitions',
          '1a5b4dca-0b6f-4cf5-907c-56316bc1bf3d'
        )
        definitionVersion: '9.*.*'
        parameters: { ...watched, ...namespaces }
      }
      {
        policyDefinitionReferenceId: 'no-local-accounts'
        policyDefinitionId: tenantResourceId(
          'Microsoft.Authorization/policyDefinitions',
          '993c2fcd-2b29-49d2-9eb0-df2c3a730c32'
        )
        definitionVersion: '1.*.*'
        parameters: watched
      }
      {
        policyDefinitionReferenceId: 'policy-add-on' // Without it the policies above don't reach a cluster.
        policyDefinitionId: tenantResourceId(
          'Microsoft.Authorization/policyDefinitions',
          '0a15ec92-a229-4763-bb14-0ea34a568f8d'
        )
        definitionVersion: '1.*.*'
      }
      {
        policyDefinitionReferenceId: 'member-of-a-fleet'
        policyDefinitionId: tenantResourceId(
          'Microsoft.Authorization/policyDefinitions',
          'c7f49635-e3f0-4986-b072-90d0c7c3d4cd'
        )
        definitionVersion: '1.*.*'
      }
    ]
  }
}

resource assignment 'Microsoft.Authorization/policyAssignments@2026-06-01' = if (assigned) {
  name: initiative.name
  properties: {
    policyDefinitionId: initiative.id
    displayName: initiative.properties.displayName
    nonComplianceMessages: [
      {
        policyDefinitionReferenceId: 'allowed-images'
        message: 'Images come from ${registryLoginServer} only: import the image there first.'
      }
      {
        policyDefinitionReferenceId: 'internal-load-balancers'
        message: 'Services of type LoadBalancer are internal: Front Door is the way in.'
      }
    ]
  }
}
