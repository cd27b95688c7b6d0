use std::error::Error as _;

use serde_json::{Value, json};

use super::*;

const ID: Uuid = Uuid::from_u128(7);

fn refused(status: u16, body: &Value) -> ArmError {
    let body = ErrorBody::parse(body.to_string().as_bytes());
    let refusal = Refusal { status, body, retry_after: Some(Duration::from_secs(9)), request_id: None };
    ArmError::new("members.put", "/members/m", ID, Problem::Refused(refusal))
}

fn coded(status: u16, code: &str) -> ArmError {
    refused(status, &json!({"error": {"code": code, "message": "m"}}))
}

#[test]
fn the_class_follows_from_the_status() {
    let retry_after = Some(Duration::from_secs(9));
    let table = [
        (400, Class::Invalid),
        (401, Class::Denied),
        (403, Class::Denied),
        (404, Class::Absent),
        (405, Class::Invalid),
        (408, Class::Transient { retry_after }),
        (409, Class::Conflict),
        (412, Class::Conflict),
        (422, Class::Invalid),
        (429, Class::Throttled { retry_after }),
        (500, Class::Transient { retry_after }),
        (501, Class::Invalid),
        (503, Class::Transient { retry_after }),
        (504, Class::Transient { retry_after }),
        (307, Class::Invalid),
    ];
    for (status, class) in table {
        assert_eq!(coded(status, "SomeCode").class(), class, "{status}");
    }
}

#[test]
fn a_busy_resource_is_a_conflict_under_whatever_status() {
    assert_eq!(coded(429, "RetryableErrorDueToAnotherOperation").class(), Class::Conflict);
    assert_eq!(coded(400, "AnotherOperationInProgress").class(), Class::Conflict);
    let said = json!({"error": {"code": "BadRequest", "message": "Another operation is in progress."}});
    assert_eq!(refused(400, &said).class(), Class::Conflict);
}

#[test]
fn only_a_missing_resource_or_group_is_proof_of_absence() {
    for (code, kind) in [
        ("ResourceNotFound", AbsentKind::Gone),
        ("resourcegroupnotfound", AbsentKind::Gone),
        ("SubscriptionNotFound", AbsentKind::Unproven),
        ("NotFound", AbsentKind::Unproven),
        ("InvalidResourceType", AbsentKind::Unproven),
    ] {
        assert_eq!(coded(404, code).absent_kind(), Some(kind), "{code}");
    }
    assert_eq!(refused(404, &Value::Null).absent_kind(), Some(AbsentKind::Unproven));
    assert_eq!(coded(403, "ResourceNotFound").absent_kind(), None);
}

#[test]
fn a_body_is_read_with_or_without_wrapper_and_in_any_case() {
    for body in [
        json!({"error": {"code": "C", "message": "m"}}),
        json!({"code": "C", "message": "m"}),
        json!({"Error": {"Code": "C", "Message": "m"}}),
    ] {
        let error = refused(400, &body);
        assert_eq!((error.code(), error.message()), (Some("C"), Some("m")), "{body}");
    }
}

#[test]
fn a_body_that_is_no_error_leaves_the_status() {
    for body in [Value::Null, json!([1]), json!({"error": null}), json!({"error": {"code": "None"}})] {
        let error = refused(502, &body);
        assert_eq!((error.code(), error.status()), (None, Some(502)), "{body}");
    }
    assert_eq!(ErrorBody::parse(b"<html>Bad gateway</html>"), ErrorBody::default());
}

#[test]
fn a_generic_code_gives_way_to_a_nested_one() {
    let details = json!({"error": {"code": "BadRequest", "message": "outer", "details": [
        {"code": "Conflict", "message": "middle", "innererror": {"code": "RoleAssignmentExists"}},
    ]}});
    let error = refused(409, &details);
    assert_eq!(error.code(), Some("RoleAssignmentExists"));
    assert!(error.has_code("badrequest") && error.has_code("RoleAssignmentExists"));
    assert!(!error.has_code("PrincipalNotFound"));
}

#[test]
fn a_specific_code_is_not_replaced_by_its_details() {
    let body = json!({"error": {"code": "RequestDisallowedByPolicy", "message": "outer", "details": [
        {"code": "Other", "message": "inner"},
    ]}});
    let error = refused(403, &body);
    assert_eq!((error.code(), error.message()), (Some("RequestDisallowedByPolicy"), Some("outer")));
}

#[test]
fn an_endless_message_is_cut() {
    let long = json!({"code": "C", "message": "x".repeat(5_000)});
    assert_eq!(ErrorBody::parse(long.to_string().as_bytes()).message().map(str::len), Some(1_000));
}

#[test]
fn the_message_names_operation_resource_and_cause_once() {
    let error = coded(409, "OperationNotAllowed");
    assert_eq!(
        error.to_string(),
        "members.put on `/members/m`: ARM answered 409 OperationNotAllowed: m \
         (correlation id 00000000-0000-0000-0000-000000000007)"
    );
    assert!(error.source().is_none());
}

#[test]
fn the_cause_of_a_lost_answer_is_in_the_chain_not_in_the_message() {
    let io = azure_core::Error::with_message(azure_core::error::ErrorKind::Io, "connection reset");
    let error = ArmError::new("members.put", "/members/m", ID, Problem::Unreachable(io));
    assert!(!error.to_string().contains("connection reset"));
    assert_eq!(error.source().map(ToString::to_string).as_deref(), Some("connection reset"));
    assert_eq!(error.class(), Class::Transient { retry_after: None });
}
