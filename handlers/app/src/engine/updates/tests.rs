use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use fleet_core::{
    command::{Order, Status},
    config::FleetConfig,
    facets::traffic::Probe,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use uuid::Uuid;

use super::*;
use crate::{
    journal::Journal,
    lane::{LIFE, Lanes},
    ledger_store::LedgerStore,
    observe::scripted::ScriptedArm,
    probe::Prober,
    state::{MemoryStore, StateStore},
};

const SUBSCRIPTION: &str = "11111111-1111-1111-1111-111111111111";

fn fleet() -> String {
    let group = format!("/subscriptions/{SUBSCRIPTION}/resourceGroups/rg");
    format!("{group}/providers/Microsoft.ContainerService/fleets/f")
}

/// A prober that nobody asks.
struct Silent;

#[async_trait]
impl Prober for Silent {
    async fn probe(&self, _: &str, _: u16, _: &str) -> Probe {
        Probe::Bad("nobody asks".to_owned())
    }
}

/// An engine over a fleet without runs and gates.
fn engine() -> Engine {
    let config = json!({
        "fleet": fleet(),
        "scope": { "subscriptions": [SUBSCRIPTION] },
        "membership": { "defaultGroup": "prod" },
        "updates": {}
    });
    let config = FleetConfig::parse(&config.to_string()).expect("a configuration");
    let empty = |what: &str| (format!("GET {}/{what}", fleet()), 200, json!({ "value": [] }));
    let client = ScriptedArm::answering([empty("gates"), empty("updateRuns")]).client();
    let store: Arc<dyn StateStore> = Arc::new(MemoryStore::default());
    let ledger = LedgerStore::new(Arc::clone(&store));
    let (journal, lanes) = (Journal::new(Arc::clone(&store)), Lanes::new(store, LIFE));
    Engine::new(Arc::new(config), client, Box::new(Silent), ledger, journal, lanes)
}

fn at(minute: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minute)
}

fn occasion(now: Timestamp) -> Occasion {
    Occasion { invocation: Uuid::from_u128(1), now }
}

fn starting(run: &str) -> Command {
    Command {
        id: "c-1".to_owned(),
        requested_by: "ann".to_owned(),
        reason: "a test".to_owned(),
        dry_run: false,
        order: Order::StartUpdate { run: run.to_owned() },
    }
}

#[tokio::test]
async fn a_command_that_had_to_wait_for_a_later_look_is_answered_all_the_same() {
    let engine = engine();
    let nudge = nudge_about(&engine.config.fleet, NudgeKind::WakeUp, "tick-1", at(1));
    let looked = engine.follow_updates(&nudge, occasion(at(1))).await.expect("a look");
    assert_eq!(looked.notices, []);
    let command = starting("r1");
    let answered = engine.command(&command, occasion(at(0)));
    let answered = tokio::time::timeout(Duration::from_secs(5), answered).await.expect("an answer in time");
    assert_eq!(answered.expect("an answer").result.status, Status::Rejected);
}
