metadata name = 'Access of the region\'s administrators'
metadata description = 'One Entra ID group per region, with all rights over that region\'s stamp and none over another\'s. Deployed into the stamp\'s resource group.'

@description('Required. The group.')
param adminGroupObjectId string

@description('Required. The cluster.')
param clusterName string

resource cluster 'Microsoft.ContainerService/managedClusters@2026-05-01' existing = {
  name: clusterName
}

// Changes every resource, but no access. Goes to: the region's administrators, on the stamp's resource group.
resource contributor 'Microsoft.Authorization/roleDefinitions@2022-04-01' existing = {
  scope: subscription()
  name: 'b24988ac-6180-42a0-ab88-20f7382dd24c'
}

// Everything inside a cluster. Goes to: the region's administrators, on this cluster. Azure RBAC decides, so the cluster
// needs no group of its own.
resource clusterAdmin 'Microsoft.Authorization/roleDefinitions@2022-04-01' existing = {
  scope: subscription()
  name: 'b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b'
}

resource contributorAssignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(resourceGroup().id, adminGroupObjectId, contributor.id)
  properties: {
    principalId: adminGroupObjectId
    principalType: 'Group'
    roleDefinitionId: contributor.id
  }
}

resource cluster_adminAssignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(cluster.id, adminGroupObjectId, clusterAdmin.id)
  scope: cluster
  properties: {
    principalId: adminGroupObjectId
    principalType: 'Group'
    roleDefinitionId: clusterAdmin.id
  }
}
