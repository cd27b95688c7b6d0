metadata name = 'Function app'
metadata description = 'The Functions host with the handler in it. Every connection is by identity: no setting is a secret.'

import { automationType, tagsType } from '../../types.bicep'
import {
  containers
  functionAppName
  handlerIdentityName
  insightsName
  networkName
  serviceBusName
  storageAccountName
  subnets
} from 'names.bicep'

@description('Required. What the automation is made from.')
param automation automationType

@description('Required. Log Analytics workspace for the platform\'s logs.')
param workspaceId string

@description('Required. Tags.')
param tags tagsType

var name = automation.name
var storageName = storageAccountName(name, resourceGroup().id)
var blobUrl = 'https://${storageName}.blob.${environment().suffixes.storage}'
var packageUrl = '${blobUrl}/${containers.package}'
var isFlex = automation.plan == 'flexConsumption'

// The handler's own: each a variable that its settings module reads. A test compares.
var handlerSettings = {
  AZURE_ARM_ENDPOINT: environment().resourceManager
  AZURE_CLIENT_ID: handler.properties.clientId
  FLEET_CONFIG: 'fleet.json'
  FLEET_LOG: automation.logFilter
  FLEET_STATE: '${blobUrl}/${containers.state}'
}

// The host's: storage for its leases, the connection that the bindings name, telemetry.
var hostSettings = {
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'Authorization=AAD;ClientId=${handler.properties.clientId}'
  APPLICATIONINSIGHTS_CONNECTION_STRING: insights.properties.ConnectionString
  AzureWebJobsStorage__accountName: storageName
  AzureWebJobsStorage__clientId: handler.properties.clientId
  AzureWebJobsStorage__credential: 'managedidentity'
  ServiceBusConnection__clientId: handler.properties.clientId
  ServiceBusConnection__credential: 'managedidentity'
  // The name of the public cloud; a private endpoint answers to it too.
  ServiceBusConnection__fullyQualifiedNamespace: '${serviceBusName(name, resourceGroup().id)}.servicebus.windows.net'
}

// On Flex Consumption `functionAppConfig` says all this, and the settings are refused.
var planSettings = isFlex
  ? {}
  : {
      FUNCTIONS_EXTENSION_VERSION: '~4'
      FUNCTIONS_WORKER_RUNTIME: 'custom'
      // The package is a blob, fetched by identity: a file share would need the account's keys.
      WEBSITE_RUN_FROM_PACKAGE: '${packageUrl}/app.zip'
      WEBSITE_RUN_FROM_PACKAGE_BLOB_MI_RESOURCE_ID: handler.id
    }

var functionAppConfig = {
  deployment: {
    storage: {
      type: 'blobContainer'
      value: packageUrl
      authentication: { type: 'UserAssignedIdentity', userAssignedIdentityResourceId: handler.id }
    }
  }
  // The version belongs to custom handlers as a whole: there is one.
  runtime: { name: 'custom', version: '1.0' }
  // A fleet raises a trickle of events, and more instances would only stand in line for the same ledger.
  scaleAndConcurrency: { instanceMemoryMB: 2048, maximumInstanceCount: 40 }
}

// Event Grid delivers to the function's public address and Azure Monitor calls it. Both are known by service tag.
var callers = concat(
  [
    { name: 'event-grid', priority: 100, action: 'Allow', tag: 'ServiceTag', ipAddress: 'AzureEventGrid' }
    { name: 'action-groups', priority: 110, action: 'Allow', tag: 'ServiceTag', ipAddress: 'ActionGroup' }
  ],
  map(automation.operatorAddressRanges, (range, index) => {
    name: 'operators-${index}'
    priority: 200 + index
    action: 'Allow'
    tag: 'Default'
    ipAddress: range
  })
)

var deployers = map(automation.deployerAddressRanges, (range, index) => {
  name: 'deployers-${index}'
  priority: 200 + index
  action: 'Allow'
  tag: 'Default'
  ipAddress: range
})

resource handler 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = {
  name: handlerIdentityName(name)
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName(name)
}

resource network 'Microsoft.Network/virtualNetworks@2025-09-01' existing = {
  name: networkName(name)

  resource functions 'subnets' existing = {
    name: subnets.functions
  }
}

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: 'plan-automation-${name}'
  location: automation.location
  tags: tags
  kind: isFlex ? 'functionapp' : 'elastic'
  // Spread over three zones, Elastic Premium keeps an instance in each.
  sku: isFlex
    ? { name: 'FC1', tier: 'FlexConsumption' }
    : { name: 'EP1', tier: 'ElasticPremium', capacity: automation.zoneRedundant ? 3 : 1 }
  properties: {
    reserved: true // Linux.
    zoneRedundant: automation.zoneRedundant
    ...(isFlex ? {} : { elasticScaleEnabled: true, maximumElasticWorkerCount: 6 })
  }
}

resource functionApp 'Microsoft.Web/sites@2025-03-01' = {
  name: functionAppName(name, resourceGroup().id)
  location: automation.location
  tags: tags
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${handler.id}': {} }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    publicNetworkAccess: 'Enabled'
    virtualNetworkSubnetId: network::functions.id
    outboundVnetRouting: { allTraffic: true }
    keyVaultReferenceIdentity: handler.id
    functionAppConfig: isFlex ? functionAppConfig : null
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      ftpsState: 'Disabled'
      http20Enabled: true
      ipSecurityRestrictions: callers
      ipSecurityRestrictionsDefaultAction: 'Deny'
      scmIpSecurityRestrictions: deployers
      scmIpSecurityRestrictionsDefaultAction: empty(deployers) ? 'Allow' : 'Deny'
      scmIpSecurityRestrictionsUseMain: false
    }
  }

  resource settings 'config' = {
    name: 'appsettings'
    properties: { ...handlerSettings, ...hostSettings, ...planSettings }
  }

  // Deployment by Entra ID tokens only: no publishing passwords.
  resource scmPublishing 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: { allow: false }
  }

  resource ftpPublishing 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: { allow: false }
  }
}

resource logs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: functionApp
  name: 'shared-workspace'
  properties: {
    workspaceId: workspaceId
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}
