//! Requests as values: one plain function per operation, no I/O.
//!
//! A function takes whole resource ids, checks that the URL it builds has the shape of the operation's row, and
//! escapes nothing: an ARM id is already a URL path. Characters that would change which URL is meant are refused.

mod updates;

use azure_core::http::Method;
use serde::Serialize;
use serde_json::Value;

use crate::operations::{Operation, row};
use crate::wire::{MemberPatch, MemberPut, OriginPatch, OriginPut, PolicyAssignmentPut, RoleAssignmentPut};

pub use updates::*;

/// One call to ARM, ready to be sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// The row of the table that this request realises.
    pub operation: &'static Operation,
    /// Id of the resource or the collection: the URL path without query. Safe to log.
    pub resource: String,
    /// JSON body of a PUT or PATCH, and of a POST that takes one.
    pub body: Option<Value>,
    /// What must be true of the resource for the service to carry out the request.
    pub condition: Condition,
}

/// A condition on the resource. The service refuses with 412 when it does not hold (ARM contract: etags).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Condition {
    /// None.
    #[default]
    Any,
    /// It still has this `eTag`, exactly as received (quotes included).
    Unchanged(String),
    /// It does not exist yet.
    Absent,
}

/// An id that cannot be put into a URL path as it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadId {
    /// The id contains something that would change the URL around it.
    #[error("`{path}` has {what}; pass the plain resource id as ARM returned it")]
    Unsafe {
        /// The path that would have been called.
        path: String,
        /// Name of the operation.
        operation: &'static str,
        /// What is wrong with it.
        what: &'static str,
    },
    /// The id belongs to another kind of resource than the operation is for.
    #[error("`{path}` does not fit {operation}; its path must look like `{template}`")]
    WrongShape {
        /// The path that would have been called.
        path: String,
        /// Name of the operation.
        operation: &'static str,
        /// The operation's path template.
        template: &'static str,
    },
}

impl BadId {
    /// Name of the operation and the path that would have been called.
    pub(crate) fn call(&self) -> (&'static str, &str) {
        match self {
            Self::Unsafe { path, operation, .. } | Self::WrongShape { path, operation, .. } => {
                (operation, path)
            }
        }
    }
}

impl Request {
    /// HTTP method.
    #[must_use]
    pub fn method(&self) -> Method {
        self.operation.method
    }

    /// The URL's query.
    #[must_use]
    pub fn query(&self) -> String {
        let Operation { api_version, query, .. } = self.operation;
        let separator = if query.is_empty() { "" } else { "&" };
        format!("api-version={api_version}{separator}{query}")
    }

    /// The same request, refused by the service with 412 unless the resource still has this `eTag`.
    #[must_use]
    pub fn if_match(mut self, etag: Option<&str>) -> Self {
        self.condition = etag.map_or(Condition::Any, |etag| Condition::Unchanged(etag.to_owned()));
        self
    }

    /// The same request, refused by the service with 412 if the resource exists.
    #[must_use]
    pub fn if_absent(mut self) -> Self {
        self.condition = Condition::Absent;
        self
    }

    fn with_body(mut self, body: &impl Serialize) -> Self {
        self.body =
            Some(serde_json::to_value(body).expect("our bodies have string keys and plain values only"));
        self
    }
}

/// A request, or why its id cannot be used.
pub type Built = Result<Request, BadId>;

/// Reads a cluster by its id.
pub fn managed_cluster(cluster: &str) -> Built {
    const { row("managedClusters.get") }.request(cluster)
}

/// Lists the clusters of a resource group, given its id.
pub fn managed_clusters_in_group(group: &str) -> Built {
    let collection = format!("{group}/providers/Microsoft.ContainerService/managedClusters");
    const { row("managedClusters.listByGroup") }.request(&collection)
}

/// Lists the clusters of a subscription, given its GUID (not its id).
pub fn managed_clusters_in_subscription(subscription: &str) -> Built {
    let collection =
        format!("/subscriptions/{subscription}/providers/Microsoft.ContainerService/managedClusters");
    const { row("managedClusters.listBySubscription") }.request(&collection)
}

/// Lists the members of a fleet.
pub fn members(fleet: &str) -> Built {
    const { row("members.list") }.request(&format!("{fleet}/members"))
}

/// Creates a member or repairs an existing one. Long-running.
pub fn member_put(member: &str, body: &MemberPut) -> Built {
    Ok(const { row("members.put") }.request(member)?.with_body(body))
}

/// Changes a member's update group or labels. Long-running.
pub fn member_patch(member: &str, body: &MemberPatch) -> Built {
    Ok(const { row("members.patch") }.request(member)?.with_body(body))
}

