metadata name = 'Types'
metadata description = 'The shapes that the entry points, the modules and the parameter files agree on.'

@export()
@description('Tags by name.')
type tagsType = {
  @description('The value of the tag.')
  *: string
}

// ---------------------------------------------------------------------------------------------------------------------
// Shared services: what there is once for all regions.
// ---------------------------------------------------------------------------------------------------------------------

@export()
@description('What the shared services are made from.')
type sharedType = {
  @description('Required. What the fleet is for, such as `retail`: the purpose in the names of what is shared. Lower-case letters and digits, since a registry takes nothing else.')
  @minLength(3)
  @maxLength(16)
  name: string

  @description('Required. The region of the shared resource group and of everything in it that has a region: the fleet, the registry with its first replica, the workspaces.')
  location: string

  @description('Required. The resource group that holds the shared services.')
  resourceGroupName: string

  @description('Required. Who approves and who hears about it.')
  operators: operatorsType

  @description('Required. How the registry decides about access. With `LegacyRegistryPermissions` clusters need AcrPull; with `AbacRepositoryPermissions` they need Container Registry Repository Reader. The handler reads the mode and grants the right one.')
  registryRoleAssignmentMode: 'LegacyRegistryPermissions' | 'AbacRepositoryPermissions'

  @description('Required. How stamps are probed, chosen and guarded.')
  frontDoor: frontDoorType

  @description('Required. The stages of the update strategy, one after another.')
  @minLength(1)
  updateStages: updateStageType[]

  @description('Required. Channels by which the fleet starts update runs itself, along the strategy. `NodeImage` brings node images, `Stable` and `Rapid` bring Kubernetes versions.')
  autoUpgradeChannels: ('NodeImage' | 'Stable' | 'Rapid')[]

  @description('Optional. A hub cluster for workload propagation. Left out: a fleet without hub, which is all that updates need.')
  fleetHub: fleetHubType?

  @description('Required. Days that the shared workspace keeps logs.')
  @minValue(30)
  @maxValue(730)
  logRetentionDays: int

  @description('Required. The budget of everything that carries the tag of this fleet.')
  budget: budgetType

  @description('Required. Who assigns the policy initiative to the subscription: the handler, when fleet.json names it, or this template, where no handler does. Never both: two assignments of one initiative are reported as duplicates.')
  initiativeAssignedBy: 'handler' | 'template'
}

@export()
@description('The people behind the fleet. Both are facts of the tenant and come from the environment.')
type operatorsType = {
  @description('Required. Object id of the Entra ID group that administers the fleet resource.')
  groupObjectId: string

  @description('Required. The address that alerts and budget notices go to.')
  email: string
}

@export()
@description('Front Door: the way in for everybody.')
type frontDoorType = {
  @description('Required. The path that a stamp answers with 2xx when it is fit for traffic. `traffic.healthPath` in fleet.json is the same.')
  healthPath: string

  @description('Required. Seconds between two probes of one edge location. Every location probes, so a stamp sees many times as many.')
  @minValue(5)
  @maxValue(255)
  probeIntervalInSeconds: int

  @description('Required. Stamps this many milliseconds slower than the nearest still share its traffic, by weight. Small: everybody is served by the nearest. A weight that the handler ramps up shows only among stamps within the spread.')
  @minValue(0)
  @maxValue(1000)
  latencySpreadInMilliseconds: int

  @description('Required. Requests from one address within five minutes before more are refused.')
  @minValue(100)
  requestsPerFiveMinutes: int

  @description('Required. Whether requests are routed to the stamps. False until the handler has enabled a first origin: Front Door takes no route to an origin group without one. From then on true; false would take the route away again.')
  withRoute: bool
}

@export()
@description('A step of the update strategy. Its groups are updated side by side.')
type updateStageType = {
  @description('Required. 1 to 50 of `a-z`, `0-9` and `-`.')
  @maxLength(50)
  name: string

  @description('Required. Update groups of members. A group without members is allowed, and no stage may name a group twice.')
  @minLength(1)
  groups: string[]

  @description('Required. How many clusters of a group are updated at a time: a number or a percentage, such as `1` or `25%`.')
  maxConcurrency: string

  @description('Required. Seconds between this stage and the next.')
  @minValue(0)
  afterStageWaitInSeconds: int

  @description('Required. Whether somebody, or the handler, approves before the groups of this stage start and after the stage ends.')
  approval: bool
}

