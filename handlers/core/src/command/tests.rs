//! What is a command and what is not, and that the published schema says the same.

use jsonschema::Validator;
use serde_json::{Value, json};

use super::*;
use crate::testing::{a_cluster, minute, shared};

const THEN: &str = "2026-01-01T12:00:00Z";
const GATE: &str = "6a5b8c1f-2d3e-4f50-8172-93a4b5c6d7e8";

fn drain() -> Value {
    json!({ "id": "c-1", "requestedBy": "ann", "reason": "planned work", "command": "drain", "target": { "stamp": "aks" } })
}

fn with(mut document: Value, changes: &[(&str, Value)]) -> Value {
    for (key, value) in changes {
        document[*key] = value.clone();
    }
    document
}

fn without(mut document: Value, key: &str) -> Value {
    drop(document.as_object_mut().and_then(|object| object.remove(key)));
    document
}

fn read(document: &Value) -> Result<Command, InvalidCommand> {
    parse(document.to_string().as_bytes(), minute(0))
}

fn order(name: &str, rest: &Value) -> Order {
    let mut document = without(with(drain(), &[("command", json!(name))]), "target");
    for (key, value) in rest.as_object().expect("an object") {
        document[key] = value.clone();
    }
    read(&document).unwrap_or_else(|invalid| panic!("{name}: {invalid}")).order
}

fn aks() -> Target {
    Target::Stamp("aks".to_owned())
}

