use std::sync::Arc;

use axum::{
    body::{Body, to_bytes},
    extract::State,
    http::Request,
};
use tower::ServiceExt;

use super::*;
use crate::envelope::{Answer, Redeliver};

type Greeting = Arc<str>;

async fn size(State(greeting): State<Greeting>, InvocationBody(body): InvocationBody) -> Answer {
    Answer::new().log(format!("{greeting} {}", body.len()))
}

async fn later() -> Redeliver {
    Redeliver { reason: "the registry is away".to_owned() }
}

async fn broken() -> Answer {
    panic!("a bug")
}

fn app() -> Router {
    let routes = vec![Route::new("size", size), Route::new("later", later), Route::new("broken", broken)];
    router(routes, Arc::from("bytes:"))
}

async fn call(method: &str, path: &str, body: Body) -> (StatusCode, String) {
    let request = Request::builder().method(method).uri(path).body(body).expect("a request");
    let response = app().oneshot(request).await.expect("an answer");
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.expect("a body");
    (parts.status, String::from_utf8(body.to_vec()).expect("UTF-8"))
}

#[tokio::test]
async fn readiness_is_answered_at_once() {
    assert_eq!(call("GET", "/", Body::empty()).await.0, StatusCode::OK);
}

#[tokio::test]
async fn a_function_gets_its_body_and_state() {
    let (status, body) = call("POST", "/size", Body::from("12345")).await;
    assert_eq!((status, body.as_str()), (StatusCode::OK, r#"{"Logs":["bytes: 5"],"Outputs":{}}"#));
}

#[tokio::test]
async fn every_answer_has_a_body_even_when_all_goes_wrong() {
    let cases = [
        ("/later", StatusCode::INTERNAL_SERVER_ERROR),
        ("/broken", StatusCode::INTERNAL_SERVER_ERROR),
        ("/Size", StatusCode::NOT_FOUND),
        ("/unknown", StatusCode::NOT_FOUND),
    ];
    for (path, expected) in cases {
        let (status, body) = call("POST", path, Body::empty()).await;
        assert_eq!(status, expected, "{path}");
        assert!(body.starts_with('{'), "{path}: {body}");
    }
}

#[tokio::test]
async fn a_body_of_the_largest_size_is_read_and_a_larger_one_rejected_for_good() {
    let (_, body) = call("POST", "/size", Body::from(vec![b' '; MAX_BODY_BYTES])).await;
    assert!(body.contains("bytes: 33554432"), "{body}");

    let (status, body) = call("POST", "/size", Body::from(vec![b' '; MAX_BODY_BYTES + 1])).await;
    assert_eq!(status, StatusCode::OK, "anything else would bring the same body again");
    let answer: serde_json::Value = serde_json::from_str(&body).expect("JSON");
    assert!(
        answer["Outputs"]["rejected"][0]["fault"].as_str().is_some_and(|fault| fault.contains("33554432"))
    );
}

#[tokio::test]
async fn a_wrong_port_is_named_with_what_is_allowed() {
    for (value, named) in
        [(None, "is not set"), (Some("0"), "`0`"), (Some("70000"), "`70000`"), (Some("http"), "`http`")]
    {
        let error = bind(value).await.expect_err("refused").to_string();
        assert!(error.contains(PORT_VARIABLE) && error.contains(named) && error.contains("65535"), "{error}");
    }
}

#[tokio::test]
async fn a_port_in_use_is_named() {
    let taken = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = taken.local_addr().expect("an address").port().to_string();
    let error = bind(Some(&port)).await.expect_err("taken");
    assert!(error.to_string().contains(&format!("127.0.0.1:{port}")), "{error}");
}
