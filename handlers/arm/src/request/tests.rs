mod updates;

use std::collections::BTreeMap;

use serde_json::json;

use super::*;
use crate::wire::{
    EnabledState, EnforcementMode, Identity, MemberPatchProperties, MemberPutProperties, OriginSettings,
    PolicySettings, PrincipalType, Reference, RoleAssignmentPutProperties,
};

const GROUP: &str = "/subscriptions/s1/resourceGroups/rg";
const CLUSTER: &str =
    "/subscriptions/s1/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/c1";
const FLEET: &str = "/subscriptions/s1/resourceGroups/rg/providers/Microsoft.ContainerService/fleets/f";
const MEMBER: &str =
    "/subscriptions/s1/resourceGroups/rg/providers/Microsoft.ContainerService/fleets/f/members/m";
const RUN: &str =
    "/subscriptions/s1/resourceGroups/rg/providers/Microsoft.ContainerService/fleets/f/updateRuns/r";
const REGISTRY: &str =
    "/subscriptions/s1/resourceGroups/rg/providers/Microsoft.ContainerRegistry/registries/r";
const ORIGIN_GROUP: &str =
    "/subscriptions/s1/resourceGroups/rg/providers/Microsoft.Cdn/profiles/p/originGroups/og";
const ORIGIN: &str =
    "/subscriptions/s1/resourceGroups/rg/providers/Microsoft.Cdn/profiles/p/originGroups/og/origins/o";

/// Method and URL in one line, as a person would write them down.
fn line(built: Built) -> String {
    let request = built.expect("a good id");
    format!("{} {}?{}", request.method(), request.resource, request.query())
}

#[test]
fn reads_ask_for_the_resource_or_its_collection() {
    let network = format!("{GROUP}/providers/Microsoft.Network");
    let table = [
        (managed_cluster(CLUSTER), format!("GET {CLUSTER}?api-version=2026-05-01")),
        (
            managed_clusters_in_group(GROUP),
            format!("GET {GROUP}/providers/Microsoft.ContainerService/managedClusters?api-version=2026-05-01"),
        ),
        (
            managed_clusters_in_subscription("s1"),
            "GET /subscriptions/s1/providers/Microsoft.ContainerService/managedClusters?api-version=2026-05-01".into(),
        ),
        (
            kubernetes_versions("s1", "westeurope"),
            "GET /subscriptions/s1/providers/Microsoft.ContainerService/locations/westeurope/kubernetesVersions?api-version=2026-05-01".into(),
        ),
        (members(FLEET), format!("GET {FLEET}/members?api-version=2026-06-01")),
        (update_runs(FLEET), format!("GET {FLEET}/updateRuns?api-version=2026-06-01")),
        (update_run(RUN), format!("GET {RUN}?api-version=2026-06-01")),
        (gates(FLEET), format!("GET {FLEET}/gates?api-version=2026-06-01")),
        (registry(REGISTRY), format!("GET {REGISTRY}?api-version=2025-11-01")),
        (replications(REGISTRY), format!("GET {REGISTRY}/replications?api-version=2025-11-01")),
        (origins(ORIGIN_GROUP), format!("GET {ORIGIN_GROUP}/origins?api-version=2025-12-01")),
        (
            application_gateway(&format!("{network}/applicationGateways/gw")),
            format!("GET {network}/applicationGateways/gw?api-version=2025-09-01"),
        ),
        (
            public_ip_address(&format!("{network}/publicIPAddresses/ip")),
            format!("GET {network}/publicIPAddresses/ip?api-version=2025-09-01"),
        ),
        (
            public_ip_addresses_in_group(GROUP),
            format!("GET {network}/publicIPAddresses?api-version=2025-09-01"),
        ),
    ];
    for (built, expected) in table {
        assert_eq!(line(built), expected);
    }
}

