use async_trait::async_trait;
use fleet_arm::{client::CallContext, read::Reader};
use fleet_core::config::FleetConfig;
use serde_json::{Value, json};
use uuid::Uuid;

use super::*;
use crate::{observe::scripted::ScriptedArm, probe::Prober};

const SUBSCRIPTION: &str = "11111111-1111-1111-1111-111111111111";

fn group(suffix: &str) -> String {
    format!("/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/{suffix}")
}

fn fleet(suffix: &str) -> String {
    group(&format!("Microsoft.ContainerService/fleets/f{suffix}"))
}

fn cluster(name: &str) -> String {
    group(&format!("Microsoft.ContainerService/managedClusters/{name}"))
}

fn id(text: &str) -> ArmId {
    ArmId::parse(text).expect(text)
}

fn run(name: &str) -> ArmId {
    id(&fleet(&format!("/updateRuns/{name}")))
}

fn a_run(name: &str) -> Value {
    json!({"id": run(name).as_str(), "name": name, "properties": {
        "managedClusterUpdate": {"upgrade": {"type": "NodeImageOnly"}},
        "status": {"status": {"state": "Running"}}}})
}

fn got(path: &str, body: Value) -> (String, u16, Value) {
    (format!("GET {path}"), 200, body)
}

fn refused(path: &str, status: u16, code: &str) -> (String, u16, Value) {
    (format!("GET {path}"), status, json!({"error": {"code": code, "message": "m"}}))
}

fn list(items: &[Value]) -> Value {
    json!({"value": items})
}

/// A prober that answers with what it was asked.
struct Echo;

#[async_trait]
impl Prober for Echo {
    async fn probe(&self, host: &str, port: u16, path: &str) -> Probe {
        Probe::Bad(format!("{host}:{port}{path}"))
    }
}

fn config(traffic: bool) -> FleetConfig {
    let mut config = json!({
        "fleet": fleet(""), "scope": {"subscriptions": [SUBSCRIPTION]}, "membership": {"defaultGroup": "stable"}});
    if traffic {
        config["traffic"] = json!({
            "originGroup": group("Microsoft.Cdn/profiles/p/originGroups/og"), "healthPath": "/healthz", "httpsPort": 8443});
    }
    FleetConfig::parse(&config.to_string()).expect("a configuration")
}

/// What both rounds see.
async fn observed<const N: usize>(
    answers: [(String, u16, Value); N],
    traffic: bool,
    first: &FirstRound,
    second: &SecondRound,
) -> (Seen, Vec<String>) {
    let arm = ScriptedArm::answering(answers);
    let (client, context, config) = (arm.client(), CallContext::new(Uuid::nil()), config(traffic));
    let reader = Reader { client: &client, context: &context };
    let observer = Observer { reader, prober: &Echo, config: &config };
    let mut seen = observer.updates(first, Timestamp::UNIX_EPOCH).await;
    observer.updates_more(&mut seen, second).await;
    (seen, arm.lines())
}

fn names(seen: &Seen) -> Vec<&str> {
    seen.runs.as_ref().expect("runs").iter().map(|run| run.id.name()).collect()
}

fn no_gates() -> (String, u16, Value) {
    got(&fleet("/gates"), list(&[]))
}

#[tokio::test(start_paused = true)]
async fn where_all_runs_are_listed_none_is_read_alone_and_one_that_is_missing_is_gone() {
    let first = FirstRound { list: true, runs: [run("a"), run("late")].into() };
    let runs = got(&fleet("/updateRuns"), list(&[a_run("a"), a_run("b")]));
    let (seen, lines) = observed([no_gates(), runs], false, &first, &SecondRound::default()).await;
    assert_eq!((names(&seen), seen.listed, &seen.gone), (vec!["a", "b"], true, &vec![run("late")]));
    assert_eq!(lines, [format!("GET {}", fleet("/gates")), format!("GET {}", fleet("/updateRuns"))]);
}

