//! The program itself against a whole simulated Azure with the app in it, as an operator at a terminal meets it.

use std::{path::PathBuf, process::Output, time::Duration};

use fleet_local::{
    door::{self, Door},
    world::{Options, World},
};
use fleet_simulator::service_bus::Outgoing;
use serde_json::Value;
use tempfile::TempDir;
use tokio::{
    process::Command,
    time::{Instant, interval},
};

/// Simulated time in which the two stamps of the beginning are met.
const MEETING: Duration = Duration::from_secs(30 * 60);

/// Real time after which a test is stuck.
const STUCK: Duration = Duration::from_secs(120);

/// A world with an open door.
struct Bench {
    world: World,
    file: PathBuf,
    _door: Door,
    _folder: TempDir,
}

impl Bench {
    async fn start() -> Self {
        let mut world = World::start(Options::in_process(5)).await.expect("a world");
        assert!(world.run_until_settled(MEETING).await.expect("an answer"), "the stamps are met");
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("fleetctl.json");
        let door = Door::open(&world, &file).await.expect("a door");
        Self { world, file, _door: door, _folder: folder }
    }

    /// Runs `fleetctl --local=… <words>` to its end, while the app works on what it sends.
    async fn fleetctl(&mut self, words: &[&str]) -> Output {
        let child = Command::new(env!("CARGO_BIN_EXE_fleetctl"))
            .arg(format!("--local={}", self.file.display()))
            .args(words)
            .env("USER", "ana")
            .env_remove("FLEETCTL_AS")
            .output();
        tokio::pin!(child);
        let (mut heartbeat, end) = (interval(Duration::from_millis(20)), Instant::now() + STUCK);
        loop {
            tokio::select! {
                output = &mut child => return output.expect("fleetctl runs"),
                now = heartbeat.tick() => {
                    assert!(now < end, "fleetctl {words:?} does not end");
                    if door::knocks(&self.world) {
                        self.world.simulation.run_for(Duration::from_secs(1)).await;
                    }
                }
            }
        }
    }

    async fn json(&mut self, words: &[&str], code: i32) -> Value {
        let output = self.fleetctl(&[words, &["--json"]].concat()).await;
        assert_eq!(output.status.code(), Some(code), "{words:?}: {output:?}");
        serde_json::from_slice(&output.stdout).expect("JSON")
    }

    async fn text(&mut self, words: &[&str], code: i32) -> String {
        let output = self.fleetctl(words).await;
        assert_eq!(output.status.code(), Some(code), "{words:?}: {output:?}");
        String::from_utf8(output.stdout).expect("text")
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_two_stamps_is_drained_and_the_other_then_refused() {
    let mut bench = Bench::start().await;
    let said = bench.text(&["status"], 0).await;
    assert!(said.starts_with("2 of 2 stamps take traffic"), "{said}");

    let only = bench.json(&["drain", "aks-weu-01", "-r", "maintenance", "--dry-run"], 0).await;
    assert_eq!((&only["dryRun"], &only["status"]), (&Value::Bool(true), &"done".into()), "{only}");

    let drained = bench.json(&["drain", "aks-weu-01", "-r", "maintenance"], 0).await;
    assert_eq!((&drained["status"], &drained["requestedBy"]), (&"done".into(), &"ana".into()), "{drained}");
    bench.world.simulation.run_for(Duration::from_secs(300)).await;
    let refused = bench.json(&["drain", "aks-neu-01", "-r", "maintenance"], 3).await;
    assert_eq!(refused["status"], "refused", "{refused}");

    let why = bench.text(&["why", "westeurope"], 0).await;
    assert!(why.contains("held out") && why.contains("maintenance"), "{why}");
    let id = drained["commandId"].as_str().expect("an id");
    let again = bench.json(&["drain", "aks-weu-01", "-r", "maintenance", "--id", id], 0).await;
    assert_eq!(again, drained, "the same id is the same command");
    let journal = bench.text(&["journal", "--limit", "500"], 0).await;
    for line in ["drain", "refused", "maintenance"] {
        assert!(journal.contains(line), "{line}: {journal}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn mistakes_never_leave_the_machine_and_strangers_are_rejected() {
    let mut bench = Bench::start().await;
    let late = ["hold", "aks-weu-01", "-r", "late", "--until", "2020-01-01T00:00:00Z"];
    let output = bench.fleetctl(&late).await;
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("is past"), "{output:?}");
    assert!(bench.world.simulation.bus().messages("fleet-results").is_empty(), "nothing was sent");

    let rejected = bench.json(&["reconcile", "aks-xyz-01", "-r", "curious"], 4).await;
    assert!(rejected["why"][0].as_str().is_some_and(|why| why.contains("aks-weu-01")), "{rejected}");
    let sent = bench.json(&["reconcile", "--fleet", "-r", "curious", "--no-wait"], 0).await;
    assert_eq!(sent["status"], Value::Null, "{sent}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_letter_is_listed_shown_and_sent_again() {
    let mut bench = Bench::start().await;
    let bus = bench.world.simulation.bus().clone();
    bus.send("fleet-rejected", Outgoing::of(r#"{"fault":"is not JSON"}"#)).expect("a queue");
    while let Some(locked) = bus.receive("fleet-rejected").expect("a queue") {
        bus.abandon("fleet-rejected", &locked.lock_token).expect("a lock");
    }
    let listed = bench.json(&["dead-letter", "list", "fleet-rejected"], 0).await;
    assert_eq!(listed[0]["reason"], "MaxDeliveryCountExceeded", "{listed}");
    let number = listed[0]["sequenceNumber"].to_string();
    let shown = bench.text(&["dead-letter", "show", "fleet-rejected", &number], 0).await;
    assert!(shown.contains("is not JSON") && !shown.contains('\u{1b}'), "no colours in a pipe: {shown:?}");
    let replayed = bench.json(&["dead-letter", "replay", "fleet-rejected", &number], 0).await;
    assert_eq!(replayed["replayed"][0].to_string(), number, "{replayed}");
    assert_eq!((bus.dead_letters("fleet-rejected").len(), bus.messages("fleet-rejected").len()), (0, 1));
    bench.text(&["dead-letter", "show", "fleet-rejected", &number], 1).await;
}
