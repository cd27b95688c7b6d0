//! The schema for editors and the parser must not drift apart.

use jsonschema::Validator;
use serde_json::json;

use Verdict::{Fine, OnlyParserTells, Wrong};

use super::*;
use crate::testing::config_json;

#[derive(Debug, Clone, Copy, PartialEq)]
enum Verdict {
    /// Both accept.
    Fine,
    /// Both refuse.
    Wrong,
    /// Only the parser refuses, because JSON Schema can't tell.
    OnlyParserTells,
}

fn schema() -> Validator {
    jsonschema::validator_for(schemars::schema_for!(FleetConfig).as_value()).expect("a legal schema")
}

/// The verdict on the full document with one value changed, or taken out if the new one is undefined.
fn verdict(schema: &Validator, pointer: &str, value: Option<Value>) -> Option<Verdict> {
    let mut document = full();
    let (parent, key) = pointer.rsplit_once('/').expect("a pointer below the root");
    let parent = document.pointer_mut(parent).expect("a known parent");
    match (parent, value) {
        (Value::Object(map), Some(value)) => drop(map.insert(key.to_owned(), value)),
        (Value::Object(map), None) => drop(map.remove(key).expect("a key to take out")),
        (parent, value) => parent[key.parse::<usize>().expect("an index")] = value.expect("an item"),
    }
    match (parse(&document).is_ok(), schema.is_valid(&document)) {
        (true, true) => Some(Fine),
        (false, false) => Some(Wrong),
        (false, true) => Some(OnlyParserTells),
        (true, false) => None,
    }
}