@export()
@description('The optional hub cluster of the fleet. Its API is private, so its network is part of the shared services.')
type fleetHubType = {
  @description('Required. The network of the hub cluster, /24 or larger; overlaps with no region.')
  addressSpace: string

  @description('Required. Size of the hub\'s nodes.')
  vmSize: string

  @description('Required. Object id, in this tenant, of the service principal that Fleet Manager itself works as: the Azure Kubernetes Service Fleet RP, application 609d2f62-527f-4451-bfd2-ac2c7850822c.')
  fleetServicePrincipalObjectId: string
}

@export()
@description('A monthly budget.')
type budgetType = {
  @description('Required. Per calendar month, in the currency of the billing account.')
  @minValue(1)
  monthlyAmount: int

  @description('Required. The first day of the month from which it counts, as `yyyy-MM-01`. It can\'t be moved later.')
  startDate: string
}

@export()
@description('What the shared services\' ids follow from. Whoever deploys a region or the automation alone names them by it.')
type sharedPlaceType = {
  @description('Required. The same as `name` of the shared services.')
  @minLength(3)
  @maxLength(16)
  name: string

  @description('Required. The same as `location` of the shared services.')
  location: string

  @description('Required. The same as `resourceGroupName` of the shared services.')
  resourceGroupName: string

  @description('Required. Whether the fleet has a hub cluster.')
  withFleetHub: bool
}

@export()
@description('Where the shared services are, for the stamps and the automation. All of it follows from names (`sharedServices` in names.bicep), never from the outputs of a deployment: a preview of a deployment can then tell every id. What Azure makes up, such as the id that Front Door sends in X-Azure-FDID, is read where it is needed, from the `existing` profile.')
type sharedOutputsType = {
  @description('Container registry.')
  registryId: string

  @description('Host name of the registry, such as `acrretail.azurecr.io`.')
  registryLoginServer: string

  @description('The shared Log Analytics workspace: cluster logs, Front Door, fleet and registry.')
  workspaceId: string

  @description('The Azure Monitor workspace that managed Prometheus writes to.')
  monitorWorkspaceId: string

  @description('The region of both workspaces. A data collection rule lives where its workspace is, not where its cluster is.')
  workspaceLocation: string

  @description('Front Door profile. Its property `frontDoorId` is the GUID that origins find in the header X-Azure-FDID.')
  frontDoorProfileId: string

  @description('The origin group that the handler enrols stamps into.')
  originGroupId: string

  @description('The firewall policy that every region\'s own policy is a child of.')
  firewallBasePolicyId: string

  @description('The region of that policy. Azure takes a child policy only in its parent\'s region; the firewall that uses the child may be anywhere.')
  firewallPolicyLocation: string

  @description('Fleet Manager.')
  fleetId: string

  @description('The network of the fleet\'s hub cluster, which spokes peer with; empty for a fleet without hub.')
  fleetHubNetworkId: string

  @description('The action group that reaches people. Alerts of a stamp point here; the automation adds its own action group to the alerts of the stamps\' resource groups by an alert processing rule, so that a stamp can be deployed before the automation is.')
  actionGroupId: string

  @description('The policy initiative, for `governance` in fleet.json.')
  initiativeId: string
}

// ---------------------------------------------------------------------------------------------------------------------
// Stamp: what there is once per region.
// ---------------------------------------------------------------------------------------------------------------------

