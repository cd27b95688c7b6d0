//! Commands, one at a time: each does what it says or says why not.

use fleet_core::command::Status;
use fleet_local::estate::NEWCOMER;
use fleet_scenarios::scenario::{Command, HOUR, MINUTE, OPERATOR, Scenario, cluster_of, reasons};
use serde_json::json;

use crate::{NEU, WEU};

#[tokio::test(start_paused = true)]
async fn a_drained_stamp_stays_out_until_it_is_restored_and_comes_back_step_by_step() {
    let mut scenario = Scenario::begins().await;
    let answer = scenario.is_told(&Command::about(WEU.cluster, "drain", "drain-1"), Status::Done).await;
    assert!(answer.stamps[0].did[0].contains("disable origin"), "{answer:#?}");
    assert!(!scenario.takes_traffic(WEU));
    assert_eq!(scenario.journal.effects(), ["PATCH origins"]);
    scenario.passes(6 * HOUR).await;
    assert!(!scenario.takes_traffic(WEU), "nobody else ends it");

    let answer = scenario.is_told(&Command::about(WEU.cluster, "restore", "restore-1"), Status::Done).await;
    assert!(answer.stamps[0].did[0].contains("weight 50"), "{answer:#?}");
    scenario.comes_to_rest().await;
    assert_eq!(scenario.journal.effects().len(), 1 + 3, "out, and back in three steps");
    scenario.is_complete(&cluster_of(WEU), WEU.host).await;
}

#[tokio::test(start_paused = true)]
async fn a_drain_may_name_a_region_and_concerns_nobody_outside_it() {
    let mut scenario = Scenario::begins().await;
    let region = json!({ "region": WEU.region });
    let drain = Command::about("", "drain", "drain-region").with("target", &region);
    let answer = scenario.is_told(&drain, Status::Done).await;
    assert_eq!(answer.stamps.len(), 1);
    assert!(!scenario.takes_traffic(WEU) && scenario.takes_traffic(NEU));
}

#[tokio::test(start_paused = true)]
async fn draining_everything_leaves_what_must_serve() {
    let mut scenario = Scenario::begins().await;
    let answer = scenario.is_told(&Command::about_the_fleet("drain", "all"), Status::Refused).await;
    let refused = answer.stamps.iter().filter(|stamp| stamp.status == Status::Refused).count();
    assert_eq!((answer.stamps.len(), refused), (2, 1), "{answer:#?}");
    let why = reasons(&answer);
    assert!(
        why.contains("0 other healthy origin(s) would be left in traffic, the configured minimum is 1"),
        "{why}"
    );
    assert_eq!(scenario.journal.effects(), ["PATCH origins"]);
    scenario.passes(6 * HOUR).await;
    assert_eq!(
        scenario.journal.effects(),
        ["PATCH origins"],
        "what was refused is not tried again behind one's back"
    );
}

#[tokio::test(start_paused = true)]
async fn a_drain_of_what_is_drained_already_is_a_no_op() {
    let mut scenario = Scenario::begins().await;
    let _done = scenario.is_told(&Command::about(WEU.cluster, "drain", "first"), Status::Done).await;
    scenario.passes(MINUTE).await;
    let _again = scenario.is_told(&Command::about(WEU.cluster, "drain", "second"), Status::NoOp).await;
    assert_eq!(scenario.journal.effects(), ["PATCH origins"]);
}

#[tokio::test(start_paused = true)]
async fn a_hold_keeps_out_what_is_out_and_never_takes_out_what_serves() {
    let mut scenario = Scenario::begins().await;
    let hold = |id| Command::about(WEU.cluster, "hold", id).with("hold", &json!("audit"));
    let answer = scenario.is_told(&hold("too-early"), Status::Refused).await;
    assert!(reasons(&answer).contains("use drain to take it out"), "{answer:#?}");
    assert_eq!(scenario.journal.writes(), []);

    let _out = scenario.is_told(&Command::about(WEU.cluster, "drain", "out"), Status::Done).await;
    scenario.passes(MINUTE).await;
    let _held = scenario.is_told(&hold("now"), Status::Done).await;
    let answer = scenario.is_told(&Command::about(WEU.cluster, "restore", "back"), Status::Held).await;
    assert!(reasons(&answer).contains("operator audit"), "{answer:#?}");
    scenario.passes(2 * HOUR).await;
    assert!(!scenario.takes_traffic(WEU), "the second hold is another's");

    let release = Command::about(WEU.cluster, "release", "audited").with("hold", &json!("audit"));
    let _back = scenario.is_told(&release, Status::Done).await;
    scenario.comes_to_rest().await;
    scenario.is_complete(&cluster_of(WEU), WEU.host).await;
}

