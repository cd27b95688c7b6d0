//! Policy assignments.

use serde_json::{Value, json};

use crate::arm::ArmResponse;

use super::fixture::{Lab, POLICIES, body, text};

const BASELINE: &str =
    "/providers/Microsoft.Authorization/policySetDefinitions/a8640138-9b0a-4a28-b8cb-1666c838647d";
const PLATFORM: &str = "/providers/Microsoft.Management/managementGroups/mg-platform";

fn path(scope: &str, name: &str) -> String {
    format!("{scope}/providers/Microsoft.Authorization/policyAssignments/{name}")
}

fn subscription() -> String {
    format!("/subscriptions/{}", crate::arm::setup::DEFAULT_SUBSCRIPTION)
}

fn assign(lab: &Lab, scope: &str, name: &str) -> ArmResponse {
    let properties = json!({"policyDefinitionId": BASELINE, "parameters": {"effect": {"value": "deny"}}});
    lab.put(&path(scope, name), POLICIES, &json!({"properties": properties}))
}

#[test]
fn every_put_is_201() {
    let lab = Lab::new();
    assert_eq!(assign(&lab, &subscription(), "baseline").status, 201);
    let again = assign(&lab, &subscription(), "baseline");
    assert_eq!(again.status, 201);
    assert_eq!(text(body(&again), "/properties/enforcementMode"), "Default");
    assert_eq!(text(body(&again), "/properties/scope"), subscription());
}

#[test]
fn names_are_shorter_at_management_groups() {
    let lab = Lab::new();
    let (longest, longer) = ("a".repeat(24), "a".repeat(25));
    assert_eq!(assign(&lab, PLATFORM, &longest).status, 201);
    assert_eq!(assign(&lab, PLATFORM, &longer).error_code(), Some("InvalidPolicyAssignmentName"));
    assert_eq!(assign(&lab, &subscription(), &longer).status, 201);
    assert_eq!(assign(&lab, &subscription(), &"a".repeat(65)).status, 400);
}

#[test]
fn at_scope_includes_what_management_groups_assign() {
    let lab = Lab::new();
    let group = format!("{}/resourceGroups/rg-fleet", subscription());
    let _ = assign(&lab, PLATFORM, "from-above");
    let _ = assign(&lab, &group, "here");
    let list = |scope: &str, filter: &str| -> Vec<String> {
        let page = lab
            .get(&format!("{scope}/providers/Microsoft.Authorization/policyAssignments{filter}"), POLICIES);
        let items = body(&page)["value"].as_array().expect("a list").clone();
        items.iter().map(|item| text(item, "/name").to_owned()).collect()
    };
    assert_eq!(list(&group, "?$filter=atScope()"), ["from-above", "here"]);
    assert_eq!(list(&subscription(), "?$filter=atScope()"), ["from-above"]);
    assert_eq!(list(&subscription(), ""), ["from-above", "here"]);
    assert_eq!(list(&group, "?$filter=atExactScope()"), ["here"]);
}

#[test]
fn an_unknown_definition_or_parameter_is_refused() {
    let lab = Lab::new();
    let put = |properties: Value| {
        lab.put(&path(&subscription(), "p"), POLICIES, &json!({"properties": properties}))
    };
    let unknown = put(json!({"policyDefinitionId": format!("{BASELINE}0")}));
    assert_eq!((unknown.status, unknown.error_code()), (404, Some("PolicyDefinitionNotFound")));
    let strange = put(json!({"policyDefinitionId": BASELINE, "parameters": {"efect": {"value": "deny"}}}));
    assert_eq!((strange.status, strange.error_code()), (400, Some("InvalidPolicyParameters")));
}

#[test]
fn an_identity_needs_a_location_and_gets_a_principal() {
    let lab = Lab::new();
    let mut request =
        json!({"identity": {"type": "SystemAssigned"}, "properties": {"policyDefinitionId": BASELINE}});
    assert_eq!(
        lab.put(&path(&subscription(), "p"), POLICIES, &request).error_code(),
        Some("LocationRequired")
    );
    request["location"] = json!("westeurope");
    let created = lab.put(&path(&subscription(), "p"), POLICIES, &request);
    assert_eq!(text(body(&created), "/identity/principalId").len(), 36);
}

#[test]
fn a_deleted_assignment_is_answered_once() {
    let lab = Lab::new();
    let _ = assign(&lab, &subscription(), "p");
    let deleted = lab.delete(&path(&subscription(), "p"), POLICIES);
    assert_eq!((deleted.status, text(body(&deleted), "/name")), (200, "p"));
    assert_eq!(lab.delete(&path(&subscription(), "p"), POLICIES).status, 204);
}