@export()
@description('One region. Everything that makes a stamp differ from another is here.')
type stampType = {
  @description('Required. The stamp\'s name, such as `westeurope`: the suffix of its resource group `rg-stamp-<name>` and of what is in it. Two stamps never share one.')
  @minLength(2)
  @maxLength(20)
  name: string

  @description('Required. The Azure region.')
  location: string

  @description('Required. Availability zones of the region that everything zonal is spread over.')
  @minLength(1)
  zones: ('1' | '2' | '3')[]

  @description('Required. The /16 that hub and spoke are cut from. No two stamps overlap.')
  addressSpace: string

  @description('Required. Object id of the Entra ID group that administers this stamp and no other.')
  adminGroupObjectId: string

  @description('Required. The update group of the cluster, one of the groups in the update strategy.')
  updateGroup: string

  @description('Optional. Kubernetes version of a new cluster, `major.minor`: the one that the other regions run. Left out: Azure\'s choice for a new cluster; a cluster that is there keeps its version, which comes through the fleet. That Azure keeps it is not verified, only that it refuses to go back to a lower one that is named.')
  kubernetesVersion: string?

  @description('Required. Whether the Kubernetes API is reachable from the stamp\'s networks only.')
  privateCluster: bool

  @description('Required. Nodes for what runs the cluster itself.')
  systemPool: nodePoolType

  @description('Required. Nodes for the workload.')
  workloadPool: nodePoolType

  @description('Required. When the cluster and its nodes may be updated.')
  maintenance: maintenanceType

  @description('Required. The way in from Front Door.')
  gateway: gatewayType

  @description('Required. Where Flux takes the cluster\'s configuration from.')
  bootstrap: bootstrapType

  @description('Required. Days that the regional workspace keeps logs.')
  @minValue(30)
  @maxValue(730)
  logRetentionDays: int
}

@export()
@description('What a stamp\'s names follow from.')
type stampPlaceType = {
  @description('Required. The stamp\'s name.')
  name: string

  @description('Required. The Azure region.')
  location: string
}

@export()
@description('A node pool under the cluster autoscaler.')
type nodePoolType = {
  @description('Required. Size of the nodes.')
  vmSize: string

  @description('Required. Nodes at the least. At least one per zone keeps the pool through the loss of a zone.')
  @minValue(1)
  minCount: int

  @description('Required. Nodes at the most. Head-room for the traffic of another region that failed.')
  @minValue(1)
  @maxValue(1000)
  maxCount: int
}

@export()
@description('A weekly maintenance window in the clusters\' own time.')
type maintenanceType = {
  @description('Required. The day on which the window opens.')
  dayOfWeek: 'Monday' | 'Tuesday' | 'Wednesday' | 'Thursday' | 'Friday' | 'Saturday' | 'Sunday'

  @description('Required. Local time, `HH:mm`.')
  startTime: string

  @description('Required. Offset of local time from UTC, `+01:00`. It doesn\'t follow daylight saving.')
  utcOffset: string

  @description('Required. Hours that the window stays open.')
  @minValue(4)
  @maxValue(24)
  durationHours: int
}

@export()
@description('The Application Gateway in front of a cluster.')
type gatewayType = {
  @description('Required. The name that Front Door calls and the certificate is made out to, signed by a certificate authority. Its DNS record points at the gateway.')
  hostName: string

  @description('Optional. Name of the certificate in the stamp\'s own Key Vault. Left out while the vault has none, as in the first deployment of a region: the stamp then has no gateway yet, so the handler keeps it out of traffic.')
  certificateName: string?

  @description('Required. The path that the stamp answers with 2xx when it is fit for traffic. The same as `healthPath` of the shared services and `traffic.healthPath` in fleet.json.')
  healthPath: string

  @description('Optional. Public addresses that the handler probes the health path from: those of the automation\'s NAT gateway. They reach that path only. Left out: nobody but Front Door reaches the gateway, and a handler that wants a good probe keeps the stamp in quarantine.')
  probeAddresses: string[]?

  @description('Required. Capacity units at the least and at the most.')
  minCapacity: int

  @description('Required. Capacity units at the most: those of a failed neighbour included.')
  @maxValue(125)
  maxCapacity: int
}

@export()
@description('The Git repository that bootstraps a cluster.')
type bootstrapType = {
  @description('Required. HTTPS address of a repository.')
  repositoryUrl: string

  @description('Required. Branch.')
  branch: string

  @description('Required. Folder with the kustomization.')
  path: string
}

