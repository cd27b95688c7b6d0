//! `docs/exchanges.md` shows what the app writes to ARM for a new cluster. It is made from a recorded story, so that it
//! can't grow old: `UPDATE_DOCS=1 cargo test -p fleet-scenarios --test exchanges` writes it anew.

use std::{fmt::Write as _, fs, path::Path};

use fleet_local::estate::NEWCOMER;
use fleet_scenarios::recording;
use serde_json::Value;

const INTRODUCTION: &str = "\
# What the app writes for a new cluster

Every write to Azure Resource Manager between the appearance of a cluster and its full weight in traffic, in the order of
the story (`cargo run -- --once --record FILE`, seed 1). Tokens are never recorded. The times are simulated.
";

#[tokio::test(start_paused = true)]
async fn the_documented_exchanges_are_those_of_the_story() {
    let told = document(&recording::of_the_story(1).await);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/exchanges.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, &told).expect("written");
    }
    let stands = fs::read_to_string(&path).expect("docs/exchanges.md");
    assert_eq!(stands, told, "run UPDATE_DOCS=1 cargo test -p fleet-scenarios --test exchanges");
}

fn document(record: &str) -> String {
    let lines = record.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    let mut writes: Vec<Value> =
        lines.filter(|line| line["method"] != "GET" && concerns_the_newcomer(line)).collect();
    // Writes of one moment go out side by side.
    writes.sort_by_key(|write| (text(write, "at"), text(write, "url"), text(write, "method")));
    let mut told = INTRODUCTION.to_owned();
    for write in &writes {
        section(&mut told, write);
    }
    told
}

fn concerns_the_newcomer(line: &Value) -> bool {
    line.to_string().to_lowercase().contains(NEWCOMER.cluster)
}

fn section(told: &mut String, write: &Value) {
    let (method, url) = (text(write, "method"), text(write, "url"));
    let pretty = |value: &Value| serde_json::to_string_pretty(value).expect("JSON");
    let state = write["responseBody"].pointer("/properties/provisioningState").and_then(Value::as_str);
    let state = state.map_or_else(String::new, |state| format!(", `provisioningState` {state}"));
    write!(
        told,
        "\n## {} {method}\n\n```\n{method} {url}\n```\n\n```json\n{}\n```\n\nAnswer: {}{state}.\n",
        text(write, "at"),
        pretty(&write["requestBody"]),
        write["status"],
    )
    .expect("a string takes everything");
}

fn text(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap_or_default().to_owned()
}
