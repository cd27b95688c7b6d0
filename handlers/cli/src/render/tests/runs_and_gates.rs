use super::*;
use crate::fleet_app::Updates;

const FLEET: &str = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerService/fleets/f";
const CANARY: &str = "11111111-1111-4111-8111-111111111111";
const PROD: &str = "22222222-2222-4222-8222-222222222222";

fn run(name: &str, state: &str, counts: [u32; 3]) -> Value {
    let [members, updated, failed] = counts;
    json!({ "run": format!("{FLEET}/updateRuns/{name}"), "brings": "Kubernetes 1.34.2", "state": state,
        "members": members, "updated": updated, "failed": failed, "ending": null })
}

fn ending(outcome: &str, failed: &Value) -> Value {
    json!({ "found": "2026-03-04T04:01:00Z", "verdict": { "outcome": outcome, "members": 4, "updated": 2,
        "failed": failed, "skipped": [], "notReached": [], "failureCount": null, "ended": null } })
}

/// A run that completed two hours ago, although a member failed.
fn completed() -> Value {
    let mut run = run("up-133", "Completed", [4, 2, 1]);
    run["brings"] = json!("node images");
    run["ending"] = ending(
        "completedWithFailures",
        &json!([{ "member": "m-weu", "cluster": WEU, "stage": "prod", "group": "weu",
            "why": "QuotaExceeded: no cores are left" }]),
    );
    let verdict = &mut run["ending"]["verdict"];
    verdict["failureCount"] = json!(2);
    verdict["ended"] = json!("2026-03-04T04:00:00Z");
    verdict["skipped"] = json!(["m-swc", "m-frc"]);
    verdict["notReached"] = json!(["m-uks"]);
    run
}

fn gate(name: &str, timing: &str, group: Option<&str>, state: &str) -> Value {
    json!({ "gate": format!("{FLEET}/gates/{name}"), "displayName": null,
        "run": format!("{FLEET}/updateRuns/up-134"), "scope": { "run": "up-134", "stage": "canary", "group": group },
        "timing": timing, "state": state, "since": "2026-03-04T05:00:00Z", "patienceEnds": "2026-03-04T09:00:00Z",
        "waits": { "why": [], "completeSince": null, "looks": 0, "next": null }, "asked": null, "approval": null })
}

/// The gate before the canaries, approved on evidence.
fn approved() -> Value {
    let mut gate = gate(CANARY, "before", Some("neu"), "Completed");
    gate["displayName"] = json!("traffic is elsewhere");
    let piece = |cluster, asks, found| json!({ "cluster": cluster, "asks": asks, "found": found });
    gate["approval"] = json!({ "at": "2026-03-04T05:10:00Z", "by": "ana (a drill)", "evidence": [
        piece(Some(NEU), "outOfTraffic", json!({ "good": "its origin is disabled" })),
        piece(None, "restServes", json!({ "excused": { "missing": "1 of 2 serve", "by": "bo: known" } })),
    ] });
    gate
}

/// The gate after the canaries, which waits.
fn waiting() -> Value {
    let mut gate = gate(PROD, "after", None, "Pending");
    gate["since"] = json!("2026-03-04T05:20:00Z");
    gate["waits"]["why"] = json!(["aks-neu-01: not idle: its state is Upgrading", "the rest does not serve"]);
    gate["waits"]["next"] = json!("2026-03-04T05:32:00Z");
    gate
}

fn updates() -> Value {
    let out = json!([{ "cluster": WEU, "run": format!("{FLEET}/updateRuns/up-133"), "owner": "up-133 failed",
        "reason": "its update failed", "failed": true, "since": "2026-03-04T03:30:00Z" }]);
    json!({ "runs": [completed(), run("up-134", "Running", [4, 1, 0])], "gates": [approved(), waiting()],
        "out": out, "whyNot": ["run up-135 is not started: up-134 is under way"] })
}

