//! THE TABLE: every operation that the simulated ARM answers, with its api-version and the RBAC action that it needs.
//!
//! A path that matches no row, or a row of another method, is answered 501.

use std::collections::BTreeMap;

use super::call::{Call, Reply};
use super::polling::FLEET_POLL_VERSION;
use super::providers::{
    clusters, fleets, front_door, members, network, origins, policy_assignments, policy_definitions,
    registries, resource_groups, role_assignments,
};
use super::{id, polling};

/// Where a path is rooted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Root {
    /// `/subscriptions/{subscription}/resourcegroups/{group}` itself.
    GroupItself,
    /// `/subscriptions/{subscription}/resourceGroups/{group}/providers/…`
    Group,
    /// `/subscriptions/{subscription}/providers/…`
    Subscription,
    /// `/{scope}/providers/…`, the scope being any id.
    AnyScope,
    /// `/providers/…`
    Tenant,
}

/// One row.
pub(crate) struct Route {
    pub method: &'static str,
    pub root: Root,
    /// What follows the root's `providers/`; `{name}` captures a segment.
    pub path: &'static str,
    pub api_version: &'static str,
    /// The RBAC action. Those of polling URLs are not verified.
    pub action: &'static str,
    pub answer: fn(&mut Call<'_>) -> Reply,
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

type Answer = fn(&mut Call<'_>) -> Reply;

const fn row(
    method: &'static str,
    root: Root,
    path: &'static str,
    api_version: &'static str,
    action: &'static str,
    answer: Answer,
) -> Route {
    Route { method, root, path, api_version, action, answer }
}

#[rustfmt::skip]
pub(crate) const ROUTES: &[Route] = &[
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
    row("GET", Root::Subscription, "Microsoft.ContainerService/locations/{location}/operations/{operation}", FLEET_POLL_VERSION, "Microsoft.ContainerService/locations/operations/read", polling::fleet_status),
    row("GET", Root::Subscription, "Microsoft.ContainerService/locations/{location}/operationresults/{operation}", FLEET_POLL_VERSION, "Microsoft.ContainerService/locations/operationresults/read", polling::fleet_result),

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
    row("GET", Root::Group, "Microsoft.Cdn/operationresults/{operation}", FRONT_DOOR, "Microsoft.Cdn/operationresults/read", polling::front_door_status),
    row("GET", Root::Group, "Microsoft.Cdn/operationresults/{operation}/profileresults/{profile}/origingroupresults/{origin_group}/originresults/{origin}", FRONT_DOOR, "Microsoft.Cdn/operationresults/profileresults/origingroupresults/originresults/read", polling::front_door_result),

    row("GET", Root::Group, "Microsoft.ContainerRegistry/registries/{registry}", REGISTRIES, "Microsoft.ContainerRegistry/registries/read", registries::get),
    row("GET", Root::Group, "Microsoft.ContainerRegistry/registries/{registry}/replications", REGISTRIES, "Microsoft.ContainerRegistry/registries/replications/read", registries::list_replications),

    row("GET", Root::Group, "Microsoft.Network/applicationGateways/{gateway}", NETWORK, "Microsoft.Network/applicationGateways/read", network::get),
    row("GET", Root::Group, "Microsoft.Network/publicIPAddresses/{address}", NETWORK, "Microsoft.Network/publicIPAddresses/read", network::get),
    row("GET", Root::Group, "Microsoft.Network/publicIPAddresses", NETWORK, "Microsoft.Network/publicIPAddresses/read", network::list_addresses),
];

impl Route {
    /// The resource type, for instance `Microsoft.ContainerService/fleets/members`: the action without its verb.
    pub(crate) fn resource_type(&self) -> &'static str {
        self.action.rsplit_once('/').map_or(self.action, |(resource_type, _)| resource_type)
    }

    /// The named segments of `path` if it is one of this row's, whatever the method.
    fn capture(&self, path: &str) -> Option<BTreeMap<&'static str, String>> {
        let (mut captured, rest) = self.root.capture(path)?;
        let (mut wanted, mut given) = (self.path.split('/'), rest.split('/'));
        loop {
            match (wanted.next(), given.next()) {
                (None, None) => return Some(captured),
                (Some(pattern), Some(segment)) => match_segment(pattern, segment, &mut captured)?,
                _ => return None,
            }
        }
    }
}

fn match_segment(
    pattern: &'static str,
    segment: &str,
    captured: &mut BTreeMap<&'static str, String>,
) -> Option<()> {
    let name = pattern.strip_prefix('{').and_then(|name| name.strip_suffix('}'));
    match name {
        Some(name) if !segment.is_empty() => {
            captured.insert(name, segment.to_owned());
            Some(())
        }
        Some(_) => None,
        None => pattern.eq_ignore_ascii_case(segment).then_some(()),
    }
}

impl Root {
    /// The segments that the root names, and what follows its `providers/`.
    fn capture(self, path: &str) -> Option<(BTreeMap<&'static str, String>, &str)> {
        let path = path.trim_end_matches('/');
        let marker = "/providers/";
        // Ids compare without case; lower-casing ASCII keeps every position.
        let lower = path.to_ascii_lowercase();
        let at = match self {
            Self::GroupItself => path.len(),
            Self::Group | Self::Subscription | Self::Tenant => lower.find(marker)?,
            Self::AnyScope => lower.rfind(marker)?,
        };
        let (scope, rest) = (&path[..at], path.get(at + marker.len()..).unwrap_or_default());
        let mut captured = BTreeMap::new();
        let segments = scope.split('/').filter(|segment| !segment.is_empty()).count();
        let fits = match self {
            Self::GroupItself | Self::Group => segments == 4 && id::after(scope, "resourceGroups").is_some(),
            Self::Subscription => segments == 2,
            Self::AnyScope => true,
            Self::Tenant => segments == 0,
        };
        for (name, literal) in [("subscription", "subscriptions"), ("group", "resourceGroups")] {
            if let Some(value) = id::after(scope, literal) {
                captured.insert(name, value.to_owned());
            }
        }
        if self == Self::AnyScope {
            captured.insert("scope", scope.to_owned());
        }
        let rooted = segments == 0 || self == Self::AnyScope || captured.contains_key("subscription");
        (fits && rooted).then_some((captured, rest))
    }
}

/// The row for a request, with the named segments of its path.
pub(crate) fn find(method: &str, path: &str) -> Option<(&'static Route, BTreeMap<&'static str, String>)> {
    let rows = ROUTES.iter().filter(|route| route.method == method);
    rows.filter_map(|route| Some((route, route.capture(path)?))).next()
}
