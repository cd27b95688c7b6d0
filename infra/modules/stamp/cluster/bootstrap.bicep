metadata name = 'Bootstrap'
metadata description = 'Flux brings namespaces, ingress controller, telemetry and workload into the cluster as soon as it is there, from the same folder of the same repository in every region.'

import { addressPlanType } from '../address-plan.bicep'
import { stampNamesType } from '../names.bicep'
import { stampType } from '../../../types.bicep'

@description('Required. The stamp.')
param stamp stampType

@description('Required. Ranges of the stamp.')
param plan addressPlanType

@description('Required. Names in the stamp.')
param names stampNamesType

@description('Required. Who signs the tokens of the cluster\'s service accounts.')
param issuer string

@description('Required. The registry that images come from.')
param registryLoginServer string

@description('Required. Client id of the workload\'s identity.')
param workloadClientId string

var configurationName = 'fleet'
var configurationNamespace = 'fleet-config'

resource cluster 'Microsoft.ContainerService/managedClusters@2026-05-01' existing = {
  name: names.cluster
}

resource traces 'Microsoft.Insights/components@2020-02-02' existing = {
  name: names.traces
}

resource workload 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = {
  name: names.workload
}

// The workload's pods are this identity: who holds a token of their service account gets one of Entra ID.
resource workload_trust 'Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials@2024-11-30' = {
  parent: workload
  name: 'cluster'
  properties: {
    issuer: issuer
    subject: 'system:serviceaccount:workload:workload'
    audiences: ['api://AzureADTokenExchange']
  }
}

resource flux 'Microsoft.KubernetesConfiguration/extensions@2024-11-01' = {
  name: 'flux'
  scope: cluster
  properties: {
    extensionType: 'microsoft.flux'
    autoUpgradeMinorVersion: true
  }
}

resource configuration 'Microsoft.KubernetesConfiguration/fluxConfigurations@2024-11-01' = {
  name: configurationName
  scope: cluster
  properties: {
    scope: 'cluster'
    namespace: configurationNamespace
    sourceKind: 'GitRepository'
    gitRepository: {
      url: stamp.bootstrap.repositoryUrl
      repositoryRef: { branch: stamp.bootstrap.branch }
      syncIntervalInSeconds: 300
      timeoutInSeconds: 300
    }
    kustomizations: {
      cluster: {
        path: stamp.bootstrap.path
        prune: true
        wait: true
        syncIntervalInSeconds: 600
        retryIntervalInSeconds: 120
        timeoutInSeconds: 900
        postBuild: {
          substitute: {
            STAMP_NAME: stamp.name
            STAMP_LOCATION: stamp.location
            HOST_NAME: stamp.gateway.hostName
            REGISTRY_LOGIN_SERVER: registryLoginServer
            INGRESS_ADDRESS: plan.ingressAddress
            INGRESS_SUBNET_NAME: 'snet-ingress'
            GATEWAY_SUBNET: plan.gateway
            FLUX_NAMESPACE: configurationNamespace
            FLUX_SOURCE: configurationName
            APPLICATION_INSIGHTS_CONNECTION: traces.properties.ConnectionString
            WORKLOAD_CLIENT_ID: workloadClientId
          }
        }
      }
    }
  }
  dependsOn: [flux, workload_trust]
}
