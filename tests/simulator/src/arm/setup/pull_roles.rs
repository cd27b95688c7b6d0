//! The right to pull images from a registry.

use serde_json::{Value, json};

use crate::arm::id;
use crate::arm::world::Notice;

use super::Estate;

/// The role that lets a principal pull, by a registry's `roleAssignmentMode`: AcrPull, or Container Registry
/// Repository Reader.
const PULL_ROLES: [(&str, &str); 2] = [
    ("LegacyRegistryPermissions", "7f951dda-4ed3-4680-a7ca-43fe172d538d"),
    ("AbacRepositoryPermissions", "b93aa761-3e63-49ed-ac28-beffa264f7ac"),
];

impl Estate {
    /// Gives a principal the pull role of the registry's mode, under a name made from registry and principal.
    pub fn assign_pull_role(&self, registry: &str, principal: &str) {
        let stored = self.arm.resource(registry).unwrap_or_default();
        let mode =
            stored.pointer("/properties/roleAssignmentMode").and_then(Value::as_str).unwrap_or_default();
        let role = PULL_ROLES
            .iter()
            .find(|(of_mode, _)| *of_mode == mode)
            .map_or(PULL_ROLES[0].1, |(_, role)| *role);
        let name = self.arm.seed().guid(&["pull role", &id::key(registry), principal]).to_string();
        let subscription = id::after(registry, "subscriptions").unwrap_or_default();
        let role_id =
            format!("/subscriptions/{subscription}/providers/Microsoft.Authorization/roleDefinitions/{role}");
        let body = json!({
            "type": "Microsoft.Authorization/roleAssignments",
            "properties": {
                "roleDefinitionId": role_id,
                "principalId": principal,
                "principalType": "ServicePrincipal",
                "scope": registry,
                "condition": null, "conditionVersion": null, "description": null,
            },
        });
        let id = format!("{registry}/providers/Microsoft.Authorization/roleAssignments/{name}");
        self.arm.put_resource(&id, body, Notice::Silent);
    }
}
