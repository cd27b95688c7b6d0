use azure_core::Bytes;
use azure_core::http::headers::Headers;
use serde_json::{Value, json};

use super::*;

const STATUS_URL: (&str, &str) = ("azure-asyncoperation", "https://arm.test/operations/1?s=secret");
const RESULT_URL: (&str, &str) = ("location", "https://arm.test/results/1?s=secret");

fn reply(status: u16, headers: &[(&'static str, &'static str)], body: &Value) -> Reply {
    let mut collected = Headers::new();
    for &(name, value) in headers {
        collected.insert(name, value);
    }
    let body = if body.is_null() { String::new() } else { body.to_string() };
    Reply { status, headers: collected, body: Bytes::from(body) }
}

fn running(next: Next) -> Step {
    Step::Running { next, retry_after: None }
}

fn status_url() -> Next {
    Next::StatusUrl(STATUS_URL.1.to_owned())
}

fn result_url() -> Next {
    Next::ResultUrl(RESULT_URL.1.to_owned())
}

fn state(state: &str) -> Value {
    json!({"properties": {"provisioningState": state}})
}

#[test]
fn the_first_answer_is_judged_by_headers_and_state_not_by_its_status() {
    let table = [
        ("fleet or profile created", 201, vec![STATUS_URL], state("Creating"), running(status_url())),
        ("existing member put", 200, vec![STATUS_URL], state("Updating"), running(status_url())),
        ("member deleted", 202, vec![RESULT_URL], state("Leaving"), running(result_url())),
        ("existing origin put", 202, vec![STATUS_URL, RESULT_URL], state("Updating"), running(status_url())),
        ("tags patched at once", 200, vec![], state("Succeeded"), Step::Done),
        ("update run put", 201, vec![], state("Succeeded"), Step::Done),
        ("role assignment put", 201, vec![], json!({"properties": {"createdBy": null}}), Step::Done),
        ("strategy deleted", 200, vec![], Value::Null, Step::Done),
        ("nothing to delete", 204, vec![], Value::Null, Step::Done),
        ("still running without headers", 200, vec![], state("upgrading"), running(Next::Resource)),
        ("accepted without headers", 202, vec![], Value::Null, running(Next::Resource)),
        ("location of a created resource", 201, vec![RESULT_URL], state("succeeded"), Step::Done),
    ];
    for (what, status, headers, body, expected) in table {
        assert_eq!(step(Asked::Start, &reply(status, &headers, &body), None), expected, "{what}");
    }
}

#[test]
fn a_status_url_is_judged_by_its_status_alone() {
    let none = json!({"code": "None", "message": null});
    let denied = json!({"code": "MemberFailed", "message": "why"});
    let failed =
        |code: &str, message: &str| Step::Failed { code: code.to_owned(), message: message.to_owned() };
    let table = [
        (json!({"status": "InProgress"}), running(Next::Same)),
        (json!({"status": "InProgress", "error": none}), running(Next::Same)),
        (json!({"status": "SUCCEEDED", "error": none}), Step::Done),
        (json!({"status": "Failed", "error": denied}), failed("MemberFailed", "why")),
        (json!({"status": "Failed", "error": none}), failed("Failed", "")),
        (json!({"status": "Canceled"}), failed("Canceled", "")),
        (json!({"name": "no status"}), running(Next::Same)),
        (Value::Null, running(Next::Same)),
    ];
    for (body, expected) in table {
        assert_eq!(step(Asked::StatusUrl, &reply(200, &[], &body), None), expected, "{body}");
    }
}

#[test]
fn failing_to_read_a_status_is_not_a_failed_operation() {
    for status in [404, 429, 500] {
        let body = json!({"status": "Failed", "error": {"code": "Oops", "message": ""}});
        assert_eq!(step(Asked::StatusUrl, &reply(status, &[], &body), None), running(Next::Same), "{status}");
    }
}

#[test]
fn a_result_url_runs_while_it_answers_202_and_may_change_each_time() {
    let busy = json!({"name": "op", "status": "InProgress"});
    assert_eq!(step(Asked::ResultUrl, &reply(202, &[RESULT_URL], &busy), None), running(result_url()));
    assert_eq!(step(Asked::ResultUrl, &reply(202, &[], &busy), None), running(Next::Same));
    assert_eq!(step(Asked::ResultUrl, &reply(503, &[], &Value::Null), None), running(Next::Same));
    assert_eq!(step(Asked::ResultUrl, &reply(204, &[], &Value::Null), None), Step::Done);
    assert_eq!(step(Asked::ResultUrl, &reply(200, &[], &state("Succeeded")), None), Step::Done);
}

#[test]
fn a_result_url_that_ends_in_an_error_tells_which() {
    let error = json!({"error": {"code": "MemberBelongsToClusterMesh", "message": "leave the mesh first"}});
    let expected = Step::Failed {
        code: "MemberBelongsToClusterMesh".to_owned(),
        message: "leave the mesh first".to_owned(),
    };
    assert_eq!(step(Asked::ResultUrl, &reply(400, &[], &error), None), expected);
}

#[test]
fn a_refused_start_is_a_failure_even_without_a_body() {
    let expected = Step::Failed { code: "Http409".to_owned(), message: String::new() };
    assert_eq!(step(Asked::Start, &reply(409, &[], &Value::Null), None), expected);
}

#[test]
fn the_wait_that_the_service_asks_for_is_passed_on() {
    let wait = Some(Duration::from_secs(30));
    let expected = Step::Running { next: result_url(), retry_after: wait };
    assert_eq!(step(Asked::Start, &reply(202, &[RESULT_URL], &Value::Null), wait), expected);
}

#[test]
fn signed_urls_do_not_show_in_debug_output() {
    assert!(!format!("{:?}", running(status_url())).contains("secret"));
}
