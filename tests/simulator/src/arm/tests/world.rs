//! What the simulated world does to clusters, seen through ARM and its events.

use crate::arm::ArmEventKind;

use super::fixture::{CLUSTERS, Lab, body, text};

#[test]
fn a_recreated_cluster_has_another_uid_another_identity_and_another_etag() {
    let lab = Lab::new();
    let read = || {
        let cluster = lab.get(&lab.new, CLUSTERS);
        let field = |pointer: &str| text(body(&cluster), pointer).to_owned();
        [
            field("/properties/resourceUID"),
            field("/properties/identityProfile/kubeletidentity/objectId"),
            field("/eTag"),
        ]
    };
    let before = read();
    lab.estate.recreate_cluster(&lab.new);
    for (old, new) in before.iter().zip(read()) {
        assert!(!new.is_empty() && *old != new, "{old}");
    }
    let kinds: Vec<_> = lab.arm.take_events().into_iter().map(|event| event.kind).collect();
    assert_eq!(kinds, [ArmEventKind::Delete, ArmEventKind::Write]);
}

#[test]
fn setting_an_estate_up_tells_nobody_but_a_cluster_that_appears_does() {
    let lab = Lab::new();
    assert!(lab.arm.take_events().is_empty());
    let id = lab.estate.cluster("aks-sea-01").in_region("southeastasia").appears();
    let events = lab.arm.take_events();
    assert_eq!(events.len(), 1);
    assert_eq!((events[0].resource_id.as_str(), events[0].caller.as_deref()), (id.as_str(), None));
    assert_eq!(events[0].operation_name, "Microsoft.ContainerService/managedClusters/write");
}

#[test]
fn a_stopped_cluster_stops_with_its_node_pools() {
    let lab = Lab::new();
    lab.estate.stop_cluster(&lab.serving);
    let cluster = lab.get(&lab.serving, CLUSTERS);
    assert_eq!(text(body(&cluster), "/properties/powerState/code"), "Stopped");
    assert_eq!(text(body(&cluster), "/properties/agentPoolProfiles/1/powerState/code"), "Stopped");
}

#[test]
fn a_cluster_with_a_service_principal_has_no_kubelet_identity() {
    let lab = Lab::new();
    let id = lab.estate.cluster("aks-old").with_service_principal().serving().present();
    assert_eq!(lab.estate.kubelet_principal(&id), None);
}

#[test]
fn a_serving_cluster_is_a_member_may_pull_and_has_an_origin() {
    let lab = Lab::new();
    let principal = lab.estate.kubelet_principal(&lab.serving).expect("a kubelet identity");
    let member = lab.arm.resource(&lab.member("aks-weu-01")).expect("a member");
    assert!(text(&member, "/properties/clusterResourceId").eq_ignore_ascii_case(&lab.serving));
    let roles = lab.arm.resources_of_type("Microsoft.Authorization/roleAssignments");
    assert!(roles.iter().any(|role| text(role, "/properties/principalId") == principal));
    let origin = lab.arm.resource(&lab.origin("aks-weu-01")).expect("an origin");
    assert_eq!(text(&origin, "/properties/hostName"), "weu.contoso.example");
}

#[test]
fn the_same_seed_makes_the_same_estate() {
    let all = |seed| {
        let arm = Lab::with_seed(seed).arm;
        (
            arm.resources_of_type("Microsoft.ContainerService/managedClusters"),
            arm.resources_of_type("Microsoft.Cdn/profiles"),
        )
    };
    assert_eq!(all(3), all(3));
    assert_ne!(all(3), all(4));
}