type Row = (&'static str, Value, Order);

fn orders_about_stamps() -> Vec<Row> {
    let (target, cluster) = (json!({ "stamp": "aks" }), a_cluster("aks").id);
    let expires: Timestamp = THEN.parse().expect("a time");
    let until = Some(expires);
    let (named, hold) = (Some("change-7".to_owned()), json!("change-7"));
    vec![
        ("drain", json!({ "target": target }), Order::Drain { target: aks(), hold: None, expires: None }),
        (
            "drain",
            json!({ "target": target, "hold": hold, "expires": THEN }),
            Order::Drain { target: aks(), hold: named.clone(), expires: until },
        ),
        ("restore", json!({ "target": target, "hold": hold }), Order::Restore { target: aks(), hold: named }),
        (
            "hold",
            json!({ "target": "fleet", "expires": THEN }),
            Order::Hold { target: Target::Fleet, hold: None, expires: until },
        ),
        (
            "release",
            json!({ "target": { "region": "westeurope" }, "owner": "unknown" }),
            Order::Release {
                target: Target::Region("westeurope".to_owned()),
                owner: ReleaseOwner::Unknown,
                hold: None,
            },
        ),
        (
            "release",
            json!({ "target": target, "owner": "update" }),
            Order::Release { target: aks(), owner: ReleaseOwner::Update, hold: None },
        ),
        (
            "release",
            json!({ "target": target }),
            Order::Release { target: aks(), owner: ReleaseOwner::Operator, hold: None },
        ),
        (
            "stateHealth",
            json!({ "target": target, "health": "bad", "expires": THEN }),
            Order::StateHealth { target: aks(), health: StatedHealth::Bad, expires },
        ),
        ("enroll", json!({ "cluster": cluster }), Order::Enroll { cluster: cluster.clone() }),
        ("decommission", json!({ "cluster": cluster }), Order::Decommission { cluster }),
        ("reconcile", json!({ "target": "fleet" }), Order::Reconcile { target: Target::Fleet }),
    ]
}

fn orders_about_updates() -> Vec<Row> {
    let run = || "run-7".to_owned();
    vec![
        ("approveGate", json!({ "gate": GATE }), Order::ApproveGate { gate: GATE.to_owned() }),
        ("startUpdate", json!({ "run": "run-7" }), Order::StartUpdate { run: run() }),
        ("stopUpdate", json!({ "run": "run-7" }), Order::StopUpdate { run: run() }),
        ("retryFailed", json!({ "run": "run-7" }), Order::RetryFailed { run: run() }),
    ]
}

fn overrides() -> Vec<Row> {
    let expires: Timestamp = THEN.parse().expect("a time");
    let row = |target: Value, wanted, (name, guard): (&str, GuardRule)| {
        let rest = json!({ "target": target, "guard": name, "expires": THEN });
        ("override", rest, Order::Override { target: wanted, guard, expires })
    };
    let stamp = |rule| row(json!({ "stamp": "aks" }), aks(), rule);
    GuardRule::ALL
        .into_iter()
        .map(stamp)
        .chain([row(json!("fleet"), Target::Fleet, GuardRule::ALL[0])])
        .collect()
}

#[test]
fn every_command_is_read() {
    let table = [orders_about_stamps(), orders_about_updates(), overrides()].concat();
    let mut names: Vec<&str> = table.iter().map(|(name, _, _)| *name).collect();
    names.dedup();
    assert_eq!(names, Order::NAMES, "every command has a row");
    for (name, rest, expected) in table {
        assert_eq!(order(name, &rest), expected, "{name}");
        assert_eq!(expected.name(), name);
    }
}

#[test]
fn every_problem_is_told_at_once_with_what_is_allowed() {
    let document = json!({
        "id": "no id", "requestedBy": "", "dryRun": "yes", "command": "override",
        "target": { "stamp": "aks", "region": "westeurope" }, "guard": "all", "expires": "2026-01-03T00:00:01Z",
        "targt": "fleet",
    });
    insta::assert_snapshot!(problems(&document), @r#"
    $.id: is no id; expected 1 to 100 letters, digits, `.`, `_` and `-`
    $.requestedBy: is empty; expected a text
    $.reason: is missing; it is required
    $.dryRun: is "yes"; allowed are true and false
    $.target: names no single target; allowed are {"stamp": "<cluster's id or name>"}, {"region": "<region>"} and "fleet"
    $.guard: is "all"; allowed are "minimum", "maximumDrained", "capacity", "brake", "evidence"
    $.expires: is too far ahead; an override lasts at most 24 hours
    $.targt: is not a known key; allowed are id, requestedBy, reason, dryRun, command, target, guard, expires
    "#);
}

#[test]
fn a_gate_is_named_by_its_guid_or_its_whole_id_and_known_by_its_name_in_lower_case() {
    let named = Order::ApproveGate { gate: GATE.to_owned() };
    let whole = shared(&format!("Microsoft.ContainerService/fleets/fleet-one/gates/{GATE}"));
    for gate in [GATE.to_uppercase(), whole.to_string(), whole.as_str().to_uppercase()] {
        assert_eq!(order("approveGate", &json!({ "gate": gate })), named, "{gate}");
    }
}

#[test]
fn orders_about_updates_say_what_is_wrong_with_a_gate_or_a_run() {
    let told = |command: &str, rest: Value| {
        let mut document = without(with(drain(), &[("command", json!(command))]), "target");
        for (key, value) in rest.as_object().expect("an object") {
            document[key] = value.clone();
        }
        problems(&document)
    };
    let member = shared("Microsoft.ContainerService/fleets/fleet-one/members/aks");
    let told = [
        told("approveGate", json!({})),
        told("approveGate", json!({ "gate": "before-canary" })),
        told("approveGate", json!({ "gate": member })),
        told("approveGate", json!({ "gate": GATE, "run": "run-7" })),
        told("startUpdate", json!({ "run": "Run 7" })),
        told("startUpdate", json!({ "gate": GATE })),
        told("stopUpdate", json!({ "run": "-run" })),
        told("stopUpdate", json!({ "run": "run-7", "target": "fleet" })),
        told("retryFailed", json!({ "run": "x".repeat(51) })),
        told("retryFailed", json!({ "run": 7 })),
        told("release", json!({ "target": "fleet", "owner": "run-7" })),
    ];
    insta::assert_snapshot!(told.concat(), @r#"
    $.gate: is missing; it is required
    $.gate: `before-canary` is no gate; expected its resource id, or its name, a GUID
    $.gate: `/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-shared/providers/Microsoft.ContainerService/fleets/fleet-one/members/aks` is not a Microsoft.ContainerService/fleets/gates; expected the resource id of one
    $.run: is not a known key; allowed are id, requestedBy, reason, dryRun, command, gate
    $.run: `Run 7` is no name of a run; expected 1 to 50 of a-z, 0-9 and `-`, with no `-` at the ends
    $.run: is missing; it is required
    $.gate: is not a known key; allowed are id, requestedBy, reason, dryRun, command, run
    $.run: `-run` is no name of a run; expected 1 to 50 of a-z, 0-9 and `-`, with no `-` at the ends
    $.target: is not a known key; allowed are id, requestedBy, reason, dryRun, command, run
    $.run: `xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx` is no name of a run; expected 1 to 50 of a-z, 0-9 and `-`, with no `-` at the ends
    $.run: is a number; expected a text
    $.owner: is "run-7"; allowed are "operator", "update", "unknown"
    "#);
}

#[test]
fn times_are_to_come_and_an_override_is_soon_over() {
    let expires = |command: &str, expires: &str| {
        let rest = [("command", json!(command)), ("expires", json!(expires)), ("guard", json!("minimum"))];
        let document = with(drain(), &rest);
        problems(&if command == "drain" { without(document, "guard") } else { document })
    };
    let told = [
        expires("drain", "2026-01-01T00:00:00Z"),
        expires("drain", "tomorrow"),
        expires("override", "2026-01-02T00:00:00Z"),
        expires("override", "2026-01-02T00:00:01Z"),
    ];
    insta::assert_snapshot!(told.concat(), @r#"
    $.expires: `2026-01-01T00:00:00Z` is past; expected a time after 2026-01-01T00:00:00Z
    $.expires: `tomorrow` is no time; expected one such as 2026-01-31T18:00:00Z
    read: override
    $.expires: is too far ahead; an override lasts at most 24 hours
    "#);
}

fn problems(document: &Value) -> String {
    read(document).map_or_else(
        |invalid| invalid.problems.iter().map(|problem| format!("{problem}\n")).collect(),
        |command| format!("read: {}\n", command.order.name()),
    )
}

#[test]
fn what_has_a_legal_id_gets_an_answer_and_what_has_none_gets_none() {
    let answer = |document: Value| {
        let invalid = read(&document).expect_err("no command");
        CommandResult::of_invalid(&invalid, minute(0))
            .map(|result| (result.command_id, result.command, result.status))
    };
    let unknown = with(drain(), &[("command", json!("explode"))]);
    assert_eq!(answer(unknown), Some(("c-1".to_owned(), "explode".to_owned(), Status::Rejected)));
    let no_reason = without(drain(), "reason");
    assert_eq!(answer(no_reason), Some(("c-1".to_owned(), "drain".to_owned(), Status::Rejected)));
    assert_eq!(answer(with(drain(), &[("id", json!("a b"))])), None);
    assert_eq!(answer(without(drain(), "id")), None);
    let garbage = parse(b"drain aks", minute(0)).expect_err("no JSON");
    assert_eq!(CommandResult::of_invalid(&garbage, minute(0)), None);
}

#[test]
fn a_hold_is_named_by_its_requester_unless_it_has_a_name() {
    assert_eq!(read(&drain()).expect("a command").hold_name(), "ann");
    let named = with(drain(), &[("hold", json!("change-7"))]);
    assert_eq!(read(&named).expect("a command").hold_name(), "change-7");
}

#[test]
fn a_target_covers_a_stamp_by_id_or_name_a_region_as_azure_spells_it_and_the_fleet() {
    let record = crate::testing::a_record_of(&a_cluster("aks"), None);
    let stamp = |name: &str| Target::Stamp(name.to_owned());
    let region = |name: &str| Target::Region(name.to_owned());
    for target in [stamp("AKS"), stamp(a_cluster("aks").id.as_str()), region("West Europe"), Target::Fleet] {
        assert!(target.covers(&record.report), "{target}");
    }
    for target in [stamp("ak"), region("northeurope")] {
        assert!(!target.covers(&record.report), "{target}");
    }
}

// ---- the schema and the parser must not drift apart

fn schema() -> Validator {
    jsonschema::validator_for(schemars::schema_for!(Command).as_value()).expect("a legal schema")
}

/// What the parser says, and the schema.
fn both(schema: &Validator, document: &Value) -> (bool, bool) {
    (read(document).is_ok(), schema.is_valid(document))
}

#[test]
fn parser_and_schema_agree() {
    let schema = schema();
    let long = "x".repeat(501);
    let changed = |key: &str, value: Value| with(drain(), &[(key, value)]);
    let fine = [
        drain(),
        changed("dryRun", json!(true)),
        changed("hold", json!("change-7")),
        changed("expires", json!(THEN)),
        changed("target", json!("fleet")),
        changed("target", json!({ "region": "westeurope" })),
    ];
    let wrong = [
        without(drain(), "id"),
        without(drain(), "requestedBy"),
        without(drain(), "reason"),
        without(drain(), "command"),
        without(drain(), "target"),
        changed("id", json!("a b")),
        changed("id", json!("x".repeat(101))),
        changed("requestedBy", json!("")),
        changed("reason", json!(long)),
        changed("reason", json!(7)),
        changed("dryRun", json!("yes")),
        changed("command", json!("explode")),
        changed("target", json!("everything")),
        changed("target", json!({})),
        changed("target", json!({ "stamp": "aks", "region": "westeurope" })),
    ];
    let about_run = |command: &str, run: Value| {
        with(without(drain(), "target"), &[("command", json!(command)), ("run", run)])
    };
    let fine = fine.into_iter().chain([
        about_run("startUpdate", json!("run-7")),
        about_run("stopUpdate", json!("7")),
        about_run("retryFailed", json!("x".repeat(50))),
        with(without(drain(), "target"), &[("command", json!("approveGate")), ("gate", json!(GATE))]),
        with(drain(), &[("command", json!("release")), ("owner", json!("update"))]),
    ]);
    let wrong = wrong.into_iter().chain([
        with(drain(), &[("command", json!("startUpdate"))]),
        with(drain(), &[("command", json!("approveGate"))]),
        about_run("startUpdate", json!("Run 7")),
        about_run("stopUpdate", json!("run-")),
        about_run("retryFailed", json!("x".repeat(51))),
        with(
            without(drain(), "target"),
            &[("command", json!("approveGate")), ("gate", json!("before-canary"))],
        ),
        with(drain(), &[("command", json!("release")), ("owner", json!("run-7"))]),
    ]);
    for document in fine {
        assert_eq!(both(&schema, &document), (true, true), "{document}");
    }
    for document in wrong {
        assert_eq!(both(&schema, &document), (false, false), "{document}");
    }
}

#[test]
fn a_command_is_written_as_the_parser_reads_it() {
    let command =
        read(&with(drain(), &[("expires", json!(THEN)), ("hold", json!("change-7"))])).expect("a command");
    assert_eq!(read(&serde_json::to_value(&command).expect("serialises")), Ok(command));
}
