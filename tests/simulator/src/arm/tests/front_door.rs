//! Origins: overlapping writes, the last origin, what unset properties look like.

use serde_json::{Value, json};

use crate::arm::{ArmResponse, Bucket};

use super::fixture::{CDN, Lab, body, text};

fn add(lab: &Lab, name: &str) -> ArmResponse {
    lab.put(&lab.origin(name), CDN, &json!({"properties": {"hostName": "neu.contoso.example"}}))
}

fn set_enabled(lab: &Lab, name: &str, state: &str) -> ArmResponse {
    lab.patch(&lab.origin(name), CDN, &json!({"properties": {"enabledState": state}}))
}

#[test]
fn a_new_origin_is_201_and_a_changed_one_202_each_with_two_different_urls() {
    let lab = Lab::new();
    let created = add(&lab, "neu");
    assert_eq!(created.status, 201);
    lab.wait();
    let replaced = add(&lab, "neu");
    assert_eq!(replaced.status, 202);
    assert_eq!(text(body(&replaced), "/properties/provisioningState"), "Updating");
    assert_ne!(replaced.headers["azure-asyncoperation"], replaced.headers["location"]);
    assert!(replaced.headers["location"].contains("/originresults/neu?"));
}

#[test]
fn unset_priority_and_weight_are_null_and_the_deployment_status_never_moves() {
    let lab = Lab::new();
    let _ = add(&lab, "neu");
    lab.wait();
    let properties = body(&lab.get(&lab.origin("neu"), CDN))["properties"].clone();
    assert_eq!((&properties["priority"], &properties["weight"]), (&Value::Null, &Value::Null));
    assert_eq!(properties["provisioningState"], "Succeeded");
    assert_eq!(properties["deploymentStatus"], "NotStarted");
}

#[test]
fn a_running_poll_carries_an_error_that_means_nothing() {
    let lab = Lab::new();
    let url = add(&lab, "neu").headers["azure-asyncoperation"].clone();
    let poll = lab.follow(&url);
    assert_eq!(poll.status, 200);
    assert_eq!(body(&poll), &json!({"status": "InProgress", "error": {"code": "None", "message": null}}));
    lab.wait();
    assert_eq!(text(body(&lab.follow(&url)), "/status"), "Succeeded");
}

#[test]
fn the_location_answers_202_and_then_the_origin_as_its_get_does() {
    let lab = Lab::new();
    let url = add(&lab, "neu").headers["location"].clone();
    assert_eq!(lab.follow(&url).status, 202);
    lab.wait();
    assert_eq!(body(&lab.follow(&url)), body(&lab.get(&lab.origin("neu"), CDN)));
}

#[test]
fn writes_in_one_profile_do_not_overlap() {
    let lab = Lab::new();
    let _ = add(&lab, "neu");
    assert_eq!(set_enabled(&lab, "aks-weu-01", "Enabled").status, 409);
    lab.wait();
    assert_eq!(set_enabled(&lab, "aks-weu-01", "Enabled").status, 202);
}

#[test]
fn the_last_enabled_origin_of_a_routed_group_can_neither_be_disabled_nor_deleted() {
    let lab = Lab::new();
    assert_eq!(set_enabled(&lab, "aks-weu-01", "Disabled").status, 400);
    assert_eq!(lab.delete(&lab.origin("aks-weu-01"), CDN).status, 400);
    let _ = add(&lab, "neu");
    lab.wait();
    assert_eq!(set_enabled(&lab, "aks-weu-01", "Disabled").status, 202);
    lab.wait();
    assert_eq!(set_enabled(&lab, "neu", "Disabled").status, 400);
}

#[test]
fn a_group_without_a_route_may_lose_its_last_origin() {
    let lab = Lab::new();
    let routes = lab.arm.resources_of_type("Microsoft.Cdn/profiles/afdEndpoints/routes");
    for route in routes {
        lab.arm.remove_resource(text(&route, "/id"), crate::arm::Notice::Silent);
    }
    assert_eq!(set_enabled(&lab, "aks-weu-01", "Disabled").status, 202);
}

#[test]
fn a_patch_changes_only_what_it_names() {
    let lab = Lab::new();
    let _ = lab.patch(&lab.origin("aks-weu-01"), CDN, &json!({"properties": {"weight": 5}}));
    let properties = body(&lab.get(&lab.origin("aks-weu-01"), CDN))["properties"].clone();
    assert_eq!((&properties["weight"], &properties["hostName"]), (&json!(5), &json!("weu.contoso.example")));
}

#[test]
fn values_out_of_range_are_refused() {
    let lab = Lab::new();
    for wrong in [json!({"weight": 0}), json!({"priority": 6}), json!({"enabledState": "On"})] {
        let answer = lab.patch(&lab.origin("aks-weu-01"), CDN, &json!({"properties": wrong}));
        assert_eq!(answer.status, 400, "{wrong}");
    }
}

#[test]
fn origin_writes_show_the_providers_own_limit_instead_of_arms() {
    let lab = Lab::new();
    lab.arm.configure(|settings| settings.origin_writes = Bucket { capacity: 1, refill_per_second: 0 });
    let created = add(&lab, "neu");
    assert_eq!(created.headers["x-ms-ratelimit-remaining-subscription-resource-requests"], "0");
    lab.wait();
    assert_eq!(add(&lab, "neu").status, 429);
    assert!(!created.headers.contains_key("x-ms-ratelimit-remaining-subscription-writes"));
}
