//! The main job: a new cluster becomes a serving stamp, within its budget of calls.

use std::time::Duration;

use fleet_local::{
    end_state::{self, Calls},
    estate::{self, NEWCOMER},
    run,
    story::{Target, Teller},
    world::{Options, World},
};
use fleet_scenarios::writes::Writes;
use fleet_simulator::{
    arm::{CallCounts, setup::Estate},
    event_grid::{ChaosEffect, ChaosRule},
    net::Site,
};

const HOUR: Duration = Duration::from_secs(3_600);

/// A world in which the two old stamps are as wanted and nothing has been counted yet.
async fn settled_world(seed: u64, writes: &Writes) -> World {
    let options = Options { listener: Some(writes.listener()), ..Options::in_process(seed) };
    let mut world = World::start(options).await.expect("a world");
    assert!(world.run_until_settled(HOUR).await.expect("an answer"), "the old stamps come to rest");
    world.arm().reset_calls();
    let _before = writes.take();
    world
}

/// Calls of the invocation that wrote first, which is the reaction to the cluster's appearance.
fn of_the_reaction(world: &World) -> CallCounts {
    let invocations = world.arm().calls_by_correlation();
    let writing: Vec<_> = invocations.into_values().filter(|counts| counts.writes > 0).collect();
    assert_eq!(writing.len(), 1, "one invocation writes: {writing:?}");
    writing[0]
}

fn behind_a_gateway(estate: &Estate) -> String {
    estate.cluster("aks-swc-02").in_region("swedencentral").with_gateway("swc2.contoso.example").appears()
}

#[tokio::test(start_paused = true)]
async fn the_story_ends_right_whatever_the_seed() {
    for seed in 0..5 {
        let mut world = World::start(Options::in_process(seed)).await.expect("a world");
        let (end, faults) = run::tell(&mut world, &Teller::new(Target::Nowhere), seed).await.expect("an end");
        assert!(end.ok && faults.is_empty(), "seed {seed}: {faults:#?}");
    }
}

#[tokio::test(start_paused = true)]
async fn initiatives_are_assigned_in_audit_and_single_policies_in_deny() {
    let world = settled_world(3, &Writes::default()).await;
    let assignments = world.arm().resources_of_type("Microsoft.Authorization/policyAssignments");
    let effect_of = |name: &str| {
        let named = assignments.iter().filter(|body| body["name"] == name);
        named.map(|body| body["properties"]["parameters"]["effect"]["value"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(effect_of("pod-security-baseline"), ["Audit"], "one, at the subscription");
    assert_eq!(effect_of("allowed-images"), ["Deny", "Deny"], "one for each stamp's group");
}

#[tokio::test(start_paused = true)]
async fn from_the_event_to_the_last_write_take_two_round_trips_when_the_host_is_tagged() {
    let writes = Writes::default();
    let mut world = settled_world(3, &writes).await;
    let _cluster = estate::appears(&world.estate, &world.sites, NEWCOMER);
    world.simulation.settle().await;
    let calls = of_the_reaction(&world);
    assert_eq!((calls.reads, calls.writes, calls.sequential_round_trips), (6, 4, 2), "{:#?}", writes.take());
}

#[tokio::test(start_paused = true)]
async fn from_the_event_to_the_last_write_take_three_round_trips_and_twelve_calls_behind_a_gateway() {
    let writes = Writes::default();
    let mut world = settled_world(3, &writes).await;
    world.sites.set("swc2.contoso.example", Site::healthy());
    let _cluster = behind_a_gateway(&world.estate);
    world.simulation.settle().await;
    let calls = of_the_reaction(&world);
    assert_eq!((calls.reads, calls.writes, calls.sequential_round_trips), (8, 4, 3), "{:#?}", writes.take());
}

#[tokio::test(start_paused = true)]
async fn a_second_run_of_the_reaction_reads_in_two_round_trips_and_writes_nothing() {
    let writes = Writes::default();
    let mut world = settled_world(3, &writes).await;
    world.sites.set("swc2.contoso.example", Site::healthy());
    let cluster = behind_a_gateway(&world.estate);
    assert!(world.run_until_settled(HOUR).await.expect("an answer"));
    world.arm().reset_calls();
    let _before = writes.take();
    world.arm().edit_resource(&cluster, fleet_simulator::arm::Notice::Raised, |_| {});
    world.simulation.settle().await;
    let calls = Calls::of(world.arm());
    assert_eq!(calls.writes, 0, "{:#?}", writes.take());
    assert!(calls.reads > 0 && calls.sequential_round_trips <= 2, "{calls:?}");
}

#[tokio::test(start_paused = true)]
async fn one_event_or_hundreds_in_any_order_among_other_clusters_make_one_set_of_writes() {
    let calm = Writes::default();
    let mut world = settled_world(11, &calm).await;
    arrivals(&mut world).await;
    let expected = calm.take_counted();
    assert!(expected.len() >= 4 * 4, "four clusters with four writes and more each: {expected:#?}");

    let wild = Writes::default();
    let mut world = settled_world(11, &wild).await;
    world.simulation.event_grid().unsettle(ChaosRule::always(ChaosEffect::Duplicate(99)));
    world.simulation.event_grid().unsettle(ChaosRule::always(ChaosEffect::Reorder(Duration::from_secs(240))));
    arrivals(&mut world).await;
    assert_eq!(wild.take_counted(), expected);
}

/// The newcomer and three others appear at once, and everything comes to rest.
async fn arrivals(world: &mut World) {
    let _cluster = estate::appears(&world.estate, &world.sites, NEWCOMER);
    for (name, region) in
        [("aks-fra-01", "francecentral"), ("aks-ger-01", "germanywestcentral"), ("aks-uk-01", "uksouth")]
    {
        let host = format!("{name}.contoso.example");
        world.sites.set(&host, Site::healthy());
        let cluster = world.estate.cluster(name).in_region(region).with_gateway(&host);
        let _id = cluster.tagged("fleet-automation-host", &host).appears();
    }
    // The three have no registry replica in their regions: reported, and not waited for.
    world.simulation.run_for(3 * HOUR).await;
    let calls = Calls::of(world.arm());
    let (end, _) = end_state::of(world, 11, calls).await.expect("an end");
    assert!(end.stamps.len() == 6 && end.stamps.iter().all(|stamp| stamp.serving), "{:#?}", end.stamps);
}

#[tokio::test(start_paused = true)]
async fn when_every_event_is_lost_the_sweep_brings_the_newcomer_to_the_same_end() {
    let writes = Writes::default();
    let mut world = settled_world(5, &writes).await;
    world.simulation.event_grid().unsettle(ChaosRule::always(ChaosEffect::Drop));
    let _cluster = estate::appears(&world.estate, &world.sites, NEWCOMER);
    world.simulation.run_for(2 * HOUR).await;
    let (end, faults) = end_state::of(&world, 5, Calls::of(world.arm())).await.expect("an end");
    assert!(end.ok, "{faults:#?}");
}
