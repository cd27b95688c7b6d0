//! The table of ARM operations that this program may call, and nothing else.
//!
//! One row per operation: its method, URL shape, pinned api-version and the RBAC action that a caller needs.
//! Requests, the role assignments in `infra`, and the checks of the simulated Azure all read this table, so
//! adding an operation starts with one row here and one constructor in [`crate::request`].
//!
//! Pinned versions are the newest stable ones that have a published schema (ARM contract: pinned api-versions).

use azure_core::http::Method;

/// One ARM operation.
#[derive(Debug, PartialEq, Eq)]
pub struct Operation {
    /// Short name for logs, journal and tests: `<resource type>.<verb>`.
    pub name: &'static str,
    /// HTTP method.
    pub method: Method,
    /// URL path as a template. `{scope}` stands for one or more segments, any other `{…}` for exactly one.
    pub path: &'static str,
    /// Query sent beside `api-version`, ready to be appended; empty for most.
    pub query: &'static str,
    /// Pinned version of the resource provider's API.
    pub api_version: &'static str,
    /// RBAC action that the caller's role must contain.
    pub rbac_action: &'static str,
    /// What the operation does, which is also the token bucket that ARM charges it to.
    pub kind: Kind,
}

/// What an operation does to the resource; ARM counts requests per principal in these three classes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Reads one resource or a list.
    Read,
    /// Creates or changes a resource, or asks it to do something.
    Write,
    /// Deletes a resource.
    Delete,
}

const AKS: &str = "2026-05-01";
const FLEETS: &str = "2026-06-01";
const REGISTRIES: &str = "2025-11-01";
const ROLES: &str = "2022-04-01";
const POLICY: &str = "2026-06-01";
const FRONT_DOOR: &str = "2025-12-01";
const NETWORK: &str = "2025-09-01";

const READ_CLUSTERS: &str = "Microsoft.ContainerService/managedClusters/read";
const READ_MEMBERS: &str = "Microsoft.ContainerService/fleets/members/read";
const WRITE_MEMBERS: &str = "Microsoft.ContainerService/fleets/members/write";
const READ_RUNS: &str = "Microsoft.ContainerService/fleets/updateRuns/read";
const WRITE_ORIGINS: &str = "Microsoft.Cdn/profiles/originGroups/origins/write";
const READ_ADDRESSES: &str = "Microsoft.Network/publicIPAddresses/read";

/// Assignments at the scope and above it, not below; the tenant root is included.
const AT_SCOPE: &str = "$filter=atScope()";

macro_rules! in_group {
    ($path:literal) => {
        concat!("/subscriptions/{subscription}/resourceGroups/{group}/providers/", $path)
    };
}

