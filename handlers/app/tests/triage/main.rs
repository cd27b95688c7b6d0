//! Triage, seen from the Functions host: a body goes in, nudges, statements, reasons and rejections come out.

mod alerts;
mod fixtures;
mod hostile;
mod reference;

use std::{collections::BTreeMap, fs, path::Path};

use fleet_core::health::{About, Signal};
use fleet_handler::inbound::{
    Triaged,
    alerts::{Alert, read_invocation},
    triage_invocation,
};
use jiff::Timestamp;

/// The time of an invocation whose body brings none.
fn clock() -> Timestamp {
    Timestamp::UNIX_EPOCH
}

/// An invocation that delivers `event`, given as JSON text.
fn delivering(event: &str) -> String {
    let sys = r#"{"MethodName":"cluster-events","UtcNow":"2026-11-22T08:15:33.398926Z","RandGuid":"g"}"#;
    format!(r#"{{"Data":{{"event":{event}}},"Metadata":{{"sys":{sys}}}}}"#)
}

fn triaged(event: &str) -> Triaged {
    triage_invocation(delivering(event).as_bytes(), clock)
}

/// An invocation that posts `alert`, given as text.
fn posting(alert: &str) -> String {
    let request = serde_json::json!({
        "Url": "https://fleet-orders.azurewebsites.net/api/alerts?code=function-key",
        "Method": "POST",
        "Query": { "code": "function-key" },
        "Headers": { "Content-Type": ["application/json; charset=utf-8"], "x-functions-key": ["function-key"] },
        "Params": {},
        "Identities": [],
        "Body": alert,
    });
    let sys = r#"{"MethodName":"alerts","UtcNow":"2026-11-22T08:50:00.398926Z","RandGuid":"g"}"#;
    format!(r#"{{"Data":{{"req":{request}}},"Metadata":{{"sys":{sys}}}}}"#)
}

fn alerted(alert: &str) -> Alert {
    read_invocation(posting(alert).as_bytes(), clock)
}

/// Who says what about whom.
fn in_words(signal: &Signal) -> String {
    let about = match &signal.about {
        About::Cluster(id) | About::NodeGroup(id) | About::Gateway(id) => id.name(),
        About::Region(name) | About::Named(name) => name,
    };
    format!("{:?}: {:?} about {about}", signal.source, signal.says)
}

/// The JSON files below a folder, by path relative to it, in order.
fn json_files(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).expect("a readable folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "json") {
                let name = path.strip_prefix(folder).expect("below the folder").display().to_string();
                found.push((name, fs::read_to_string(&path).expect("UTF-8")));
            }
        }
    }
    found.sort();
    found
}

/// Holds a table to the fixtures of a folder: each file has a row, and each row a file.
fn each_file_comes_to(folder: &str, expected: &[(&str, &[&str])], outcome: impl Fn(&str) -> Vec<String>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(folder);
    let found: BTreeMap<String, Vec<String>> = json_files(&folder)
        .into_iter()
        .map(|(name, text)| (name.trim_end_matches(".json").to_owned(), outcome(&text)))
        .collect();
    let words = |outcomes: &[&str]| outcomes.iter().map(|&outcome| outcome.to_owned()).collect();
    let expected: BTreeMap<String, Vec<String>> =
        expected.iter().map(|(name, outcomes)| ((*name).to_owned(), words(outcomes))).collect();
    for (found, expected) in found.iter().zip(&expected) {
        assert_eq!(found, expected);
    }
    assert_eq!(found.len(), expected.len(), "each file has a row and each row a file");
}
