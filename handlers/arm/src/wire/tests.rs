mod updates;

use std::path::Path;

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::*;

fn parsed<T: DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).expect("a readable resource")
}

fn cluster(properties: &Value) -> ManagedCluster {
    parsed(json!({"id": "/c", "name": "c", "location": "westeurope", "properties": properties}))
}

#[test]
fn a_cluster_with_everything() {
    let cluster: ManagedCluster = parsed(json!({
        "id": "/c", "name": "c", "location": "westeurope", "tags": {"env": "prod"}, "eTag": "\"1\"",
        "identity": {"type": "SystemAssigned", "principalId": "p"},
        "properties": {
            "provisioningState": "Succeeded", "powerState": {"code": "Running"}, "resourceUID": "u",
            "nodeResourceGroup": "MC_c", "currentKubernetesVersion": "1.33.2",
            "identityProfile": {"kubeletidentity": {"objectId": "k", "clientId": "x"}},
            "addonProfiles": {"azurepolicy": {"enabled": true, "config": null}},
            "autoUpgradeProfile": {"upgradeChannel": "stable", "nodeOSUpgradeChannel": "SecurityPatch"},
            "agentPoolProfiles": [{"name": "system", "currentOrchestratorVersion": "1.33.2",
                "nodeImageVersion": "AKSUbuntu-2204gen2containerd-202603.02.0", "provisioningState": "Upgrading"}],
        },
    }));
    assert_eq!(cluster.tags["env"], "prod");
    assert_eq!(cluster.etag.as_deref(), Some("\"1\""));
    assert_eq!(
        cluster.identity.as_ref().and_then(|identity| identity.kind.as_deref()),
        Some("SystemAssigned")
    );
    assert_eq!(cluster.properties.provisioning_state, ProvisioningState::Succeeded);
    let power = cluster.properties.power_state.as_ref().and_then(|power| power.code.clone());
    assert_eq!(power, Some(PowerStateCode::Running));
    assert_eq!(cluster.properties.resource_uid.as_deref(), Some("u"));
    assert_eq!(cluster.properties.node_resource_group.as_deref(), Some("MC_c"));
    assert_eq!(cluster.properties.current_kubernetes_version.as_deref(), Some("1.33.2"));
    assert_eq!(cluster.kubelet_object_id(), Some("k"));
    assert!(cluster.policy_addon_enabled());
    let channels = cluster.properties.auto_upgrade_profile.as_ref().expect("channels");
    assert_eq!(channels.upgrade_channel.as_deref(), Some("stable"));
    assert_eq!(channels.node_os_upgrade_channel.as_deref(), Some("SecurityPatch"));
    let [pool] = &cluster.properties.agent_pool_profiles[..] else { panic!("one pool") };
    assert_eq!(pool.current_orchestrator_version.as_deref(), Some("1.33.2"));
    assert_eq!(pool.node_image_version.as_deref(), Some("AKSUbuntu-2204gen2containerd-202603.02.0"));
    assert_eq!(pool.provisioning_state.as_str(), "Upgrading");
}

#[test]
fn a_cluster_of_a_service_principal_has_no_kubelet_identity() {
    let cluster = cluster(&json!({"tags": null, "identityProfile": null, "addonProfiles": null}));
    assert_eq!(cluster.kubelet_object_id(), None);
    assert!(!cluster.policy_addon_enabled());
    assert_eq!(cluster.ingress_gateway_id(), None);
}

#[test]
fn map_keys_are_found_in_any_case() {
    let cluster = cluster(&json!({
        "identityProfile": {"KubeletIdentity": {"objectId": "k"}},
        "addonProfiles": {
            "azurePolicy": {"enabled": true},
            "IngressApplicationGateway": {"enabled": true, "config": {"effectiveApplicationGatewayId": "/gw"}},
        },
    }));
    assert_eq!(cluster.kubelet_object_id(), Some("k"));
    assert!(cluster.policy_addon_enabled());
    assert_eq!(cluster.ingress_gateway_id(), Some("/gw"));
}

#[test]
fn a_disabled_ingress_add_on_leads_nowhere() {
    let cluster = cluster(&json!({"addonProfiles": {"ingressApplicationGateway": {
        "enabled": false, "config": {"effectiveApplicationGatewayId": "/gw"}}}}));
    assert_eq!(cluster.ingress_gateway_id(), None);
}

