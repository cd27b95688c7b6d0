metadata name = 'Roles'
metadata description = 'What the handler may do in Azure Resource Manager: an action per line, the same as the RBAC actions of the handler\'s table of operations, which a test compares.'

@export()
@description('Where a role is assigned. `subscription`: stamps come and go in resource groups that nobody knows beforehand.')
type roleScopeType = 'subscription' | 'fleet' | 'registry' | 'originGroup'

@export()
@description('A custom role of the handler and the one place where it is assigned.')
type customRoleType = {
  @description('Required. Part of its name and of its GUID; never change it.')
  key: string

  @description('Required. What it is for, as people read it in the portal.')
  title: string

  @description('Required. Where the handler has it.')
  scope: roleScopeType

  @description('Required. Control plane actions, none with a wildcard.')
  @minLength(1)
  actions: string[]
}

@export()
@description('The custom roles of the handler.')
var customRoles customRoleType[] = [
  {
    key: 'stamp-reader'
    title: 'reads clusters, the versions that regions offer them, and how the public reaches them'
    scope: 'subscription'
    actions: [
      'Microsoft.ContainerService/managedClusters/read'
      'Microsoft.ContainerService/locations/kubernetesVersions/read'
      'Microsoft.Network/applicationGateways/read'
      'Microsoft.Network/publicIPAddresses/read'
    ]
  }
  {
    key: 'policy-assigner'
    title: 'assigns the configured policies to stamps'
    scope: 'subscription'
    actions: [
      'Microsoft.Authorization/policyAssignments/read'
      'Microsoft.Authorization/policyAssignments/write'
      'Microsoft.Authorization/policyAssignments/delete'
    ]
  }
  {
    key: 'fleet-keeper'
    title: 'keeps the members of the fleet'
    scope: 'fleet'
    actions: [
      'Microsoft.ContainerService/fleets/members/read'
      'Microsoft.ContainerService/fleets/members/write'
      'Microsoft.ContainerService/fleets/members/delete'
    ]
  }
  {
    key: 'update-keeper'
    title: 'accompanies updates of the fleet: opens their gates, makes, starts and stops their runs'
    scope: 'fleet'
    actions: [
      'Microsoft.ContainerService/fleets/gates/read'
      'Microsoft.ContainerService/fleets/gates/write'
      'Microsoft.ContainerService/fleets/updateRuns/read'
      'Microsoft.ContainerService/fleets/updateRuns/write'
      'Microsoft.ContainerService/fleets/updateRuns/start/action'
      'Microsoft.ContainerService/fleets/updateRuns/stop/action'
      'Microsoft.ContainerService/fleets/updateRuns/skip/action'
      'Microsoft.ContainerService/fleets/autoUpgradeProfiles/generateUpdateRun/action'
    ]
  }
  {
    key: 'registry-reader'
    title: 'reads a registry, its replicas and who may pull; granting is the delegate\'s'
    scope: 'registry'
    actions: [
      'Microsoft.ContainerRegistry/registries/read'
      'Microsoft.ContainerRegistry/registries/replications/read'
      'Microsoft.Authorization/roleAssignments/read'
    ]
  }
  {
    key: 'origin-keeper'
    title: 'keeps the origins of the stamps\' origin group'
    scope: 'originGroup'
    actions: [
      'Microsoft.Cdn/profiles/originGroups/origins/read'
      'Microsoft.Cdn/profiles/originGroups/origins/write'
      'Microsoft.Cdn/profiles/originGroups/origins/delete'
    ]
  }
]

@export()
@description('The roles that the handler may grant and revoke, and no other. The handler\'s code has the same GUIDs.')
var pullRoles { *: string } = {
  // Pulling from a registry in the mode `LegacyRegistryPermissions`; for the kubelet identity of a cluster.
  AcrPull: '7f951dda-4ed3-4680-a7ca-43fe172d538d'
  // Pulling from a registry in the mode `AbacRepositoryPermissions`; for the same.
  'Container Registry Repository Reader': 'b93aa761-3e63-49ed-ac28-beffa264f7ac'
}

@export()
@description('The GUID of a custom role: the same in every deployment, and another for another fleet in the same subscription.')
func customRoleGuid(subscriptionId string, purpose string, key string) string => guid(subscriptionId, purpose, key)

@export()
@description('The condition under which the handler may grant and revoke roles: pull roles only, and to nobody but service principals, which kubelet identities are. A grant is judged by what is asked for, a revocation by what is there.')
func delegateCondition(roleGuids string[]) string =>
  join(
    map(
      [
        { action: 'Microsoft.Authorization/roleAssignments/write', judged: '@Request' }
        { action: 'Microsoft.Authorization/roleAssignments/delete', judged: '@Resource' }
      ],
      rule =>
        '((!(ActionMatches{\'${rule.action}\'})) OR (${rule.judged}[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {${join(roleGuids, ', ')}} AND ${rule.judged}[Microsoft.Authorization/roleAssignments:PrincipalType] ForAnyOfAnyValues:StringEqualsIgnoreCase {\'ServicePrincipal\'}))'
    ),
    ' AND '
  )
