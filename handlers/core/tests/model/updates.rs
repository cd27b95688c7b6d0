//! Every state that can be reached around the gates of an update run: from a few beginnings along its way, with one
//! command, outage, death or stranger beside it.

use fleet_core::command::Command;
use jiff::SignedDuration;

use crate::{
    exhaustive::{every_state, shortest_trace},
    orders::{approve, drain, release_failed, restore, start, stop},
    run::At,
    scenery::config_with_updates,
    world::{
        Flaw,
        Happening::{
            Fails, GoesOn, Seconds, SomebodyApproves, SomebodyDisables, SomebodyEnables, Tick, UpdateFails,
        },
        Setting, Task, World,
    },
};

const A: usize = 0;
const B: usize = 1;
const C: usize = 2;

/// Three stamps that serve, of which so many must, and a run whose first gates are reached.
fn update_of(stages: &[Vec<Vec<usize>>], least: usize, commands: Vec<Command>, flaw: Option<Flaw>) -> World {
    let (config, stages) = (config_with_updates(least), stages.to_vec());
    let mut world = World::begin(Setting { stamps: 3, least, config, commands, stages, flaw });
    world.put_on_queue(Task::Updates);
    world
}

/// One group of one stamp: at its gate, undisturbed until then.
fn update_of_a(commands: Vec<Command>) -> World {
    update_of(&[vec![vec![A]]], 2, commands, None)
}

impl World {
    /// Goes on undisturbed until the run is so far with its first group, and the timer wants updates looked at.
    fn until(mut self, at: At) -> Self {
        self.finish_queue().expect("a lawful beginning");
        for _ in 0..10 {
            self.now += SignedDuration::from_secs(61);
            while self.run.groups[0].at < at && self.run.next(0).is_some() {
                self.service_goes_on(0);
            }
            self.tick();
            if self.run.groups[0].at == at {
                return self;
            }
            self.finish_queue().expect("a lawful beginning");
        }
        panic!("the run does not come so far")
    }

    fn asked(mut self) -> Self {
        (0..self.setting.commands.len()).for_each(|at| self.put_on_queue(Task::Command(at)));
        self
    }
}

#[test]
fn an_update_that_nobody_disturbs_comes_to_its_end() {
    let mut world = update_of(&[vec![vec![A]], vec![vec![B], vec![C]]], 2, Vec::new(), None);
    for _ in 0..30 {
        world.service_comes_to_a_gate();
        world.tick();
        world.finish_queue().expect("lawful");
        world.now += SignedDuration::from_mins(1);
    }
    assert!(world.run.groups.iter().all(|group| group.at == At::Done), "{:?}", world.run);
    assert!(world.origins.iter().all(|origin| origin.enabled), "{:?}", world.origins);
}

#[test]
fn a_drain_of_another_while_a_gate_waits() {
    let mut world = update_of_a(vec![drain("bob", B)]).asked();
    world.to_come = vec![vec![Seconds(61), Tick]];
    every_state("a gate and a drain of another", &world);
}

#[test]
fn the_end_of_a_drain_while_a_gate_waits() {
    let mut world = update_of_a(vec![drain("ann", A), restore("ann", A)]);
    world.look_undisturbed(Task::Command(0)).expect("a lawful beginning");
    world.now += SignedDuration::from_mins(2);
    world.put_on_queue(Task::Command(1));
    world.to_come = vec![vec![Seconds(61), Tick]];
    every_state("a gate and the end of a drain", &world);
}

/// The approval is stored and on its way when another stamp fails, and an event asks for one more look.
#[test]
fn an_outage_of_another_while_an_approval_is_on_its_way() {
    let mut world = update_of_a(Vec::new()).until(At::GateBefore);
    let at = world.waiting.iter().position(|waiting| waiting.task == Task::Updates).expect("it is due");
    world.take_up(0, at);
    (0..2).for_each(|_| {
        world.go_on(0).expect("a lawful beginning");
    });
    world.put_on_queue(Task::Updates);
    world.to_come = vec![vec![Fails(B), Tick]];
    every_state("an approval and an outage of another", &world);
}

#[test]
fn a_death_while_a_gate_is_about_to_be_approved() {
    let mut world = update_of_a(Vec::new()).until(At::GateBefore);
    world.waiting.retain(|waiting| waiting.task == Task::Updates);
    world.deaths = 1;
    world.to_come = vec![vec![Seconds(100), Tick]];
    every_state("a gate and a death", &world);
}

