metadata name = 'Cluster'
metadata description = 'The AKS cluster of a stamp. When it is there the handler makes it a member of the fleet, lets it pull images and gives it traffic.'

import { podRange, serviceRange } from '../address-plan.bicep'
import { stampNamesType } from '../names.bicep'
import { nodePoolType, stampType, tagsType } from '../../../types.bicep'

@description('Required. The stamp.')
param stamp stampType

@description('Required. Names in the stamp.')
param names stampNamesType

@description('Required. Subnet of the nodes.')
param subnetId string

@description('Required. Identity of the control plane, which may already join that subnet.')
param controlPlaneId string

@description('Required. The shared workspace: logs of all clusters in one place.')
param sharedWorkspaceId string

@description('Required. Tags of every resource of the stamp.')
param tags tagsType

// What the handler reads from the cluster. A deployment sets tags to exactly these: a tag that shall last, such as the
// opt-out, belongs into the parameter file.
var handlerTags = {
  'fleet-automation-group': stamp.updateGroup
  'fleet-automation-host': stamp.gateway.hostName
}

@description('What both pools have in common. Nodes are spread over the zones, so the loss of one leaves the others.')
func nodePool(name string, mode 'System' | 'User', pool nodePoolType, zones string[], subnetId string) agentPoolType => {
  name: name
  mode: mode
  vmSize: pool.vmSize
  osType: 'Linux'
  osSKU: 'Ubuntu'
  osDiskType: 'Ephemeral' // Needs a size whose cache or temporary disk holds it; a node is rebuilt, never repaired.
  enableEncryptionAtHost: true // Needs the feature Microsoft.Compute/EncryptionAtHost, once per subscription.
  type: 'VirtualMachineScaleSets'
  availabilityZones: zones
  vnetSubnetID: subnetId
  // No `count`: the number is the autoscaler's, and Azure has refused deployments that named another.
  enableAutoScaling: true
  minCount: pool.minCount
  maxCount: pool.maxCount
  maxPods: 110
  nodeTaints: mode == 'System' ? ['CriticalAddonsOnly=true:NoSchedule'] : []
  securityProfile: { enableSecureBoot: true, enableVTPM: true, sshAccess: 'Disabled' }
  upgradeSettings: { maxSurge: '33%', drainTimeoutInMinutes: 30 } // The address plan counts with the same third.
}

resource apiZone 'Microsoft.Network/privateDnsZones@2024-06-01' existing = if (stamp.privateCluster) {
  name: names.apiZone
}

resource cluster 'Microsoft.ContainerService/managedClusters@2026-05-01' = {
  name: names.cluster
  location: stamp.location
  tags: union(tags, handlerTags)
  sku: { name: 'Base', tier: 'Standard' } // The tier with an uptime commitment, and with cost analysis.
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${controlPlaneId}': {} }
  }
  properties: {
    dnsPrefix: names.cluster
    kubernetesVersion: stamp.?kubernetesVersion // For a new cluster. Later versions come through the fleet.
    nodeResourceGroup: 'rg-nodes-${stamp.name}'
    nodeResourceGroupProfile: { restrictionLevel: 'ReadOnly' } // Changes go through AKS, which would undo others.
    enableRBAC: true
    disableLocalAccounts: true
    aadProfile: { managed: true, enableAzureRBAC: true, tenantID: tenant().tenantId }
    // By private link, which every region has. `az aks command invoke` stays: it asks for the same roles, and is the way
    // in when Bastion is not.
    apiServerAccessProfile: stamp.privateCluster
      ? {
          enablePrivateCluster: true
          enablePrivateClusterPublicFQDN: false
          privateDNSZone: apiZone.id
          disableRunCommand: false
        }
      : { enablePrivateCluster: false }
    agentPoolProfiles: [
      nodePool('system', 'System', stamp.systemPool, stamp.zones, subnetId)
      nodePool('workload', 'User', stamp.workloadPool, stamp.zones, subnetId)
    ]
    autoScalerProfile: { expander: 'least-waste', 'skip-nodes-with-system-pods': 'true' }
    networkProfile: {
      networkPlugin: 'azure'
      networkPluginMode: 'overlay'
      networkDataplane: 'cilium'
      networkPolicy: 'cilium'
      podCidr: podRange
      serviceCidr: serviceRange.cidr
      dnsServiceIP: serviceRange.dns
      loadBalancerSku: 'standard'
      outboundType: 'userDefinedRouting' // Through the hub's firewall; AKS makes no public address.
    }
    // The fleet decides when a cluster is updated, so that all run the same version.
    autoUpgradeProfile: { upgradeChannel: 'none', nodeOSUpgradeChannel: 'None' }
    oidcIssuerProfile: { enabled: true }
    securityProfile: {
      workloadIdentity: { enabled: true }
      imageCleaner: { enabled: true, intervalHours: 168 }
    }
    addonProfiles: {
      azurepolicy: { enabled: true, config: { version: 'v2' } }
      azureKeyvaultSecretsProvider: {
        enabled: true
        config: { enableSecretRotation: 'true', rotationPollInterval: '5m' }
      }
      omsagent: {
        enabled: true
        config: { logAnalyticsWorkspaceResourceID: sharedWorkspaceId, useAADAuth: 'true' }
      }
    }
    azureMonitorProfile: { metrics: { enabled: true, kubeStateMetrics: {} } }
    metricsProfile: { costAnalysis: { enabled: true } }
  }
}

resource cluster_diagnosticSettings 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-shared-workspace'
  scope: cluster
  properties: {
    workspaceId: sharedWorkspaceId
    logAnalyticsDestinationType: 'Dedicated'
    logs: [for category in controlPlaneLogs: { category: category, enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

// All but `kube-audit`: it also holds every read, most of the volume; `kube-audit-admin` has what changed something.
var controlPlaneLogs = [
  'cloud-controller-manager'
  'cluster-autoscaler'
  'csi-azuredisk-controller'
  'csi-azurefile-controller'
  'csi-snapshot-controller'
  'guard'
  'kube-apiserver'
  'kube-audit-admin'
  'kube-controller-manager'
  'kube-scheduler'
]

@description('The cluster.')
output clusterId string = cluster.id

@description('Where AKS keeps nodes.')
output nodeResourceGroup string = cluster.properties.nodeResourceGroup

@description('Who signs the tokens of the cluster\'s service accounts.')
output issuer string = cluster.properties.oidcIssuerProfile.issuerURL

@description('A node pool as AKS takes it.')
type agentPoolType = resourceInput<'Microsoft.ContainerService/managedClusters@2026-05-01'>.properties.agentPoolProfiles[*]
