use serde_json::Value;

use super::*;

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
