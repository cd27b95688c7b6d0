use serde::Serialize;
use serde_json::{Value, json};

use super::*;

/// The invocations under `fixtures/`, by file name.
macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/invocations/", $name, ".json"))
            .as_slice()
    };
}

fn never() -> jiff::Timestamp {
    panic!("the host sent a time");
}

fn epoch() -> jiff::Timestamp {
    jiff::Timestamp::UNIX_EPOCH
}

fn body(answer: &Answer) -> Value {
    serde_json::from_slice(&answer.to_body()).expect("JSON")
}

#[test]
fn the_time_comes_with_the_trigger() {
    let invocation = Invocation::parse(fixture!("timer.monitored")).expect("an invocation");
    assert_eq!(invocation.now(never).to_string(), "2026-11-22T08:15:33.398926Z");
    assert_eq!(invocation.id().as_deref(), Some("5e5e5e5e-0000-4000-8000-000000000001"));
}

#[test]
fn without_a_readable_time_the_clock_serves() {
    for metadata in ["null", "{}", r#"{"sys":{}}"#, r#"{"sys":{"UtcNow":"soon"}}"#, r#"{"sys":"text"}"#] {
        let text = format!(r#"{{"Data":{{}},"Metadata":{metadata}}}"#);
        let invocation = Invocation::parse(text.as_bytes()).expect("an invocation");
        assert_eq!(invocation.now(epoch), epoch(), "{metadata}");
    }
}

#[test]
fn times_may_lack_zone_and_digits_and_the_year_one_is_none() {
    let cases = [
        ("2026-11-22T08:15:33Z", Some("2026-11-22T08:15:33Z")),
        ("2026-11-22T08:15:33.1234567Z", Some("2026-11-22T08:15:33.1234567Z")),
        ("2026-11-22T08:15:33.123456789Z", Some("2026-11-22T08:15:33.123456789Z")),
        ("2026-11-22T08:15:33.1234567", Some("2026-11-22T08:15:33.1234567Z")),
        ("2026-11-22T00:15:33-08:00", Some("2026-11-22T08:15:33Z")),
        ("0001-01-01T00:00:00.0000000Z", None),
        ("0001-01-01T00:00:00", None),
        ("03/04/2026 05:06:00", None),
    ];
    for (text, expected) in cases {
        assert_eq!(parse_time(text).map(|time| time.to_string()).as_deref(), expected, "{text}");
    }
}

#[test]
fn events_come_as_an_object_a_text_or_an_array_in_a_text() {
    let count = |bytes: &[u8]| {
        let invocation = Invocation::parse(bytes).expect("an invocation");
        let items = invocation.events(binding::EVENT).expect("events");
        items.iter().map(|item| item.path.clone()).collect::<Vec<_>>()
    };
    assert_eq!(count(fixture!("event-grid.event")), ["Data.event"]);
    assert_eq!(count(fixture!("event-grid.cloudevent")), ["Data.event"]);
    assert_eq!(count(fixture!("event-grid.text")), ["Data.event"]);
    assert_eq!(count(fixture!("event-grid.many")), ["Data.event[0]", "Data.event[1]"]);
}

#[test]
fn a_single_event_is_not_copied() {
    let invocation = Invocation::parse(fixture!("event-grid.event")).expect("an invocation");
    let items = invocation.events(binding::EVENT).expect("events");
    assert!(matches!(items[0].json, std::borrow::Cow::Borrowed(_)));
}

#[test]
fn a_message_is_the_same_whether_the_host_sent_bytes_or_text() {
    let read = |bytes: &[u8]| {
        Invocation::parse(bytes).expect("an invocation").message(binding::MESSAGE).expect("a message")
    };
    let binary = read(fixture!("service-bus.binary"));
    assert_eq!(binary.body, read(fixture!("service-bus.json-text")).body);
    assert!(binary.body.starts_with(b"{"));
    assert_eq!(binary.delivery_count, Some(1));
    assert_eq!(binary.message_id.as_deref(), Some("nudge-1"));
    assert_eq!(binary.enqueued.expect("a time").to_string(), "2026-11-22T08:15:33Z");

    assert_eq!(read(fixture!("service-bus.third-delivery")).delivery_count, Some(3));
    assert_eq!(read(fixture!("service-bus.dead-letter")).delivery_count, Some(11));
    assert_eq!(read(fixture!("service-bus.session")).body, binary.body);
    assert_eq!(read(fixture!("service-bus.plain-text")).body, b"say \"hello\"");
    assert_eq!(read(fixture!("service-bus.empty")).body, b"");
}

#[test]
fn a_timer_knows_whether_it_is_late() {
    let read =
        |bytes: &[u8]| Invocation::parse(bytes).expect("an invocation").timer(binding::TIMER).expect("a run");
    let monitored = read(fixture!("timer.monitored"));
    assert!(monitored.past_due);
    assert_eq!(monitored.due.expect("a time").to_string(), "2026-11-22T08:15:00Z");
    assert_eq!(read(fixture!("timer.first-run")).last, None);
    assert_eq!(read(fixture!("timer.unmonitored")), TimerRun { past_due: false, last: None, due: None });
}

#[test]
fn a_request_keeps_no_secret() {
    let invocation = Invocation::parse(fixture!("http.get")).expect("an invocation");
    let request = invocation.request(binding::REQUEST).expect("a request");
    assert_eq!((request.method.as_str(), request.query["view"].as_str()), ("GET", "json"));
    assert_eq!(request.headers["x-request-id"], ["a", "b"]);
    let HttpRequest { method, query, headers, params, body } = request;
    let kept = format!("{method} {query:?} {headers:?} {params:?} {body:?}");
    assert!(!kept.contains("function-key"), "{kept}");
}

#[test]
fn a_missing_binding_names_those_that_came() {
    let invocation = Invocation::parse(fixture!("timer.monitored")).expect("an invocation");
    let error = invocation.events(binding::EVENT).expect_err("a timer has no event");
    assert_eq!(error.path, "Data.event");
    assert!(error.fault.contains("\"timer\""), "{}", error.fault);
}

#[test]
fn an_answer_is_never_empty() {
    assert_eq!(body(&Answer::new()), json!({ "Outputs": {}, "Logs": [] }));
}

#[test]
fn outputs_are_arrays_of_objects() {
    #[derive(Serialize)]
    struct Item {
        at: u8,
    }
    let mut answer = Answer::new().log("two queued");
    answer.push(binding::WORK, &Item { at: 1 }).expect("an object");
    answer.push(binding::WORK, &Item { at: 2 }).expect("an object");
    assert_eq!(
        body(&answer),
        json!({ "Outputs": { "work": [{ "at": 1 }, { "at": 2 }] }, "Logs": ["two queued"] })
    );
    assert!(answer.push(binding::WORK, &"dGVzdA==").is_err(), "the host would decode a bare word");
}

#[test]
fn a_response_is_text_with_scalar_headers() {
    let answer = Answer::new().http(HttpAnswer::new(200, "text/html", "<!doctype html>"));
    let expected =
        json!({ "statusCode": "200", "headers": { "Content-Type": "text/html" }, "body": "<!doctype html>" });
    assert_eq!(body(&answer)["Outputs"]["res"], expected);
}
