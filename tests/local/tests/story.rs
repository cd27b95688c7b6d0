//! `cargo run -- --once` as a user runs it: a real handler process, HTTPS, and an exit code that means something.

use std::{
    process::{Command, Output},
    thread,
};

use fleet_local::end_state::EndState;
use serde_json::Value;

fn run(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fleet-local"));
    command.args(arguments).env_remove("FLEET_CONFIG").output().expect("the program starts")
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("UTF-8")
}

#[test]
fn the_story_ends_with_success_and_is_told_line_by_line() {
    let output = run(&["--once", "--seed", "7"]);
    let told = stdout(&output);
    assert!(output.status.success(), "{told}\n{}", String::from_utf8_lossy(&output.stderr));
    for part in [
        "world   somebody creates aks-swc-01",
        "event   Resources.ResourceWriteSuccess aks-swc-01",
        "nudge   cluster-events: cluster changed: aks-swc-01",
        "write   PUT fleets/fleet-shop/members/aks-swc-01-",
        "started: create fleet member",
        "quarantined until proven: a good probe",
        "enable origin",
        "As it should be",
    ] {
        assert!(told.contains(part), "`{part}` is not told in:\n{told}");
    }
    assert!(!told.contains('\u{1b}'), "no colour when it is no terminal");
}

#[test]
fn the_same_seed_gives_the_same_story_and_the_same_json() {
    let runs: Vec<_> = (0..2).map(|_| thread::spawn(|| run(&["--once", "--json", "--seed", "21"]))).collect();
    let outputs: Vec<Output> = runs.into_iter().map(|run| run.join().expect("a run")).collect();
    let story = |output: &Output| String::from_utf8(output.stderr.clone()).expect("UTF-8");
    assert_eq!(stdout(&outputs[0]), stdout(&outputs[1]));
    assert_eq!(story(&outputs[0]), story(&outputs[1]));
    assert_ne!(stdout(&outputs[0]), stdout(&run(&["--once", "--json", "--seed", "22"])), "the seed is used");
}

#[test]
fn the_json_is_an_end_state_by_its_published_schema() {
    let output = run(&["--once", "--json", "--seed", "5"]);
    let text = stdout(&output);
    let end: EndState = serde_json::from_str(&text).expect("an end state");
    assert!(end.ok && end.seed == 5 && end.stamps.len() == 3);
    assert!(end.calls.sequential_round_trips <= 3, "{:?}", end.calls);
    let schema: Value =
        serde_json::from_str(include_str!("../../../docs/report.schema.json")).expect("a schema");
    let instance: Value = serde_json::from_str(&text).expect("JSON");
    let faults: Vec<_> = jsonschema::validator_for(&schema)
        .expect("a schema")
        .iter_errors(&instance)
        .map(|e| e.to_string())
        .collect();
    assert!(faults.is_empty(), "{faults:?}");
}

#[test]
fn a_record_holds_every_exchange_with_its_cause_and_no_token() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("record.jsonl");
    let output = run(&["--once", "--record", path.to_str().expect("UTF-8")]);
    assert!(output.status.success());
    let record = std::fs::read_to_string(&path).expect("a record");
    assert!(!record.to_lowercase().contains("bearer "), "a token is in the record");
    let lines: Vec<Value> = record.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    for line in &lines {
        for key in [
            "at",
            "method",
            "url",
            "requestHeaders",
            "requestBody",
            "status",
            "responseHeaders",
            "responseBody",
            "cause",
        ] {
            assert!(line.get(key).is_some(), "{key} is missing in {line}");
        }
    }
    let writes: Vec<&Value> = lines.iter().filter(|line| line["method"] != "GET").collect();
    assert!(
        writes.len() >= 7 && writes.iter().all(|line| line["cause"]["function"] == "work"),
        "{writes:#?}"
    );
}
