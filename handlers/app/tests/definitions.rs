//! The functions' definitions, the host's settings and the code agree on names.

use std::{collections::BTreeMap, fs, path::Path};

use fleet_handler::{envelope::binding, inbound::decoders::ROWS};
use serde_json::Value;

/// A file of the workspace.
fn read(path: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The bindings of a function by name.
fn bindings(function: &str) -> BTreeMap<String, Value> {
    let definition = read(&format!("function-definitions/{function}/function.json"));
    let bindings = definition["bindings"].as_array().expect("bindings").iter();
    bindings.map(|binding| (binding["name"].as_str().expect("a name").to_owned(), binding.clone())).collect()
}

#[test]
fn every_event_type_has_a_function_that_queues_and_parks() {
    for row in ROWS {
        let bindings = bindings(row.function);
        assert_eq!(bindings[binding::EVENT]["type"], "eventGridTrigger", "{}", row.event_type);
        assert_eq!(bindings[binding::WORK]["queueName"], "fleet-work", "{}", row.event_type);
        assert_eq!(bindings[binding::REJECTED]["queueName"], "fleet-rejected", "{}", row.event_type);
    }
}

#[test]
fn work_reads_the_queue_that_nudges_go_to_as_bytes() {
    let bindings = bindings("work");
    let message = &bindings[binding::MESSAGE];
    assert_eq!(message["queueName"], self::bindings("tick")[binding::WORK]["queueName"]);
    assert_eq!(message["queueName"], bindings[binding::WORK]["queueName"], "a statement becomes nudges");
    assert_eq!(message["dataType"], "binary", "as text, a body's fields would replace the broker's metadata");
}

#[test]
fn tick_and_fleet_have_the_bindings_that_the_code_asks_for() {
    assert_eq!(bindings("tick")[binding::TIMER]["type"], "timerTrigger");
    let fleet = bindings("fleet");
    assert_eq!(
        (&fleet[binding::REQUEST]["type"], &fleet[binding::RESPONSE]["type"]),
        (&"httpTrigger".into(), &"http".into())
    );
}

#[test]
fn alerts_are_posted_with_a_key_and_answered_queued_or_parked() {
    let alerts = bindings("alerts");
    let request = &alerts[binding::REQUEST];
    assert_eq!((&request["type"], &request["authLevel"]), (&"httpTrigger".into(), &"function".into()));
    assert_eq!((&request["methods"], &request["route"]), (&["post"].as_slice().into(), &"alerts".into()));
    assert_eq!(alerts[binding::RESPONSE]["type"], "http");
    assert_eq!(alerts[binding::WORK]["queueName"], "fleet-work");
    assert_eq!(alerts[binding::REJECTED]["queueName"], "fleet-rejected");
}

#[test]
fn commands_are_read_as_bytes_and_answered_on_a_queue_of_their_own() {
    let commands = bindings("commands");
    let message = &commands[binding::MESSAGE];
    assert_eq!((&message["queueName"], &message["dataType"]), (&"fleet-commands".into(), &"binary".into()));
    assert_eq!(commands[binding::RESULT]["queueName"], "fleet-results");
    assert_eq!(commands[binding::WORK]["queueName"], "fleet-work");
    assert_eq!(commands[binding::REJECTED]["queueName"], "fleet-rejected");
}

#[test]
fn locks_outlive_the_longest_invocation() {
    let host = read("host.json");
    let (timeout, lock) =
        (&host["functionTimeout"], &host["extensions"]["serviceBus"]["maxAutoLockRenewalDuration"]);
    // Both are hh:mm:ss, which compare as text.
    assert!(timeout.as_str().expect("a time") < lock.as_str().expect("a time"), "{timeout} {lock}");
}