#[tokio::test(start_paused = true)]
async fn nobody_releases_by_mistake_what_another_holds() {
    let mut scenario = Scenario::begins().await;
    let drain = Command::about(WEU.cluster, "drain", "out").with("hold", &json!("change-4711"));
    let _out = scenario.is_told(&drain, Status::Done).await;
    let answer = scenario.is_told(&Command::about(WEU.cluster, "restore", "mine"), Status::NoOp).await;
    let why = reasons(&answer);
    assert!(why.contains(OPERATOR) && why.contains("held by operator change-4711"), "{why}");
    assert!(!scenario.takes_traffic(WEU));
}

#[tokio::test(start_paused = true)]
async fn a_dry_run_says_what_would_be_done_and_changes_nothing() {
    let mut scenario = Scenario::begins().await;
    let before = (scenario.holdings().everything(), scenario.page().await["stamps"].clone());
    let drain = Command::about(WEU.cluster, "drain", "dry").dry();
    let answer = scenario.is_told(&drain, Status::Done).await;
    assert!(answer.dry_run && answer.stamps[0].did[0].contains("disable origin"), "{answer:#?}");
    let end = scenario.world.simulation.now() + HOUR;
    let glass = Command::about_the_fleet("override", "dry-glass").with("guard", &json!("minimum"));
    let _glass = scenario.is_told(&glass.until(end).dry(), Status::Done).await;
    scenario.passes(HOUR).await;
    assert_eq!(scenario.journal.writes(), []);
    let page = scenario.page().await;
    assert_eq!(page["overrides"], json!([]));
    assert_eq!((scenario.holdings().everything(), page["stamps"].clone()), before);
}

#[tokio::test(start_paused = true)]
async fn what_is_no_command_is_rejected_with_what_is_allowed() {
    let cases = [
        (Command::about(WEU.cluster, "destroy", "c-1"), "allowed are \"drain\", \"restore\""),
        (Command::about(WEU.cluster, "drain", "c-2").without("reason"), "$.reason"),
        (Command::about(WEU.cluster, "drain", "c-3").without("requestedBy"), "$.requestedBy"),
        (Command::about(WEU.cluster, "drain", "c-4").with("target", &json!("everything")), "\"fleet\""),
        (Command::about("aks-nowhere-01", "drain", "c-5"), "known are aks-neu-01 in northeurope"),
        (Command::about(WEU.cluster, "drain", "c-6").with("expires", &json!("2001-01-01T00:00:00Z")), "past"),
        (Command::about(WEU.cluster, "drain", "c-7").with("colour", &json!("blue")), "$.colour"),
    ];
    let mut scenario = Scenario::begins().await;
    for (command, said) in cases {
        let answer = scenario.is_told(&command, Status::Rejected).await;
        let why = reasons(&answer);
        assert!(why.contains(said), "`{said}` is no part of: {why}");
    }
    assert_eq!(scenario.journal.writes(), []);
}

