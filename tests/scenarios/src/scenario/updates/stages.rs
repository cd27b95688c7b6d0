//! Stages of update runs, as a strategy has them.

use serde_json::{Value, json};

/// A stage of update groups side by side, with an approval gate before and after each group.
#[must_use]
pub fn stage(name: &str, groups: &[&str]) -> Value {
    let gated = |group: &&str| {
        let gate = |timing: &str| json!([{ "type": "Approval", "displayName": format!("{timing} {group}") }]);
        json!({ "name": group, "beforeGates": gate("before"), "afterGates": gate("after") })
    };
    json!({ "name": name, "groups": groups.iter().map(gated).collect::<Vec<_>>() })
}

/// One group after the other: `first/canary`, `second/prod`, `third/late`.
#[must_use]
pub fn three_stages() -> Value {
    json!([stage("first", &["canary"]), stage("second", &["prod"]), stage("third", &["late"])])
}

/// One stage of all three groups, side by side, which tolerates so many failures in all and in each group. Limits on
/// failures are the preview's: the service's own way of a run that completes although members failed.
#[must_use]
pub fn all_of(groups: &[&str], tolerated: u32) -> Value {
    let mut stage = stage("all", groups);
    stage["maxAllowedFailures"] = json!(tolerated);
    for group in stage["groups"].as_array_mut().into_iter().flatten() {
        group["maxAllowedFailures"] = json!(tolerated);
    }
    json!([stage])
}
