//! Every state that can be reached from a few beginnings: three stamps, of which two must serve, two handlers, and a
//! handful of commands, events, deaths and minutes.

use fleet_core::command::Command;
use jiff::SignedDuration;

use crate::{
    explore::{Trace, Walked, explore},
    orders::{drain, release_unknown, restore},
    scenery::config,
    world::{
        Flaw,
        Happening::{Fails, Recovers, Seconds, SomebodyDisables, SomebodyEnables, Tick},
        Setting, Task, World,
    },
};

const A: usize = 0;
const B: usize = 1;
const C: usize = 2;

/// Three stamps that serve, and commands on the queue.
fn asked(commands: Vec<Command>) -> World {
    with_flaw(commands, None)
}

fn with_flaw(commands: Vec<Command>, flaw: Option<Flaw>) -> World {
    let all = commands.len();
    let mut world = World::begin(Setting {
        stamps: 3,
        least: 2,
        config: config(2, 100),
        commands,
        stages: Vec::new(),
        flaw,
    });
    (0..all).for_each(|at| world.put_on_queue(Task::Command(at)));
    world
}

/// The same, with the first command carried out and long past.
fn asked_after_the_first(commands: Vec<Command>) -> World {
    let mut world = asked(commands);
    let first = world.waiting.remove(0);
    world.look_undisturbed(first.task).expect("a lawful beginning");
    world.now += SignedDuration::from_mins(2);
    let rest = std::mem::take(&mut world.waiting);
    world.tick();
    world.finish_queue().expect("a lawful beginning");
    World { waiting: rest, ..world }
}

/// Prints how much was walked through.
#[track_caller]
pub(crate) fn every_state(what: &str, world: &World) {
    match explore(world) {
        Ok(Walked { states, steps, ends }) => {
            println!("{what}: {states} states, {steps} steps, {ends} ends");
            assert!(ends > 0, "{what}: nothing ever ends");
        }
        Err(trace) => panic!("{what}, found after {} states:\n{trace}", trace.states),
    }
}

pub(crate) fn shortest_trace(world: &World) -> Box<Trace> {
    explore(world).expect_err("a flaw that no law finds")
}

#[test]
fn two_drains_at_once() {
    let mut world = asked(vec![drain("ann", A), drain("bob", B)]);
    world.deaths = 1;
    world.to_come = vec![vec![Seconds(15), Seconds(120)]];
    every_state("two drains", &world);
}

#[test]
fn a_drain_its_end_and_a_drain_of_another() {
    let mut world = asked(vec![drain("ann", A), restore("ann", A), drain("bob", B)]);
    world.deaths = 1;
    every_state("a drain, its end and another, with a death", &world);
    world.deaths = 0;
    world.to_come = vec![vec![Seconds(15), Tick]];
    every_state("a drain, its end and another, with time", &world);
}

#[test]
fn a_drain_of_a_stamp_on_its_way_in() {
    let mut world = asked_after_the_first(vec![drain("ann", A), restore("ann", A), drain("bob", A)]);
    world.deaths = 1;
    world.to_come = vec![vec![Seconds(31), Tick]];
    every_state("a return and a drain of the same", &world);
}

#[test]
fn a_drain_of_another_while_a_stamp_is_on_its_way_in() {
    let mut world = asked_after_the_first(vec![drain("ann", A), restore("ann", A), drain("bob", B)]);
    world.to_come = vec![vec![Seconds(100), Tick]];
    every_state("a return and a drain of another", &world);
}

#[test]
fn an_incident_and_a_drain_of_another() {
    let mut world = asked(vec![drain("bob", B)]);
    world.to_come = vec![vec![Fails(A), Tick, Recovers(A), Seconds(61), Tick]];
    every_state("an incident and a drain", &world);
}

#[test]
fn an_incident_at_a_stamp_that_is_drained() {
    let mut world = asked(vec![drain("ann", A), restore("ann", A)]);
    world.to_come = vec![vec![Fails(A), Tick, Recovers(A), Tick]];
    every_state("an incident at a drained stamp", &world);
}

#[test]
fn two_incidents_with_a_death() {
    let mut world = asked(Vec::new());
    world.deaths = 1;
    world.to_come = vec![vec![Fails(A), Fails(B), Tick, Recovers(A), Tick]];
    every_state("two incidents", &world);
}

#[test]
fn a_false_mass_alarm() {
    let setting = Setting {
        stamps: 3,
        least: 1,
        config: config(1, 50),
        commands: Vec::new(),
        stages: Vec::new(),
        flaw: None,
    };
    let mut world = World::begin(setting);
    world.put_on_queue(Task::Look(A));
    world.to_come =
        vec![vec![Fails(A), Fails(B), Tick, Seconds(30), Recovers(A), Recovers(B), Tick, Seconds(30), Tick]];
    every_state("a false mass alarm", &world);
}

#[test]
fn somebody_else_disables_an_origin() {
    let mut world = asked(vec![drain("bob", B), release_unknown("cyd", C)]);
    world.deaths = 1;
    world.to_come = vec![vec![SomebodyDisables(C), SomebodyEnables(C), Tick]];
    every_state("somebody else at the portal", &world);
}

#[test]
fn a_guard_that_only_believes_its_eyes_is_caught() {
    let flaw = Some(Flaw::TrustsItsSight);
    let trace = shortest_trace(&with_flaw(vec![drain("ann", A), drain("bob", B)], flaw));
    insta::assert_snapshot!(trace, @r#"
    1  handler 1 observes, to drain a for ann
    2  handler 2 observes, to drain b for bob
    3  handler 1 decides to disable origin a-a8f3f79a
    4  handler 1 stores it
    5  handler 1 does it: disable origin a-a8f3f79a
    6  handler 2 decides to disable origin b-7f33acb5
    7  handler 2 stores it
       handler 2: `disable origin b-7f33acb5` leaves 1 healthy origins in traffic, and the least is 2
    "#);
}

#[test]
fn a_guard_that_does_not_know_of_writes_under_way_is_caught() {
    let flaw = Some(Flaw::IgnoresClaims);
    let commands = vec![drain("ann", A), restore("ann", A), drain("bob", B)];
    insta::assert_snapshot!(shortest_trace(&with_flaw(commands, flaw)), @r#"
     1  handler 1 observes, to drain a for ann
     2  handler 2 observes, to restore a for ann
     3  handler 1 decides to disable origin a-a8f3f79a
     4  handler 1 stores it
     5  handler 1 does it: disable origin a-a8f3f79a
     6  handler 1 tells what became of it
     7  handler 1 observes, to drain b for bob
     8  handler 1 refuses: refused to disable origin b-7f33acb5: 1 other healthy origin(s) would be left in traffic, the configured minimum is 2
     9  handler 2 decides to do nothing
    10  handler 2 stores it
        when all was over, at 2026-01-01T00:21:00Z, a: its origin is enabled: false, and held: false
    "#);
}

#[test]
fn a_ledger_that_is_stored_without_comparing_is_caught() {
    let flaw = Some(Flaw::SavesBlindly);
    let trace = shortest_trace(&with_flaw(vec![drain("ann", A), drain("bob", B)], flaw));
    insta::assert_snapshot!(trace, @r#"
    1  handler 1 observes, to drain a for ann
    2  handler 2 observes, to drain b for bob
    3  handler 1 decides to disable origin a-a8f3f79a
    4  handler 2 decides to disable origin b-7f33acb5
    5  handler 1 stores it
       handler 2: the hold of operator ann on a is lifted by others
    "#);
}
