use serde_json::{Value, json};

use super::*;

fn settings() -> AppSettings {
    AppSettings::from_iter([
        ("Bus__fullyQualifiedNamespace", "ops.servicebus.windows.net"),
        ("QUEUE", "fleet-work"),
    ])
}

fn read(binding: &Value) -> Result<FunctionDefinition, HostError> {
    FunctionDefinition::from_json("work", json!({"bindings": [binding]}), &settings())
}

fn message(binding: &Value) -> String {
    read(binding).unwrap_err().to_string()
}

#[test]
fn names_in_percent_signs_are_filled_from_settings() {
    let function = read(&json!({"type": "serviceBusTrigger", "name": "message", "direction": "in",
        "queueName": "%QUEUE%", "connection": "Bus", "dataType": "binary"}))
    .unwrap();
    assert_eq!(function.binding, "message");
    assert_eq!(
        function.trigger,
        Trigger::ServiceBus {
            queue: "fleet-work".to_owned(),
            binary: true,
            namespace: "ops.servicebus.windows.net".to_owned()
        }
    );
}

#[test]
fn outputs_keep_their_order() {
    let bindings = json!({"bindings": [
        {"type": "eventGridTrigger", "name": "event", "direction": "in", "cardinality": "many"},
        {"type": "serviceBus", "name": "work", "direction": "out", "queueName": "%QUEUE%", "connection": "Bus"},
        {"type": "serviceBus", "name": "parked", "direction": "out", "queueName": "parked", "connection": "Bus"}]});
    let function = FunctionDefinition::from_json("cluster-events", bindings, &settings()).unwrap();
    assert_eq!(function.trigger, Trigger::EventGrid { whole_delivery: true });
    let names: Vec<_> = function.outputs.iter().map(|output| output.binding.as_str()).collect();
    assert_eq!(names, ["work", "parked"]);
}

#[test]
fn a_timer_that_fires_within_a_minute_is_never_monitored() {
    let timer = |schedule: &str| {
        read(&json!({"type": "timerTrigger", "name": "timer", "direction": "in", "schedule": schedule}))
            .unwrap()
            .trigger
    };
    assert!(matches!(timer("0 */1 * * * *"), Trigger::Timer { monitored: true, .. }));
    assert!(matches!(timer("*/10 * * * * *"), Trigger::Timer { monitored: false, .. }));
}

#[test]
fn an_http_function_without_a_route_is_reached_by_its_name() {
    let trigger = read(&json!({"type": "httpTrigger", "name": "req", "direction": "in", "methods": ["get"]}))
        .unwrap()
        .trigger;
    let Trigger::Http { auth, methods, route } = trigger else { panic!("{trigger:?}") };
    assert_eq!((auth, methods), (AuthLevel::Function, vec!["GET".to_owned()]));
    assert_eq!(route.matches("/work"), Some(Vec::new()));
}

#[test]
fn routes_match_literals_in_any_case_and_hand_over_values() {
    let route = RouteTemplate::parse("jobs/{id}/runs").unwrap();
    assert_eq!(route.matches("Jobs/42/runs"), Some(vec![("id".to_owned(), "42".to_owned())]));
    assert_eq!(route.matches("jobs/42"), None);
    assert_eq!(route.matches("tasks/42/runs"), None);
    assert_eq!(RouteTemplate::parse("jobs/{id:int}"), Err("route segment \"{id:int}\"".to_owned()));
}

#[test]
fn what_the_real_host_refuses_is_refused_with_its_name() {
    let table = [
        (
            json!({"type": "queueTrigger", "name": "m", "direction": "in"}),
            "trigger type \"queueTrigger\" is unknown",
        ),
        (
            json!({"type": "timerTrigger", "name": "my_timer", "direction": "in", "schedule": "0 * * * * *"}),
            "binding \"my_timer\"",
        ),
        (json!({"type": "timerTrigger", "name": "t", "direction": "in", "schedule": "%WHEN%"}), "%WHEN%"),
        (json!({"type": "timerTrigger", "name": "t", "direction": "in"}), "schedule is missing"),
        (
            json!({"type": "httpTrigger", "name": "r", "direction": "in", "authLevel": "user"}),
            "authLevel \"user\"",
        ),
        (
            json!({"type": "eventGridTrigger", "name": "e", "direction": "in", "cardinality": "two"}),
            "cardinality \"two\"",
        ),
        (
            json!({"type": "serviceBusTrigger", "name": "m", "direction": "in", "queueName": "q", "connection": "Nope"}),
            "Nope__fullyQualifiedNamespace",
        ),
    ];
    for (binding, expected) in table {
        let message = message(&binding);
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn what_is_real_but_not_simulated_is_said_so() {
    let table = [
        json!({"type": "serviceBusTrigger", "name": "m", "direction": "in", "queueName": "q", "connection": "Bus", "isSessionsEnabled": true}),
        json!({"type": "serviceBusTrigger", "name": "m", "direction": "in", "topicName": "t", "connection": "Bus"}),
        json!({"type": "serviceBusTrigger", "name": "m", "direction": "in", "queueName": "q", "connection": "Bus", "cardinality": "many"}),
    ];
    for binding in table {
        let message = message(&binding);
        assert!(message.contains("isn't simulated"), "{message}");
    }
}

#[test]
fn function_names_follow_the_hosts_rule() {
    let bindings = json!({"bindings": [{"type": "eventGridTrigger", "name": "event", "direction": "in"}]});
    for (name, allowed) in
        [("cluster-events", true), ("a1_b", true), ("1st", false), ("host", false), ("a b", false)]
    {
        let result = FunctionDefinition::from_json(name, bindings.clone(), &settings());
        assert_eq!(result.is_ok(), allowed, "{name}");
    }
}
