//! What holds for every call: tokens, versions, headers, casing, permissions, limits.

use jiff::SignedDuration;

use crate::arm::{ArmRequest, Bucket, Limits};

use super::fixture::{CDN, CLUSTERS, FLEETS, Lab, body, text};

#[test]
fn a_call_without_a_token_of_ours_is_refused() {
    let lab = Lab::new();
    let path = format!("{}?api-version={CLUSTERS}", lab.new);
    let bare = lab.send(&ArmRequest::new("GET", &path));
    let forged = lab.send(&ArmRequest::new("GET", &path).header("authorization", "Bearer e30.e30.e30"));
    assert_eq!((bare.status, forged.status), (401, 401));
    assert_eq!(bare.error_code(), Some("AuthenticationFailed"));
}

#[test]
fn a_token_for_another_service_is_refused() {
    let lab = Lab::new();
    let identity = crate::identity::ManagedIdentity::named("caller", lab.arm.seed());
    let token = lab.arm.tokens().issue(&identity, "https://storage.azure.com").text;
    let request = ArmRequest::new("GET", &format!("{}?api-version={CLUSTERS}", lab.new))
        .header("authorization", &format!("Bearer {token}"));
    assert_eq!(lab.send(&request).status, 401);
}

#[test]
fn the_api_version_is_required_and_must_be_the_pinned_one() {
    let lab = Lab::new();
    let mut request = lab.request("GET", &lab.new, CLUSTERS);
    request.path_and_query = lab.new.clone();
    assert_eq!(lab.send(&request).error_code(), Some("MissingApiVersionParameter"));
    let other = lab.get(&lab.new, "2020-01-01");
    assert_eq!((other.status, other.error_code()), (400, Some("NoRegisteredProviderFound")));
}

#[test]
fn what_is_not_simulated_is_answered_501() {
    let lab = Lab::new();
    let unknown = lab.get("/subscriptions/s/providers/Microsoft.Storage/storageAccounts", "2024-01-01");
    assert_eq!((unknown.status, unknown.error_code()), (501, Some("NotImplemented")));
    assert_eq!(lab.put(&lab.new, CLUSTERS, &serde_json::json!({})).status, 501);
}

#[test]
fn ids_compare_without_case_and_come_back_in_another() {
    let lab = Lab::new();
    let cluster = lab.get(&lab.new.to_uppercase().replace("/SUBSCRIPTIONS/", "/subscriptions/"), CLUSTERS);
    assert_eq!(cluster.status, 200);
    assert!(text(body(&cluster), "/id").contains("/resourcegroups/rg-aks-neu-01/"));
    assert_eq!(text(body(&cluster), "/type"), "Microsoft.ContainerService/ManagedClusters");
    let origin = lab.get(&lab.origin("aks-weu-01"), CDN);
    assert!(text(body(&origin), "/id").contains("/profiles/afd-shop/origingroups/web/origins/aks-weu-01"));
    assert_eq!(text(body(&origin), "/type"), "Microsoft.Cdn/profiles/origingroups/origins");
}

#[test]
fn the_correlation_id_is_kept_or_made_up_and_the_client_id_echoed_only_on_demand() {
    let lab = Lab::new();
    let request = lab.request("GET", &lab.new, CLUSTERS).header("x-ms-client-request-id", "mine");
    let answer = lab.send(&request.clone().header("x-ms-correlation-request-id", "why"));
    assert_eq!(answer.headers["x-ms-correlation-request-id"], "why");
    assert!(!answer.headers.contains_key("x-ms-client-request-id"));
    let echoed = lab.send(&request.header("x-ms-return-client-request-id", "true"));
    assert_eq!(echoed.headers["x-ms-client-request-id"], "mine");
    assert_ne!(echoed.headers["x-ms-correlation-request-id"], "why");
    assert_ne!(echoed.headers["x-ms-request-id"], answer.headers["x-ms-request-id"]);
}

#[test]
fn a_missing_group_and_a_missing_resource_differ() {
    let lab = Lab::new();
    let elsewhere = lab.new.replace("rg-aks-neu-01", "rg-nowhere");
    assert_eq!(lab.get(&elsewhere, CLUSTERS).error_code(), Some("ResourceGroupNotFound"));
    assert_eq!(lab.get(&format!("{}x", lab.new), CLUSTERS).error_code(), Some("ResourceNotFound"));
}

#[test]
fn a_group_answers_head_without_a_body() {
    let lab = Lab::new();
    let group = format!("/subscriptions/{}/resourcegroups/RG-FLEET", crate::arm::setup::DEFAULT_SUBSCRIPTION);
    let there = lab.send(&lab.request("HEAD", &group, "2025-04-01"));
    let missing = lab.send(&lab.request("HEAD", &format!("{group}-2"), "2025-04-01"));
    assert_eq!((there.status, missing.status), (204, 404));
    assert!(missing.body.is_none());
}

#[test]
fn an_action_that_is_not_granted_is_forbidden_and_every_action_is_remembered() {
    let lab = Lab::new();
    lab.arm.grant_only(&["Microsoft.ContainerService/fleets/*"]);
    assert_eq!(lab.get(lab.estate.fleet_id(), FLEETS).status, 200);
    let refused = lab.get(&lab.new, CLUSTERS);
    assert_eq!((refused.status, refused.error_code()), (403, Some("AuthorizationFailed")));
    assert!(lab.arm.actions_used().contains("Microsoft.ContainerService/managedClusters/read"));
}

#[test]
fn buckets_run_dry_show_it_and_refill_with_simulated_time() {
    let lab = Lab::new();
    let two = Bucket { capacity: 2, refill_per_second: 1 };
    lab.arm.configure(|settings| settings.limits = Some(Limits { reads: two, writes: two, deletes: two }));
    let first = lab.get(&lab.new, CLUSTERS);
    assert_eq!(first.headers["x-ms-ratelimit-remaining-subscription-reads"], "1");
    assert_eq!(first.headers["x-ms-ratelimit-remaining-subscription-global-reads"], "29");
    let _ = lab.get(&lab.new, CLUSTERS);
    let dry = lab.get(&lab.new, CLUSTERS);
    assert_eq!((dry.status, dry.error_code()), (429, Some("SubscriptionRequestsThrottled")));
    assert_eq!(dry.headers["retry-after"], "1");
    for _ in 0..2 {
        lab.arm.clock().advance_by(SignedDuration::from_secs(1));
        assert_eq!(lab.get(&lab.new, CLUSTERS).status, 200);
        assert_eq!(lab.get(&lab.new, CLUSTERS).status, 429, "one second brings back one token, not more");
    }
}