#[tokio::test(start_paused = true)]
async fn runs_are_read_one_by_one_each_once_and_those_that_do_not_exist_are_gone() {
    let first = FirstRound { list: false, runs: [run("a"), run("late"), run("a")].into() };
    let answers = [no_gates(), got(run("a").as_str(), a_run("a"))];
    let (seen, lines) = observed(answers, false, &first, &SecondRound::default()).await;
    assert_eq!((names(&seen), seen.listed, &seen.gone), (vec!["a"], false, &vec![run("late")]));
    assert_eq!(lines.len(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_run_or_list_that_cannot_be_read_is_a_hole_and_nothing_is_gone() {
    let unproven = refused(run("a").as_str(), 404, "SubscriptionNotFound");
    let first = FirstRound { list: false, runs: [run("a")].into() };
    let (seen, _) = observed([no_gates(), unproven], false, &first, &SecondRound::default()).await;
    assert!(seen.runs.is_err() && seen.gone.is_empty());

    let first = FirstRound { list: true, runs: [run("a")].into() };
    let denied =
        [refused(&fleet("/gates"), 403, "AuthorizationFailed"), refused(&fleet("/updateRuns"), 403, "x")];
    let (seen, _) = observed(denied, false, &first, &SecondRound::default()).await;
    assert!(seen.runs.is_err() && seen.gates.is_err() && !seen.listed && seen.gone.is_empty());
    assert_eq!(seen.gates.map_err(|hole| hole.what), Err("the fleet's gates".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn a_run_of_another_shape_makes_the_list_a_hole() {
    let runs = got(&fleet("/updateRuns"), list(&[a_run("a"), json!({"id": run("b").as_str(), "name": "b"})]));
    let first = FirstRound { list: true, runs: [].into() };
    let (seen, _) = observed([no_gates(), runs], false, &first, &SecondRound::default()).await;
    assert!(seen.runs.is_err() && !seen.listed);
}

#[tokio::test(start_paused = true)]
async fn a_further_round_adds_to_the_first() {
    let second = SecondRound { runs: [run("b"), run("late")].into(), ..SecondRound::default() };
    let answers = [no_gates(), got(run("a").as_str(), a_run("a")), got(run("b").as_str(), a_run("b"))];
    let first = FirstRound { list: false, runs: [run("a")].into() };
    let (seen, _) = observed(answers, false, &first, &second).await;
    assert_eq!((names(&seen), &seen.gone), (vec!["a", "b"], &vec![run("late")]));
}

#[tokio::test(start_paused = true)]
async fn a_further_round_reads_clusters_probes_origins_and_offers() {
    let body = json!({"id": cluster("c"), "name": "c", "location": "westeurope", "properties": {
        "currentKubernetesVersion": "1.33.5",
        "autoUpgradeProfile": {"upgradeChannel": "None", "nodeOSUpgradeChannel": "NodeImage"},
        "agentPoolProfiles": [{"name": "system", "currentOrchestratorVersion": "1.33.2",
            "nodeImageVersion": "AKSUbuntu-1", "provisioningState": "Upgrading"}]}});
    let versions = format!(
        "/subscriptions/{SUBSCRIPTION}/providers/Microsoft.ContainerService/locations/westeurope/kubernetesVersions"
    );
    let answers = [
        no_gates(),
        got(&cluster("c"), body),
        got(&group("Microsoft.Cdn/profiles/p/originGroups/og/origins"), list(&[])),
        got(&versions, json!({"values": [{"version": "1.34", "patchVersions": {"1.34.1": {}}}]})),
    ];
    let second = SecondRound {
        clusters: [id(&cluster("c")), id(&cluster("gone"))].into(),
        probes: vec![(id(&cluster("c")), "c.example".to_owned())],
        origins: true,
        offers: ["westeurope".to_owned(), "norwayeast".to_owned()].into(),
        ..SecondRound::default()
    };
    let (seen, _) = observed(answers, true, &FirstRound::default(), &second).await;

    let found = seen.clusters[id(&cluster("c")).key()].clone().expect("read").expect("there");
    assert_eq!(found.runs.version.as_deref(), Some("1.33.5"));
    let [pool] = &found.runs.pools[..] else { panic!("one pool") };
    assert_eq!((pool.version.as_deref(), pool.image.as_deref()), (Some("1.33.2"), Some("AKSUbuntu-1")));
    assert_eq!(pool.progress, fleet_core::facets::Progress::Busy);
    assert_eq!((&found.channels.upgrade, found.channels.node_os.as_deref()), (&None, Some("NodeImage")));
    assert_eq!(seen.clusters[id(&cluster("gone")).key()], Ok(None));
    assert_eq!(seen.probes[id(&cluster("c")).key()], Probe::Bad("c.example:8443/healthz".to_owned()));
    assert_eq!(seen.origins, Some(Ok(Vec::new())));
    assert_eq!(seen.offers["westeurope"].as_ref().map(Vec::len), Ok(1));
    assert!(seen.offers["norwayeast"].is_err());
}

#[tokio::test(start_paused = true)]
async fn where_traffic_is_not_managed_neither_origins_nor_health_paths_are_asked() {
    let second = SecondRound {
        probes: vec![(id(&cluster("c")), "c.example".to_owned())],
        origins: true,
        ..SecondRound::default()
    };
    let (seen, lines) = observed([no_gates()], false, &FirstRound::default(), &second).await;
    assert_eq!((seen.origins, seen.probes.len(), lines.len()), (None, 0, 1));
}
