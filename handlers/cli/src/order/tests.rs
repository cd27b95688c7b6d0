use clap::{CommandFactory as _, Parser as _};
use serde_json::{Value, json};

use super::*;
use crate::args::{Act, Args};

const FLEET: &str =
    "/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerService/fleets/fleet-retail";
const GATE: &str = "2f6b1c7e-90d4-4a57-8c31-5e0d9b7a4f12";

fn now() -> Timestamp {
    "2026-03-04T05:00:00Z".parse().expect("a time")
}

/// The command that a command line means, as it goes over the wire; or why it is none.
fn typed(words: &str) -> Result<Value, String> {
    let words = ["fleetctl"].into_iter().chain(words.split_whitespace());
    let act = Args::try_parse_from(words).map_err(|error| error.to_string())?.act;
    let Act::Order(act) = act else { return Err("no command to the app".to_owned()) };
    let command = command(act, Some("ana".to_owned()), "c-1".to_owned(), now());
    let command = command.map_err(|error| error.to_string())?;
    Ok(serde_json::to_value(command).expect("JSON"))
}

fn wire(rest: &Value) -> Value {
    let mut whole = json!({ "id": "c-1", "requestedBy": "ana", "reason": "why", "dryRun": false });
    for (name, value) in rest.as_object().expect("an object") {
        whole[name] = value.clone();
    }
    whole
}

#[test]
fn every_command_that_can_be_typed_has_its_shape_on_the_wire() {
    let id =
        "/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerService/managedClusters/aks-weu-01";
    let weu = json!({ "stamp": "aks-weu-01" });
    let table = [
        ("drain aks-weu-01", json!({ "command": "drain", "target": weu })),
        (
            "drain --region westeurope --hold patching --for 2h --as ci --dry-run",
            json!({ "command": "drain", "target": { "region": "westeurope" }, "hold": "patching",
                "expires": "2026-03-04T07:00:00Z", "requestedBy": "ci", "dryRun": true }),
        ),
        ("restore aks-weu-01", json!({ "command": "restore", "target": weu })),
        (
            "hold --fleet --until 2026-03-05T00:00:00Z",
            json!({ "command": "hold", "target": "fleet", "expires": "2026-03-05T00:00:00Z" }),
        ),
        (
            "release aks-weu-01 --owner unknown",
            json!({ "command": "release", "target": weu, "owner": "unknown" }),
        ),
        ("release aks-weu-01 --update", json!({ "command": "release", "target": weu, "owner": "update" })),
        (
            "release --region westeurope --owner update",
            json!({ "command": "release", "target": { "region": "westeurope" }, "owner": "update" }),
        ),
        (
            "state-health aks-weu-01 --health bad --for 30m",
            json!({ "command": "stateHealth", "target": weu, "health": "bad", "expires": "2026-03-04T05:30:00Z" }),
        ),
        (&format!("enroll {id}"), json!({ "command": "enroll", "cluster": id })),
        (&format!("decommission {id}"), json!({ "command": "decommission", "cluster": id })),
        ("reconcile --fleet", json!({ "command": "reconcile", "target": "fleet" })),
        (&format!("approve-gate {GATE}"), json!({ "command": "approveGate", "gate": GATE })),
        (
            &format!("approve-gate {FLEET}/gates/{} --dry-run", GATE.to_uppercase()),
            json!({ "command": "approveGate", "gate": GATE, "dryRun": true }),
        ),
        ("start-update up-134", json!({ "command": "startUpdate", "run": "up-134" })),
        (
            "stop-update up-134 --as ci",
            json!({ "command": "stopUpdate", "run": "up-134", "requestedBy": "ci" }),
        ),
        ("retry-failed up-134", json!({ "command": "retryFailed", "run": "up-134" })),
        (
            "override --fleet --guard evidence --for 1h",
            json!({ "command": "override", "target": "fleet", "guard": "evidence",
                "expires": "2026-03-04T06:00:00Z" }),
        ),
        (
            "override aks-weu-01 --guard maximumDrained --for 24h",
            json!({ "command": "override", "target": weu, "guard": "maximumDrained",
                "expires": "2026-03-05T05:00:00Z" }),
        ),
    ];
    for (words, rest) in table {
        assert_eq!(typed(&format!("{words} --reason why")), Ok(wire(&rest)), "{words}");
    }
}

#[test]
fn what_the_app_would_reject_is_refused_with_its_own_words() {
    let table = [
        ("drain aks-weu-01 -r why --until 2026-03-04T04:00:00Z", "is past"),
        ("override --fleet --guard brake --for 25h -r why", "at most 24 hours"),
        ("enroll /subscriptions/s -r why", "managedClusters"),
        ("reconcile --fleet -r why --as= ", "requestedBy"),
        ("approve-gate sign-off -r why", "a GUID"),
        ("start-update Up_134 -r why", "no name of a run"),
        ("retry-failed -r why", "<RUN>"),
        ("release aks-weu-01 --update --owner unknown -r why", "cannot be used with"),
        ("release aks-weu-01 --update --hold patching -r why", "cannot be used with"),
        ("drain aks-weu-01", "--reason"),
        ("drain -r why", "--region"),
        ("drain aks-weu-01 --region westeurope -r why", "cannot be used with"),
        ("state-health aks-weu-01 --health bad -r why", "--for"),
        ("hold aks-weu-01 --for 1h --until 2026-03-05T00:00:00Z -r why", "cannot be used with"),
    ];
    for (words, expected) in table {
        let error = typed(words).expect_err(words);
        assert!(error.contains(expected), "{words}: {error}");
    }
}

#[test]
fn somebody_must_be_named_who_asks() {
    let args = Args::try_parse_from(["fleetctl", "reconcile", "--fleet", "-r", "why"]).expect("arguments");
    let Act::Order(act) = args.act else { panic!("an order") };
    let error = command(act, None, "c-1".to_owned(), now()).expect_err("nobody asks");
    assert!(error.is::<Usage>() && error.to_string().contains("--as"), "{error}");
}

#[test]
fn every_order_of_the_app_can_be_typed() {
    let typed: Vec<String> = Args::command().get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
    for name in command::Order::NAMES {
        let dashed =
            |c: char| if c.is_uppercase() { format!("-{}", c.to_lowercase()) } else { c.to_string() };
        let name: String = name.chars().map(dashed).collect();
        assert!(typed.contains(&name), "{name} is not among {typed:?}");
    }
}

#[test]
fn the_command_line_is_consistent_and_completes_in_every_shell() {
    Args::command().debug_assert();
    for shell in clap::ValueEnum::value_variants() {
        let (shell, mut script): (&clap_complete::Shell, _) = (shell, Vec::new());
        clap_complete::generate(*shell, &mut Args::command(), "fleetctl", &mut script);
        let script = String::from_utf8(script).expect("text");
        assert!(script.contains("state-health") && script.contains("dead-letter"), "{shell}");
    }
}
