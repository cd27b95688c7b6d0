metadata name = 'Application Gateway'
metadata description = 'Ends TLS from Front Door, looks at the request, and sends it on to the cluster\'s ingress controller.'

import { stampNamesType } from '../names.bicep'
import { gatewayType, tagsType } from '../../../types.bicep'

@description('Required. Names in the stamp.')
param names stampNamesType

@description('Required. Region.')
param location string

@description('Required. Availability zones.')
param zones string[]

@description('Required. Host name, capacity, health path.')
param gateway gatewayType

@description('Required. Certificate in the vault, for `gateway.hostName`, signed by an authority that Front Door trusts.')
param certificateName string

@description('Required. Identity that reads the certificate.')
param identityId string

@description('Required. Public address.')
param addressId string

@description('Required. Subnet of the gateway.')
param subnetId string

@description('Required. Private address of the cluster\'s ingress controller.')
param ingressAddress string

@description('Required. Web application firewall policy.')
param wafPolicyId string

@description('Required. Regional workspace.')
param workspaceId string

@description('Required. Tags.')
param tags tagsType

// Parts of a gateway name each other by id.
func partId(gatewayName string, kind string, part string) { id: string } => {
  id: resourceId('Microsoft.Network/applicationGateways/${kind}', gatewayName, part)
}

resource vault 'Microsoft.KeyVault/vaults@2026-02-01' existing = {
  name: names.vault
}

resource applicationGateway 'Microsoft.Network/applicationGateways@2025-09-01' = {
  name: names.gateway
  location: location
  tags: tags
  zones: zones
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identityId}': {} }
  }
  properties: {
    sku: { name: 'WAF_v2', tier: 'WAF_v2' }
    autoscaleConfiguration: { minCapacity: gateway.minCapacity, maxCapacity: gateway.maxCapacity }
    enableHttp2: true
    firewallPolicy: { id: wafPolicyId }
    sslPolicy: { policyType: 'Predefined', policyName: 'AppGwSslPolicy20220101S' } // TLS 1.2 and 1.3 with forward secrecy.
    sslCertificates: [
      {
        name: 'stamp'
        properties: { keyVaultSecretId: '${vault.properties.vaultUri}secrets/${certificateName}' } // No version: renewals arrive by themselves.
      }
    ]
    gatewayIPConfigurations: [
      { name: 'gateway', properties: { subnet: { id: subnetId } } }
    ]
    frontendIPConfigurations: [
      { name: 'public', properties: { publicIPAddress: { id: addressId } } }
    ]
    frontendPorts: [{ name: 'https', properties: { port: 443 } }]
    httpListeners: [
      {
        name: 'front-door'
        properties: {
          protocol: 'Https'
          hostName: gateway.hostName
          requireServerNameIndication: true
          frontendIPConfiguration: partId(names.gateway, 'frontendIPConfigurations', 'public')
          frontendPort: partId(names.gateway, 'frontendPorts', 'https')
          sslCertificate: partId(names.gateway, 'sslCertificates', 'stamp')
        }
      }
    ]
    backendAddressPools: [
      { name: 'cluster', properties: { backendAddresses: [{ ipAddress: ingressAddress }] } }
    ]
    probes: [
      {
        name: 'stamp'
        properties: {
          protocol: 'Http'
          host: gateway.hostName
          path: gateway.healthPath
          interval: 10
          timeout: 5
          unhealthyThreshold: 3
          match: { statusCodes: ['200-299'] }
        }
      }
    ]
    backendHttpSettingsCollection: [
      {
        name: 'cluster'
        properties: {
          // The certificate and its key stay here. What follows doesn't leave the spoke, where only the gateway may talk
          // to the ingress controller.
          protocol: 'Http'
          port: 80
          hostName: gateway.hostName
          cookieBasedAffinity: 'Disabled'
          requestTimeout: 60 // Seconds; Front Door gives up after as many.
          connectionDraining: { enabled: true, drainTimeoutInSec: 30 }
          probe: partId(names.gateway, 'probes', 'stamp')
        }
      }
    ]
    requestRoutingRules: [
      {
        name: 'everything-to-the-cluster'
        properties: {
          ruleType: 'Basic'
          priority: 100
          httpListener: partId(names.gateway, 'httpListeners', 'front-door')
          backendAddressPool: partId(names.gateway, 'backendAddressPools', 'cluster')
          backendHttpSettings: partId(names.gateway, 'backendHttpSettingsCollection', 'cluster')
        }
      }
    ]
  }
}

resource applicationGateway_diagnosticSettings 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-regional-workspace'
  scope: applicationGateway
  properties: {
    workspaceId: workspaceId
    logAnalyticsDestinationType: 'Dedicated'
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}
