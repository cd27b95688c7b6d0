//! THE TABLE: every operation that the simulated ARM answers, with its api-version and the RBAC action that it needs.
//!
//! A path that matches no row, or a row of another method, is answered 501.

use std::collections::BTreeMap;

use super::call::{Call, Reply};
use super::providers::{
    clusters, fleets, front_door, members, network, origins, policy_assignments, policy_definitions, polls,
    registries, resource_groups, role_assignments,
};
use super::route::{Root, Route};
use super::status_urls::FLEET_POLL_VERSION;

/// A route's function.
pub(crate) type Answer = fn(&mut Call<'_>) -> Reply;

/// An operation and what answers it.
pub(crate) struct Row {
    pub route: Route,
    pub answer: Answer,
}

const GROUPS: &str = "2025-04-01";
const FLEETS: &str = "2026-06-01";
const CLUSTERS: &str = "2026-05-01";
const ROLES: &str = "2022-04-01";
const POLICIES: &str = "2026-06-01";
const FRONT_DOOR: &str = "2025-12-01";
const REGISTRIES: &str = "2025-11-01";
const NETWORK: &str = "2025-09-01";

const ORIGIN: &str = "Microsoft.Cdn/profiles/{profile}/originGroups/{origin_group}/origins/{origin}";
const MEMBER: &str = "Microsoft.ContainerService/fleets/{fleet}/members/{member}";
const ROLE_ASSIGNMENT: &str = "Microsoft.Authorization/roleAssignments/{assignment}";
const POLICY_ASSIGNMENT: &str = "Microsoft.Authorization/policyAssignments/{assignment}";

const fn row(
    method: &'static str,
    root: Root,
    path: &'static str,
    api_version: &'static str,
    action: &'static str,
    answer: Answer,
) -> Row {
    Row { route: Route { method, root, path, api_version, action }, answer }
}

#[rustfmt::skip]
pub(crate) const ROWS: &[Row] = &[
    row("GET", Root::GroupItself, "", GROUPS, "Microsoft.Resources/subscriptions/resourceGroups/read", resource_groups::get),
    row("HEAD", Root::GroupItself, "", GROUPS, "Microsoft.Resources/subscriptions/resourceGroups/read", resource_groups::head),

    row("GET", Root::Group, "Microsoft.ContainerService/managedClusters/{cluster}", CLUSTERS, "Microsoft.ContainerService/managedClusters/read", clusters::get),
    row("GET", Root::Group, "Microsoft.ContainerService/managedClusters", CLUSTERS, "Microsoft.ContainerService/managedClusters/read", clusters::list_by_group),
    row("GET", Root::Subscription, "Microsoft.ContainerService/managedClusters", CLUSTERS, "Microsoft.ContainerService/managedClusters/read", clusters::list_by_subscription),

    row("GET", Root::Group, "Microsoft.ContainerService/fleets/{fleet}", FLEETS, "Microsoft.ContainerService/fleets/read", fleets::get),
    row("GET", Root::Group, "Microsoft.ContainerService/fleets/{fleet}/members", FLEETS, "Microsoft.ContainerService/fleets/members/read", members::list),
    row("GET", Root::Group, MEMBER, FLEETS, "Microsoft.ContainerService/fleets/members/read", members::get),
    row("PUT", Root::Group, MEMBER, FLEETS, "Microsoft.ContainerService/fleets/members/write", members::put),
    row("PATCH", Root::Group, MEMBER, FLEETS, "Microsoft.ContainerService/fleets/members/write", members::patch),
    row("DELETE", Root::Group, MEMBER, FLEETS, "Microsoft.ContainerService/fleets/members/delete", members::delete),
    row("GET", Root::Subscription, "Microsoft.ContainerService/locations/{location}/operations/{operation}", FLEET_POLL_VERSION, "Microsoft.ContainerService/locations/operations/read", polls::fleet_status),
    row("GET", Root::Subscription, "Microsoft.ContainerService/locations/{location}/operationresults/{operation}", FLEET_POLL_VERSION, "Microsoft.ContainerService/locations/operationresults/read", polls::fleet_result),

    row("GET", Root::AnyScope, "Microsoft.Authorization/roleAssignments", ROLES, "Microsoft.Authorization/roleAssignments/read", role_assignments::list),
    row("GET", Root::AnyScope, ROLE_ASSIGNMENT, ROLES, "Microsoft.Authorization/roleAssignments/read", role_assignments::get),
    row("PUT", Root::AnyScope, ROLE_ASSIGNMENT, ROLES, "Microsoft.Authorization/roleAssignments/write", role_assignments::put),
    row("DELETE", Root::AnyScope, ROLE_ASSIGNMENT, ROLES, "Microsoft.Authorization/roleAssignments/delete", role_assignments::delete),

    row("GET", Root::AnyScope, "Microsoft.Authorization/policyAssignments", POLICIES, "Microsoft.Authorization/policyAssignments/read", policy_assignments::list),
    row("GET", Root::AnyScope, POLICY_ASSIGNMENT, POLICIES, "Microsoft.Authorization/policyAssignments/read", policy_assignments::get),
    row("PUT", Root::AnyScope, POLICY_ASSIGNMENT, POLICIES, "Microsoft.Authorization/policyAssignments/write", policy_assignments::put),
    row("DELETE", Root::AnyScope, POLICY_ASSIGNMENT, POLICIES, "Microsoft.Authorization/policyAssignments/delete", policy_assignments::delete),
    row("GET", Root::Tenant, "Microsoft.Authorization/policyDefinitions/{definition}", POLICIES, "Microsoft.Authorization/policyDefinitions/read", policy_definitions::get),
    row("GET", Root::Tenant, "Microsoft.Authorization/policySetDefinitions/{definition}", POLICIES, "Microsoft.Authorization/policySetDefinitions/read", policy_definitions::get),

    row("GET", Root::Group, "Microsoft.Cdn/profiles/{profile}", FRONT_DOOR, "Microsoft.Cdn/profiles/read", front_door::get_profile),
    row("GET", Root::Group, "Microsoft.Cdn/profiles/{profile}/originGroups", FRONT_DOOR, "Microsoft.Cdn/profiles/originGroups/read", front_door::list_children),
    row("GET", Root::Group, "Microsoft.Cdn/profiles/{profile}/originGroups/{origin_group}", FRONT_DOOR, "Microsoft.Cdn/profiles/originGroups/read", front_door::get_child),
    row("GET", Root::Group, "Microsoft.Cdn/profiles/{profile}/originGroups/{origin_group}/origins", FRONT_DOOR, "Microsoft.Cdn/profiles/originGroups/origins/read", front_door::list_children),
    row("GET", Root::Group, "Microsoft.Cdn/profiles/{profile}/afdEndpoints", FRONT_DOOR, "Microsoft.Cdn/profiles/afdEndpoints/read", front_door::list_children),
    row("GET", Root::Group, "Microsoft.Cdn/profiles/{profile}/afdEndpoints/{endpoint}", FRONT_DOOR, "Microsoft.Cdn/profiles/afdEndpoints/read", front_door::get_child),
    row("GET", Root::Group, "Microsoft.Cdn/profiles/{profile}/afdEndpoints/{endpoint}/routes", FRONT_DOOR, "Microsoft.Cdn/profiles/afdEndpoints/routes/read", front_door::list_children),
    row("GET", Root::Group, "Microsoft.Cdn/profiles/{profile}/afdEndpoints/{endpoint}/routes/{route}", FRONT_DOOR, "Microsoft.Cdn/profiles/afdEndpoints/routes/read", front_door::get_child),
    row("GET", Root::Group, ORIGIN, FRONT_DOOR, "Microsoft.Cdn/profiles/originGroups/origins/read", front_door::get_child),
    row("PUT", Root::Group, ORIGIN, FRONT_DOOR, "Microsoft.Cdn/profiles/originGroups/origins/write", origins::put),
    row("PATCH", Root::Group, ORIGIN, FRONT_DOOR, "Microsoft.Cdn/profiles/originGroups/origins/write", origins::patch),
    row("DELETE", Root::Group, ORIGIN, FRONT_DOOR, "Microsoft.Cdn/profiles/originGroups/origins/delete", origins::delete),
    row("GET", Root::Group, "Microsoft.Cdn/operationresults/{operation}", FRONT_DOOR, "Microsoft.Cdn/operationresults/read", polls::front_door_status),
    row("GET", Root::Group, "Microsoft.Cdn/operationresults/{operation}/profileresults/{profile}/origingroupresults/{origin_group}/originresults/{origin}", FRONT_DOOR, "Microsoft.Cdn/operationresults/profileresults/origingroupresults/originresults/read", polls::front_door_result),

    row("GET", Root::Group, "Microsoft.ContainerRegistry/registries/{registry}", REGISTRIES, "Microsoft.ContainerRegistry/registries/read", registries::get),
    row("GET", Root::Group, "Microsoft.ContainerRegistry/registries/{registry}/replications", REGISTRIES, "Microsoft.ContainerRegistry/registries/replications/read", registries::list_replications),

    row("GET", Root::Group, "Microsoft.Network/applicationGateways/{gateway}", NETWORK, "Microsoft.Network/applicationGateways/read", network::get),
    row("GET", Root::Group, "Microsoft.Network/publicIPAddresses/{address}", NETWORK, "Microsoft.Network/publicIPAddresses/read", network::get),
    row("GET", Root::Group, "Microsoft.Network/publicIPAddresses", NETWORK, "Microsoft.Network/publicIPAddresses/read", network::list_addresses),
];

/// The row for a request, with the named segments of its path.
pub(crate) fn find(method: &str, path: &str) -> Option<(&'static Row, BTreeMap<&'static str, String>)> {
    let mut rows = ROWS.iter().filter(|row| row.route.method == method);
    rows.find_map(|row| Some((row, row.route.capture(path)?)))
}