/// Every change whose verdict is not the expected one.
fn surprises(table: impl IntoIterator<Item = (&'static str, Option<Value>, Verdict)>) -> Vec<String> {
    let schema = schema();
    let surprise = |(pointer, value, expected): (&str, Option<Value>, Verdict)| {
        let found = verdict(&schema, pointer, value.clone());
        (found != Some(expected)).then(|| format!("{pointer} = {value:?}: {found:?}, not {expected:?}"))
    };
    table.into_iter().filter_map(surprise).collect()
}

const NONE: [String; 0] = [];

#[test]
fn parser_and_schema_agree_on_what_may_be_left_out() {
    let table = [
        ("/$schema", Fine),
        ("/fleet", Wrong),
        ("/scope", Wrong),
        ("/scope/subscriptions", Wrong),
        ("/scope/tags", Fine),
        ("/membership", Wrong),
        ("/membership/defaultGroup", Wrong),
        ("/membership/groups/0/group", Wrong),
        ("/registryAccess", Fine),
        ("/governance", Fine),
        ("/traffic", Fine),
        ("/traffic/originGroup", Wrong),
        ("/traffic/ramp", Fine),
        ("/traffic/ramp/0/weight", Wrong),
        ("/traffic/minimum/count", Fine),
        ("/tick", Fine),
        ("/governance/assignments/0/name", Wrong),
        ("/governance/assignments/0/definition", Wrong),
        ("/governance/assignments/0/scope", Wrong),
        ("/governance/assignments/0/displayName", Fine),
        ("/governance/assignments/0/effect", Fine),
    ];
    assert_eq!(surprises(table.map(|(pointer, verdict)| (pointer, None, verdict))), NONE);
}

#[test]
fn parser_and_schema_agree_that_unknown_keys_are_refused() {
    let keys = [
        "/other",
        "/scope/other",
        "/membership/other",
        "/membership/groups/0/other",
        "/registryAccess/other",
        "/governance/other",
        "/traffic/other",
        "/traffic/ramp/0/other",
        "/traffic/minimum/other",
        "/tick/other",
        "/governance/assignments/0/other",
    ];
    assert_eq!(surprises(keys.map(|key| (key, Some(json!(1)), Wrong))), NONE);
}

#[test]
fn parser_and_schema_agree_on_ids_and_texts() {
    let table = [
        ("/fleet", json!("fleet-one"), Wrong),
        ("/fleet", json!(shared("Microsoft.ContainerService/fleets/f").as_str().to_uppercase()), Fine),
        ("/fleet", json!(shared("Microsoft.X/y/z")), OnlyParserTells),
        ("/registryAccess/registries/0", json!("/subscriptions/a b"), Wrong),
        ("/scope/subscriptions", json!([]), Wrong),
        ("/scope/subscriptions/0", json!("not-a-guid"), OnlyParserTells),
        ("/scope/optOutTag", json!(1), Wrong),
        ("/scope/optOutTag", json!(" "), OnlyParserTells),
        ("/scope/resourceGroups/0", json!("rg-*-aks"), OnlyParserTells),
        ("/scope/tags/env", json!(1), Wrong),
        ("/membership/defaultGroup", json!("a"), Fine),
        ("/membership/defaultGroup", json!("a".repeat(50)), Fine),
        ("/membership/defaultGroup", json!("a".repeat(51)), Wrong),
        ("/membership/defaultGroup", json!("Stable"), Wrong),
        ("/membership/defaultGroup", json!("-a"), Wrong),
        ("/membership/defaultGroup", json!("a-"), Wrong),
        ("/membership/groups/0/group", json!(""), Wrong),
        ("/membership/groups/0/regions", json!("westeurope"), Wrong),
        ("/traffic/healthPath", json!("ready"), Wrong),
        ("/traffic/healthPath", json!("/ready?full=1"), Wrong),
        ("/traffic/healthPath", json!("/re\tady"), Wrong),
    ];
    assert_eq!(surprises(table.map(|(pointer, value, verdict)| (pointer, Some(value), verdict))), NONE);
}

#[test]
fn parser_and_schema_agree_on_words_and_numbers() {
    let table = [
        ("/membership/mode", json!("off"), Fine),
        ("/membership/mode", json!("Enforce"), Wrong),
        ("/traffic/mode", Value::Null, Wrong),
        ("/traffic/httpsPort", json!(65_535), Fine),
        ("/traffic/httpsPort", json!(65_536), Wrong),
        ("/traffic/httpPort", json!(0), Wrong),
        ("/traffic/priority", json!(6), Wrong),
        ("/traffic/priority", json!("1"), Wrong),
        ("/traffic/ramp", json!([]), Wrong),
        ("/traffic/ramp", json!(vec![json!({ "weight": 1 }); 21]), Fine),
        ("/traffic/ramp/0/weight", json!(0), Wrong),
        ("/traffic/ramp/0/weight", json!(1_001), Wrong),
        ("/traffic/ramp/0/bakeMinutes", json!(10_080), Fine),
        ("/traffic/ramp/0/bakeMinutes", json!(10_081), Wrong),
        ("/traffic/minimum/count", json!(0), Wrong),
        ("/traffic/minimum/count", json!(1_001), Wrong),
        ("/traffic/minimum/percent", json!(0), Fine),
        ("/traffic/minimum/percent", json!(101), Wrong),
        ("/tick/sweepMinutes", json!(1_440), Fine),
        ("/tick/sweepMinutes", json!(1_441), Wrong),
        ("/tick/sweepMinutes", json!(1.5), Wrong),
        ("/traffic/maximumDrained", json!(0), Wrong),
        ("/traffic/maximumDrained", json!(1_000), Fine),
        ("/traffic/capacity", json!("ignore"), Fine),
        ("/traffic/capacity", json!("Refuse"), Wrong),
        ("/traffic", Value::Null, Wrong),
        ("/registryAccess", Value::Null, Wrong),
        ("/governance", json!([]), Wrong),
    ];
    assert_eq!(surprises(table.map(|(pointer, value, verdict)| (pointer, Some(value), verdict))), NONE);
}

#[test]
fn parser_and_schema_agree_on_health() {
    let table = [
        ("/health", json!({}), Fine),
        ("/health/mode", json!("on"), Wrong),
        ("/health/failAfterMinutes", json!(0), Fine),
        ("/health/recoverAfterMinutes", json!(0), Wrong),
        ("/health/flapWindowMinutes", json!(10_081), Wrong),
        ("/health/longestRecoverMinutes", json!(10_080), Fine),
        ("/health/brakePercent", json!(0), Wrong),
        ("/health/brakePercent", json!(100), Fine),
        ("/health/nodesPercent", json!(101), Wrong),
        ("/health/probeMinutes", json!(61), Wrong),
        ("/health/evidenceMinutes", json!(0), Wrong),
        ("/health/sources", json!({ "probe": "supports" }), Fine),
        ("/health/sources", json!({ "probe": "often" }), Wrong),
        ("/health/sources", json!({ "rumour": "decides" }), Wrong),
        ("/health/stamps", json!({ "any value": "aks-weu-01" }), Wrong),
    ];
    assert_eq!(surprises(table.map(|(pointer, value, verdict)| (pointer, Some(value), verdict))), NONE);
}

#[test]
fn parser_and_schema_agree_on_updates() {
    let table = [
        ("/updates", json!({}), Fine),
        ("/updates", Value::Null, Wrong),
        ("/updates/mode", json!("on"), Wrong),
        ("/updates/other", json!(1), Wrong),
        ("/updates/gates", json!([]), Fine),
        ("/updates/gates", json!({}), Wrong),
        ("/updates/gates/0", json!({}), Fine),
        ("/updates/gates/0", json!({ "rule": 1 }), Wrong),
        ("/updates/gates/0/displayName", json!("before canary"), Fine),
        ("/updates/gates/0/displayName", json!("*"), Fine),
        ("/updates/gates/0/displayName", json!(""), Wrong),
        ("/updates/gates/0/stage", json!("*-canary"), Wrong),
        ("/updates/gates/0/group", json!("wave-**"), Wrong),
        ("/updates/gates/0/group", json!(" "), OnlyParserTells),
        ("/updates/gates/0/group", Value::Null, Wrong),
        ("/updates/gates/0/timing", json!("after"), Fine),
        ("/updates/gates/0/timing", json!("Before"), Wrong),
        ("/updates/gates/0/soakMinutes", json!(0), Fine),
        ("/updates/gates/0/soakMinutes", json!(10_080), Fine),
        ("/updates/gates/0/soakMinutes", json!(10_081), Wrong),
        ("/updates/gates/0/patienceMinutes", json!(0), Wrong),
        ("/updates/gates/0/patienceMinutes", json!(1), Fine),
        ("/updates/gates/0/patienceMinutes", json!(10_081), Wrong),
    ];
    assert_eq!(surprises(table.map(|(pointer, value, verdict)| (pointer, Some(value), verdict))), NONE);
}

#[test]
fn parser_and_schema_agree_on_new_versions() {
    let table = [
        ("/updates/newVersions", json!({}), Fine),
        ("/updates/newVersions/action", json!("off"), Fine),
        ("/updates/newVersions/action", json!("CreateAndStart"), Wrong),
        ("/updates/newVersions/strategy", json!("a".repeat(50)), Fine),
        ("/updates/newVersions/strategy", json!("a".repeat(51)), Wrong),
        ("/updates/newVersions/strategy", json!("Rings"), Wrong),
        ("/updates/newVersions/follow", json!("patch"), Fine),
        ("/updates/newVersions/follow", json!("major"), Wrong),
        ("/updates/newVersions/channel", json!("stable"), Wrong),
        ("/updates/newVersions", json!({ "action": "create", "profile": "stable" }), Fine),
        ("/updates/newVersions", json!({ "action": "create", "profile": "-stable" }), Wrong),
        ("/updates/newVersions", json!({ "action": "create" }), OnlyParserTells),
        ("/updates/newVersions/profile", json!("stable"), OnlyParserTells),
    ];
    assert_eq!(surprises(table.map(|(pointer, value, verdict)| (pointer, Some(value), verdict))), NONE);
}

#[test]
fn parser_and_schema_agree_on_policies() {
    let table = [
        ("/governance/assignments/0/name", json!("no spaces"), Wrong),
        ("/governance/assignments/0/name", json!("a".repeat(25)), OnlyParserTells),
        ("/governance/assignments/0/definition", json!(shared("Microsoft.X/y/z")), OnlyParserTells),
        ("/governance/assignments/0/scope", json!("resourceGroup"), Fine),
        ("/governance/assignments/0/scope", json!("cluster"), Wrong),
        ("/governance/assignments/0/scope", json!({ "managementGroup": "m", "other": 1 }), Wrong),
        ("/governance/assignments/0/scope", json!({}), Wrong),
        ("/governance/assignments/0/displayName", Value::Null, Wrong),
        ("/governance/assignments/0/displayName", json!(""), Wrong),
        ("/governance/assignments/0/displayName", json!("é".repeat(128)), Fine),
        ("/governance/assignments/0/displayName", json!("é".repeat(129)), Wrong),
        ("/governance/assignments/0/effect", json!("Deny"), Fine),
        ("/governance/assignments/0/effect", json!(["Deny"]), Wrong),
        ("/governance/assignments/0/parameters", json!({ "any": { "depth": [null] } }), Fine),
        ("/governance/assignments/0/parameters", json!([]), Wrong),
        ("/governance/assignments/0/enforcement", json!("default"), Fine),
        ("/governance/assignments/0/enforcement", json!("DoNotEnforce"), Wrong),
    ];
    assert_eq!(surprises(table.map(|(pointer, value, verdict)| (pointer, Some(value), verdict))), NONE);
}

#[test]
fn parser_and_schema_accept_the_documents_as_they_stand() {
    for document in [full(), minimal(), config_json()] {
        assert!(parse(&document).is_ok(), "{document}");
        assert!(schema().is_valid(&document), "{document}");
    }
}
