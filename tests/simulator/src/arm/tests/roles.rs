//! Role assignments.

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::arm::ArmResponse;

use super::fixture::{Lab, ROLES, body, text};

const ACR_PULL: &str = "7f951dda-4ed3-4680-a7ca-43fe172d538d";
const ONE: &str = "11111111-2222-4333-8444-555555555555";
const TWO: &str = "99999999-2222-4333-8444-555555555555";

fn path(scope: &str, name: &str) -> String {
    format!("{scope}/providers/Microsoft.Authorization/roleAssignments/{name}")
}

fn assign(lab: &Lab, scope: &str, name: &str, principal: &str) -> ArmResponse {
    let properties = json!({
        "roleDefinitionId": format!("/providers/Microsoft.Authorization/roleDefinitions/{ACR_PULL}"),
        "principalId": principal,
        "principalType": "ServicePrincipal",
    });
    lab.put(&path(scope, name), ROLES, &json!({"properties": properties}))
}

fn kubelet(lab: &Lab) -> String {
    lab.estate.kubelet_principal(&lab.new).expect("a kubelet identity")
}

fn registry(lab: &Lab) -> String {
    lab.estate.registry_ids()[0].clone()
}

#[test]
fn a_new_assignment_is_201_with_a_normalised_role_and_no_creator() {
    let lab = Lab::new();
    let created = assign(&lab, &registry(&lab), ONE, &kubelet(&lab));
    assert_eq!(created.status, 201);
    assert_eq!(body(&created)["properties"]["createdBy"], Value::Null);
    assert!(text(body(&created), "/properties/roleDefinitionId").starts_with("/subscriptions/"));
    let read = lab.get(&path(&registry(&lab), ONE), ROLES);
    assert!(body(&read)["properties"]["createdBy"].is_string());
}

#[test]
fn the_same_name_and_body_again_is_200() {
    let lab = Lab::new();
    let _ = assign(&lab, &registry(&lab), ONE, &kubelet(&lab));
    assert_eq!(
        assign(
            &lab,
            &registry(&lab).to_uppercase().replace("/SUBSCRIPTIONS", "/subscriptions"),
            ONE,
            &kubelet(&lab)
        )
        .status,
        200
    );
}

#[test]
fn another_name_for_the_same_meaning_is_409_and_tells_the_existing_name() {
    let lab = Lab::new();
    let _ = assign(&lab, &registry(&lab), ONE, &kubelet(&lab));
    let second = assign(&lab, &registry(&lab), TWO, &kubelet(&lab));
    assert_eq!((second.status, second.error_code()), (409, Some("RoleAssignmentExists")));
    let message = text(body(&second), "/error/message").trim_end_matches('.');
    assert!(message.ends_with("11111111222243338444555555555555"), "{message}");
}

#[test]
fn a_name_cannot_be_used_again_for_another_principal_or_scope() {
    let lab = Lab::new();
    let _ = assign(&lab, &registry(&lab), ONE, &kubelet(&lab));
    let other = lab.estate.kubelet_principal(&lab.serving).expect("a kubelet identity");
    for answer in [assign(&lab, &registry(&lab), ONE, &other), assign(&lab, &lab.new, ONE, &kubelet(&lab))] {
        assert_eq!((answer.status, answer.error_code()), (400, Some("RoleAssignmentUpdateNotPermitted")));
    }
}

#[test]
fn a_new_principal_is_unknown_for_a_while() {
    let lab = Lab::new();
    lab.arm.configure(|settings| settings.principal_replication_seconds = 60);
    let early = assign(&lab, &registry(&lab), ONE, &kubelet(&lab));
    assert_eq!((early.status, early.error_code()), (400, Some("PrincipalNotFound")));
    lab.arm.clock().advance_by(SignedDuration::from_secs(60));
    assert_eq!(assign(&lab, &registry(&lab), ONE, &kubelet(&lab)).status, 201);
}

#[test]
fn a_deleted_clusters_principal_is_unknown_but_its_assignments_stay() {
    let lab = Lab::new();
    let principal = lab.estate.kubelet_principal(&lab.serving).expect("a kubelet identity");
    lab.estate.delete_cluster(&lab.serving);
    assert_eq!(assign(&lab, &lab.new, TWO, &principal).error_code(), Some("PrincipalNotFound"));
    let assignments = lab.arm.resources_of_type("Microsoft.Authorization/roleAssignments");
    assert!(assignments.iter().any(|body| text(body, "/properties/principalId") == principal));
}

#[test]
fn a_new_assignment_may_be_hidden_for_a_while() {
    let lab = Lab::new();
    lab.arm.configure(|settings| settings.role_assignment_lag_seconds = 30);
    let _ = assign(&lab, &registry(&lab), ONE, &kubelet(&lab));
    assert_eq!(lab.get(&path(&registry(&lab), ONE), ROLES).status, 404);
    lab.arm.clock().advance_by(SignedDuration::from_secs(30));
    assert_eq!(lab.get(&path(&registry(&lab), ONE), ROLES).status, 200);
}

#[test]
fn at_scope_lists_what_lies_at_and_above_and_nothing_below() {
    let lab = Lab::new();
    let subscription = format!("/subscriptions/{}", crate::arm::setup::DEFAULT_SUBSCRIPTION);
    let group = format!("{subscription}/resourceGroups/rg-shared");
    let _ = assign(&lab, &subscription, ONE, &kubelet(&lab));
    let _ = assign(&lab, "/providers/Microsoft.Management/managementGroups/mg-root", TWO, &kubelet(&lab));
    let list = |filter: &str| {
        let path = format!("{group}/providers/Microsoft.Authorization/roleAssignments?$filter={filter}");
        let page = lab.get(&path, ROLES);
        let names = body(&page)["value"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|item| text(item, "/name").to_owned());
        names.collect::<std::collections::BTreeSet<_>>()
    };
    assert_eq!(list("atScope()"), [ONE.to_owned(), TWO.to_owned()].into());
    let of_principal = list(&format!("principalId%20eq%20'{}'", kubelet(&lab)));
    assert_eq!(of_principal, [ONE.to_owned(), TWO.to_owned()].into());
    let serving = lab.estate.kubelet_principal(&lab.serving).expect("a kubelet identity");
    assert_eq!(
        list(&format!("principalId%20eq%20'{serving}'")).len(),
        1,
        "the registry's lies below the group"
    );
    assert!(list(&format!("atScope()%20and%20assignedTo('{serving}')")).is_empty());
}

#[test]
fn a_deleted_assignment_is_answered_once() {
    let lab = Lab::new();
    let _ = assign(&lab, &registry(&lab), ONE, &kubelet(&lab));
    let deleted = lab.delete(&path(&registry(&lab), ONE), ROLES);
    assert_eq!((deleted.status, text(body(&deleted), "/name")), (200, ONE));
    assert_eq!(lab.delete(&path(&registry(&lab), ONE), ROLES).status, 204);
}

#[test]
fn an_unknown_filter_is_not_guessed_at() {
    let lab = Lab::new();
    let path = format!("{}/providers/Microsoft.Authorization/roleAssignments?$filter=foo()", registry(&lab));
    assert_eq!(lab.get(&path, ROLES).status, 501);
}
