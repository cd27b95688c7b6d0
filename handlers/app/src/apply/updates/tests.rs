use fleet_arm::{client::CallContext, write::Mode};
use fleet_core::{
    rollout::Stages,
    setback::{Fault, FaultClass},
    updates::{GroupPlan, StagePlan, Update, UpgradeKind},
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::*;
use crate::observe::scripted::{Asked, ScriptedArm};

const FLEET: &str = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.ContainerService/fleets/f";

fn id(suffix: &str) -> ArmId {
    ArmId::parse(&format!("{FLEET}/{suffix}")).expect("an id")
}

fn retry() -> [Action; 3] {
    let run = id("updateRuns/r-retry");
    let canary = StagePlan {
        name: "canary".to_owned(),
        groups: vec![GroupPlan { name: "weu".to_owned(), after: vec![None], ..GroupPlan::default() }],
        wait_seconds: 600,
        concurrency: Some("50%".to_owned()),
        before: vec![Some("ready".to_owned())],
        after: Vec::new(),
    };
    let (kubernetes, image_selection) = (Some("1.34.1".to_owned()), Some("Latest".to_owned()));
    let update = Update { kind: UpgradeKind::Full, kubernetes, image_selection };
    [
        Action::Create { run: run.clone(), update, by: Stages::Own(vec![canary]) },
        Action::Skip { run: run.clone(), members: vec!["m-2".to_owned()] },
        Action::Start { run },
    ]
}

fn good(line: &str) -> (String, u16, Value) {
    (line.to_owned(), 200, json!({"properties": {"provisioningState": "Succeeded"}}))
}

async fn applied<const N: usize>(
    answers: [(String, u16, Value); N],
    actions: &[Action],
) -> (Vec<Outcome>, Vec<Asked>) {
    let arm = ScriptedArm::answering(answers);
    let (client, context) = (arm.client(), CallContext::new(Uuid::nil()));
    let writer = Writer { client: &client, context: &context, mode: Mode::Live };
    let outcomes = apply_updates(writer, actions).await;
    let targets: Vec<_> = actions.iter().map(Action::target).collect();
    assert_eq!(
        outcomes.iter().map(|(target, _)| target).collect::<Vec<_>>(),
        targets,
        "one for each, in order"
    );
    (outcomes.into_iter().map(|(_, outcome)| outcome).collect(), arm.asked())
}

#[tokio::test(start_paused = true)]
async fn a_run_is_made_then_shortened_then_started() {
    let run = format!("{FLEET}/updateRuns/r-retry");
    let lines = [format!("PUT {run}"), format!("POST {run}/skip"), format!("POST {run}/start")];
    let (outcomes, asked) = applied(lines.each_ref().map(|line| good(line)), &retry()).await;
    assert_eq!(outcomes, [Outcome::Completed, Outcome::Completed, Outcome::Completed]);
    let [put, skip, start] = &asked[..] else { panic!("three calls: {asked:?}") };
    assert_eq!([&put.line, &skip.line, &start.line], lines.each_ref());
    let stages = json!([{
        "name": "canary", "maxConcurrency": "50%", "afterStageWaitInSeconds": 600,
        "beforeGates": [{"displayName": "ready", "type": "Approval"}],
        "groups": [{"name": "weu", "afterGates": [{"type": "Approval"}]}],
    }]);
    let update = json!({
        "upgrade": {"type": "Full", "kubernetesVersion": "1.34.1"}, "nodeImageSelection": {"type": "Latest"}});
    assert_eq!(
        put.body,
        json!({"properties": {"strategy": {"stages": stages}, "managedClusterUpdate": update}})
    );
    assert_eq!(skip.body, json!({"targets": [{"type": "Member", "name": "m-2"}]}));
    assert_eq!(start.body, Value::Null);
}

#[tokio::test(start_paused = true)]
async fn after_a_failure_nothing_more_is_tried_with_the_same_run() {
    let refusal = json!({"error": {"code": "InvalidParameter", "message": "no such group"}});
    let line = format!("PUT {FLEET}/updateRuns/r-retry");
    let stop = Action::Stop { run: id("updateRuns/other") };
    let actions = [&retry()[..], &[stop]].concat();
    let answers = [(line, 400, refusal), good(&format!("POST {FLEET}/updateRuns/other/stop"))];
    let (outcomes, asked) = applied(answers, &actions).await;
    let fault = |message: &str| {
        let (code, message) = ("InvalidParameter".to_owned(), message.to_owned());
        Outcome::Failed(Fault { class: FaultClass::Lasting, code, message, retry_after_seconds: None })
    };
    let not_tried = fault("not tried: no such group");
    assert_eq!(outcomes, [fault("no such group"), not_tried.clone(), not_tried, Outcome::Completed]);
    assert_eq!(asked.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn while_a_write_is_under_way_the_next_one_about_the_run_waits() {
    let line = format!("PUT {FLEET}/updateRuns/r-retry");
    let (outcomes, asked) = applied([(line, 202, Value::Null)], &retry()).await;
    assert_eq!(outcomes[0], Outcome::Started);
    for outcome in &outcomes[1..] {
        assert!(matches!(outcome, Outcome::Failed(Fault { class: FaultClass::Busy, .. })), "{outcome:?}");
    }
    assert_eq!(asked.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_gate_is_opened_and_one_that_changed_meanwhile_is_decided_about_anew() {
    let approve =
        |gate: &str| Action::Approve { gate: id(&format!("gates/{gate}")), etag: Some("\"7\"".to_owned()) };
    let refusal = json!({"error": {"code": "PreconditionFailed", "message": "it has changed"}});
    let answers = [good(&format!("PATCH {FLEET}/gates/a")), (format!("PATCH {FLEET}/gates/b"), 412, refusal)];
    let (outcomes, asked) = applied(answers, &[approve("a"), approve("b")]).await;
    assert_eq!(outcomes[0], Outcome::Completed);
    assert!(
        matches!(&outcomes[1], Outcome::Failed(fault) if fault.class == FaultClass::Busy),
        "{outcomes:?}"
    );
    assert_eq!(asked[0].body, json!({"properties": {"state": "Completed"}}));
}

#[tokio::test(start_paused = true)]
async fn a_strategy_is_named_alone_and_node_images_take_no_version() {
    let strategy = id("updateStrategies/waves");
    let update = Update {
        kind: UpgradeKind::NodeImageOnly,
        kubernetes: Some("1.34.1".to_owned()),
        image_selection: None,
    };
    let create = Action::Create { run: id("updateRuns/r"), update, by: Stages::Strategy(strategy.clone()) };
    let generate = Action::Generate { profile: id("autoUpgradeProfiles/stable") };
    let lines = [
        format!("PUT {FLEET}/updateRuns/r"),
        format!("POST {FLEET}/autoUpgradeProfiles/stable/generateUpdateRun"),
    ];
    let (_, asked) = applied(lines.each_ref().map(|line| good(line)), &[create, generate]).await;
    let update = json!({"upgrade": {"type": "NodeImageOnly"}});
    assert_eq!(
        asked[0].body,
        json!({"properties": {"updateStrategyId": strategy.as_str(), "managedClusterUpdate": update}})
    );
    assert_eq!((&asked[1].line, &asked[1].body), (&lines[1], &Value::Null));
}