#[test]
fn a_state_is_final_or_running_and_none_means_done() {
    let state = |properties: Value| cluster(&properties).properties.provisioning_state;
    assert_eq!(state(json!({})), ProvisioningState::Succeeded);
    assert_eq!(state(json!({"provisioningState": null})), ProvisioningState::Succeeded);
    assert_eq!(state(json!({"provisioningState": "failed"})), ProvisioningState::Failed);
    let upgrading = state(json!({"provisioningState": "Upgrading"}));
    assert_eq!(upgrading, ProvisioningState::Unknown("Upgrading".to_owned()));
    assert!(!upgrading.is_final() && !ProvisioningState::Joining.is_final());
    assert!(ProvisioningState::Canceled.is_final());
}

#[test]
fn a_member_whose_last_error_is_none_has_no_error() {
    let member = |error: Value| -> Member {
        parsed(json!({"id": "/m", "name": "m", "eTag": "e", "properties": {
            "clusterResourceId": "/c", "group": "g", "labels": {"fleet.azure.com/location": "x"},
            "status": {"lastOperationId": "1", "lastOperationError": error},
        }}))
    };
    assert_eq!(member(json!({"code": "None", "message": "No error"})).last_error(), None);
    assert_eq!(member(Value::Null).last_error(), None);
    let failed = member(json!({"code": "ClusterAlreadyJoinedAnotherFleet", "message": "m"}));
    let code = failed.last_error().and_then(|error| error.code.as_deref());
    assert_eq!(code, Some("ClusterAlreadyJoinedAnotherFleet"));
    assert_eq!(failed.properties.labels["fleet.azure.com/location"], "x");
}

#[test]
fn a_member_without_its_cluster_is_a_bad_item() {
    let member = json!({"id": "/m", "name": "m", "properties": {"group": "g"}});
    assert!(serde_json::from_value::<Member>(member).is_err());
}

#[test]
fn a_registry_says_which_roles_count() {
    let mode = |mode: Value| {
        let registry: Registry =
            parsed(json!({"id": "/r", "name": "r", "properties": {"roleAssignmentMode": mode}}));
        registry.properties.role_assignment_mode
    };
    assert_eq!(mode(json!("abacRepositoryPermissions")), Some(RoleAssignmentMode::AbacRepositoryPermissions));
    assert_eq!(mode(json!("Later")), Some(RoleAssignmentMode::Unknown("Later".to_owned())));
    assert_eq!(mode(Value::Null), None);
}

#[test]
fn a_role_is_known_by_the_last_segment_in_lower_case() {
    for id in ["/providers/Microsoft.Authorization/roleDefinitions/7F951DDA", "7f951dda"] {
        let assignment: RoleAssignment = parsed(json!({"id": "/a", "name": "a", "properties": {
            "scope": "/", "roleDefinitionId": id, "principalId": "p", "principalType": "serviceprincipal",
            "createdBy": null,
        }}));
        assert_eq!(assignment.role_guid(), "7f951dda");
        assert_eq!(assignment.properties.principal_type, Some(PrincipalType::ServicePrincipal));
    }
}

#[test]
fn what_is_read_of_a_policy_assignment_can_be_written_back() {
    let settings = json!({
        "policyDefinitionId": "/d", "definitionVersion": "1.*.*", "displayName": "n", "description": "t",
        "parameters": {"effect": {"value": "Deny"}}, "enforcementMode": "Enroll", "metadata": {"a": 1},
        "notScopes": ["/x"], "nonComplianceMessages": [{"message": "m"}],
        "resourceSelectors": [{"name": "s"}], "overrides": [{"kind": "policyEffect"}],
    });
    let mut properties = settings.clone();
    properties["scope"] = json!("/subscriptions/s");
    properties["instanceId"] = json!("read only");
    let read: PolicyAssignment = parsed(json!({
        "id": "/a", "name": "a", "location": "westeurope", "properties": properties,
        "identity": {"type": "UserAssigned", "tenantId": "t", "userAssignedIdentities": {"/i": {"clientId": "c"}}},
    }));
    let identity = read.identity.as_ref().map(Identity::writable);
    let put = PolicyAssignmentPut { properties: read.properties.settings, identity, location: read.location };
    assert_eq!(
        serde_json::to_value(put).expect("serialisable"),
        json!({
            "properties": settings, "location": "westeurope",
            "identity": {"type": "UserAssigned", "userAssignedIdentities": {"/i": {}}},
        })
    );
}