/// What `why` says about each gate that a name means.
fn gates(updates: &Value, name: &str) -> String {
    let known = known_with(updates);
    let Ok(Meant::Gates(gates)) = known.meant(name) else { panic!("{name} is a gate") };
    plain(&gates.into_iter().map(|gate| gate::gate(gate, known.at)).collect::<String>())
}

fn plain(text: &str) -> String {
    strip_str(text).to_string()
}

#[test]
fn status_ends_with_runs_under_way_and_ended_and_with_the_gates_that_wait() {
    let text = plain(&status::status(&known_with(&updates())));
    let (_, text) = text.split_once("health path\n").expect("the stamps' table");
    let expected = "
update run  brings             state      updated  failed  verdict
up-134      Kubernetes 1.34.2  Running    1 of 4   0       -
up-133      node images        Completed  2 of 4   1       completed with failures

gate that waits                       when   part           since                 waits for
22222222-2222-4222-8222-222222222222  after  up-134/canary  2026-03-04T05:20:00Z  2 reasons: aks-neu-01: not idle: its st…
";
    assert_eq!(text, expected);
}

#[test]
fn a_status_without_runs_and_gates_is_the_same_as_one_without_updates() {
    let nothing = json!({ "runs": [], "gates": [], "out": [], "whyNot": [] });
    assert_eq!(status::status(&known_with(&nothing)), status::status(&known()));
}

#[test]
fn updates_tells_of_every_run_who_failed_and_what_can_be_done() {
    let known = known_with(&updates());
    let expected = "\
up-134, Kubernetes 1.34.2: Running
/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerService/fleets/f/updateRuns/up-134
  members    1 of 4 updated, 0 failed
  waits at   22222222-2222-4222-8222-222222222222 after up-134/canary: 2 reasons: aks-neu-01: not idle: its state is Upgrading

up-133, node images: completed with failures
/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerService/fleets/f/updateRuns/up-133
  members    2 of 4 updated, 1 failed
  ended      2026-03-04T04:00:00Z, found 2026-03-04T04:01:00Z
  failed     m-weu (aks-weu-01) in prod/weu: QuotaExceeded: no cores are left
  failed     1 more; nobody can tell which
  skipped    m-swc, m-frc
  unreached  m-uks
  keeps out  aks-weu-01: its update failed
  to retry   fleetctl retry-failed up-133 --reason … (m-weu)

why not: run up-135 is not started: up-134 is under way
";
    assert_eq!(plain(&updates::updates(known.updates.as_ref())), expected);
}

#[test]
fn what_can_be_done_about_a_run_depends_on_how_it_stands() {
    let failed = json!([{ "member": "m-weu", "cluster": null, "stage": "s", "group": "g", "why": "x" }]);
    let table = [
        ("NotStarted", Value::Null, "to begin"),
        ("Running", Value::Null, ""),
        ("Stopped", ending("stopped", &json!([])), "to go on"),
        ("Failed", ending("failed", &failed), "to go on, to retry"),
        ("Completed", ending("succeeded", &json!([])), ""),
        ("Completed", ending("allFailed", &failed), "to retry"),
        ("Running", ending("deleted", &failed), ""),
    ];
    for (state, ending, expected) in table {
        let mut run = run("up", state, [4, 2, 1]);
        run["ending"] = ending;
        let known = json!({ "runs": [run], "gates": [], "out": [], "whyNot": [] });
        let known: Updates = serde_json::from_value(known).expect("the app's shape");
        let text = plain(&updates::updates(Some(&known)));
        let steps = text.lines().filter_map(|line| Some(line.split_once("fleetctl")?.0.trim()));
        assert_eq!(steps.collect::<Vec<_>>().join(", "), expected, "{text}");
    }
}

#[test]
fn updates_tells_nothing_known_from_not_accompanied() {
    let nothing = Updates::default();
    assert_eq!(updates::updates(Some(&nothing)), "no update run is known\n");
    assert!(updates::updates(None).contains("`updates`"));
}

