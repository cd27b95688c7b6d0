use super::*;
use crate::functions_host::bench::{Bench, app, fine};

fn notification(function: &str, body: &str) -> EventGridCall {
    EventGridCall {
        method: Method::POST,
        function: function.to_owned(),
        event_type: Some("Notification".to_owned()),
        origin: None,
        body: body.to_owned(),
    }
}

const TWO_EVENTS: &str = r#"[{"id":"1","subject":"good","data":{}},{"id":"2","subject":"bad","data":{}}]"#;

#[tokio::test]
async fn each_event_of_a_delivery_is_an_invocation_and_one_failure_fails_the_delivery() {
    let bench = Bench::new(app(), |_, body| {
        if body["Data"]["event"]["subject"] == "bad" { (500, String::new()) } else { fine() }
    });
    let reply = bench.host.event_grid_webhook(notification("events", TWO_EVENTS)).await;
    assert_eq!(
        (reply.status, reply.body.as_str()),
        (500, "Exception while executing function: Functions.events")
    );
    assert_eq!(bench.bodies().len(), 2);

    let good = r#"{"id":"1","subject":"good","data":{}}"#;
    assert_eq!(bench.host.event_grid_webhook(notification("events", good)).await.status, 202);
}

#[tokio::test]
async fn with_cardinality_many_a_delivery_is_one_invocation() {
    let bench = Bench::new(app(), |_, _| fine());
    assert_eq!(bench.host.event_grid_webhook(notification("batch", TWO_EVENTS)).await.status, 202);
    let [body] = bench.bodies().try_into().unwrap();
    assert!(body["Data"]["event"].as_str().unwrap().starts_with(r#"[{"id":"1""#));
}

#[tokio::test]
async fn the_extension_refuses_what_is_no_notification_for_a_function() {
    let bench = Bench::new(app(), |_, _| fine());
    let with_type = |event_type: Option<&str>| EventGridCall {
        event_type: event_type.map(str::to_owned),
        ..notification("events", TWO_EVENTS)
    };
    let table = [
        (notification("Events", TWO_EVENTS), 404),
        (notification("work", TWO_EVENTS), 404),
        (notification("events", "no json"), 500),
        (with_type(None), 400),
        (with_type(Some("Unsubscribe")), 202),
    ];
    for (call, status) in table {
        assert_eq!(bench.host.event_grid_webhook(call.clone()).await.status, status, "{call:?}");
    }
    assert!(bench.bodies().is_empty());
}

#[tokio::test]
async fn the_extension_answers_handshakes_without_the_handler() {
    let bench = Bench::new(app(), |_, _| fine());
    for data in [r#"{"validationCode":"c0de"}"#, r#""{\"validationCode\":\"c0de\"}""#] {
        let body =
            format!(r#"[{{"eventType":"Microsoft.EventGrid.SubscriptionValidationEvent","data":{data}}}]"#);
        let call = EventGridCall {
            event_type: Some("SubscriptionValidation".to_owned()),
            ..notification("events", &body)
        };
        let reply = bench.host.event_grid_webhook(call).await;
        assert_eq!((reply.status, reply.body.as_str()), (200, r#"{"validationResponse":"c0de"}"#));
    }
    let options = EventGridCall {
        method: Method::OPTIONS,
        origin: Some("grid.example".to_owned()),
        ..notification("events", "")
    };
    let reply = bench.host.event_grid_webhook(options).await;
    assert_eq!((reply.status, reply.allowed_origin.as_deref()), (200, Some("grid.example")));
    assert!(bench.bodies().is_empty());
}

#[tokio::test]
async fn an_administrator_runs_a_function_with_an_input_of_text() {
    let bench = Bench::new(app(), |_, _| fine());
    assert_eq!(bench.host.run_by_admin("tick", r#"{"input":""}"#).await, 202);
    assert_eq!(bench.host.run_by_admin("events", r#"{"input":"{\"subject\":\"a\"}"}"#).await, 202);
    assert_eq!(bench.bodies()[1]["Metadata"]["event"], r#""{\"subject\":\"a\"}""#);
    assert_eq!(bench.host.run_by_admin("events", r#"{"input":{}}"#).await, 400);
    assert_eq!(bench.host.run_by_admin("nope", r#"{"input":""}"#).await, 404);
    assert_eq!(bench.host.run_by_admin("work", r#"{"input":""}"#).await, 501);
}