#[tokio::test(start_paused = true)]
async fn what_has_no_id_to_answer_to_is_parked_with_its_fault() {
    let mut scenario = Scenario::begins().await;
    scenario.sends_as_command("drain everything, please");
    scenario.sends_as_command(r#"{"command":"drain","target":"fleet","requestedBy":"x","reason":"y"}"#);
    scenario.passes(MINUTE).await;
    let parked = scenario.world.simulation.bus().messages("fleet-rejected");
    let parked: Vec<String> = parked.iter().map(fleet_simulator::service_bus::Message::text).collect();
    assert_eq!(parked.len(), 2, "{parked:#?}");
    assert!(parked[0].contains("is not JSON") && parked[1].contains("$.id"), "{parked:#?}");
    assert_eq!((scenario.results().len(), scenario.journal.writes().len()), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn an_operators_word_on_a_stamps_health_outweighs_the_evidence_until_it_expires() {
    let mut scenario = Scenario::begins().await;
    let end = scenario.world.simulation.now() + HOUR;
    let state = |health: &str, id| {
        Command::about(WEU.cluster, "stateHealth", id).with("health", &json!(health)).until(end)
    };
    let _said = scenario.is_told(&state("bad", "s-1"), Status::Done).await;
    scenario.passes(5 * MINUTE).await;
    assert!(!scenario.takes_traffic(WEU), "although it answers well");
    assert_eq!(scenario.holders_of(WEU).await, ["incident"]);
    scenario.passes(HOUR).await;
    scenario.comes_back().await;
    scenario.is_complete(&cluster_of(WEU), WEU.host).await;
}

#[tokio::test(start_paused = true)]
async fn an_operator_who_vouches_for_a_stamp_keeps_it_in() {
    let mut scenario = Scenario::begins().await;
    let good = Command::about(WEU.cluster, "stateHealth", "s-1")
        .with("health", &json!("good"))
        .until(scenario.world.simulation.now() + HOUR);
    let _said = scenario.is_told(&good, Status::Done).await;
    scenario.region_fails(WEU);
    scenario.passes(50 * MINUTE).await;
    assert!(scenario.takes_traffic(WEU));
    scenario.passes(20 * MINUTE).await;
    assert!(!scenario.takes_traffic(WEU), "the word has expired, and the region still answers badly");
}

#[tokio::test(start_paused = true)]
async fn a_decommissioned_stamp_is_taken_apart_and_enrolled_again_only_on_request() {
    let (mut scenario, cluster) = Scenario::with_newcomer().await;
    let away = Command::about_cluster(&cluster, "decommission", "away");
    let begun = scenario.is_told(&away, Status::Held).await;
    assert!(reasons(&begun).contains("what is left follows"), "{begun:#?}");
    scenario.passes(HOUR).await;
    assert!(scenario.holdings().origins_to(NEWCOMER.host).is_empty());
    assert!(scenario.holdings().members_of(&cluster).is_empty());
    scenario.journal.forget();
    scenario.passes(6 * HOUR).await;
    assert_eq!(scenario.journal.writes(), [], "the sweep doesn't bring it back");
    let twice = Command::about_cluster(&cluster, "decommission", "twice");
    let _nothing = scenario.is_told(&twice, Status::NoOp).await;

    let again = Command::about_cluster(&cluster, "enroll", "again");
    let answer = scenario.asks(&again).await;
    assert!(matches!(answer.status, Status::Done | Status::Held), "{answer:#?}");
    scenario.comes_to_rest().await;
    scenario.is_complete(&cluster, NEWCOMER.host).await;
}

#[tokio::test(start_paused = true)]
async fn the_journal_tells_of_every_command_who_asked_why_and_what_it_came_to() {
    let mut scenario = Scenario::begins().await;
    let _done = scenario.is_told(&Command::about(WEU.cluster, "drain", "yes"), Status::Done).await;
    let _refused = scenario.is_told(&Command::about(NEU.cluster, "drain", "no"), Status::Refused).await;
    let entries = scenario.entries().await;
    for (id, status, carried_out) in [("yes", "done", true), ("no", "refused", false)] {
        let answer = entries.iter().find(|entry| entry["kind"] == "answer" && entry["command"]["id"] == id);
        let answer = answer.unwrap_or_else(|| panic!("no answer to {id}"));
        assert_eq!(answer["command"]["requestedBy"], OPERATOR, "{answer:#}");
        assert_eq!(
            (&answer["command"]["reason"], &answer["result"]["status"]),
            (&json!("a drill"), &json!(status))
        );
        let decision = entries.iter().find(|entry| entry["kind"] == "decision" && entry["command"] == id);
        assert_eq!(decision.map(|decision| &decision["carriedOut"]), Some(&json!(carried_out)), "{id}");
    }
}
