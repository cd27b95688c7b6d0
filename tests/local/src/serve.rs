//! `serve`: simulated ARM, identity and public hosts for a handler that real Azure Functions Core Tools run.
//!
//! Core Tools bring the host, so there is no simulated Event Grid or Service Bus here: events are posted to the host's
//! own webhook, as README.md shows.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use fleet_simulator::{
    arm::Arm,
    chance::Seed,
    clock::Clock,
    identity::{IdentityEndpoint, ManagedIdentity},
    net::Network,
};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{
    estate::{self, NEWCOMER},
    handler::{self, IDENTITY},
};

/// How often the simulated clock follows the real one.
const HEARTBEAT: std::time::Duration = std::time::Duration::from_millis(250);

/// Serves until Ctrl-C.
///
/// # Errors
/// When a port or a file of the script root can't be had.
pub async fn serve(script_root: &Path, seed: u64, record: Option<PathBuf>) -> anyhow::Result<()> {
    // The real host brings real time, so simulated time follows it here.
    let arm = Arm::new(Seed(seed), Clock::starting_at(Timestamp::now()));
    if let Some(path) = record {
        let file =
            std::fs::File::create(&path).with_context(|| format!("{} cannot be written", path.display()))?;
        arm.recorder().record_to(Box::new(file));
    }
    std::fs::create_dir_all(script_root)
        .with_context(|| format!("{} cannot be made", script_root.display()))?;
    let certificate = std::path::absolute(script_root)?.join("simulated-ca.pem");
    let network = Network::start(&arm, &certificate).await?;
    let identity = ManagedIdentity::named(IDENTITY, arm.seed());
    let secret = arm.seed().guid(&["identity header"]).to_string();
    let endpoint = IdentityEndpoint::start(arm.tokens().clone(), vec![identity], &secret).await?;
    let estate = estate::build(&arm, network.sites());
    let cluster = estate::appears(&estate, network.sites(), NEWCOMER);
    handler::write_config(&script_root.join("fleet.json"), &estate::configuration(&estate))?;
    let settings = settings(&network, &endpoint);
    write_settings(&script_root.join("local.settings.json"), &settings)?;
    tell(&network, script_root, &cluster);
    let mut heartbeat = tokio::time::interval(HEARTBEAT);
    loop {
        tokio::select! {
            _ = heartbeat.tick() => drop(arm.clock().advance_to(Timestamp::now())),
            ended = tokio::signal::ctrl_c() => return ended.context("Ctrl-C cannot be watched"),
        }
    }
}

fn settings(network: &Network, endpoint: &IdentityEndpoint) -> Vec<(String, String)> {
    let mut settings: Vec<(String, String)> = network.environment().into_iter().collect();
    settings.extend(endpoint.environment());
    settings.push(("AZURE_ARM_ENDPOINT".to_owned(), network.arm_url()));
    settings.push(("FLEET_CONFIG".to_owned(), "fleet.json".to_owned()));
    settings.push(("FLEET_STATE".to_owned(), "file:./state".to_owned()));
    settings
}

/// Points an existing local.settings.json at the simulation, keeping everything else in it.
fn write_settings(path: &Path, settings: &[(String, String)]) -> anyhow::Result<()> {
    let mut file: Value = match std::fs::read_to_string(path) {
        Ok(text) => serde_json::from_str(&text).with_context(|| format!("{} is not JSON", path.display()))?,
        Err(_) => json!({ "IsEncrypted": false, "Values": { "FUNCTIONS_WORKER_RUNTIME": "custom" } }),
    };
    for (name, value) in settings {
        file["Values"][name] = json!(value);
    }
    std::fs::write(path, serde_json::to_string_pretty(&file)?)
        .with_context(|| format!("{} cannot be written", path.display()))
}

fn tell(network: &Network, script_root: &Path, cluster: &str) {
    let root = script_root.display();
    println!("Simulated ARM      {}", network.arm_url());
    println!("Simulated hosts    through the proxy http://{}", network.proxy_address());
    println!("Settings written   {root}/local.settings.json, {root}/fleet.json");
    println!("A cluster waits    {cluster}");
    println!("\nNow, in another terminal:  func start --script-root {root}");
    println!("and tell the app about the cluster as README.md shows. Ctrl-C ends the simulation.");
}
