//! Faults, the record, and the counts, through whole calls.

use std::io::Write;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use azure_core::http::policies::auth::BearerTokenAuthorizationPolicy;
use azure_core::http::{ClientOptions, Context, HttpClient as _, Method, Pipeline, Request, Transport};
use serde_json::{Value, json};

use crate::arm::{InProcess, Outcome};
use crate::faults::{Effect, KillPoint, Rule};
use crate::happening::Happening;
use crate::identity::{ManagedIdentity, SimulatedCredential};

use super::fixture::{CLUSTERS, FLEETS, Lab};

#[test]
fn a_lost_reply_leaves_the_write_done_and_a_lost_connection_does_not() {
    let lab = Lab::new();
    let request = lab
        .request("PUT", &lab.member("neu"), FLEETS)
        .json(&json!({"properties": {"clusterResourceId": lab.new}}));
    lab.fail_next("PUT", Effect::ConnectionLost);
    assert_eq!(lab.try_send(&request), Outcome::ConnectionLost);
    assert!(lab.arm.resource(&lab.member("neu")).is_none());
    lab.fail_next("PUT", Effect::ReplyLost);
    assert_eq!(lab.try_send(&request), Outcome::ConnectionLost);
    assert!(lab.arm.resource(&lab.member("neu")).is_some());
}

#[test]
fn a_killed_handler_gets_no_answer_and_the_hook_is_called() {
    let lab = Lab::new();
    let kills = lab.watch_kills();
    let request = lab.request("GET", &lab.new, CLUSTERS);
    lab.fail_next("GET", Effect::KillHandler(KillPoint::AfterWrite));
    assert_eq!(lab.try_send(&request), Outcome::Silent);
    assert_eq!(kills.load(Ordering::Relaxed), 1);
    assert!(lab.try_send(&request).answer().is_some());
}

#[test]
fn an_injected_throttle_may_leave_retry_after_out() {
    let lab = Lab::new();
    lab.fail_next("GET", Effect::Throttle { retry_after_seconds: None });
    let refused = lab.get(&lab.new, CLUSTERS);
    assert_eq!((refused.status, refused.headers.get("retry-after")), (429, None));
}

#[test]
fn a_status_fault_hides_the_truth_and_has_no_effect() {
    let lab = Lab::new();
    let body = json!({"error": {"code": "ServiceUnavailable", "message": "later"}});
    lab.fail_next("PUT", Effect::Status { status: 503, body: Some(body) });
    assert_eq!(lab.join("neu").status, 503);
    assert!(lab.arm.resource(&lab.member("neu")).is_none());
}

/// A sink that a test can read.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("no panic while writing").write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn the_record_names_the_cause_and_keeps_no_token_and_no_signature() {
    let lab = Lab::new();
    let lines = Lines::default();
    lab.arm.recorder().record_to(Box::new(lines.clone()));
    lab.arm.causes().set("C-1", "work", "aks-neu-01");
    let request = json!({"properties": {"clusterResourceId": lab.new}});
    let _ = lab.send(
        &lab.request("PUT", &lab.member("neu"), FLEETS)
            .header("x-ms-correlation-request-id", "c-1")
            .json(&request),
    );
    let text = String::from_utf8(lines.0.lock().expect("no panic").clone()).expect("UTF-8");
    let line: Value = serde_json::from_str(text.trim_end()).expect("one line of JSON");
    assert_eq!(line["cause"], json!({"function": "work", "subject": "aks-neu-01"}));
    assert_eq!(
        (&line["at"], &line["status"], &line["requestBody"]),
        (&json!("2026-03-04T05:00:00Z"), &json!(201), &request)
    );
    assert!(line["requestHeaders"].get("authorization").is_none());
    assert!(line["responseHeaders"]["azure-asyncoperation"].as_str().is_some_and(|url| url.len() < 400));
}

#[test]
fn listeners_hear_of_every_call_and_whether_it_changed_anything() {
    let lab = Lab::new();
    let heard: Arc<Mutex<Vec<_>>> = Arc::default();
    let sink = Arc::clone(&heard);
    lab.arm.watchers().watch(Arc::new(move |happening| {
        if let Happening::ArmCall { method, status, changed, .. } = happening {
            sink.lock().expect("no panic").push((method.clone(), *status, *changed));
        }
    }));
    let _ = lab.get(&lab.new, CLUSTERS);
    let _ = lab.join("neu");
    let heard = heard.lock().expect("no panic").clone();
    assert_eq!(heard, [("GET".to_owned(), Some(200), false), ("PUT".to_owned(), Some(201), true)]);
}

/// A request of `azure_core` to the in-process client.
fn azure_request(lab: &Lab, correlation: &str) -> Request {
    let ours = lab.request("GET", &lab.new, CLUSTERS);
    let url = format!("{}{}", ours.base, ours.path_and_query).parse().expect("a URL");
    let mut request = Request::new(url, Method::Get);
    request.insert_header("authorization", ours.headers["authorization"].clone());
    request.insert_header("x-ms-correlation-request-id", correlation.to_owned());
    request
}

#[tokio::test(start_paused = true)]
async fn the_in_process_client_counts_waves_not_calls() {
    let lab = Lab::new();
    let client = InProcess::new(&lab.arm);
    for _ in 0..2 {
        let request = azure_request(&lab, "wave");
        let calls = (0..5).map(|_| client.execute_request(&request));
        for answer in futures::future::join_all(calls).await {
            assert_eq!(u16::from(answer.expect("an answer").status()), 200);
        }
    }
    let counts = lab.arm.calls_of("WAVE");
    assert_eq!((counts.reads, counts.sequential_round_trips), (10, 2));
}

#[tokio::test(start_paused = true)]
async fn the_real_pipeline_and_bearer_policy_work_over_the_in_process_client() {
    let lab = Lab::new();
    let identity = ManagedIdentity::named("app", lab.arm.seed());
    let credential = Arc::new(SimulatedCredential::new(lab.arm.tokens().clone(), identity));
    let bearer = BearerTokenAuthorizationPolicy::new(credential, ["https://management.azure.com/.default"]);
    let transport = Some(Transport::new(Arc::new(InProcess::new(&lab.arm))));
    let options = ClientOptions { transport, ..ClientOptions::default() };
    let pipeline = Pipeline::new(None, None, options, Vec::new(), vec![Arc::new(bearer)], None);
    let mut request = azure_request(&lab, "c");
    request.headers_mut().remove("authorization");
    let answer = pipeline.send(&Context::default(), &mut request, None).await.expect("an answer");
    assert_eq!(u16::from(answer.status()), 200);
}

#[tokio::test(start_paused = true)]
async fn a_lost_connection_is_an_io_error_in_process() {
    let lab = Lab::new();
    lab.arm.inject(Rule::once(Effect::ConnectionLost));
    let error = InProcess::new(&lab.arm)
        .execute_request(&azure_request(&lab, "c"))
        .await
        .expect_err("a lost connection");
    assert!(matches!(error.kind(), azure_core::error::ErrorKind::Io));
}

#[tokio::test(start_paused = true)]
async fn a_delayed_answer_comes_late() {
    let lab = Lab::new();
    lab.arm.inject(Rule::once(Effect::Delay(Duration::from_secs(30))));
    let begun = tokio::time::Instant::now();
    let _ = lab.arm.exchange(&lab.request("GET", &lab.new, CLUSTERS)).await;
    assert!(begun.elapsed() >= Duration::from_secs(30));
}
