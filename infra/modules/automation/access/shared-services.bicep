metadata name = 'Access to the shared services'
metadata description = 'What the handler may do with the fleet, the registry and the origin group, each on that resource alone.'

import { handlerIdentityName } from '../names.bicep'
import { customRoleGuid, customRoles, delegateCondition, pullRoles, roleScopeType } from '../roles.bicep'

@description('Required. What the fleet is for.')
param name string

@description('Required. The resource group of the automation, with the handler\'s identity.')
param automationResourceGroupName string

@description('Required. Fleet Manager, in this resource group.')
param fleetName string

@description('Required. Container registry, in this resource group.')
param registryName string

@description('Required. Front Door profile, in this resource group.')
param frontDoorName string

@description('Required. Its origin group of stamps.')
param originGroupName string

func rolesAt(scope roleScopeType) string[] => map(filter(customRoles, role => role.scope == scope), role => role.key)

resource handler 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = {
  scope: resourceGroup(automationResourceGroupName)
  name: handlerIdentityName(name)
}

resource fleet 'Microsoft.ContainerService/fleets@2026-06-01' existing = {
  name: fleetName
}

resource registry 'Microsoft.ContainerRegistry/registries@2025-11-01' existing = {
  name: registryName
}

resource frontDoor 'Microsoft.Cdn/profiles@2025-12-01' existing = {
  name: frontDoorName

  resource origins 'originGroups' existing = {
    name: originGroupName
  }
}

// Grants and revokes roles. To the app, on the registry, under a condition: the two pull roles and nothing else, to service
// principals and nobody else. Without the condition it could make itself owner of the registry.
resource accessAdministrator 'Microsoft.Authorization/roleDefinitions@2022-04-01' existing = {
  scope: subscription()
  name: 'f58310d9-a9f6-439a-9e8d-f62e7b41a168'
}

resource delegate 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: registry
  name: guid(registry.id, handler.id, accessAdministrator.id)
  properties: {
    principalId: handler.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: accessAdministrator.id
    description: 'Pull access for clusters, granted and revoked by the fleet automation.'
    condition: delegateCondition(map(items(pullRoles), role => role.value))
    conditionVersion: '2.0'
  }
}

// Reads the fleet and keeps what is in it. To the app.
resource fleetAccess 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in rolesAt('fleet'): {
    scope: fleet
    name: guid(fleet.id, handler.id, customRoleGuid(subscription().id, name, role))
    properties: {
      principalId: handler.properties.principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId(
        'Microsoft.Authorization/roleDefinitions',
        customRoleGuid(subscription().id, name, role)
      )
    }
  }
]

// Reads the registry. To the app.
resource registryAccess 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in rolesAt('registry'): {
    scope: registry
    name: guid(registry.id, handler.id, customRoleGuid(subscription().id, name, role))
    properties: {
      principalId: handler.properties.principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId(
        'Microsoft.Authorization/roleDefinitions',
        customRoleGuid(subscription().id, name, role)
      )
    }
  }
]

// Keeps the stamps' origins, and no other part of Front Door. To the app.
resource originGroupAccess 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in rolesAt('originGroup'): {
    scope: frontDoor::origins
    name: guid(frontDoor::origins.id, handler.id, customRoleGuid(subscription().id, name, role))
    properties: {
      principalId: handler.properties.principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId(
        'Microsoft.Authorization/roleDefinitions',
        customRoleGuid(subscription().id, name, role)
      )
    }
  }
]