/// All operations, sorted by provider and resource type.
#[rustfmt::skip]
pub static OPERATIONS: &[Operation] = &[
    read("managedClusters.get", in_group!("Microsoft.ContainerService/managedClusters/{cluster}"),
        AKS, READ_CLUSTERS),
    read("managedClusters.listByGroup", in_group!("Microsoft.ContainerService/managedClusters"),
        AKS, READ_CLUSTERS),
    read("managedClusters.listBySubscription", "/subscriptions/{subscription}/providers/Microsoft.ContainerService/managedClusters",
        AKS, READ_CLUSTERS),
    read("kubernetesVersions.list", "/subscriptions/{subscription}/providers/Microsoft.ContainerService/locations/{location}/kubernetesVersions",
        AKS, "Microsoft.ContainerService/locations/kubernetesVersions/read"),
    read("members.list", in_group!("Microsoft.ContainerService/fleets/{fleet}/members"),
        FLEETS, READ_MEMBERS),
    put("members.put", in_group!("Microsoft.ContainerService/fleets/{fleet}/members/{member}"),
        FLEETS, WRITE_MEMBERS),
    patch("members.patch", in_group!("Microsoft.ContainerService/fleets/{fleet}/members/{member}"),
        FLEETS, WRITE_MEMBERS),
    delete("members.delete", in_group!("Microsoft.ContainerService/fleets/{fleet}/members/{member}"),
        FLEETS, "Microsoft.ContainerService/fleets/members/delete"),
    read("updateRuns.list", in_group!("Microsoft.ContainerService/fleets/{fleet}/updateRuns"),
        FLEETS, READ_RUNS),
    read("updateRuns.get", in_group!("Microsoft.ContainerService/fleets/{fleet}/updateRuns/{run}"),
        FLEETS, READ_RUNS),
    put("updateRuns.put", in_group!("Microsoft.ContainerService/fleets/{fleet}/updateRuns/{run}"),
        FLEETS, "Microsoft.ContainerService/fleets/updateRuns/write"),
    post("updateRuns.start", in_group!("Microsoft.ContainerService/fleets/{fleet}/updateRuns/{run}/start"),
        FLEETS, "Microsoft.ContainerService/fleets/updateRuns/start/action"),
    post("updateRuns.stop", in_group!("Microsoft.ContainerService/fleets/{fleet}/updateRuns/{run}/stop"),
        FLEETS, "Microsoft.ContainerService/fleets/updateRuns/stop/action"),
    post("updateRuns.skip", in_group!("Microsoft.ContainerService/fleets/{fleet}/updateRuns/{run}/skip"),
        FLEETS, "Microsoft.ContainerService/fleets/updateRuns/skip/action"),
    read("gates.list", in_group!("Microsoft.ContainerService/fleets/{fleet}/gates"),
        FLEETS, "Microsoft.ContainerService/fleets/gates/read"),
    patch("gates.patch", in_group!("Microsoft.ContainerService/fleets/{fleet}/gates/{gate}"),
        FLEETS, "Microsoft.ContainerService/fleets/gates/write"),
    post("autoUpgradeProfiles.generateUpdateRun", in_group!("Microsoft.ContainerService/fleets/{fleet}/autoUpgradeProfiles/{profile}/generateUpdateRun"),
        FLEETS, "Microsoft.ContainerService/fleets/autoUpgradeProfiles/generateUpdateRun/action"),
    read("registries.get", in_group!("Microsoft.ContainerRegistry/registries/{registry}"),
        REGISTRIES, "Microsoft.ContainerRegistry/registries/read"),
    read("replications.list", in_group!("Microsoft.ContainerRegistry/registries/{registry}/replications"),
        REGISTRIES, "Microsoft.ContainerRegistry/registries/replications/read"),
    read("roleAssignments.listAtScope", "/{scope}/providers/Microsoft.Authorization/roleAssignments",
        ROLES, "Microsoft.Authorization/roleAssignments/read").filtered(AT_SCOPE),
    put("roleAssignments.put", "/{scope}/providers/Microsoft.Authorization/roleAssignments/{assignment}",
        ROLES, "Microsoft.Authorization/roleAssignments/write"),
    delete("roleAssignments.delete", "/{scope}/providers/Microsoft.Authorization/roleAssignments/{assignment}",
        ROLES, "Microsoft.Authorization/roleAssignments/delete"),
    read("policyAssignments.listAtScope", "/{scope}/providers/Microsoft.Authorization/policyAssignments",
        POLICY, "Microsoft.Authorization/policyAssignments/read").filtered(AT_SCOPE),
    put("policyAssignments.put", "/{scope}/providers/Microsoft.Authorization/policyAssignments/{assignment}",
        POLICY, "Microsoft.Authorization/policyAssignments/write"),
    delete("policyAssignments.delete", "/{scope}/providers/Microsoft.Authorization/policyAssignments/{assignment}",
        POLICY, "Microsoft.Authorization/policyAssignments/delete"),
    read("origins.list", in_group!("Microsoft.Cdn/profiles/{profile}/originGroups/{originGroup}/origins"),
        FRONT_DOOR, "Microsoft.Cdn/profiles/originGroups/origins/read"),
    put("origins.put", in_group!("Microsoft.Cdn/profiles/{profile}/originGroups/{originGroup}/origins/{origin}"),
        FRONT_DOOR, WRITE_ORIGINS),
    patch("origins.patch", in_group!("Microsoft.Cdn/profiles/{profile}/originGroups/{originGroup}/origins/{origin}"),
        FRONT_DOOR, WRITE_ORIGINS),
    delete("origins.delete", in_group!("Microsoft.Cdn/profiles/{profile}/originGroups/{originGroup}/origins/{origin}"),
        FRONT_DOOR, "Microsoft.Cdn/profiles/originGroups/origins/delete"),
    read("applicationGateways.get", in_group!("Microsoft.Network/applicationGateways/{gateway}"),
        NETWORK, "Microsoft.Network/applicationGateways/read"),
    read("publicIPAddresses.get", in_group!("Microsoft.Network/publicIPAddresses/{address}"),
        NETWORK, READ_ADDRESSES),
    read("publicIPAddresses.listByGroup", in_group!("Microsoft.Network/publicIPAddresses"),
        NETWORK, READ_ADDRESSES),
];

