//! THE TABLE: every operation that the simulated ARM answers, with its type, api-version and RBAC action.
//!
//! The action is type and verb of a row: `Microsoft.Cdn/profiles` and `read` make `Microsoft.Cdn/profiles/read`.
//!
//! A path that matches no row, or only rows of other methods, is answered 501.

use std::collections::BTreeMap;

use super::call::{Call, Reply};
use super::providers::{
    agent_pools, auto_upgrade_profiles, clusters, fleet_children, fleets, front_door, gates,
    kubernetes_versions, members, network, origins, policy_assignments, policy_definitions, polls,
    registries, resource_groups, role_assignments, update_runs, update_strategies,
};
use super::route::{Kind, Root, Route};
use super::status_urls::FLEET_POLL_VERSION;

/// A route's function.
pub(crate) type Answer = fn(&mut Call<'_>) -> Reply;

/// An operation and what answers it.
pub(crate) struct Row {
    pub route: Route,
    pub answer: Answer,
}

const GROUPS: Kind = kind("Microsoft.Resources/subscriptions/resourceGroups", "2025-04-01");
const CLUSTERS: Kind = kind("Microsoft.ContainerService/managedClusters", "2026-05-01");
const AGENT_POOLS: Kind = kind("Microsoft.ContainerService/managedClusters/agentPools", "2026-05-01");
/// That reading the offered versions needs this action is not verified.
const VERSIONS: Kind = kind("Microsoft.ContainerService/locations/kubernetesVersions", "2026-05-01");
const FLEETS: Kind = kind("Microsoft.ContainerService/fleets", "2026-06-01");
const MEMBERS: Kind = kind("Microsoft.ContainerService/fleets/members", "2026-06-01");
const STRATEGIES: Kind = kind("Microsoft.ContainerService/fleets/updateStrategies", "2026-06-01");
const RUNS: Kind = kind("Microsoft.ContainerService/fleets/updateRuns", "2026-06-01");
const GATES: Kind = kind("Microsoft.ContainerService/fleets/gates", "2026-06-01");
const UPGRADE_PROFILES: Kind = kind("Microsoft.ContainerService/fleets/autoUpgradeProfiles", "2026-06-01");
const FLEET_STATUSES: Kind = kind("Microsoft.ContainerService/locations/operations", FLEET_POLL_VERSION);
const FLEET_RESULTS: Kind = kind("Microsoft.ContainerService/locations/operationresults", FLEET_POLL_VERSION);
const ROLE_ASSIGNMENTS: Kind = kind("Microsoft.Authorization/roleAssignments", "2022-04-01");
const POLICY_ASSIGNMENTS: Kind = kind("Microsoft.Authorization/policyAssignments", "2026-06-01");
const POLICY_DEFINITIONS: Kind = kind("Microsoft.Authorization/policyDefinitions", "2026-06-01");
const POLICY_SETS: Kind = kind("Microsoft.Authorization/policySetDefinitions", "2026-06-01");
const PROFILES: Kind = kind("Microsoft.Cdn/profiles", "2025-12-01");
const ORIGIN_GROUPS: Kind = kind("Microsoft.Cdn/profiles/originGroups", "2025-12-01");
const ORIGINS: Kind = kind("Microsoft.Cdn/profiles/originGroups/origins", "2025-12-01");
const ENDPOINTS: Kind = kind("Microsoft.Cdn/profiles/afdEndpoints", "2025-12-01");
const ROUTES: Kind = kind("Microsoft.Cdn/profiles/afdEndpoints/routes", "2025-12-01");
const ORIGIN_STATUSES: Kind = kind("Microsoft.Cdn/operationresults", "2025-12-01");
const ORIGIN_RESULTS: Kind =
    kind("Microsoft.Cdn/operationresults/profileresults/origingroupresults/originresults", "2025-12-01");
const REGISTRIES: Kind = kind("Microsoft.ContainerRegistry/registries", "2025-11-01");
const REPLICATIONS: Kind = kind("Microsoft.ContainerRegistry/registries/replications", "2025-11-01");
const GATEWAYS: Kind = kind("Microsoft.Network/applicationGateways", "2025-09-01");
const ADDRESSES: Kind = kind("Microsoft.Network/publicIPAddresses", "2025-09-01");

const fn kind(name: &'static str, api_version: &'static str) -> Kind {
    Kind { name, api_version }
}

const fn row(
    method: &'static str,
    root: Root,
    path: &'static str,
    kind: &'static Kind,
    verb: &'static str,
    answer: Answer,
) -> Row {
    Row { route: Route { method, root, path, kind, verb }, answer }
}

#[rustfmt::skip]
pub(crate) const ROWS: &[Row] = &[
    row("GET", Root::GroupItself, "", &GROUPS, "read", resource_groups::get),
    row("HEAD", Root::GroupItself, "", &GROUPS, "read", resource_groups::head),

    row("GET", Root::Group, "Microsoft.ContainerService/managedClusters/{cluster}", &CLUSTERS, "read", clusters::get),
    row("GET", Root::Group, "Microsoft.ContainerService/managedClusters", &CLUSTERS, "read", clusters::list_by_group),
    row("GET", Root::Subscription, "Microsoft.ContainerService/managedClusters", &CLUSTERS, "read", clusters::list_by_subscription),
    row("GET", Root::Group, "Microsoft.ContainerService/managedClusters/{cluster}/agentPools", &AGENT_POOLS, "read", agent_pools::list),
    row("GET", Root::Subscription, "Microsoft.ContainerService/locations/{location}/kubernetesVersions", &VERSIONS, "read", kubernetes_versions::list),

    row("GET", Root::Group, "Microsoft.ContainerService/fleets/{fleet}", &FLEETS, "read", fleets::get),
    row("GET", Root::Group, "Microsoft.ContainerService/fleets/{fleet}/members", &MEMBERS, "read", members::list),
    row("GET", Root::Group, "Microsoft.ContainerService/fleets/{fleet}/members/{member}", &MEMBERS, "read", members::get),
    row("PUT", Root::Group, "Microsoft.ContainerService/fleets/{fleet}/members/{member}", &MEMBERS, "write", members::put),
    row("PATCH", Root::Group, "Microsoft.ContainerService/fleets/{fleet}/members/{member}", &MEMBERS, "write", members::patch),
    row("DELETE", Root::Group, "Microsoft.ContainerService/fleets/{fleet}/members/{member}", &MEMBERS, "delete", members::delete),

    row("GET", Root::Group, "Microsoft.ContainerService/fleets/{fleet}/updateStrategies", &STRATEGIES, "read", fleet_children::list),
    row("GET", Root::Group, "Microsoft.ContainerService/fleets/{fleet}/updateStrategies/{strategy}", &STRATEGIES, "read", fleet_children::get),
    row("PUT", Root::Group, "Microsoft.ContainerService/fleets/{fleet}/updateStrategies/{strategy}", &STRATEGIES, "write", update_strategies::put),
    row("DELETE", Root::Group, "Microsoft.ContainerService/fleets/{fleet}/updateStrategies/{strategy}", &STRATEGIES, "delete", update_strategies::delete),
    row("GET", Root::Group, "Microsoft.ContainerService/fleets/{fleet}/updateRuns", &RUNS, "read", fleet_children::list),
    row("GET", Root::Group, "Microsoft.ContainerService/fleets/{fleet}/updateRuns/{run}", &RUNS, "read", fleet_children::get),
    row("PUT", Root::Group, "Microsoft.ContainerService/fleets/{fleet}/updateRuns/{run}", &RUNS, "write", update_runs::put),
    row("DELETE", Root::Group, "Microsoft.ContainerService/fleets/{fleet}/updateRuns/{run}", &RUNS, "delete", update_runs::delete),
    row("POST", Root::Group, "Microsoft.ContainerService/fleets/{fleet}/updateRuns/{run}/start", &RUNS, "start/action", update_runs::start),
    row("POST", Root::Group, "Microsoft.ContainerService/fleets/{fleet}/updateRuns/{run}/stop", &RUNS, "stop/action", update_runs::stop),
    row("POST", Root::Group, "Microsoft.ContainerService/fleets/{fleet}/updateRuns/{run}/skip", &RUNS, "skip/action", update_runs::skip),
    row("GET", Root::Group, "Microsoft.ContainerService/fleets/{fleet}/gates", &GATES, "read", fleet_children::list),
    row("GET", Root::Group, "Microsoft.ContainerService/fleets/{fleet}/gates/{gate}", &GATES, "read", fleet_children::get),
    row("PATCH", Root::Group, "Microsoft.ContainerService/fleets/{fleet}/gates/{gate}", &GATES, "write", gates::patch),
    row("GET", Root::Group, "Microsoft.ContainerService/fleets/{fleet}/autoUpgradeProfiles", &UPGRADE_PROFILES, "read", fleet_children::list),
    row("GET", Root::Group, "Microsoft.ContainerService/fleets/{fleet}/autoUpgradeProfiles/{upgrade_profile}", &UPGRADE_PROFILES, "read", fleet_children::get),
    row("PUT", Root::Group, "Microsoft.ContainerService/fleets/{fleet}/autoUpgradeProfiles/{upgrade_profile}", &UPGRADE_PROFILES, "write", auto_upgrade_profiles::put),
    row("DELETE", Root::Group, "Microsoft.ContainerService/fleets/{fleet}/autoUpgradeProfiles/{upgrade_profile}", &UPGRADE_PROFILES, "delete", auto_upgrade_profiles::delete),
    row("POST", Root::Group, "Microsoft.ContainerService/fleets/{fleet}/autoUpgradeProfiles/{upgrade_profile}/generateUpdateRun", &UPGRADE_PROFILES, "generateUpdateRun/action", auto_upgrade_profiles::generate_update_run),

    row("GET", Root::Subscription, "Microsoft.ContainerService/locations/{location}/operations/{operation}", &FLEET_STATUSES, "read", polls::fleet_status),
    row("GET", Root::Subscription, "Microsoft.ContainerService/locations/{location}/operationresults/{operation}", &FLEET_RESULTS, "read", polls::fleet_result),

    row("GET", Root::AnyScope, "Microsoft.Authorization/roleAssignments", &ROLE_ASSIGNMENTS, "read", role_assignments::list),
    row("GET", Root::AnyScope, "Microsoft.Authorization/roleAssignments/{assignment}", &ROLE_ASSIGNMENTS, "read", role_assignments::get),
    row("PUT", Root::AnyScope, "Microsoft.Authorization/roleAssignments/{assignment}", &ROLE_ASSIGNMENTS, "write", role_assignments::put),
    row("DELETE", Root::AnyScope, "Microsoft.Authorization/roleAssignments/{assignment}", &ROLE_ASSIGNMENTS, "delete", role_assignments::delete),

    row("GET", Root::AnyScope, "Microsoft.Authorization/policyAssignments", &POLICY_ASSIGNMENTS, "read", policy_assignments::list),
    row("GET", Root::AnyScope, "Microsoft.Authorization/policyAssignments/{assignment}", &POLICY_ASSIGNMENTS, "read", policy_assignments::get),
    row("PUT", Root::AnyScope, "Microsoft.Authorization/policyAssignments/{assignment}", &POLICY_ASSIGNMENTS, "write", policy_assignments::put),
    row("DELETE", Root::AnyScope, "Microsoft.Authorization/policyAssignments/{assignment}", &POLICY_ASSIGNMENTS, "delete", policy_assignments::delete),
    row("GET", Root::Tenant, "Microsoft.Authorization/policyDefinitions/{definition}", &POLICY_DEFINITIONS, "read", policy_definitions::get),
    row("GET", Root::Tenant, "Microsoft.Authorization/policySetDefinitions/{definition}", &POLICY_SETS, "read", policy_definitions::get),

    row("GET", Root::Group, "Microsoft.Cdn/profiles/{profile}", &PROFILES, "read", front_door::get_profile),
    row("GET", Root::Group, "Microsoft.Cdn/profiles/{profile}/originGroups", &ORIGIN_GROUPS, "read", front_door::list_children),
    row("GET", Root::Group, "Microsoft.Cdn/profiles/{profile}/originGroups/{origin_group}", &ORIGIN_GROUPS, "read", front_door::get_child),
    row("GET", Root::Group, "Microsoft.Cdn/profiles/{profile}/originGroups/{origin_group}/origins", &ORIGINS, "read", front_door::list_children),
    row("GET", Root::Group, "Microsoft.Cdn/profiles/{profile}/afdEndpoints", &ENDPOINTS, "read", front_door::list_children),
    row("GET", Root::Group, "Microsoft.Cdn/profiles/{profile}/afdEndpoints/{endpoint}", &ENDPOINTS, "read", front_door::get_child),
    row("GET", Root::Group, "Microsoft.Cdn/profiles/{profile}/afdEndpoints/{endpoint}/routes", &ROUTES, "read", front_door::list_children),
    row("GET", Root::Group, "Microsoft.Cdn/profiles/{profile}/afdEndpoints/{endpoint}/routes/{route}", &ROUTES, "read", front_door::get_child),
    row("GET", Root::Group, "Microsoft.Cdn/profiles/{profile}/originGroups/{origin_group}/origins/{origin}", &ORIGINS, "read", front_door::get_child),
    row("PUT", Root::Group, "Microsoft.Cdn/profiles/{profile}/originGroups/{origin_group}/origins/{origin}", &ORIGINS, "write", origins::put),
    row("PATCH", Root::Group, "Microsoft.Cdn/profiles/{profile}/originGroups/{origin_group}/origins/{origin}", &ORIGINS, "write", origins::patch),
    row("DELETE", Root::Group, "Microsoft.Cdn/profiles/{profile}/originGroups/{origin_group}/origins/{origin}", &ORIGINS, "delete", origins::delete),
    row("GET", Root::Group, "Microsoft.Cdn/operationresults/{operation}", &ORIGIN_STATUSES, "read", polls::front_door_status),
    row("GET", Root::Group, "Microsoft.Cdn/operationresults/{operation}/profileresults/{profile}/origingroupresults/{origin_group}/originresults/{origin}", &ORIGIN_RESULTS, "read", polls::front_door_result),

    row("GET", Root::Group, "Microsoft.ContainerRegistry/registries/{registry}", &REGISTRIES, "read", registries::get),
    row("GET", Root::Group, "Microsoft.ContainerRegistry/registries/{registry}/replications", &REPLICATIONS, "read", registries::list_replications),

    row("GET", Root::Group, "Microsoft.Network/applicationGateways/{gateway}", &GATEWAYS, "read", network::get),
    row("GET", Root::Group, "Microsoft.Network/publicIPAddresses/{address}", &ADDRESSES, "read", network::get),
    row("GET", Root::Group, "Microsoft.Network/publicIPAddresses", &ADDRESSES, "read", network::list_addresses),
];

/// The row for a request, with the named segments of its path.
pub(crate) fn find(method: &str, path: &str) -> Option<(&'static Row, BTreeMap<&'static str, String>)> {
    let mut rows = ROWS.iter().filter(|row| row.route.method == method);
    rows.find_map(|row| Some((row, row.route.capture(path)?)))
}
