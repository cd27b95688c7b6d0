//! Two at once, on one state or on one member: whoever comes second neither repeats nor undoes what the first has done.

use std::{sync::Arc, time::Duration};

use fleet_core::{
    config::FleetConfig,
    ids::ArmId,
    trigger::{NUDGE_VERSION, Nudge, NudgeKind},
};
use fleet_handler::{engine::Occasion, state::MemoryStore};
use fleet_local::{
    estate::{NEWCOMER, SERVING},
    handler::{Parts, engine},
    world::Options,
};
use fleet_scenarios::scenario::{HOUR, SEED, Scenario, text};
use fleet_simulator::{
    arm::{Arm, Notice},
    faults::{Effect, Rule},
};
use serde_json::json;
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

#[tokio::test(start_paused = true)]
async fn a_label_that_somebody_sets_while_we_look_is_not_lost() {
    let state = Arc::new(MemoryStore::default());
    let options = Options { state: Arc::<MemoryStore>::clone(&state), ..Options::in_process(SEED) };
    let mut scenario = Scenario::with(options).await;
    let cluster = scenario.report_of(SERVING[0].cluster).await.cluster;
    let member = scenario.holdings().members_of(cluster.as_str()).remove(0);
    let sets = |arm: &Arm, label: &str, version: &str| {
        arm.edit_resource(text(&member, "/id"), Notice::Silent, |member| {
            member["properties"]["labels"][label] = json!("42");
            member["eTag"] = json!(version);
        });
    };
    // A reason to write the member at the next look; then, while the look waits for the cluster, somebody else's label.
    scenario.arm().edit_resource(text(&member, "/id"), Notice::Silent, |member| {
        member["properties"]["group"] = json!("elsewhere");
    });
    let path = format!("/managedclusters/{}$", SERVING[0].cluster);
    let slow =
        Rule::once(Effect::Delay(Duration::from_secs(3))).method("GET").path(&path).expect("an expression");
    scenario.goes_wrong(slow);
    let arm = scenario.arm().clone();
    // The runtime's clock is paused: this is a moment of its time, not of ours.
    let somebody = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        sets(&arm, "cost-center", "\"set by somebody\"");
    };
    scenario.arm().edit_resource(cluster.as_str(), Notice::Raised, |_| {});
    tokio::join!(scenario.world.simulation.settle(), somebody);
    scenario.passes(HOUR).await;
    let member = scenario.holdings().members_of(cluster.as_str()).remove(0);
    assert_eq!(text(&member, "/properties/group"), SERVING[0].group, "ours is written in the end");
    assert_eq!(text(&member, "/properties/labels/cost-center"), "42", "and theirs is kept");
}
