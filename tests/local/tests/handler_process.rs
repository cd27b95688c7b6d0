//! The handler as a process: what can't work is said before it listens, with a code that is not 0.

use std::{
    path::Path,
    process::{Command, Output},
};

fn handler(folder: &Path, variables: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fleet-local"));
    command.arg("handler").current_dir(folder).env_clear().envs(variables.iter().copied());
    command.output().expect("the program starts")
}

#[test]
fn a_bad_fleet_json_is_told_problem_by_problem_and_stops_the_process() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = r#"{
        "fleet": "/subscriptions/x",
        "scope": { "subscriptions": ["not-a-guid"], "colour": "blue" },
        "membership": { "mode": "sometimes", "defaultGroup": "UPPER" },
        "traffic": { "originGroup": 7, "ramp": [{ "weight": 2000 }] }
    }"#;
    std::fs::write(folder.path().join("fleet.json"), config).expect("written");
    let output = handler(folder.path(), &[("FUNCTIONS_CUSTOMHANDLER_PORT", "1"), ("FLEET_STATE", "memory:")]);
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(78), "{told}");
    for part in [
        "$.fleet: `/subscriptions/x` is not a Microsoft.ContainerService/fleets",
        "$.scope.subscriptions[0]: `not-a-guid` is not a subscription id; expected a GUID",
        "$.scope.colour: is not a known key; allowed are",
        "$.membership.mode: is \"sometimes\"; allowed are \"enforce\", \"observe\", \"off\"",
        "$.membership.defaultGroup: `UPPER` is not an update group",
        "$.traffic.originGroup: is a number; expected a text",
        "$.traffic.ramp[0].weight: is 2000; expected a whole number from 1 to 1000",
    ] {
        assert!(told.contains(part), "`{part}` is not in:\n{told}");
    }
    assert!(output.stdout.is_empty(), "it never got as far as listening");
}

#[test]
fn missing_settings_are_told_all_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = handler(folder.path(), &[("AZURE_ARM_ENDPOINT", "ftp://x")]);
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(78), "{told}");
    for part in [
        "FUNCTIONS_CUSTOMHANDLER_PORT is not set",
        "FLEET_STATE is not set",
        "AZURE_ARM_ENDPOINT is `ftp://x`",
        "fleet.json cannot be read",
    ] {
        assert!(told.contains(part), "`{part}` is not in:\n{told}");
    }
}

#[test]
fn a_port_that_is_taken_is_an_error_that_names_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = r#"{
        "fleet": "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/g/providers/Microsoft.ContainerService/fleets/f",
        "scope": { "subscriptions": ["00000000-0000-0000-0000-000000000001"] },
        "membership": { "defaultGroup": "all" }
    }"#;
    std::fs::write(folder.path().join("fleet.json"), config).expect("written");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("an address").port().to_string();
    let output =
        handler(folder.path(), &[("FUNCTIONS_CUSTOMHANDLER_PORT", &port), ("FLEET_STATE", "memory:")]);
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && output.status.code() != Some(0), "{told}");
    assert!(told.contains(&format!("cannot listen on 127.0.0.1:{port}")), "{told}");
}
