use anstream::adapter::strip_str;
use serde_json::{Value, json};

use super::*;
use crate::fleet_app::{Known, Meant};

mod runs_and_gates;

const WEU: &str =
    "/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerService/managedClusters/aks-weu-01";
const NEU: &str =
    "/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerService/managedClusters/aks-neu-01";

fn stamp(cluster: &str, region: &str, weight: u16) -> Value {
    let origin =
        "/subscriptions/s/resourceGroups/e/providers/Microsoft.Cdn/profiles/p/originGroups/g/origins/o";
    json!({ "cluster": cluster, "region": region, "member": null, "updateGroup": "prod", "pullAccess": [],
        "policies": [], "origin": { "id": origin, "host": "h", "enabled": true, "weight": weight }, "holds": [],
        "health": { "standing": "healthy", "verdict": "good" }, "serving": true, "whyNot": [] })
}

fn known() -> Known {
    known_with(&Value::Null)
}

/// The same with something about updates.
fn known_with(updates: &Value) -> Known {
    let mut weu = stamp(WEU, "westeurope", 1000);
    weu["serving"] = json!(false);
    weu["health"] = json!({ "standing": "sick", "verdict": "bad: it answers 503" });
    weu["whyNot"] = json!(["held out of traffic by incident"]);
    weu["holds"] = json!([
        { "owner": "incident", "reason": "it answers 503", "since": "2026-03-04T05:00:00Z", "until": null },
        { "owner": "operator ana", "reason": "patching", "since": "2026-03-04T05:10:00Z",
          "until": "2026-03-04T07:10:00Z" }
    ]);
    let document = json!({
        "at": "2026-03-04T05:30:00.25Z", "swept": "2026-03-04T05:15:00Z", "serving": 1,
        "health": { "stamps": 2, "bad": 1, "unknown": 0, "braked": true },
        "alarms": [{ "alarm": "massFailure", "since": "2026-03-04T05:00:00Z", "says": "half the fleet looks bad" }],
        "overrides": [{ "target": { "region": "westeurope" }, "guard": "minimum", "by": "ana", "reason": "drill",
            "until": "2026-03-04T06:00:00Z" }],
        "stamps": [stamp(NEU, "northeurope", 250), weu],
        "waiting": [{ "cluster": WEU, "at": "2026-03-04T05:31:00Z", "why": "to ask its health path" }],
        "updates": updates
    });
    Known::read(&document).expect("the app's shape")
}

fn entries() -> Vec<Value> {
    vec![
        json!({ "kind": "alarm", "at": "2026-03-04T05:20:00Z", "raised": false,
            "alarm": { "alarm": "noEvidence", "since": "2026-03-04T05:00:00Z", "says": "nobody says anything" } }),
        json!({ "kind": "decision", "at": "2026-03-04T05:00:00Z", "trigger": "healthTurned", "subject": WEU,
            "reaction": "incident", "carriedOut": true, "outcomes": ["started"], "actions": [{ "governance":
            { "unassign": { "assignment": "/subscriptions/s/providers/Microsoft.Authorization/policyAssignments/p" } } }],
            "holds": [{ "removalPending": "the origin goes first" }] }),
        json!({ "kind": "of a newer app" }),
    ]
}

#[test]
fn status_tells_what_needs_a_person_first_and_then_every_stamp() {
    let text = status::status(&known());
    let expected = "\
ALARM since 2026-03-04T05:00:00Z: half the fleet looks bad
BRAKED: of 2 stamps, 1 look bad and of 0 nothing is known; nothing is drained without an operator
OVERRIDDEN until 2026-03-04T06:00:00Z by ana: minimum for region westeurope (drill)
1 of 2 stamps take traffic  at 2026-03-04T05:30:00Z, last swept 2026-03-04T05:15:00Z

stamp       region       traffic   weight  health   held by                 next look
aks-neu-01  northeurope  serving   250     healthy  -                       -
aks-weu-01  westeurope   held out  -       sick     incident, operator ana  in 1 min to ask its health path
";
    assert_eq!(strip_str(&text).to_string(), expected);
}

#[test]
fn why_tells_holds_reasons_the_next_look_and_the_latest_entries() {
    let known = known();
    let stamp = known.stamps_meant("AKS-WEU-01").expect("a stamp")[0];
    let text = why::why(&known, stamp, &entries());
    let expected = "\
aks-weu-01 in westeurope: held out
/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerService/managedClusters/aks-weu-01
  health     sick; the evidence: bad: it answers 503
  held       by incident, since 2026-03-04T05:00:00Z: it answers 503
  held       by operator ana, since 2026-03-04T05:10:00Z, until 2026-03-04T07:10:00Z: patching
  why not    held out of traffic by incident
  next look  2026-03-04T05:31:00Z: to ask its health path
  the journal, newest first:
  2026-03-04T05:20:00Z  alarm over: nobody says anything
  2026-03-04T05:00:00Z  aks-weu-01 (health turned)
      started: remove policy assignment /subscriptions/s/providers/Microsoft.Authorization/policyAssignments/p
      removal waits: the origin goes first
  {\"kind\":\"of a newer app\"}
";
    assert_eq!(strip_str(&text).to_string(), expected);
}

#[test]
fn a_region_means_all_its_stamps_and_a_stranger_is_told_who_is_known() {
    let known = known();
    assert!(matches!(known.meant("North Europe"), Ok(Meant::Stamps(stamps)) if stamps.len() == 1));
    let error = known.meant("aks-xyz-01").expect_err("no such stamp").to_string();
    assert!(error.contains("aks-neu-01 in northeurope, aks-weu-01 in westeurope"), "{error}");
}

#[test]
fn a_result_tells_of_every_stamp_what_was_done_and_why_not_more() {
    let answer = json!({ "v": 1, "commandId": "c-1", "command": "drain", "requestedBy": "ana", "dryRun": true,
        "status": "refused", "did": ["stop update run up-134"], "why": ["one of two"], "at": 0, "stamps": [
            { "cluster": NEU, "status": "done", "did": ["disable its origin"], "whyNot": [] },
            { "cluster": WEU, "status": "refused", "did": [], "whyNot": ["too few would be left"] }] });
    let text = result::result(&serde_json::from_value(answer).expect("a result"));
    let expected = "\
drain c-1: refused (dry run: nothing was changed)
  would: stop update run up-134
  one of two
  aks-neu-01: done
    would: disable its origin
  aks-weu-01: refused
    why not: too few would be left
";
    assert_eq!(strip_str(&text).to_string(), expected);
}

#[test]
fn colours_are_marks_around_words_and_nothing_else() {
    let text = status::status(&known());
    assert!(text.contains(&styled(BAD, "sick")) && text.contains(&styled(GOOD, "healthy")), "{text:?}");
}