#[test]
fn a_drain_and_its_end_amid_an_update() {
    let mut world = update_of_a(vec![drain("ann", A), restore("ann", A)]).until(At::Passed).asked();
    world.to_come = vec![vec![GoesOn(0); 2]];
    every_state("a drain and its end amid an update", &world);
}

#[test]
fn two_groups_side_by_side() {
    let mut world = update_of(&[vec![vec![A], vec![B]]], 2, Vec::new(), None);
    world.to_come = vec![vec![Seconds(61), Tick]];
    every_state("two groups of which one may be out", &world);
    let world = update_of(&[vec![vec![A], vec![B]]], 1, Vec::new(), None);
    every_state("two groups at once", &world);
}

#[test]
fn a_stage_after_the_other() {
    let mut world = update_of(&[vec![vec![A]], vec![vec![B]]], 2, Vec::new(), None).until(At::GateAfter);
    world.to_come = vec![vec![GoesOn(1)], vec![Seconds(61), Tick]];
    every_state("a stage after the other", &world);
}

#[test]
fn an_update_that_fails_and_is_let_go() {
    let mut world = update_of_a(vec![release_failed("ann", A)]).until(At::Updating).asked();
    world.to_come = vec![vec![UpdateFails(0), Seconds(61), Tick]];
    every_state("an update that fails", &world);
}

#[test]
fn a_run_that_is_stopped_and_started_again() {
    let mut world = update_of_a(vec![stop("ann"), start("ann")]).until(At::Passed).asked();
    world.waiting.retain(|waiting| waiting.task != Task::Updates);
    world.to_come = vec![vec![Seconds(61), Tick]];
    every_state("a run stopped and started again", &world);
}

#[test]
fn gates_approved_by_hand() {
    let mut world = update_of_a(vec![approve("ann", 0)]).asked();
    world.to_come = vec![vec![SomebodyApproves(0)], vec![GoesOn(0)]];
    every_state("gates approved by hand", &world);
}

#[test]
fn somebody_else_at_the_portal_while_a_gate_is_about_to_be_approved() {
    let mut world = update_of_a(Vec::new()).until(At::GateBefore);
    world.to_come = vec![vec![SomebodyEnables(A), SomebodyDisables(C), Tick]];
    every_state("a gate and somebody else at the portal", &world);
}

/// A stamp that another handler is about to let in is not out, whatever its origin shows.
#[test]
fn a_gate_that_is_approved_amid_a_write_is_caught() {
    let commands = vec![drain("ann", A), restore("ann", A)];
    let mut world = update_of(&[vec![vec![A]]], 2, commands, Some(Flaw::ApprovesDuringWrites));
    world.look_undisturbed(Task::Command(0)).expect("a lawful beginning");
    world.now += SignedDuration::from_mins(2);
    world.put_on_queue(Task::Command(1));
    world.to_come = vec![vec![Tick]];
    insta::assert_snapshot!(shortest_trace(&world), @r"
     1  handler 1 observes, to look at updates
     2  handler 2 observes, to restore a for ann
     3  handler 2 decides to enable origin a-a8f3f79a at weight 500
     4  handler 2 stores it
     5  Tick
     6  handler 1 decides to want a out
     7  handler 1 stores it
     8  handler 1 observes, to look at a
     9  handler 1 decides to do nothing
    10  handler 1 stores it
    11  handler 1 observes, to look at updates
    12  handler 1 decides to approve gate gate-before-group-1
    13  handler 1 stores it
    14  handler 1 does it: approve gate gate-before-group-1
        handler 2: `enable origin a-a8f3f79a at weight 500`, and the update of a is Passed
    ");
}

#[test]
fn a_gate_that_is_approved_on_the_word_of_a_hold_is_caught() {
    let mut world = update_of(&[vec![vec![A]]], 2, Vec::new(), Some(Flaw::BelievesHolds));
    world.to_come = vec![vec![Seconds(100), Tick]];
    insta::assert_snapshot!(shortest_trace(&world), @r"
     1  handler 1 observes, to look at updates
     2  handler 1 decides to want a out
     3  handler 1 stores it
     4  handler 1 observes, to look at a
     5  handler 1 decides to disable origin a-a8f3f79a
     6  handler 1 stores it
     7  Seconds(100)
     8  Tick
     9  handler 2 observes, to look at updates
    10  handler 2 decides to approve gate gate-before-group-1
    11  handler 2 stores it
        handler 2: a is to be updated, and its origin is enabled
    ");
}
