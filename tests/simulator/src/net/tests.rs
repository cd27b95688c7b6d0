use std::collections::BTreeMap;

use crate::arm::Arm;
use crate::arm::setup::Estate;
use crate::chance::Seed;
use crate::clock::Clock;
use crate::faults::{Effect, Rule};
use crate::identity::ManagedIdentity;
use crate::service_bus::{RestFront, ServiceBus};

use super::{Loss, Network, Site};

struct Lab {
    arm: Arm,
    network: Network,
    /// Keeps the certificate's file.
    _folder: tempfile::TempDir,
}

async fn lab() -> Lab {
    let arm = Arm::new(Seed(7), Clock::default());
    let folder = tempfile::tempdir().expect("a folder");
    let network = Network::start(&arm, &folder.path().join("ca.pem")).await.expect("free ports");
    Lab { arm, network, _folder: folder }
}

/// Asks for `url` in a process of its own, which trusts and reaches what the environment says. Answers its
/// report.
async fn ask(lab: &Lab, url: &str, token: &str) -> String {
    ask_for(lab, url, token, "60").await
}

/// The same by a client that waits for only so many seconds, in real time.
async fn ask_for(lab: &Lab, url: &str, token: &str, patience: &str) -> String {
    let output = tokio::process::Command::new(std::env::current_exe().expect("this test's own path"))
        .args(["--exact", "net::tests::child_that_asks", "--nocapture", "--ignored"])
        .envs(lab.network.environment())
        .envs(BTreeMap::from([("TEST_URL", url), ("TEST_TOKEN", token), ("TEST_PATIENCE", patience)]))
        .output()
        .await
        .expect("the child ran");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.lines().find_map(|line| line.split_once("report=")).expect("a report").1.to_owned()
}

/// Uses `reqwest` with nothing but its defaults, as the handler does.
#[tokio::test]
#[ignore = "started by the tests of this file, in an environment of its own"]
async fn child_that_asks() {
    let read = |name: &str| std::env::var(name).expect("set by the parent");
    let request = reqwest::Client::new().get(read("TEST_URL")).bearer_auth(read("TEST_TOKEN"));
    let patience = std::time::Duration::from_secs(read("TEST_PATIENCE").parse().expect("seconds"));
    match request.timeout(patience).send().await {
        Ok(answer) => println!("report={} {:?}", answer.status().as_u16(), answer.version()),
        Err(error) if error.is_timeout() => println!("report=no answer"),
        Err(error) => println!("report=failed, connect: {}", error.is_connect()),
    }
}

#[tokio::test]
async fn a_plain_client_reaches_a_public_host_through_the_proxy_and_trusts_it() {
    let lab = lab().await;
    lab.network.sites().set("weu.contoso.example", Site::healthy());
    assert_eq!(ask(&lab, "https://weu.contoso.example/healthz", "-").await, "200 HTTP/2.0");
    assert_eq!(lab.network.sites().visits("weu.contoso.example"), ["/healthz"]);
    lab.network.sites().set("weu.contoso.example", Site::unhealthy());
    assert_eq!(ask(&lab, "https://weu.contoso.example/healthz", "-").await, "503 HTTP/2.0");
}

#[tokio::test]
async fn hosts_that_are_down_or_unknown_cannot_be_connected_to() {
    let lab = lab().await;
    lab.network.sites().set("weu.contoso.example", Site::unreachable());
    for host in ["weu.contoso.example", "unknown.example"] {
        assert_eq!(ask(&lab, &format!("https://{host}/"), "-").await, "failed, connect: true");
    }
}

#[tokio::test]
async fn a_lost_region_is_refused_or_silent_for_a_client_of_its_own_process() {
    let lab = lab().await;
    let host = "weu.contoso.example";
    lab.network.sites().set(host, Site::healthy());
    let table = [
        (Loss::AnswersBadly, "60", "503 HTTP/2.0"),
        (Loss::Refuses, "60", "failed, connect: true"),
        (Loss::TimesOut, "1", "no answer"),
    ];
    for (loss, patience, report) in table {
        lab.network.sites().lose_region("westeurope", &[host], loss);
        assert_eq!(ask_for(&lab, &format!("https://{host}/"), "-", patience).await, report, "{loss:?}");
    }
    lab.network.sites().restore_region("westeurope");
    assert_eq!(ask(&lab, &format!("https://{host}/"), "-").await, "200 HTTP/2.0");
}

#[tokio::test]
async fn a_service_bus_namespace_is_reached_by_its_name_with_a_token_of_its_own() {
    let lab = lab().await;
    let bus = ServiceBus::new(lab.arm.seed(), lab.arm.clock().clone(), lab.arm.watchers().clone());
    lab.network.serve_namespace(RestFront::new(
        "contoso-fleet.servicebus.windows.net",
        &bus,
        lab.arm.tokens(),
    ));
    let token = |audience| {
        let identity = ManagedIdentity::named("operator", lab.arm.seed());
        lab.arm.tokens().issue(&identity, audience).text
    };
    let url = "https://contoso-fleet.servicebus.windows.net/$management";
    assert_eq!(ask(&lab, url, &token("https://servicebus.azure.net")).await, "501 HTTP/2.0");
    assert_eq!(ask(&lab, url, &token("https://management.azure.com")).await, "401 HTTP/2.0");
    assert_eq!(ask(&lab, "https://other.servicebus.windows.net/", "-").await, "failed, connect: true");
}

#[tokio::test]
async fn arm_answers_on_its_own_port_and_under_its_public_name() {
    let lab = lab().await;
    let cluster = Estate::new(&lab.arm).cluster("aks-weu-01").present();
    let identity = ManagedIdentity::named("caller", lab.arm.seed());
    let token = lab.arm.tokens().issue(&identity, "https://management.azure.com").text;
    for base in [lab.network.arm_url(), "https://management.azure.com".to_owned()] {
        let url = format!("{base}{cluster}?api-version=2026-05-01");
        assert_eq!(ask(&lab, &url, &token).await, "200 HTTP/2.0");
        assert_eq!(ask(&lab, &url, "not-ours").await, "401 HTTP/2.0");
    }
}

#[tokio::test]
async fn a_lost_connection_is_an_error_after_connecting() {
    let lab = lab().await;
    lab.arm.inject(Rule::always(Effect::ConnectionLost));
    let url = format!("{}/subscriptions/s", lab.network.arm_url());
    assert_eq!(ask(&lab, &url, "-").await, "failed, connect: false");
}
