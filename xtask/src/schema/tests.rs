use fleet_core::command;
use serde_json::Value;

use super::*;

/// A moment at which the times in the README's commands lie ahead.
const THEN: &str = "2026-11-23T08:00:00Z";

#[test]
fn the_schemas_in_docs_are_what_the_types_say() {
    assert_eq!(stale().expect("the types have schemas"), [""; 0], "run `cargo xtask schema`");
}

#[test]
fn the_sample_configuration_fits_its_schema_and_the_parser() {
    let text = fs::read_to_string(workspace::root().join("fleet.sample.json")).expect("the sample");
    let sample: Value = serde_json::from_str(&text).expect("JSON");
    let schema: Value = serde_json::from_str(&of_fleet_json().expect("a schema")).expect("JSON");
    let schema = jsonschema::validator_for(&schema).expect("a legal schema");
    let faults: Vec<_> = schema.iter_errors(&sample).map(|error| error.to_string()).collect();
    assert_eq!(faults, [""; 0]);
    FleetConfig::parse(&text).expect("the handler reads what its schema allows");
}

#[test]
fn the_commands_in_the_readme_fit_their_schema_and_the_parser() {
    let readme = fs::read_to_string(workspace::root().join("README.md")).expect("the README");
    let blocks = readme.split("```json\n").skip(1).filter_map(|rest| rest.split("```").next());
    let commands: Vec<&str> = blocks.filter(|block| block.contains("\"requestedBy\"")).collect();
    assert!(!commands.is_empty(), "the README shows commands");
    let schema = serde_json::to_value(schema_for!(Command)).expect("a schema");
    let schema = jsonschema::validator_for(&schema).expect("a legal schema");
    let now = THEN.parse().expect("a time");
    for text in commands {
        let value: Value = serde_json::from_str(text).expect("JSON");
        let faults: Vec<_> = schema.iter_errors(&value).map(|error| error.to_string()).collect();
        assert_eq!(faults, [""; 0], "{text}");
        command::parse(text.as_bytes(), now).unwrap_or_else(|invalid| panic!("{invalid}: {text}"));
    }
}