#[test]
fn assignments_are_listed_at_any_scope() {
    for scope in ["/subscriptions/s1", GROUP, REGISTRY, "/providers/Microsoft.Management/managementGroups/mg"]
    {
        assert_eq!(
            line(role_assignments(scope)),
            format!(
                "GET {scope}/providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01&$filter=atScope()"
            )
        );
        assert_eq!(
            line(policy_assignments(scope)),
            format!(
                "GET {scope}/providers/Microsoft.Authorization/policyAssignments?api-version=2026-06-01&$filter=atScope()"
            )
        );
    }
}

#[test]
fn deletions_name_the_resource_and_carry_no_body() {
    let role = format!("{REGISTRY}/providers/Microsoft.Authorization/roleAssignments/a");
    let policy = format!("{GROUP}/providers/Microsoft.Authorization/policyAssignments/a");
    let table = [
        (member_delete(MEMBER), format!("DELETE {MEMBER}?api-version=2026-06-01")),
        (role_assignment_delete(&role), format!("DELETE {role}?api-version=2022-04-01")),
        (policy_assignment_delete(&policy), format!("DELETE {policy}?api-version=2026-06-01")),
        (origin_delete(ORIGIN), format!("DELETE {ORIGIN}?api-version=2025-12-01")),
    ];
    for (built, expected) in table {
        assert_eq!(built.as_ref().map(|request| &request.body), Ok(&None));
        assert_eq!(line(built), expected);
    }
}

#[test]
fn a_member_put_names_the_cluster_and_leaves_out_what_is_unset() {
    let mut properties =
        MemberPutProperties { cluster_resource_id: CLUSTER.to_owned(), group: None, labels: BTreeMap::new() };
    let bare = member_put(MEMBER, &MemberPut { properties: properties.clone() }).expect("a member id");
    assert_eq!(bare.body, Some(json!({"properties": {"clusterResourceId": CLUSTER}})));
    assert_eq!(line(Ok(bare)), format!("PUT {MEMBER}?api-version=2026-06-01"));

    properties.group = Some("canary".to_owned());
    properties.labels.insert("env".to_owned(), "prod".to_owned());
    let full = member_put(MEMBER, &MemberPut { properties }).expect("a member id");
    assert_eq!(
        full.body,
        Some(
            json!({"properties": {"clusterResourceId": CLUSTER, "group": "canary", "labels": {"env": "prod"}}})
        )
    );
}

#[test]
fn a_member_patch_says_only_what_changes() {
    let properties = MemberPatchProperties { group: Some("stable".to_owned()), labels: None };
    let request = member_patch(MEMBER, &MemberPatch { properties }).expect("a member id");
    assert_eq!(request.body, Some(json!({"properties": {"group": "stable"}})));
    assert_eq!(line(Ok(request)), format!("PATCH {MEMBER}?api-version=2026-06-01"));
}

#[test]
fn a_role_assignment_put_always_sends_the_kind_of_principal() {
    let properties = RoleAssignmentPutProperties {
        role_definition_id: "/subscriptions/s1/providers/Microsoft.Authorization/roleDefinitions/d"
            .to_owned(),
        principal_id: "p".to_owned(),
        principal_type: PrincipalType::ServicePrincipal,
        description: None,
    };
    let request = role_assignment_put(REGISTRY, "a", &RoleAssignmentPut { properties }).expect("a scope");
    assert_eq!(
        request.body,
        Some(json!({"properties": {
            "roleDefinitionId": "/subscriptions/s1/providers/Microsoft.Authorization/roleDefinitions/d",
            "principalId": "p",
            "principalType": "ServicePrincipal",
        }}))
    );
    assert_eq!(
        line(Ok(request)),
        format!("PUT {REGISTRY}/providers/Microsoft.Authorization/roleAssignments/a?api-version=2022-04-01")
    );
}

