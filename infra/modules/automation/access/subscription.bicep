metadata name = 'Roles of the handler'
metadata description = 'The custom roles, and what the handler has in the whole subscription: reading stamps and assigning their policies. Stamps come and go in resource groups that no template knows beforehand.'

targetScope = 'subscription'

import { handlerIdentityName } from '../names.bicep'
import { customRoleGuid, customRoles } from '../roles.bicep'

@description('Required. What the fleet is for.')
param name string

@description('Required. The resource group of the automation, with the handler\'s identity.')
param automationResourceGroupName string

@description('Required. Actions on clusters that joining a fleet asks for beside the handler\'s own calls; see `automationType`.')
param joinActions string[]

var joinRoles = empty(joinActions)
  ? []
  : [{ key: 'cluster-joiner', title: 'lets clusters join the fleet', scope: 'subscription', actions: joinActions }]

var roles = concat(customRoles, joinRoles)
var rolesHere = filter(roles, role => role.scope == 'subscription')

resource handler 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = {
  scope: resourceGroup(automationResourceGroupName)
  name: handlerIdentityName(name)
}

resource definitions 'Microsoft.Authorization/roleDefinitions@2022-04-01' = [
  for role in roles: {
    name: customRoleGuid(subscription().id, name, role.key)
    properties: {
      // Role names are unique in the tenant.
      roleName: 'Fleet automation ${name}: ${role.key}'
      description: 'The fleet automation ${role.title}.'
      type: 'CustomRole'
      assignableScopes: [subscription().id]
      permissions: [{ actions: role.actions, notActions: [], dataActions: [], notDataActions: [] }]
    }
  }
]

// To the app. What each allows is its list of actions.
resource assignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in rolesHere: {
    name: guid(subscription().id, handler.id, customRoleGuid(subscription().id, name, role.key))
    properties: {
      principalId: handler.properties.principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: definitions[indexOf(map(roles, other => other.key), role.key)].id
    }
  }
]
