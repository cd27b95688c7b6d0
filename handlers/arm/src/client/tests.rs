use std::error::Error as _;
use std::sync::atomic::Ordering;

use serde_json::{Value, json};
use tokio::time::Instant;
use uuid::Uuid;

use super::*;
use crate::error::Class;
use crate::request;
use crate::testing::{Act, Script, Token};
use crate::wire::{ManagedCluster, Member, MemberPut, MemberPutProperties};

const CLUSTER: &str =
    "/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerService/managedClusters/c";
const FLEET: &str = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerService/fleets/f";
const MEMBER: &str =
    "/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerService/fleets/f/members/m";
const CORRELATION: Uuid = Uuid::from_u128(0xc0);

fn context() -> CallContext {
    CallContext::new(CORRELATION)
}

fn cluster_body() -> Value {
    json!({"id": CLUSTER, "name": "c", "properties": {}})
}

fn ok(body: Value) -> Act {
    Act::Answer(200, vec![("x-ms-request-id", "r-1")], body)
}

fn failing(status: u16, headers: &[(&'static str, &'static str)]) -> Act {
    Act::Answer(status, headers.to_vec(), json!({"error": {"code": "Oops", "message": "m"}}))
}

async fn read_cluster(script: &Arc<Script>, context: &CallContext) -> Result<ManagedCluster, ArmError> {
    script.client().get(context, request::managed_cluster(CLUSTER)).await
}

