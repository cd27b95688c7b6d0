//! Joining, changing and leaving a fleet.

use serde_json::json;

use super::fixture::{FLEETS, Lab, body, text};

#[test]
fn joining_is_201_and_joining_until_the_operation_ends() {
    let lab = Lab::new();
    let joined = lab.join("neu");
    assert_eq!(joined.status, 201);
    assert_eq!(text(body(&joined), "/properties/provisioningState"), "Joining");
    assert!(joined.headers.contains_key("azure-asyncoperation"));
    assert!(!joined.headers.contains_key("location") && !joined.headers.contains_key("retry-after"));
    lab.wait();
    let settled = lab.get(&lab.member("neu"), FLEETS);
    assert_eq!(text(body(&settled), "/properties/provisioningState"), "Succeeded");
    assert_ne!(body(&settled)["eTag"], body(&joined)["eTag"], "the etag changes when provisioning ends");
}

#[test]
fn a_put_on_an_existing_member_is_200_and_still_running() {
    let lab = Lab::new();
    let request = json!({"properties": {"clusterResourceId": lab.serving.to_uppercase()}});
    let repeated = lab.put(&lab.member("aks-weu-01"), FLEETS, &request);
    assert_eq!(repeated.status, 200);
    assert_eq!(text(body(&repeated), "/properties/provisioningState"), "Updating");
    assert!(repeated.headers.contains_key("azure-asyncoperation"));
}

#[test]
fn the_cluster_of_a_member_cannot_change() {
    let lab = Lab::new();
    let answer =
        lab.put(&lab.member("aks-weu-01"), FLEETS, &json!({"properties": {"clusterResourceId": lab.new}}));
    assert_eq!((answer.status, answer.error_code()), (400, Some("PropertyChangeNotAllowed")));
}

#[test]
fn service_labels_stand_beside_the_callers_and_survive_a_patch() {
    let lab = Lab::new();
    let labels =
        json!({"env": "test", "fleet.azure.com/member-name": "forged", "fleet.azure.com/made-up": "x"});
    let answer = lab.patch(&lab.member("aks-weu-01"), FLEETS, &json!({"properties": {"labels": labels}}));
    assert_eq!(answer.status, 202);
    lab.wait();
    let member = lab.get(&lab.member("aks-weu-01"), FLEETS);
    let labels = &body(&member)["properties"]["labels"];
    assert_eq!(labels["env"], "test");
    assert_eq!(labels["fleet.azure.com/member-name"], "aks-weu-01");
    assert_eq!(labels.get("fleet.azure.com/made-up"), None);
    assert_eq!(labels["fleet.azure.com/resource-group"], "rg-aks-weu-01");
}

#[test]
fn a_patch_takes_group_and_labels_only() {
    let lab = Lab::new();
    let answer =
        lab.patch(&lab.member("aks-weu-01"), FLEETS, &json!({"properties": {"clusterResourceId": lab.new}}));
    assert_eq!(answer.error_code(), Some("PropertyChangeNotAllowed"));
}

#[test]
fn a_cluster_of_another_fleet_is_refused_with_the_status_of_the_settings() {
    let lab = Lab::new();
    lab.estate.join_other_fleet(&lab.new, "fleet-other", "rg-other");
    assert_eq!(
        (lab.join("neu").status, lab.join("neu").error_code()),
        (400, Some("ClusterAlreadyJoinedAnotherFleet"))
    );
    lab.arm.configure(|settings| settings.already_joined_status = 409);
    assert_eq!(lab.join("neu").status, 409);
}

#[test]
fn a_member_in_mid_operation_takes_no_other() {
    let lab = Lab::new();
    let _ = lab.join("neu");
    let overlapping = lab.patch(&lab.member("neu"), FLEETS, &json!({"properties": {"group": "late"}}));
    assert_eq!((overlapping.status, overlapping.error_code()), (409, Some("OperationNotAllowed")));
    assert_eq!(lab.delete(&lab.member("neu"), FLEETS).status, 409);
    lab.wait();
    assert_eq!(lab.delete(&lab.member("neu"), FLEETS).status, 202);
}

#[test]
fn a_busy_cluster_neither_joins_nor_leaves() {
    let lab = Lab::new();
    lab.estate.set_provisioning_state(&lab.new, "Upgrading");
    assert_eq!(lab.join("neu").error_code(), Some("OperationNotAllowed"));
    lab.estate.set_provisioning_state(&lab.new, "Succeeded");
    assert_eq!(lab.join("neu").status, 201);
}

#[test]
fn a_cluster_that_does_not_exist_cannot_join() {
    let lab = Lab::new();
    lab.estate.delete_cluster(&lab.new);
    assert_eq!(lab.join("neu").error_code(), Some("InvalidResourceReference"));
}

#[test]
fn a_name_with_capitals_is_no_member_name() {
    assert_eq!(Lab::new().join("AKS-NEU").error_code(), Some("InvalidParameter"));
}

#[test]
fn stale_etags_and_existing_members_fail_their_conditions() {
    let lab = Lab::new();
    let path = lab.member("aks-weu-01");
    let change = json!({"properties": {"clusterResourceId": lab.serving, "group": "a"}});
    let conditional = |header: &str, value: &str| {
        lab.send(&lab.request("PUT", &path, FLEETS).header(header, value).json(&change)).status
    };
    assert_eq!(conditional("if-match", "\"stale\""), 412);
    assert_eq!(conditional("if-none-match", "*"), 412);
    let etag = text(body(&lab.get(&path, FLEETS)), "/eTag").to_owned();
    assert!(etag.starts_with('"') && etag.ends_with('"'), "the etag holds its own quotes: {etag}");
    assert_eq!(conditional("if-match", &etag), 200);
}

#[test]
fn leaving_is_202_with_a_location_only_and_204_when_gone() {
    let lab = Lab::new();
    let leaving = lab.delete(&lab.member("aks-weu-01"), FLEETS);
    assert_eq!(leaving.status, 202);
    assert_eq!(text(body(&leaving), "/properties/provisioningState"), "Leaving");
    assert!(
        leaving.headers.contains_key("location") && !leaving.headers.contains_key("azure-asyncoperation")
    );
    lab.wait();
    assert_eq!(lab.get(&lab.member("aks-weu-01"), FLEETS).status, 404);
    assert_eq!(lab.delete(&lab.member("aks-weu-01"), FLEETS).status, 204);
}

#[test]
fn a_body_with_another_provisioning_state_is_refused() {
    let lab = Lab::new();
    let change = json!({"properties": {"clusterResourceId": lab.serving, "provisioningState": "Updating"}});
    assert_eq!(lab.put(&lab.member("aks-weu-01"), FLEETS, &change).status, 400);
}
