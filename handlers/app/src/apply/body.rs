//! The bodies of our writes: from an action's fields to Azure's spelling, with nothing left to decide.

use std::collections::BTreeMap;

use fleet_arm::wire::{
    EnabledState, EnforcementMode, Identity, MemberPatch, MemberPatchProperties, MemberPut,
    MemberPutProperties, OriginPatch, OriginPut, OriginSettings, PolicyAssignmentPut, PolicySettings,
    PrincipalType, RoleAssignmentPut, RoleAssignmentPutProperties,
};
use fleet_core::{
    facets::{
        governance::{Assignment, Enforcement},
        registry_access::PullRole,
        traffic::Origin,
    },
    ids::{ArmId, PrincipalId},
};
use serde_json::{Map, Value, json};

pub(super) fn member(cluster: &ArmId, group: &str, labels: &BTreeMap<String, String>) -> MemberPut {
    MemberPut {
        properties: MemberPutProperties {
            cluster_resource_id: cluster.as_str().to_owned(),
            group: Some(group.to_owned()),
            labels: labels.clone(),
        },
    }
}

pub(super) fn member_patch(group: &str, labels: &BTreeMap<String, String>) -> MemberPatch {
    MemberPatch {
        properties: MemberPatchProperties { group: Some(group.to_owned()), labels: Some(labels.clone()) },
    }
}

/// The principal's type is always sent: the service assumes a user otherwise, and our own right to assign roles is
/// limited to service principals.
pub(super) fn role_assignment(
    registry: &ArmId,
    role: PullRole,
    principal: &PrincipalId,
    description: &str,
) -> RoleAssignmentPut {
    let subscription = registry.subscription().unwrap_or_default();
    let definitions =
        format!("/subscriptions/{subscription}/providers/Microsoft.Authorization/roleDefinitions");
    RoleAssignmentPut {
        properties: RoleAssignmentPutProperties {
            role_definition_id: format!("{definitions}/{}", role.guid()),
            principal_id: principal.as_str().to_owned(),
            principal_type: PrincipalType::ServicePrincipal,
            description: Some(description.to_owned()),
        },
    }
}

pub(super) fn policy_assignment(wanted: &Assignment) -> PolicyAssignmentPut {
    let kept = |key: &str| wanted.rest.get(key).cloned();
    let text = |key: &str| kept(key).and_then(|value| value.as_str().map(str::to_owned));
    let metadata: Map<String, Value> = wanted.metadata.iter().map(|(k, v)| (k.clone(), v.clone())).collect();
    PolicyAssignmentPut {
        properties: PolicySettings {
            policy_definition_id: wanted.definition.as_str().to_owned(),
            definition_version: text("definitionVersion"),
            display_name: Some(wanted.display_name.clone()),
            description: text("description"),
            parameters: wanted.parameters.iter().map(|(k, v)| (k.clone(), json!({ "value": v }))).collect(),
            enforcement_mode: Some(match wanted.enforcement {
                Enforcement::Default => EnforcementMode::Default,
                Enforcement::DoNotEnforce => EnforcementMode::DoNotEnforce,
            }),
            metadata: Some(Value::Object(metadata)),
            not_scopes: kept("notScopes"),
            non_compliance_messages: kept("nonComplianceMessages"),
            resource_selectors: kept("resourceSelectors"),
            overrides: kept("overrides"),
        },
        identity: kept("identity").and_then(|value| serde_json::from_value::<Identity>(value).ok()),
        location: text("location"),
    }
}

pub(super) fn origin(origin: &Origin) -> OriginPut {
    OriginPut {
        properties: OriginSettings {
            host_name: Some(origin.host.clone()),
            origin_host_header: Some(origin.host.clone()),
            http_port: Some(origin.http_port),
            https_port: Some(origin.https_port),
            priority: Some(u32::from(origin.priority)),
            weight: Some(u32::from(origin.weight)),
            enabled_state: Some(if origin.enabled { EnabledState::Enabled } else { EnabledState::Disabled }),
            enforce_certificate_name_check: Some(true),
            azure_origin: None,
            private_link: None,
        },
    }
}

pub(super) fn enable(weight: u16) -> OriginPatch {
    let (enabled_state, weight) = (Some(EnabledState::Enabled), Some(u32::from(weight)));
    OriginPatch { properties: OriginSettings { enabled_state, weight, ..OriginSettings::default() } }
}

pub(super) fn weight(weight: u16) -> OriginPatch {
    OriginPatch::weight(u32::from(weight))
}

pub(super) fn disable() -> OriginPatch {
    OriginPatch::enabled_state(EnabledState::Disabled)
}

pub(super) fn repoint(host: &str) -> OriginPatch {
    let (host_name, origin_host_header) = (Some(host.to_owned()), Some(host.to_owned()));
    OriginPatch { properties: OriginSettings { host_name, origin_host_header, ..OriginSettings::default() } }
}
