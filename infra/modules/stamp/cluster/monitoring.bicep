metadata name = 'Monitoring of the cluster'
metadata description = 'Container logs and inventory to the shared workspace, Prometheus metrics to the shared Azure Monitor workspace, traces beside the logs: one place to ask about all clusters.'

import { stampNamesType } from '../names.bicep'
import { tagsType } from '../../../types.bicep'

@description('Required. The stamp, for names.')
param name string

@description('Required. Region of the stamp.')
param location string

@description('Required. Names in the stamp.')
param names stampNamesType

@description('Required. The shared workspace.')
param sharedWorkspaceId string

@description('Required. The Azure Monitor workspace.')
param monitorWorkspaceId string

@description('Required. The region of both. Azure takes a data collection rule nowhere else.')
param workspaceLocation string

@description('Required. Tags.')
param tags tagsType

resource cluster 'Microsoft.ContainerService/managedClusters@2026-05-01' existing = {
  name: names.cluster
}

resource containerLogs 'Microsoft.Insights/dataCollectionRules@2024-03-11' = {
  name: 'dcr-container-insights-${name}'
  location: workspaceLocation
  tags: tags
  kind: 'Linux'
  properties: {
    dataSources: {
      extensions: [
        {
          name: 'ContainerInsightsExtension'
          extensionName: 'ContainerInsights'
          streams: ['Microsoft-ContainerInsights-Group-Default']
          extensionSettings: {
            dataCollectionSettings: { interval: '1m', namespaceFilteringMode: 'Off', enableContainerLogV2: true }
          }
        }
      ]
    }
    destinations: { logAnalytics: [{ name: 'shared-workspace', workspaceResourceId: sharedWorkspaceId }] }
    dataFlows: [{ streams: ['Microsoft-ContainerInsights-Group-Default'], destinations: ['shared-workspace'] }]
  }
}

resource cluster_containerLogs 'Microsoft.Insights/dataCollectionRuleAssociations@2024-03-11' = {
  name: 'ContainerInsightsExtension' // The agent looks for this name.
  scope: cluster
  properties: { dataCollectionRuleId: containerLogs.id }
}

// Where the agent sends metrics and asks what to collect: a public name that takes Entra ID tokens only.
resource metricsEndpoint 'Microsoft.Insights/dataCollectionEndpoints@2024-03-11' = {
  name: 'dce-prometheus-${name}'
  location: workspaceLocation
  tags: tags
  kind: 'Linux'
  properties: { networkAcls: { publicNetworkAccess: 'Enabled' } }
}

resource metrics 'Microsoft.Insights/dataCollectionRules@2024-03-11' = {
  name: 'dcr-prometheus-${name}'
  location: workspaceLocation
  tags: tags
  kind: 'Linux'
  properties: {
    dataCollectionEndpointId: metricsEndpoint.id
    dataSources: {
      prometheusForwarder: [{ name: 'prometheus', streams: ['Microsoft-PrometheusMetrics'], labelIncludeFilter: {} }]
    }
    destinations: { monitoringAccounts: [{ name: 'fleet', accountResourceId: monitorWorkspaceId }] }
    dataFlows: [{ streams: ['Microsoft-PrometheusMetrics'], destinations: ['fleet'] }]
  }
}

resource cluster_metrics 'Microsoft.Insights/dataCollectionRuleAssociations@2024-03-11' = {
  name: 'prometheus'
  scope: cluster
  properties: { dataCollectionRuleId: metrics.id }
}

// Takes the traces of this stamp in its own region. All stamps' traces meet in the shared workspace. The key in the
// connection string can only write, and the collector knows no other way to sign in, so local authentication stays on.
resource traces 'Microsoft.Insights/components@2020-02-02' = {
  name: names.traces
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: sharedWorkspaceId
    IngestionMode: 'LogAnalytics'
  }
}