#[test]
fn why_of_a_gate_tells_what_it_was_approved_on() {
    let expected = "\
traffic is elsewhere before up-134/canary/neu: approved
/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerService/fleets/f/gates/11111111-1111-4111-8111-111111111111
  approved   2026-03-04T05:10:00Z, by ana (a drill)
  evidence   aks-neu-01: out of traffic: its origin is disabled
  evidence   not the rest serves: 1 of 2 serve (excused by bo: known)
";
    assert_eq!(gates(&updates(), CANARY), expected);
}

#[test]
fn why_of_a_gate_that_waits_tells_every_reason_the_next_look_and_how_long_people_are_spared() {
    let expected = "\
22222222-2222-4222-8222-222222222222 after up-134/canary: waits since 2026-03-04T05:20:00Z
/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerService/fleets/f/gates/22222222-2222-4222-8222-222222222222
  waits for  aks-neu-01: not idle: its state is Upgrading
  waits for  the rest does not serve
  next look  2026-03-04T05:32:00Z
  patience   ends 2026-03-04T09:00:00Z; then people are told
  to approve fleetctl approve-gate 22222222-2222-4222-8222-222222222222 --reason …
";
    assert_eq!(gates(&updates(), PROD), expected);
}

#[test]
fn a_gate_tells_whether_time_a_person_or_its_own_write_is_missing() {
    let told = |change: &dyn Fn(&mut Value)| {
        let mut updates = updates();
        let gate = &mut updates["gates"][1];
        gate["waits"]["why"] = json!([]);
        change(gate);
        gates(&updates, PROD)
    };
    let soaks = told(&|gate| gate["waits"]["completeSince"] = json!("2026-03-04T05:29:00Z"));
    assert!(soaks.contains("waits for  the end of its soak\n  complete   since 2026-03-04T05:29:00Z\n"));
    let late = told(&|gate| gate["patienceEnds"] = json!("2026-03-04T05:30:00Z"));
    assert!(late.contains("patience   ended 2026-03-04T05:30:00Z\n"), "{late}");
    let told_late = told(&|gate| {
        gate["patienceEnds"] = json!("2026-03-04T05:30:00Z");
        gate["told"] = json!(true);
    });
    assert!(told_late.contains("patience   ended 2026-03-04T05:30:00Z; people were told\n"), "{told_late}");
    let nobodys = told(&|gate| gate["patienceEnds"] = Value::Null);
    assert!(
        nobodys.contains("waits for  somebody's approval\n") && !nobodys.contains("patience"),
        "{nobodys}"
    );
    let asked = told(&|gate| gate["asked"] = json!({ "by": "ana", "reason": "a drill" }));
    assert!(asked.contains("asked      by ana: a drill\n") && !asked.contains("to approve"), "{asked}");
    let unseen = told(&|gate| gate["approval"] = approved()["approval"].clone());
    assert!(unseen.contains("has not come through yet") && unseen.contains("evidence"), "{unseen}");
    for (state, expected) in
        [("Completed", "approved, not by the app"), ("Skipped", "skipped"), ("Odd", "Odd")]
    {
        let other = told(&|gate| gate["state"] = json!(state));
        assert!(other.contains(&format!("{PROD} after up-134/canary: {expected}\n")), "{other}");
        assert!(!other.contains("waits"), "{other}");
    }
}

#[test]
fn why_of_a_run_tells_it_with_all_of_its_gates() {
    let known = known_with(&updates());
    let Ok(Meant::Run(updates, run)) = known.meant("up-134") else { panic!("up-134 is a run") };
    let text = plain(&why::run(&known, updates, run));
    let headings: Vec<&str> = text.lines().filter(|line| !line.starts_with([' ', '/'])).collect();
    let expected = [
        "up-134, Kubernetes 1.34.2: Running",
        "",
        "traffic is elsewhere before up-134/canary/neu: approved",
        "",
        "22222222-2222-4222-8222-222222222222 after up-134/canary: waits since 2026-03-04T05:20:00Z",
    ];
    assert_eq!(headings, expected);
    assert!(text.contains("  why not    run up-135 is not started"), "{text}");
}