/// Removes a member from its fleet. Long-running.
pub fn member_delete(member: &str) -> Built {
    const { row("members.delete") }.request(member)
}

/// Reads a registry by its id.
pub fn registry(registry: &str) -> Built {
    const { row("registries.get") }.request(registry)
}

/// Lists the replications of a registry.
pub fn replications(registry: &str) -> Built {
    const { row("replications.list") }.request(&format!("{registry}/replications"))
}

/// Lists the role assignments in force at a scope: its own and those inherited from above.
pub fn role_assignments(scope: &str) -> Built {
    const { row("roleAssignments.listAtScope") }.request(&extension(scope, "roleAssignments"))
}

/// Creates a role assignment at `scope`; `name` is a GUID that must be unique in the whole tenant.
pub fn role_assignment_put(scope: &str, name: &str, body: &RoleAssignmentPut) -> Built {
    let assignment = format!("{}/{name}", extension(scope, "roleAssignments"));
    Ok(const { row("roleAssignments.put") }.request(&assignment)?.with_body(body))
}

/// Deletes a role assignment by its id.
pub fn role_assignment_delete(assignment: &str) -> Built {
    const { row("roleAssignments.delete") }.request(assignment)
}

/// Lists the policy assignments in force at a scope: its own and those inherited from above.
pub fn policy_assignments(scope: &str) -> Built {
    const { row("policyAssignments.listAtScope") }.request(&extension(scope, "policyAssignments"))
}

/// Writes a whole policy assignment. `name`: at most 64 characters, 24 at management group scope.
pub fn policy_assignment_put(scope: &str, name: &str, body: &PolicyAssignmentPut) -> Built {
    let assignment = format!("{}/{name}", extension(scope, "policyAssignments"));
    Ok(const { row("policyAssignments.put") }.request(&assignment)?.with_body(body))
}

/// Deletes a policy assignment by its id.
pub fn policy_assignment_delete(assignment: &str) -> Built {
    const { row("policyAssignments.delete") }.request(assignment)
}

/// Lists the origins of a Front Door origin group.
pub fn origins(origin_group: &str) -> Built {
    const { row("origins.list") }.request(&format!("{origin_group}/origins"))
}

/// Writes a whole origin. Long-running.
pub fn origin_put(origin: &str, body: &OriginPut) -> Built {
    Ok(const { row("origins.put") }.request(origin)?.with_body(body))
}

/// Changes the named properties of an origin. Long-running.
pub fn origin_patch(origin: &str, body: &OriginPatch) -> Built {
    Ok(const { row("origins.patch") }.request(origin)?.with_body(body))
}

/// Deletes an origin. Long-running.
pub fn origin_delete(origin: &str) -> Built {
    const { row("origins.delete") }.request(origin)
}

/// Reads an application gateway by its id.
pub fn application_gateway(gateway: &str) -> Built {
    const { row("applicationGateways.get") }.request(gateway)
}

/// Reads a public IP address by its id.
pub fn public_ip_address(address: &str) -> Built {
    const { row("publicIPAddresses.get") }.request(address)
}

/// Lists the public IP addresses of a resource group, given its id.
pub fn public_ip_addresses_in_group(group: &str) -> Built {
    let collection = format!("{group}/providers/Microsoft.Network/publicIPAddresses");
    const { row("publicIPAddresses.listByGroup") }.request(&collection)
}

/// The collection of an authorization type at a scope.
fn extension(scope: &str, resource_type: &str) -> String {
    format!("{}/providers/Microsoft.Authorization/{resource_type}", scope.trim_end_matches('/'))
}

impl Operation {
    fn request(&'static self, path: &str) -> Built {
        if let Some(what) = unsafe_part(path) {
            return Err(BadId::Unsafe { path: path.to_owned(), operation: self.name, what });
        }
        if !self.matches(path) {
            let path = path.to_owned();
            return Err(BadId::WrongShape { path, operation: self.name, template: self.path });
        }
        Ok(Request { operation: self, resource: path.to_owned(), body: None, condition: Condition::Any })
    }
}

/// What in `path` a URL parser would not take literally, if anything. Percent signs are refused too: an encoded
/// dot counts as a dot when a URL is normalised.
fn unsafe_part(path: &str) -> Option<&'static str> {
    let mut segments = path.split('/');
    if segments.next() != Some("") {
        return Some("no leading slash");
    }
    segments.find_map(|segment| match segment {
        "" => Some("an empty segment"),
        "." | ".." => Some("a dot segment"),
        _ if segment.contains(['?', '#']) => Some("`?` or `#`"),
        _ if segment.contains(['%', '\\']) => Some("`%` or `\\`"),
        _ if segment.contains(char::is_control) => Some("a control character"),
        _ => None,
    })
}

#[cfg(test)]
mod tests;
