use super::*;

const FLEET: &str = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerService/fleets/f";
const CLUSTER: &str =
    "/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerService/managedClusters/aks-weu-01";

fn now() -> Timestamp {
    "2026-03-04T05:00:00Z".parse().expect("a time")
}

fn config(sections: &Value) -> FleetConfig {
    let mut document = json!({ "fleet": FLEET, "scope": { "subscriptions": ["0f5c8a1e-6d0b-4c5e-9a43-2f1d7c3b9e01"] },
        "membership": { "defaultGroup": "prod" } });
    let sections = sections.as_object().expect("an object").clone();
    document.as_object_mut().expect("an object").extend(sections);
    FleetConfig::parse(&document.to_string()).expect("a configuration")
}

fn run(name: &str, ending: &Value) -> Value {
    json!({ "run": format!("{FLEET}/updateRuns/{name}"), "brings": "Kubernetes 1.34.2", "state": "Completed",
        "members": 2, "updated": 1, "failed": 1, "ending": ending })
}

fn ending() -> Value {
    let failed =
        json!({ "member": "m-weu", "cluster": CLUSTER, "stage": "prod", "group": "weu", "why": "no cores" });
    json!({ "found": "2026-03-04T04:00:00Z", "verdict": { "outcome": "completedWithFailures", "members": 2,
        "updated": 1, "failed": [failed], "skipped": [], "notReached": [], "failureCount": null, "ended": null } })
}

fn gate() -> Value {
    let evidence = json!({ "cluster": CLUSTER, "asks": "running", "found": { "good": "it runs" } });
    json!({ "gate": format!("{FLEET}/gates/2f6b1c7e-90d4-4a57-8c31-5e0d9b7a4f12"), "displayName": "sign-off",
        "run": format!("{FLEET}/updateRuns/b"), "scope": { "run": "b", "stage": "prod", "group": null },
        "timing": "after", "state": "Completed", "since": "2026-03-04T03:00:00Z", "patienceEnds": null,
        "told": false, "asked": null,
        "waits": { "why": [], "completeSince": "2026-03-04T03:10:00Z", "looks": 0, "next": null },
        "approval": { "at": "2026-03-04T03:20:00Z", "by": "a rule of the configuration", "evidence": [evidence] } })
}

fn out() -> Value {
    json!({ "cluster": CLUSTER, "run": format!("{FLEET}/updateRuns/b"), "owner": "b failed",
        "reason": "its update failed", "failed": true, "since": "2026-03-04T04:00:00Z" })
}

fn ledger() -> Ledger {
    let note = json!({
        "runs": { "1": run("a", &Value::Null), "2": run("b", &ending()) },
        "gates": { "1": gate() },
        "out": { "1": out() },
        "setbacks": {}, "notices": [],
        "whyNot": ["run c is not started: run a is under way"],
    });
    Ledger { updates: serde_json::from_value(note).expect("a note"), ..Ledger::default() }
}

#[test]
fn updates_are_told_as_they_are_remembered_in_the_order_of_ids() {
    let page = json(&config(&json!({ "updates": {} })), &ledger(), now());
    let expected = json!({
        "runs": [run("a", &Value::Null), run("b", &ending())],
        "gates": [gate()],
        "out": [out()],
        "whyNot": ["run c is not started: run a is under way"],
    });
    assert_eq!(page["updates"], expected);
}

#[test]
fn where_nobody_accompanies_updates_there_are_none_whatever_is_remembered() {
    let page = json(&config(&json!({})), &ledger(), now());
    assert_eq!(page.get("updates"), Some(&Value::Null));
}