#[test]
fn why_of_a_stamp_tells_which_update_wants_it_out_and_what_ends_that() {
    let of_weu = |updates: &Value| {
        let known = known_with(updates);
        plain(&why::why(&known, known.stamps_meant("aks-weu-01").expect("a stamp")[0], &[]))
    };
    let failed = "  update     up-133 failed wants it out since 2026-03-04T03:30:00Z: its update failed; \
                  until another run succeeds on it, or fleetctl release aks-weu-01 --update --reason …\n";
    assert!(of_weu(&updates()).contains(failed), "{}", of_weu(&updates()));
    let mut under_way = updates();
    under_way["out"][0]["failed"] = json!(false);
    under_way["out"][0]["owner"] = json!("up-134/canary/weu");
    let expected =
        "  update     up-134/canary/weu wants it out since 2026-03-04T03:30:00Z: its update failed\n";
    assert!(of_weu(&under_way).contains(expected));
}

#[test]
fn a_gate_goes_by_its_name_its_id_and_its_display_name_and_a_stamp_goes_before_both() {
    let mut updates = updates();
    updates["gates"][1]["displayName"] = json!("Traffic is elsewhere");
    let known = known_with(&updates);
    let meant = |what: &str| match known.meant(what) {
        Ok(Meant::Stamps(stamps)) => format!("{} stamp", stamps.len()),
        Ok(Meant::Gates(gates)) => format!("{} gate", gates.len()),
        Ok(Meant::Run(_, run)) => run.run.name().to_owned(),
        Err(error) => error.to_string(),
    };
    assert_eq!(meant(CANARY), "1 gate");
    assert_eq!(meant(&format!("{FLEET}/GATES/{PROD}")), "1 gate");
    assert_eq!(meant("traffic is elsewhere"), "2 gate", "both have that name");
    assert_eq!(meant(&format!("{FLEET}/updateRuns/up-133")), "up-133");
    assert_eq!(meant("aks-neu-01"), "1 stamp");
    let stranger = meant("up-1");
    for known in ["aks-neu-01 in northeurope", "gate 1111", "run up-133, run up-134"] {
        assert!(stranger.contains(known), "{stranger}");
    }
}

#[test]
fn the_journal_tells_a_decision_about_updates_as_one_block() {
    let line = json!({ "kind": "updates", "at": "2026-03-04T05:10:00Z",
        "invocation": "00000000-0000-4000-8000-000000000001", "trigger": "command", "command": "c-7",
        "carriedOut": true, "outcomes": ["completed", "started"], "calls": [],
        "actions": [
            { "approve": { "gate": format!("{FLEET}/gates/{CANARY}"), "etag": null } },
            { "start": { "run": format!("{FLEET}/updateRuns/up-135") } }
        ],
        "approved": [{ "gate": format!("{FLEET}/gates/{CANARY}"), "evidence": approved()["approval"]["evidence"] }],
        "endings": [{ "run": format!("{FLEET}/updateRuns/up-133"), "verdict": completed()["ending"]["verdict"] }],
        "whyNot": ["gate 2222 waits"] });
    let expected = "\
2026-03-04T05:10:00Z  updates (command c-7)
    done: approve gate 11111111-1111-4111-8111-111111111111
    started: start update run up-135
    evidence for gate 11111111-1111-4111-8111-111111111111:
      aks-neu-01: out of traffic: its origin is disabled
      not the rest serves: 1 of 2 serve (excused by bo: known)
    run up-133 completed with failures: 1 of 4 members failed (m-weu: QuotaExceeded: no cores are left), \
2 updated, 2 left out, 1 not reached, 2 counted as failed
    why not: gate 2222 waits
";
    assert_eq!(plain(&journal::journal(std::slice::from_ref(&line))), expected);
    let mut only = line;
    only["carriedOut"] = json!(false);
    only["outcomes"] = json!([]);
    let only = plain(&journal::journal(&[only]));
    assert!(only.contains("(command c-7, not carried out)\n    would: approve gate"), "{only}");
}