#[test]
fn a_policy_assignment_put_carries_identity_and_region_beside_the_settings() {
    let body = PolicyAssignmentPut {
        properties: PolicySettings {
            policy_definition_id: "/providers/Microsoft.Authorization/policyDefinitions/d".to_owned(),
            parameters: BTreeMap::from([("effect".to_owned(), json!({"value": "Deny"}))]),
            enforcement_mode: Some(EnforcementMode::DoNotEnforce),
            ..PolicySettings::default()
        },
        identity: Some(Identity { kind: Some("SystemAssigned".to_owned()), ..Identity::default() }),
        location: Some("westeurope".to_owned()),
    };
    let request = policy_assignment_put(GROUP, "a", &body).expect("a scope");
    assert_eq!(
        request.body,
        Some(json!({
            "properties": {
                "policyDefinitionId": "/providers/Microsoft.Authorization/policyDefinitions/d",
                "parameters": {"effect": {"value": "Deny"}},
                "enforcementMode": "DoNotEnforce",
            },
            "identity": {"type": "SystemAssigned"},
            "location": "westeurope",
        }))
    );
    assert_eq!(
        line(Ok(request)),
        format!("PUT {GROUP}/providers/Microsoft.Authorization/policyAssignments/a?api-version=2026-06-01")
    );
}

#[test]
fn an_origin_put_sends_all_settings_under_their_names() {
    let properties = OriginSettings {
        host_name: Some("h.example".to_owned()),
        origin_host_header: Some("h.example".to_owned()),
        http_port: Some(80),
        https_port: Some(443),
        priority: Some(1),
        weight: Some(1000),
        enabled_state: Some(EnabledState::Disabled),
        enforce_certificate_name_check: Some(true),
        azure_origin: Some(Reference { id: "/x".to_owned() }),
        private_link: Some(json!({"groupId": "g"})),
    };
    let request = origin_put(ORIGIN, &OriginPut { properties }).expect("an origin id");
    assert_eq!(
        request.body,
        Some(json!({"properties": {
            "hostName": "h.example",
            "originHostHeader": "h.example",
            "httpPort": 80,
            "httpsPort": 443,
            "priority": 1,
            "weight": 1000,
            "enabledState": "Disabled",
            "enforceCertificateNameCheck": true,
            "azureOrigin": {"id": "/x"},
            "sharedPrivateLinkResource": {"groupId": "g"},
        }}))
    );
    assert_eq!(line(Ok(request)), format!("PUT {ORIGIN}?api-version=2025-12-01"));
}

#[test]
fn a_traffic_drain_changes_the_enabled_state_only() {
    let request =
        origin_patch(ORIGIN, &OriginPatch::enabled_state(EnabledState::Disabled)).expect("an origin id");
    assert_eq!(request.body, Some(json!({"properties": {"enabledState": "Disabled"}})));
    let request = origin_patch(ORIGIN, &OriginPatch::weight(50)).expect("an origin id");
    assert_eq!(request.body, Some(json!({"properties": {"weight": 50}})));
}

#[test]
fn an_etag_is_sent_as_it_was_received() {
    let request = member_delete(MEMBER).expect("a member id").if_match(Some("\"0000-1\""));
    assert_eq!(request.condition, Condition::Unchanged("\"0000-1\"".to_owned()));
}

#[test]
fn ids_that_would_lead_elsewhere_are_refused() {
    for (name, what) in [
        ("c1?x=1", "`?` or `#`"),
        ("c1#x", "`?` or `#`"),
        ("..", "a dot segment"),
        ("%2e%2e", "`%` or `\\`"),
        ("a\\b", "`%` or `\\`"),
        ("c1\n", "a control character"),
        ("", "an empty segment"),
    ] {
        let id = format!("{GROUP}/providers/Microsoft.ContainerService/managedClusters/{name}");
        let expected = BadId::Unsafe { path: id.clone(), operation: "managedClusters.get", what };
        assert_eq!(managed_cluster(&id), Err(expected), "{name:?}");
    }
    assert!(matches!(managed_cluster("c1"), Err(BadId::Unsafe { what: "no leading slash", .. })));
}

#[test]
fn an_id_of_another_type_is_refused_before_anything_is_sent() {
    assert!(matches!(
        managed_cluster(FLEET),
        Err(BadId::WrongShape { operation: "managedClusters.get", .. })
    ));
    assert!(matches!(member_delete(FLEET), Err(BadId::WrongShape { operation: "members.delete", .. })));
}
