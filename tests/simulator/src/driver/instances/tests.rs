use std::time::Duration;

use super::*;
use crate::faults::{Effect, KillPoint, Rule};
use crate::happening::Happening;
use world::{Act, MINUTE, World};

mod world;

#[tokio::test(start_paused = true)]
async fn every_message_is_handled_once_and_all_instances_take_some() {
    let mut world = World::new(7, 3, Balance::ByChance, |_, _| Act::Succeed);
    world.send(30);
    world.simulation.run_until_quiet(MINUTE).await.unwrap();
    assert_eq!(world.invocations("work").len(), 30);
    for instance in 0..3 {
        assert!(world.invocations("work").contains(&instance), "{instance} took none");
    }
    assert_eq!(world.simulation.bus().waiting("fleet-work"), 0);
}

#[tokio::test(start_paused = true)]
async fn the_seed_says_who_takes_what() {
    let takers = async |seed| {
        let mut world = World::new(seed, 2, Balance::ByChance, |_, _| Act::Succeed);
        world.send(12);
        world.simulation.settle().await;
        world.invocations("work")
    };
    assert_eq!(takers(7).await, takers(7).await);
    assert_ne!(takers(7).await, takers(8).await);
}

#[tokio::test(start_paused = true)]
async fn in_turn_means_one_after_the_other_and_nobody_takes_more_than_it_may() {
    let mut world = World::new(7, 2, Balance::InTurn, |_, _| Act::Succeed);
    world.send(10);
    assert!(world.simulation.step().await);
    assert_eq!(world.invocations("work"), [0, 1, 0, 1, 0, 1, 0, 1], "four side by side on each");
}

#[tokio::test(start_paused = true)]
async fn requests_go_to_instances_that_are_up() {
    let world = World::new(7, 2, Balance::InTurn, |_, _| Act::Succeed);
    let status = async || world.simulation.http(world.page()).await.status;
    let instances = world.simulation.instances().all();
    assert_eq!(status().await, 204);
    instances[0].kill_instance();
    assert_eq!((status().await, status().await), (204, 204));
    assert_eq!(world.invocations("page"), [0, 1, 1]);
    instances[1].kill_instance();
    assert_eq!(status().await, 503);
}

#[tokio::test(start_paused = true)]
async fn timers_fire_on_one_instance_and_pass_on_when_it_is_lost() {
    let mut world = World::new(7, 2, Balance::InTurn, |_, _| Act::Succeed);
    world.simulation.run_for(MINUTE * 2).await;
    world.simulation.instances().all()[0].kill_instance();
    world.simulation.run_for(MINUTE).await;
    world.simulation.instances().all()[0].restart_instance().await.unwrap();
    world.simulation.run_for(MINUTE).await;
    assert_eq!(world.invocations("tick"), [0, 0, 1, 1], "who has the lock keeps it");
}

#[tokio::test(start_paused = true)]
async fn what_a_lost_instance_held_comes_back_when_its_lock_runs_out() {
    let mut world = World::new(7, 2, Balance::InTurn, |instance, _| match instance {
        0 => Act::Last,
        _ => Act::Succeed,
    });
    world.send(1);
    let first = world.simulation.instances().first().clone();
    let lost = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        first.kill_instance();
    };
    tokio::join!(world.simulation.settle(), lost);
    assert_eq!(world.simulation.bus().messages("fleet-work")[0].delivery_count, 1);
    world.simulation.run_until_quiet(MINUTE * 2).await.unwrap();
    assert_eq!(world.seconds(), 60, "one lock duration");
    let work = world.invocations("work");
    assert_eq!(work, [0, 1]);
    assert_eq!(world.failures(), ["the instance was lost"]);
}

#[tokio::test(start_paused = true)]
async fn what_hung_on_a_lost_instance_is_renewed_no_more() {
    let mut world = World::new(7, 2, Balance::InTurn, |instance, function| match (instance, function) {
        (0, "work") => Act::Hang,
        _ => Act::Succeed,
    });
    world.send(1);
    world.simulation.run_for(Duration::from_secs(100)).await;
    world.simulation.instances().first().kill_instance();
    world.simulation.run_until_quiet(MINUTE * 3).await.unwrap();
    assert_eq!(world.seconds(), 160, "not 300, the end of the renewal");
    assert_eq!(world.invocations("work"), [0, 1]);
}