/// The row named `name`. Called in constants only, so that a name missing from the table fails to compile.
pub(crate) const fn row(name: &str) -> &'static Operation {
    let mut index = 0;
    while index < OPERATIONS.len() {
        if same(OPERATIONS[index].name.as_bytes(), name.as_bytes()) {
            return &OPERATIONS[index];
        }
        index += 1;
    }
    panic!("no operation of this name in OPERATIONS")
}

/// The row named `name`, for tools that take the name as text.
#[must_use]
pub fn named(name: &str) -> Option<&'static Operation> {
    OPERATIONS.iter().find(|operation| operation.name == name)
}

impl Operation {
    /// Whether `path` (no query) has the shape of this operation's template. Literal segments compare without
    /// case, as ARM compares them.
    #[must_use]
    pub fn matches(&self, path: &str) -> bool {
        let wanted: Vec<&str> = self.path.split('/').skip(1).collect();
        let given: Vec<&str> = path.split('/').skip(1).collect();
        match wanted.split_first() {
            Some((&"{scope}", rest)) => {
                let scope_length = given.len().saturating_sub(rest.len());
                scope_length > 0 && all_match(rest, &given[scope_length..])
            }
            _ => all_match(&wanted, &given),
        }
    }

    const fn filtered(mut self, query: &'static str) -> Self {
        self.query = query;
        self
    }
}

fn all_match(wanted: &[&str], given: &[&str]) -> bool {
    wanted.len() == given.len()
        && wanted
            .iter()
            .zip(given)
            .all(|(wanted, given)| wanted.starts_with('{') || wanted.eq_ignore_ascii_case(given))
}

type Text = &'static str;

const fn operation(
    name: Text,
    method: Method,
    path: Text,
    api_version: Text,
    rbac_action: Text,
    kind: Kind,
) -> Operation {
    Operation { name, method, path, query: "", api_version, rbac_action, kind }
}

const fn read(name: Text, path: Text, api_version: Text, rbac_action: Text) -> Operation {
    operation(name, Method::Get, path, api_version, rbac_action, Kind::Read)
}

const fn put(name: Text, path: Text, api_version: Text, rbac_action: Text) -> Operation {
    operation(name, Method::Put, path, api_version, rbac_action, Kind::Write)
}

const fn post(name: Text, path: Text, api_version: Text, rbac_action: Text) -> Operation {
    operation(name, Method::Post, path, api_version, rbac_action, Kind::Write)
}

const fn patch(name: Text, path: Text, api_version: Text, rbac_action: Text) -> Operation {
    operation(name, Method::Patch, path, api_version, rbac_action, Kind::Write)
}

const fn delete(name: Text, path: Text, api_version: Text, rbac_action: Text) -> Operation {
    operation(name, Method::Delete, path, api_version, rbac_action, Kind::Delete)
}

const fn same(left: &[u8], right: &[u8]) -> bool {
    let mut index = 0;
    while index < left.len() && index < right.len() && left[index] == right[index] {
        index += 1;
    }
    index == left.len() && index == right.len()
}

#[cfg(test)]
mod tests;
