use ::http::Method;
use jiff::Timestamp;
use serde_json::json;

use super::*;
use crate::service_bus::{Locked, Message};

fn sys(function: &str) -> Sys<'_> {
    Sys {
        method_name: function,
        utc_now: "2026-03-04T05:00:02.398926Z".parse().unwrap(),
        rand_guid: "f0000000-0000-4000-8000-00000000000f".parse().unwrap(),
    }
}

/// Compares byte for byte, so that member order counts; the fixture is only laid out for reading.
fn assert_body(input: &TriggerInput, binding: &str, function: &str, fixture: &str) {
    let expected = serde_json::from_str::<Token>(fixture).unwrap().compact();
    assert_eq!(input.body(binding, sys(function)), expected);
}

fn locked(body: &str) -> Locked {
    Locked {
        message: Message {
            body: body.to_owned().into(),
            message_id: "nudge-1".to_owned(),
            content_type: None,
            subject: None,
            correlation_id: None,
            session_id: None,
            reply_to: None,
            to: None,
            application_properties: serde_json::Map::new(),
            sequence_number: 41,
            enqueued: "2026-03-04T05:00:01.89Z".parse().unwrap(),
            expires: None,
            delivery_count: 2,
            dead_letter_source: None,
        },
        lock_token: "10000000-0000-4000-8000-000000000010".to_owned(),
        locked_until: "2026-03-04T05:01:01.89Z".parse().unwrap(),
    }
}

const NAMESPACE: &str = "ops.servicebus.windows.net";
const CLIENT: &str = "c0000000-0000-4000-8000-00000000000c";

#[test]
fn an_event_is_an_object_and_its_data_is_repeated_in_the_metadata() {
    let event = r#"{
        "id": "e0000000-0000-4000-8000-000000000001",
        "topic": "/subscriptions/11111111-1111-4111-8111-111111111111",
        "subject": "/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/rg-weu/providers/Microsoft.ContainerService/managedClusters/aks-weu-01",
        "eventType": "Microsoft.Resources.ResourceWriteSuccess",
        "eventTime": "2026-03-04T05:00:01.5000000Z",
        "data": {"operationName": "Microsoft.ContainerService/managedClusters/write", "status": "Succeeded"},
        "dataVersion": "2",
        "metadataVersion": "1"}"#;
    let input = event_grid_event(Token::parse(event).unwrap());
    assert!(input.subject.ends_with("/managedClusters/aks-weu-01"));
    assert_body(
        &input,
        "event",
        "cluster-events",
        include_str!("../../../fixtures/host/event-grid.request.json"),
    );
}

#[test]
fn event_data_that_is_no_object_is_json_text_and_null_is_left_out() {
    let metadata = |data: &str| {
        let input = event_grid_event(Token::parse(&format!(r#"{{"data":{data}}}"#)).unwrap());
        input.metadata.into_iter().map(|(_, value)| value.on_the_wire().compact()).collect::<Vec<_>>()
    };
    assert_eq!(metadata(r#""text""#), [r#""\"text\"""#]);
    assert_eq!(metadata("[1,2]"), [r#""[1,2]""#]);
    assert_eq!(metadata("null"), Vec::<String>::new());
}

#[test]
fn a_batch_of_events_is_a_string_that_holds_an_array() {
    let events = [
        "{\"id\":\"1\",\"subject\":\"a\",\"data\":{\"n\":1}}",
        "{\"id\":\"2\",\"subject\":\"b\",\"data\":\"text\"}",
    ];
    let input = event_grid_batch(events.iter().map(|event| Token::parse(event).unwrap()).collect());
    assert_eq!(input.subject, "a, b");
    assert_body(
        &input,
        "event",
        "cluster-events",
        include_str!("../../../fixtures/host/event-grid-batch.request.json"),
    );
}

#[test]
fn a_binary_message_is_base64_once_and_leaves_the_metadata_to_the_broker() {
    let mut locked = locked(r#"{"kind":"sweep"}"#);
    locked.message.content_type = Some("application/json".to_owned());
    locked.message.subject = Some("sweep".to_owned());
    locked.message.correlation_id = Some("20000000-0000-4000-8000-000000000020".to_owned());
    locked.message.expires = Some("2026-03-18T05:00:01.89Z".parse().unwrap());
    locked.message.application_properties.insert("tenant".to_owned(), json!("contoso"));
    locked.message.application_properties.insert("priority".to_owned(), json!(5));
    let input = service_bus_message(&locked, true, NAMESPACE, CLIENT);
    assert_body(
        &input,
        "message",
        "work",
        include_str!("../../../fixtures/host/service-bus-binary.request.json"),
    );
}

#[test]
fn fields_of_a_json_text_message_are_laid_over_the_metadata_and_can_replace_the_brokers() {
    let body = r#"{"kind":"sweep","deliveryCount":99,"dryRun":false,"at":"2026-03-04T05:00:00Z","options":{"deep":true},"tags":["blue"],"httpTrigger":1}"#;
    let mut locked = locked(body);
    locked.message.dead_letter_source = Some("fleet-work".to_owned());
    let input = service_bus_message(&locked, false, NAMESPACE, CLIENT);
    assert_body(
        &input,
        "message",
        "work",
        include_str!("../../../fixtures/host/service-bus-text.request.json"),
    );
}

#[test]
fn a_timer_tells_its_last_and_its_present_run_when_it_is_monitored() {
    let next: Timestamp = "2026-03-04T05:01:00Z".parse().unwrap();
    let last = Some("2026-03-04T05:00:00.0096035Z".parse().unwrap());
    let table = [
        (last, true, include_str!("../../../fixtures/host/timer.request.json")),
        (None, true, include_str!("../../../fixtures/host/timer-first-run.request.json")),
        (last, false, include_str!("../../../fixtures/host/timer-unmonitored.request.json")),
    ];
    for (last, monitored, fixture) in table {
        assert_body(&timer_run("tick", TimerRun { next, last, monitored }), "timer", "tick", fixture);
    }
}

#[test]
fn a_request_is_told_whole_with_its_values_in_the_metadata() {
    let mut call = HttpCall::new(
        Method::POST,
        "https://ops.example/api/stamps/weu?verbose=true&code=KEY".parse().unwrap(),
    )
    .header("host", "ops.example")
    .header("content-type", "application/json")
    .header("content-length", "46")
    .header("x-request-id", "a")
    .header("x-request-id", "b");
    call.body = r#"{"count":2,"when":"2026-03-04T05:00:00.0000000Z"}"#.into();
    let input = http_request(&call, &[("stamp".to_owned(), "weu".to_owned())], true);
    assert_eq!(input.subject, "POST /api/stamps/weu");
    assert_body(&input, "req", "stamps", include_str!("../../../fixtures/host/http.request.json"));
}

#[test]
fn a_request_without_a_length_arrives_without_its_body_and_without_a_key_without_claims() {
    let mut call = HttpCall::new(Method::POST, "https://ops.example/api/stamps".parse().unwrap());
    call.body = "chunked".into();
    let BindingValue::Object(request) = http_request(&call, &[], false).data else { panic!("not an object") };
    assert!(request.get("Body").is_none());
    let Some(Token::Array(identities)) = request.get("Identities") else { panic!("no identities") };
    assert_eq!(identities.len(), 1);
    assert_eq!(identities[0].get("Claims"), Some(&Token::Array(Vec::new())));
}