#[tokio::test(start_paused = true)]
async fn an_event_on_a_lost_instance_is_delivered_again() {
    let mut world = World::new(7, 2, Balance::InTurn, |instance, _| match instance {
        0 => Act::Last,
        _ => Act::Succeed,
    });
    world.raise_event().await;
    let first = world.simulation.instances().first().clone();
    tokio::join!(world.simulation.settle(), async { first.kill_instance() });
    world.simulation.run_until_quiet(MINUTE).await.unwrap();
    assert_eq!((world.invocations("events"), world.seconds()), (vec![0, 1], 10));
}

#[tokio::test(start_paused = true)]
async fn a_replaced_instance_has_a_fresh_handler_and_no_memory_of_crashes() {
    let world = World::new(7, 1, Balance::InTurn, |_, _| Act::Succeed);
    let host = world.simulation.host();
    for _ in 0..3 {
        host.kill_handler();
    }
    assert!(host.is_stopped() && !host.is_gone());
    host.restart_instance().await.unwrap();
    assert_eq!(world.simulation.http(world.page()).await.status, 204);
    host.kill_handler();
    assert!(!host.is_stopped(), "the first crash of a new chain");
    assert_eq!(world.starts(), 5);
}

#[tokio::test(start_paused = true)]
async fn a_fault_that_kills_reaches_the_handler_that_made_the_call() {
    let mut world = World::new(7, 2, Balance::InTurn, |_, _| Act::Call(3));
    world.send(2);
    let fourth = Rule::once(Effect::KillHandler(KillPoint::BeforeWrite)).method("GET").nth(4);
    world.simulation.arm().inject(fourth);
    world.simulation.step().await;
    assert_eq!(world.invocations("work"), [0, 1]);
    // The calls take turns, so the fourth is the second instance's.
    assert_eq!(world.finished(), [true, false]);
}

#[tokio::test(start_paused = true)]
async fn a_fault_can_lose_the_instance_under_a_call() {
    let mut world = World::new(7, 2, Balance::InTurn, |_, _| Act::Call(3));
    let known = world.simulation.instances().clone();
    world.simulation.arm().on_kill(Arc::new(move |id| known.running(id).unwrap().kill_instance()));
    world
        .simulation
        .arm()
        .inject(Rule::once(Effect::KillHandler(KillPoint::AfterWrite)).method("GET").nth(2));
    world.send(1);
    world.simulation.run_until_quiet(MINUTE * 2).await.unwrap();
    assert_eq!(world.invocations("work"), [0, 1]);
    assert_eq!(world.failures(), ["the instance was lost"]);
    assert!(world.simulation.host().is_gone());
    assert_eq!(world.seconds(), 60);
}

#[tokio::test(start_paused = true)]
async fn side_by_side_the_calls_of_invocations_take_turns() {
    let mut world = World::new(7, 2, Balance::InTurn, |_, _| Act::Call(3));
    world.send(2);
    world.simulation.step().await;
    assert_eq!(world.order_of_calls(), [0, 1, 0, 1, 0, 1]);
}

#[tokio::test(start_paused = true)]
async fn staggered_invocations_interleave_as_the_seed_says() {
    let order = async |seed| {
        let mut world = World::new(seed, 2, Balance::InTurn, |_, _| Act::Call(3));
        world.simulation =
            world.simulation.in_order(crate::driver::Order::Staggered(Duration::from_millis(100)));
        world.send(2);
        world.simulation.step().await;
        world.order_of_calls()
    };
    let mut orders = std::collections::BTreeSet::new();
    for seed in 0..16 {
        orders.insert(order(seed).await);
    }
    assert_eq!(order(3).await, order(3).await);
    assert!(orders.len() > 4, "{orders:?}");
}
