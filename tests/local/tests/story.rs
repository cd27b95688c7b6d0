//! `cargo run -- --once` as a user runs it: a real handler process, HTTPS, and an exit code that means something.

use std::{
    collections::BTreeMap,
    process::{Command, Output},
    sync::LazyLock,
    thread,
};

use fleet_core::updates::Outcome;
use fleet_local::end_state::EndState;
use serde_json::Value;
use tempfile::TempDir;

/// A story takes its time, so that few are told, side by side, and the tests share them.
static STORIES: LazyLock<Stories> = LazyLock::new(Stories::told);

struct Stories {
    /// Seed 7, for people.
    plain: Output,
    /// Twice seed 21 as JSON, each time with a record of what was exchanged.
    json: [Output; 2],
    folder: TempDir,
}

impl Stories {
    fn told() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let record = |number: usize| folder.path().join(format!("{number}.jsonl"));
        let recorded = |number| {
            let record = record(number).to_str().expect("UTF-8").to_owned();
            thread::spawn(move || run(&["--once", "--json", "--seed", "21", "--record", &record]))
        };
        let runs = [0, 1].map(recorded);
        let plain = run(&["--once", "--seed", "7"]);
        let json = runs.map(|run| run.join().expect("a run"));
        Self { plain, json, folder }
    }

    fn record(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("0.jsonl")).expect("a record")
    }
}

fn run(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fleet-local"));
    command.args(arguments).env_remove("FLEET_CONFIG").output().expect("the program starts")
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("UTF-8")
}

#[test]
fn the_story_ends_with_success_and_is_told_line_by_line() {
    let Output { status, stdout, stderr } = &STORIES.plain;
    let told = text(stdout);
    assert!(status.success(), "{told}\n{}", text(stderr));
    for part in [
        "world   somebody creates aks-swc-01",
        "event   Resources.ResourceWriteSuccess aks-swc-01",
        "nudge   cluster-events: cluster changed: aks-swc-01",
        "write   PUT fleets/fleet-shop/members/aks-swc-01-",
        "started: create fleet member",
        "quarantined until proven: a good probe",
        "enable origin",
        "As it should be",
        "FleetGateCreated before canary",
        "done: approve gate before canary",
        "update run kubernetes-1-33-5 begins to upgrade aks-neu-01",
        "done: approve gate after canary",
        "failed: 1 of 3 members failed",
        "held out of traffic by update kubernetes-1-33-5 failed",
    ] {
        assert!(told.contains(part), "`{part}` is not told in:\n{told}");
    }
    assert!(!told.contains('\u{1b}'), "no colour when it is no terminal");
}

#[test]
fn the_same_seed_gives_the_same_story_and_the_same_json() {
    let [one, other] = &STORIES.json;
    assert_eq!(text(&one.stdout), text(&other.stdout));
    assert_eq!(text(&one.stderr), text(&other.stderr));
    assert_ne!(text(&one.stderr), text(&STORIES.plain.stdout), "the seed is used");
}

#[test]
fn the_json_is_an_end_state_by_its_published_schema() {
    let text = text(&STORIES.json[0].stdout);
    let end: EndState = serde_json::from_str(text).expect("an end state");
    assert!(end.ok && end.seed == 21 && end.stamps.len() == 3);
    assert!(end.calls.sequential_round_trips <= 3, "{:?}", end.calls);
    let outcomes: Vec<_> =
        end.runs.iter().flat_map(|run| &run.ending).map(|end| end.verdict.outcome).collect();
    assert_eq!(outcomes, [Outcome::Failed]);
    let schema: Value =
        serde_json::from_str(include_str!("../../../docs/report.schema.json")).expect("a schema");
    let instance: Value = serde_json::from_str(text).expect("JSON");
    let faults: Vec<_> = jsonschema::validator_for(&schema)
        .expect("a schema")
        .iter_errors(&instance)
        .map(|e| e.to_string())
        .collect();
    assert!(faults.is_empty(), "{faults:?}");
}

#[test]
fn a_record_holds_every_exchange_with_its_cause_and_no_token() {
    let record = STORIES.record();
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

#[test]
fn every_gate_is_approved_with_one_write() {
    let record = STORIES.record();
    let lines = record.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    let mut approvals: BTreeMap<String, u32> = BTreeMap::new();
    for line in lines.filter(|line| line["method"] == "PATCH") {
        let url = line["url"].as_str().expect("a URL").to_ascii_lowercase();
        if url.contains("/gates/") {
            *approvals.entry(url).or_default() += 1;
        }
    }
    assert_eq!(
        approvals.len(),
        5,
        "before and after two groups, and before the one that failed: {approvals:?}"
    );
    assert!(approvals.values().all(|writes| *writes == 1), "{approvals:?}");
}