#[tokio::test(start_paused = true)]
async fn a_call_carries_token_ids_and_etag() {
    let script = Script::new([ok(Value::Null)]);
    let properties = MemberPutProperties {
        cluster_resource_id: CLUSTER.to_owned(),
        group: None,
        labels: std::collections::BTreeMap::new(),
    };
    let request =
        request::member_put(MEMBER, &MemberPut { properties }).expect("a member id").if_match(Some("\"7\""));
    script.client().send(&context(), &request).await.expect("an answer");

    let [seen] = &script.seen()[..] else { panic!("one request") };
    assert_eq!(seen.method, "PUT");
    assert_eq!(seen.url, format!("https://arm.test{MEMBER}?api-version=2026-06-01"));
    assert_eq!(seen.body, json!({"properties": {"clusterResourceId": CLUSTER}}).to_string());
    let first_request_id = Uuid::new_v5(&CORRELATION, &0_u64.to_be_bytes()).to_string();
    for (name, value) in [
        ("authorization", "Bearer top-secret"),
        ("content-type", "application/json"),
        ("accept", "application/json"),
        ("if-match", "\"7\""),
        ("x-ms-client-request-id", &first_request_id),
        ("x-ms-return-client-request-id", "true"),
        ("x-ms-correlation-request-id", &CORRELATION.to_string()),
    ] {
        assert_eq!(seen.header(name), Some(value), "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_action_without_a_body_says_so_and_is_sent_once() {
    let script = Script::new([Act::Break]);
    let run = format!("{FLEET}/updateRuns/r");
    let request = request::update_run_start(&run).expect("a run id");
    script.client().send(&context(), &request).await.expect_err("no answer");

    let [seen] = &script.seen()[..] else {
        panic!("one request: whether the first one counted is not known")
    };
    assert_eq!((seen.method, seen.body.as_str()), ("POST", ""));
    assert_eq!((seen.header("content-length"), seen.header("content-type")), (Some("0"), None));
}

#[tokio::test(start_paused = true)]
async fn a_passing_trouble_is_tried_again_under_a_fresh_request_id() {
    let script = Script::new([failing(503, &[]), Act::Break, ok(cluster_body())]);
    let context = context();
    read_cluster(&script, &context).await.expect("the third answer");

    let seen = script.seen();
    let ids: Vec<_> = seen.iter().map(|seen| seen.header("x-ms-client-request-id")).collect();
    assert_eq!(ids.len(), 3);
    assert!(ids[0] != ids[1] && ids[1] != ids[2] && ids[0] != ids[2], "{ids:?}");
    let waits = [seen[1].at - seen[0].at, seen[2].at - seen[1].at].map(|wait| wait.as_millis());
    assert!((200..=251).contains(&waits[0]) && (800..=1_001).contains(&waits[1]), "{waits:?}");
    assert_eq!(context.calls()[0].attempts, 3);
}

#[tokio::test(start_paused = true)]
async fn retries_end_with_the_last_answer() {
    let script = Script::new([failing(500, &[]), failing(500, &[]), failing(504, &[])]);
    let error = read_cluster(&script, &context()).await.expect_err("three failures");
    assert_eq!(error.status(), Some(504));
    assert_eq!(error.class(), Class::Transient { retry_after: None });
}

#[tokio::test(start_paused = true)]
async fn a_short_retry_after_is_waited_out() {
    let script = Script::new([failing(429, &[("retry-after", "4")]), ok(cluster_body())]);
    read_cluster(&script, &context()).await.expect("the second answer");
    let seen = script.seen();
    assert!(seen[1].at - seen[0].at >= Duration::from_secs(4));
}

#[tokio::test(start_paused = true)]
async fn a_long_retry_after_gives_up_at_once_and_is_reported() {
    let script = Script::new([failing(429, &[("retry-after", "17")])]);
    let started = Instant::now();
    let error = read_cluster(&script, &context()).await.expect_err("throttled");
    assert_eq!(error.class(), Class::Throttled { retry_after: Some(Duration::from_secs(17)) });
    assert_eq!(started.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn a_retry_date_is_read_by_the_clock_of_the_service() {
    let headers =
        [("date", "Fri, 01 Jan 2027 00:00:00 GMT"), ("retry-after", "Fri, 01 Jan 2027 00:00:40 GMT")];
    let script = Script::new([failing(503, &headers)]);
    let error = read_cluster(&script, &context()).await.expect_err("unavailable");
    assert_eq!(error.class(), Class::Transient { retry_after: Some(Duration::from_secs(40)) });
}

#[tokio::test(start_paused = true)]
async fn a_call_without_an_answer_ends_with_its_time() {
    let script = Script::new([Act::Hang]);
    let context = context();
    let started = Instant::now();
    let error = read_cluster(&script, &context).await.expect_err("no answer");
    assert!(matches!(error.problem(), Problem::TimedOut { .. }), "{error}");
    assert_eq!(started.elapsed(), Duration::from_secs(30));
    assert_eq!((context.calls()[0].status, context.calls()[0].attempts), (None, 1));
}

#[tokio::test(start_paused = true)]
async fn an_answer_of_another_shape_names_the_place() {
    let script = Script::new([ok(json!({"id": 5}))]);
    let error = read_cluster(&script, &context()).await.expect_err("not a cluster");
    assert_eq!(error.class(), Class::Unreadable);
    assert!(error.to_string().contains("unexpected at `id`"), "{error}");
    assert!(error.source().is_some());
}

#[tokio::test(start_paused = true)]
async fn a_bad_id_is_an_error_without_a_call() {
    let script = Script::new([]);
    let context = context();
    let error = script
        .client()
        .get::<ManagedCluster>(&context, request::managed_cluster(FLEET))
        .await
        .expect_err("not a cluster id");
    assert_eq!((error.class(), error.operation()), (Class::Invalid, "managedClusters.get"));
    assert_eq!(context.calls(), []);
}

#[tokio::test(start_paused = true)]
async fn every_call_is_recorded_for_the_journal() {
    let script = Script::new([ok(cluster_body()), failing(404, &[("x-ms-request-id", "r-2")])]);
    let context = context();
    read_cluster(&script, &context).await.expect("a cluster");
    read_cluster(&script, &context).await.expect_err("absent");
    let record = |status, request_id: &str| CallRecord {
        operation: "managedClusters.get",
        resource: CLUSTER.to_owned(),
        status: Some(status),
        request_id: Some(request_id.to_owned()),
        attempts: 1,
    };
    assert_eq!(context.calls(), [record(200, "r-1"), record(404, "r-2")]);
}

fn member(name: &str) -> Value {
    json!({"id": format!("{FLEET}/members/{name}"), "name": name, "properties": {"clusterResourceId": CLUSTER}})
}

async fn list_members(script: &Arc<Script>) -> Result<Listing<Member>, ArmError> {
    script.client().list(&context(), request::members(FLEET)).await
}

#[tokio::test(start_paused = true)]
async fn a_list_is_followed_through_empty_pages_with_its_link_unchanged() {
    let link = format!("https://arm.test{FLEET}/members?api-version=2026-06-01&%24skipToken=a%2Bb");
    let script = Script::new([
        ok(json!({"value": [member("a")], "nextLink": link})),
        ok(json!({"value": [], "nextLink": link})),
        ok(json!({"value": [member("b"), {"id": "/bad"}], "nextLink": null})),
    ]);
    let listing = list_members(&script).await.expect("a list");
    let names: Vec<_> = listing.items.iter().map(|member| member.name.as_str()).collect();
    assert_eq!(names, ["a", "b"]);
    assert_eq!(listing.bad.len(), 1);
    assert_eq!(script.seen()[2].url, link);
}

#[tokio::test(start_paused = true)]
async fn a_foreign_next_link_never_sees_the_token() {
    let script = Script::new([ok(json!({"value": [], "nextLink": "https://evil.test/?x"}))]);
    let error = list_members(&script).await.expect_err("a foreign link");
    assert!(matches!(error.problem(), Problem::BadLink(BadLink::Foreign { .. })), "{error}");
    assert_eq!(script.seen().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_list_that_breaks_off_is_an_error_not_a_shorter_list() {
    let link = format!("https://arm.test{FLEET}/members?page=2");
    let script = Script::new([ok(json!({"value": [member("a")], "nextLink": link})), failing(403, &[])]);
    assert_eq!(list_members(&script).await.map_err(|error| error.class()), Err(Class::Denied));
}

#[tokio::test(start_paused = true)]
async fn a_list_that_repeats_itself_is_cut_off() {
    let link = format!("https://arm.test{FLEET}/members?page=again");
    let page = ok(json!({"value": [], "nextLink": link}));
    let script = Script::new(vec![page; page::MAX_PAGES]);
    let error = list_members(&script).await.expect_err("endless");
    assert!(matches!(error.problem(), Problem::BadLink(BadLink::Endless)), "{error}");
}

fn client_of(token: &Arc<Token>, script: &Arc<Script>, endpoint: &str) -> Result<ArmClient, BadOptions> {
    let options = ClientOptions {
        transport: Some(Transport::new(Arc::<Script>::clone(script))),
        ..ClientOptions::default()
    };
    let credential: Arc<dyn TokenCredential> = Arc::<Token>::clone(token);
    ArmClient::new(Url::parse(endpoint).expect("a URL"), credential, options)
}

#[tokio::test(start_paused = true)]
async fn a_token_is_asked_for_with_the_first_call_and_for_the_endpoint() {
    let (token, script) = (Arc::new(Token::default()), Script::new([ok(cluster_body()), ok(cluster_body())]));
    let client = client_of(&token, &script, "https://management.azure.com/").expect("good options");
    assert_eq!(token.asked.load(Ordering::Relaxed), 0);
    for _ in 0..2 {
        client.get::<ManagedCluster>(&context(), request::managed_cluster(CLUSTER)).await.expect("a cluster");
    }
    let scopes = token.scopes.lock().expect("not poisoned").clone();
    assert_eq!(scopes, ["https://management.azure.com/.default"]);
}

#[tokio::test(start_paused = true)]
async fn a_missing_token_is_its_own_problem_and_not_retried_here() {
    let (token, script) = (Arc::new(Token { broken: true, ..Token::default() }), Script::new([]));
    let client = client_of(&token, &script, "https://arm.test").expect("good options");
    let error = client
        .get::<ManagedCluster>(&context(), request::managed_cluster(CLUSTER))
        .await
        .expect_err("no token");
    assert!(matches!(error.problem(), Problem::NoToken(_)), "{error}");
    assert_eq!(token.asked.load(Ordering::Relaxed), 1);
}

#[test]
fn an_endpoint_without_tls_or_with_a_path_is_refused() {
    let (token, script) = (Arc::new(Token::default()), Script::new([]));
    for endpoint in ["http://arm.test", "https://arm.test/base", "https://arm.test/?x=1"] {
        let refused = client_of(&token, &script, endpoint).err();
        assert!(matches!(refused, Some(BadOptions::Endpoint { .. })), "{endpoint}");
    }
}

#[test]
fn an_application_id_that_azure_core_would_panic_on_is_refused() {
    let options = ClientOptions { application_id: Some("x".repeat(25)), ..ClientOptions::default() };
    let endpoint = Url::parse("https://arm.test").expect("a URL");
    let refused = ArmClient::new(endpoint, Arc::new(Token::default()), options).err();
    assert!(matches!(refused, Some(BadOptions::ApplicationId { .. })));
}
