//! Two instances of the app on one state: whoever comes second never repeats what the first has done.

use std::{sync::Arc, time::Duration};

use fleet_core::{
    config::FleetConfig,
    ids::ArmId,
    trigger::{NUDGE_VERSION, Nudge, NudgeKind},
};
use fleet_handler::{engine::Occasion, state::MemoryStore};
use fleet_local::{
    estate::NEWCOMER,
    handler::{Parts, engine},
    world::Options,
};
use fleet_scenarios::scenario::{SEED, Scenario};
use fleet_simulator::faults::{Effect, Rule};
use uuid::Uuid;

/// Both look at the newcomer at once, the second as slowly as `slow` says; gives the writes that changed anything.
async fn both_look(slow: Option<Duration>) -> Vec<String> {
    let state = Arc::new(MemoryStore::default());
    let options = Options { state: Arc::<MemoryStore>::clone(&state), ..Options::in_process(SEED) };
    let scenario = Scenario::with(options).await;
    let cluster = scenario.newcomer_appears();
    if let Some(delay) = slow {
        // The first asks once; the second's answer about the cluster is late, everything else it has read by then is old.
        let rule = Rule::always(Effect::Delay(delay)).method("GET");
        let path = format!("/managedclusters/{}$", NEWCOMER.cluster);
        scenario.goes_wrong(rule.path(&path).expect("an expression").nth(2));
    }
    let config = FleetConfig::parse(&scenario.world.config.to_string()).expect("a configuration");
    let (arm, sites) = (scenario.arm().clone(), scenario.world.sites.clone());
    let parts = Parts { config, arm, sites, store: state };
    let now = scenario.world.simulation.now();
    let subject = ArmId::parse(&cluster).expect("an id");
    let (v, kind) = (NUDGE_VERSION, NudgeKind::ClusterChanged);
    let nudge = Nudge { v, kind, subject, event_id: "both".to_owned(), event_time: now, enqueued: now };
    let [one, two] = [engine(&parts).expect("an engine"), engine(&parts).expect("an engine")];
    let occasion = |n| Occasion { invocation: Uuid::from_u128(n), now };
    let _outcomes = tokio::join!(one.reconcile(&nudge, occasion(1)), two.reconcile(&nudge, occasion(2)));
    let mut effects = scenario.journal.effects();
    effects.sort();
    effects
}

const ONE_SET: [&str; 4] = ["PUT members", "PUT origins", "PUT policyassignments", "PUT roleassignments"];

#[tokio::test(start_paused = true)]
async fn two_that_look_at_the_same_time_make_one_set_of_writes() {
    assert_eq!(both_look(None).await, ONE_SET);
}

#[tokio::test(start_paused = true)]
async fn one_that_decides_on_what_it_saw_before_the_others_writes_repeats_none_of_them() {
    assert_eq!(both_look(Some(Duration::from_secs(3))).await, ONE_SET);
}