@export()
@description('What became of a stamp.')
type stampOutputsType = {
  @description('AKS cluster.')
  clusterId: string

  @description('Name of the cluster.')
  clusterName: string

  @description('The resource group that AKS keeps nodes in.')
  nodeResourceGroup: string

  @description('Host name of the gateway\'s public address. The DNS record of `gateway.hostName` is a CNAME of it.')
  gatewayHostName: string

  @description('Key Vault of the region.')
  keyVaultId: string

  @description('Log Analytics workspace of the region.')
  workspaceId: string

  @description('Hub network.')
  hubNetworkId: string

  @description('Spoke network.')
  spokeNetworkId: string
}

// ---------------------------------------------------------------------------------------------------------------------
// Automation: the function app.
// ---------------------------------------------------------------------------------------------------------------------

@export()
@description('What the automation is made from.')
type automationType = {
  @description('Required. What the fleet is for: the same as the shared services\' name.')
  @minLength(3)
  @maxLength(16)
  name: string

  @description('Required. The region that the function app runs in. Better not the region of the fleet resource only: see the disaster page.')
  location: string

  @description('Required. The resource group that holds the automation.')
  resourceGroupName: string

  @description('Required. How the functions are hosted. `flexConsumption` scales to zero and is what we recommend; `elasticPremium` keeps an instance warm and takes its package from the blob `package/app.zip`.')
  plan: 'flexConsumption' | 'elasticPremium'

  @description('Required. Whether the plan, the storage account and the queues are spread over availability zones. The region must have some.')
  zoneRedundant: bool

  @description('Required. Tier of the Service Bus namespace. `Premium` is reachable from the app\'s own network only. `Standard` costs a fraction and has no private endpoint: its queues are open to the internet for whoever has a token and a role.')
  serviceBusTier: 'Standard' | 'Premium'

  @description('Required. The /24 of the app\'s own network: outbound calls and private endpoints. It is peered with nothing, so only overlaps that a later peering would meet matter.')
  addressSpace: string

  @description('Required. Where the fleet\'s page can be called from, as CIDR ranges. Event Grid and Azure Monitor are let in by service tag; nobody else is.')
  operatorAddressRanges: string[]

  @description('Required. Where new code can come from, as CIDR ranges. Empty: anywhere, by Entra ID tokens only, since the addresses of hosted build agents are not known beforehand.')
  deployerAddressRanges: string[]

  @description('Required. Object id of the Entra ID group of operators. It may send commands, and read what became of them and what was rejected.')
  operatorGroupObjectId: string

  @description('Required. The handler\'s log filter: a level, or directives such as `info,fleet_handler=debug`.')
  logFilter: string

  @description('Optional. System topics that the subscription already has, by kind. A source has one system topic of a kind at most, so what is there is used; what is left out is created.')
  systemTopicIds: systemTopicIdsType?

  @description('Optional. Actions on clusters beyond those that the handler\'s own calls name, in case joining a fleet is refused with `LinkedAuthorizationFailed`. Public guides list `Microsoft.ContainerService/managedClusters/write` and `Microsoft.ContainerService/fleetMemberships/write`; which of them Azure asks for is not verified, so none is granted unless it is named here.')
  joinActions: string[]?
}

@export()
@description('Ids of system topics that exist already. The Event Grid identity of this app must be assigned to each, for dead letters.')
type systemTopicIdsType = {
  @description('Optional. `Microsoft.Resources.Subscriptions`.')
  operations: string?

  @description('Optional. `Microsoft.ResourceNotifications.Resources`.')
  resourceNotifications: string?

  @description('Optional. `Microsoft.ResourceNotifications.HealthResources`.')
  healthNotifications: string?

  @description('Optional. `Microsoft.ResourceNotifications.AKSResources`.')
  fleetNotifications: string?

  @description('Optional. `Microsoft.ResourceNotifications.ContainerServiceEventResources`.')
  scheduledEvents: string?
}

@export()
@description('A cluster that raises events of its own.')
type clusterSourceType = {
  @description('Required. AKS cluster.')
  id: string

  @description('Required. The region of the cluster, which is that of its system topic.')
  location: string
}