#[test]
fn an_origin_may_leave_everything_but_its_name_unset() {
    let origin: Origin = parsed(json!({
        "id": "/o", "name": "o", "properties": {
            "hostName": "h", "httpPort": 80, "priority": null, "weight": null, "enabledState": "enabled",
            "provisioningState": "Updating", "deploymentStatus": "NotStarted",
            "sharedPrivateLinkResource": null, "enforceCertificateNameCheck": true,
        },
    }));
    let OriginProperties { provisioning_state, settings } = origin.properties;
    assert_eq!(provisioning_state, ProvisioningState::Updating);
    assert_eq!(
        settings,
        OriginSettings {
            host_name: Some("h".to_owned()),
            http_port: Some(80),
            enabled_state: Some(EnabledState::Enabled),
            enforce_certificate_name_check: Some(true),
            ..OriginSettings::default()
        }
    );
}

#[test]
fn a_gateway_leads_to_its_public_addresses() {
    let gateway: ApplicationGateway = parsed(json!({"id": "/g", "name": "g", "properties": {
        "operationalState": "Running",
        "frontendIPConfigurations": [
            {"name": "private", "properties": {"privateIPAddress": "10.0.0.4"}},
            {"name": "public", "properties": {"publicIPAddress": {"id": "/ip"}}},
            {"name": "bare"},
        ],
    }}));
    assert_eq!(gateway.public_ip_ids().collect::<Vec<_>>(), ["/ip"]);
    assert_eq!(gateway.properties.operational_state, Some(OperationalState::Running));
}

#[test]
fn a_public_address_may_have_neither_name_nor_number() {
    let address = |properties: Value| -> PublicIpAddress {
        parsed(json!({"id": "/ip", "name": "ip", "properties": properties}))
    };
    let named = address(json!({"ipAddress": "20.0.0.1", "dnsSettings": {"fqdn": "a.example"}}));
    assert_eq!((named.fqdn(), named.properties.ip_address.as_deref()), (Some("a.example"), Some("20.0.0.1")));
    let bare = address(json!({}));
    assert_eq!((bare.fqdn(), bare.properties.ip_address.as_deref()), (None, None));
}

#[test]
fn the_official_examples_are_readable_where_they_are_at_hand() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/contracts/examples");
    if !folder.is_dir() {
        eprintln!("SKIPPED: no official examples beside the checkout");
        return;
    }
    let example = |name: &str| -> Value {
        let text = std::fs::read_to_string(folder.join(name)).expect(name);
        let mut example: Value = serde_json::from_str(&text).expect(name);
        example["responses"]["200"]["body"].take()
    };
    parsed::<ManagedCluster>(example("microsoft.containerservice-managedclusters.ManagedClusters_Get.json"));
    parsed::<Member>(example("microsoft.containerservice-fleets.FleetMembers_Get.json"));
    let fleets = |name: &str| example(&format!("microsoft.containerservice-fleets.{name}.json"));
    for name in ["Get", "CreateOrUpdate", "Start", "Stop", "Skip"] {
        parsed::<UpdateRun>(fleets(&format!("UpdateRuns_{name}")));
    }
    parsed::<Vec<UpdateRun>>(fleets("UpdateRuns_ListByFleet")["value"].take());
    parsed::<Vec<Gate>>(fleets("Gates_ListByFleet")["value"].take());
    parsed::<Stages>(fleets("FleetUpdateStrategies_Get")["properties"]["strategy"].take());
    parsed::<Registry>(example("microsoft.containerregistry.Registries_Get.json"));
    parsed::<Origin>(example("microsoft.cdn.AFDOrigins_Get.json"));
    parsed::<ApplicationGateway>(example("microsoft.network.ApplicationGateways_Get.json"));
    parsed::<PublicIpAddress>(example("microsoft.network.PublicIPAddresses_Get.json"));
    let roles = example("microsoft.authorization-rbac.RoleAssignments_ListForResource.json");
    parsed::<Vec<RoleAssignment>>(roles["value"].clone());
    let policies = example("microsoft.authorization-policy.PolicyAssignments_ListForResourceGroup.json");
    parsed::<Vec<PolicyAssignment>>(policies["value"].clone());
}
