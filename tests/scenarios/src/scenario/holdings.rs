//! What simulated ARM holds, by what it stands for.

use std::collections::BTreeMap;

use fleet_simulator::arm::Arm;
use serde_json::Value;

const MEMBERS: &str = "Microsoft.ContainerService/fleets/members";
const GRANTS: &str = "Microsoft.Authorization/roleAssignments";
const ASSIGNMENTS: &str = "Microsoft.Authorization/policyAssignments";
const ORIGINS: &str = "Microsoft.Cdn/profiles/originGroups/origins";

/// Parts of a resource that tell when and by which operation it was written, not what it is.
const TRACES: [&str; 3] = ["status", "createdOn", "updatedOn"];

/// A look into ARM from outside, without a call.
#[derive(Debug, Clone, Copy)]
pub struct Holdings<'a> {
    arm: &'a Arm,
}

impl<'a> Holdings<'a> {
    /// What `arm` holds.
    #[must_use]
    pub fn of(arm: &'a Arm) -> Self {
        Self { arm }
    }

    /// The fleet members, of any fleet, that stand for a cluster.
    #[must_use]
    pub fn members_of(self, cluster: &str) -> Vec<Value> {
        self.with(MEMBERS, "/properties/clusterResourceId", cluster)
    }

    /// The role assignments of a principal.
    #[must_use]
    pub fn grants_of(self, principal: &str) -> Vec<Value> {
        self.with(GRANTS, "/properties/principalId", principal)
    }

    /// The policy assignments exactly at a scope.
    #[must_use]
    pub fn assignments_at(self, scope: &str) -> Vec<Value> {
        self.with(ASSIGNMENTS, "/properties/scope", scope)
    }

    /// The origins that forward to a host.
    #[must_use]
    pub fn origins_to(self, host: &str) -> Vec<Value> {
        self.with(ORIGINS, "/properties/hostName", host)
    }

    /// The one origin that forwards to a host.
    ///
    /// # Panics
    /// When there is none or more than one.
    #[must_use]
    pub fn origin_to(self, host: &str) -> Value {
        let mut origins = self.origins_to(host);
        assert_eq!(origins.len(), 1, "origins to {host}");
        origins.remove(0)
    }

    /// Whether any origin to a host may take traffic.
    #[must_use]
    pub fn takes_traffic(self, host: &str) -> bool {
        self.origins_to(host).iter().any(|origin| text(origin, "/properties/enabledState") == "Enabled")
    }

    /// Everything that the app may write, by lower-cased id, without traces of when it was written.
    #[must_use]
    pub fn everything(self) -> BTreeMap<String, Value> {
        let types = [MEMBERS, GRANTS, ASSIGNMENTS, ORIGINS];
        let bodies = types.into_iter().flat_map(|of_type| self.arm.resources_of_type(of_type));
        bodies.map(|body| (text(&body, "/id").to_ascii_lowercase(), untraced(body))).collect()
    }

    fn with(self, of_type: &str, pointer: &str, value: &str) -> Vec<Value> {
        let mut bodies = self.arm.resources_of_type(of_type);
        bodies.retain(|body| text(body, pointer).eq_ignore_ascii_case(value));
        bodies
    }
}

/// The text at a JSON pointer; empty when there is none.
#[must_use]
pub fn text<'v>(body: &'v Value, pointer: &str) -> &'v str {
    body.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

fn untraced(mut body: Value) -> Value {
    if let Some(properties) = body["properties"].as_object_mut() {
        properties.retain(|name, _| !TRACES.contains(&name.as_str()));
    }
    body
}
