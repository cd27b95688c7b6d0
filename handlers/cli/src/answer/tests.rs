use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use azure_core::{
    error::{Error, ErrorKind},
    http::{AsyncRawResponse, HttpClient, Request, Transport, headers::Headers},
};
use fleet_core::ids::ArmId;
use serde_json::json;

use super::*;

/// An app with a journal only: what is to be written at which reading of it, and what is written already, oldest first.
#[derive(Debug, Default)]
struct Journal {
    script: Mutex<Vec<Vec<Value>>>,
    lines: Mutex<Vec<Value>>,
    /// How many readings are refused first.
    refusals: Mutex<u32>,
}

#[async_trait]
impl HttpClient for Journal {
    async fn execute_request(&self, request: &Request) -> azure_core::Result<AsyncRawResponse> {
        let mut refusals = self.refusals.lock().unwrap_or_else(PoisonError::into_inner);
        if *refusals > 0 {
            *refusals -= 1;
            return Ok(AsyncRawResponse::from_bytes(404.into(), Headers::new(), "{}"));
        }
        let ask = |name| request.url().query_pairs().find(|(known, _)| known == name).map(|(_, value)| value);
        let number = |text: &str| text.parse::<usize>().map_err(|error| Error::new(ErrorKind::Other, error));
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        let end = match ask("cursor") {
            Some(cursor) => number(&cursor)?,
            None => {
                let mut script = self.script.lock().unwrap_or_else(PoisonError::into_inner);
                if !script.is_empty() {
                    lines.extend(script.remove(0));
                }
                lines.len()
            }
        };
        let start = end.saturating_sub(number(&ask("limit").unwrap_or_default())?);
        let entries: Vec<&Value> = lines[start..end].iter().rev().collect();
        let next = (start > 0).then(|| start.to_string());
        let body = json!({ "entries": entries, "next": next, "unreadable": 0 }).to_string();
        Ok(AsyncRawResponse::from_bytes(200.into(), Headers::new(), body))
    }
}

/// An app that writes `script[n]` just before the reading number n.
fn app(lines: Vec<Value>, script: Vec<Vec<Value>>, refusals: u32) -> FleetApp {
    let journal = Journal { script: script.into(), lines: lines.into(), refusals: refusals.into() };
    let transport = Transport::new(Arc::new(journal));
    FleetApp::new("https://fleet.example".parse().expect("a URL"), None, Some(transport)).expect("an app")
}

fn now() -> Timestamp {
    "2026-03-04T05:00:00Z".parse().expect("a time")
}

fn answer(id: &str, status: &str, at: &str) -> Value {
    json!({ "kind": "answer", "at": at, "invocation": "00000000-0000-4000-8000-000000000001",
        "command": { "id": id, "requestedBy": "ana", "reason": "why", "dryRun": false,
            "command": "reconcile", "target": "fleet" },
        "result": { "v": 1, "commandId": id, "command": "reconcile", "requestedBy": "ana", "dryRun": false,
            "status": status, "why": [], "stamps": [], "at": 0 } })
}

fn decision(command: &str) -> Value {
    json!({ "kind": "decision", "at": "2026-03-04T05:00:01Z", "trigger": "command", "command": command,
        "subject": "/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerService/managedClusters/aks-weu-01",
        "reaction": "command received", "carriedOut": true, "actions": [], "outcomes": [], "holds": [] })
}

fn about_updates(command: &str) -> Value {
    json!({ "kind": "updates", "at": "2026-03-04T05:00:01Z", "trigger": "command", "command": command,
        "carriedOut": true, "actions": [], "outcomes": [], "whyNot": [], "approved": [], "endings": [] })
}

fn noise(number: u32) -> Value {
    json!({ "kind": "of a newer app", "number": number })
}

const EARLY: &str = "2026-03-04T04:00:00Z";
const LATE: &str = "2026-03-04T05:00:02Z";

async fn waited(lines: Vec<Value>, script: Vec<Vec<Value>>) -> (Option<CommandResult>, Vec<String>) {
    let app = app(lines, script, 0);
    let mark = Mark::set(&app).await.expect("a mark");
    let mut told = Vec::new();
    let end = Instant::now() + Duration::from_secs(10);
    let result = wait(&app, "mine", &mark, end, |progress| {
        told.push(match progress {
            Progress::Decided(decided) => decided.stamp.map_or("updates", ArmId::name).to_owned(),
            Progress::Unread(_) => "unread".to_owned(),
        });
    });
    (result.await, told)
}

#[tokio::test(start_paused = true)]
async fn the_answer_is_found_among_others_and_each_decision_is_told_once() {
    let script = vec![
        vec![],
        vec![decision("other"), decision("mine"), about_updates("other"), about_updates("mine")],
        vec![answer("other", "refused", LATE)],
        (0..250).map(noise).chain([answer("mine", "done", LATE)]).chain((0..250).map(noise)).collect(),
    ];
    let (result, told) = waited(vec![noise(999)], script).await;
    assert_eq!(result.expect("an answer").status, fleet_core::command::Status::Done);
    assert_eq!(told, ["aks-weu-01", "updates"]);
}

#[tokio::test(start_paused = true)]
async fn what_was_answered_before_the_mark_is_not_taken_for_the_answer() {
    let lines = vec![answer("mine", "refused", EARLY), noise(1)];
    let begin = Instant::now();
    assert_eq!(waited(lines, Vec::new()).await.0, None);
    let waited = begin.elapsed().as_secs();
    assert!((9..=10).contains(&waited), "it waited {waited} s of 10");
}

#[tokio::test(start_paused = true)]
async fn in_an_empty_journal_everything_is_after_the_mark() {
    let (result, _) = waited(Vec::new(), vec![vec![], vec![answer("mine", "held", LATE)]]).await;
    assert_eq!(result.expect("an answer").status, fleet_core::command::Status::Held);
}

#[tokio::test(start_paused = true)]
async fn a_journal_that_cannot_be_read_for_a_while_is_read_later() {
    let app = app(vec![answer("mine", "done", LATE)], Vec::new(), 2);
    let (mut unread, end) = (0, Instant::now() + Duration::from_secs(10));
    let result = wait(&app, "mine", &Mark(None), end, |progress| {
        unread += u32::from(matches!(progress, Progress::Unread(_)));
    });
    assert!(result.await.is_some());
    assert_eq!(unread, 2);
}

#[tokio::test]
async fn an_answer_counts_as_given_as_long_as_the_app_remembers_the_command() {
    let dry = |mut line: Value| {
        line["result"]["dryRun"] = json!(true);
        line
    };
    let old = answer("old", "done", "2026-03-02T05:00:00Z");
    let lines = vec![old, answer("mine", "done", EARLY), dry(answer("dry", "done", EARLY)), noise(1)];
    let app = app(lines, Vec::new(), 0);
    let given = async |id| given(&app, id, now()).await.expect("a journal").is_some();
    assert!(given("mine").await);
    assert!(!given("old").await, "the app has forgotten it");
    assert!(!given("dry").await, "a dry run is asked anew");
    assert!(!given("unknown").await);
}
