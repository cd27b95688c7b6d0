//! Long random walks through larger fleets. The seed is fixed, so that a run can be repeated anywhere; a walk that
//! breaks a law shrinks to the few steps that matter, and is told step by step.

use std::fmt;

use fleet_core::command::Command;
use proptest::{
    prelude::*,
    test_runner::{Config, RngSeed, TestError, TestRunner},
};

use crate::{
    explore::Move,
    laws::{self, Broken},
    orders::{approve, drain, hold, release_failed, release_unknown, restore, start, stop},
    run::Run,
    scenery::{config, config_with_updates},
    world::{Flaw, Happening, Setting, Task, World},
};

fn settings() -> Config {
    Config {
        cases: 512,
        rng_seed: RngSeed::Fixed(0x00F1_EE70),
        failure_persistence: None,
        max_shrink_iters: 20_000,
        ..Config::default()
    }
}

/// A fleet, what is asked of it and what befalls it, and whose turn it is at each step.
#[derive(Debug, Clone)]
struct Walk {
    stamps: usize,
    least: usize,
    commands: Vec<Command>,
    happenings: Vec<Happening>,
    deaths: u8,
    turns: Vec<u8>,
    /// The stages of an update run, each of groups, each of stamps; none where there is no run.
    stages: Vec<Vec<Vec<usize>>>,
    /// Whether the update of its last group fails.
    fails: bool,
    flaw: Option<Flaw>,
}

proptest! {
    #![proptest_config(settings())]

    #[test]
    fn no_walk_breaks_a_law_and_every_walk_comes_to_rest(walk in walks(None)) {
        let (told, lawful) = walk.through();
        prop_assert_eq!(lawful, Ok(()), "after{}", Told(told));
    }
}

proptest! {
    #![proptest_config(Config { cases: 256, ..settings() })]

    #[test]
    fn no_walk_along_an_update_breaks_a_law_and_every_one_comes_to_rest(walk in walks_along_an_update()) {
        let (told, lawful) = walk.through();
        prop_assert_eq!(lawful, Ok(()), "after{}", Told(told));
    }
}

#[test]
fn a_flawed_guard_is_found_and_shrinks_to_a_readable_case() {
    let mut runner = TestRunner::new(settings());
    let found = runner.run(&walks(Some(Flaw::TrustsItsSight)), |walk| {
        prop_assert_eq!(walk.through().1, Ok(()));
        Ok(())
    });
    let Err(TestError::Fail(_, walk)) = found else { panic!("not found: {found:?}") };
    let (told, _) = walk.through();
    assert!(told.len() <= 30, "no readable case: {}", Told(told));
}

struct Told(Vec<String>);

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|step| write!(f, "\n  {step}"))
    }
}

/// Stamps are drawn without knowing how many there are and counted round, so that each part shrinks by itself.
fn walks(flaw: Option<Flaw>) -> impl Strategy<Value = Walk> {
    let commands = proptest::collection::vec(commands(), 0..8);
    let happenings = proptest::collection::vec(happenings(), 0..24);
    let turns = proptest::collection::vec(any::<u8>(), 20..200);
    (3..=6usize, 1..=3usize, commands, happenings, 0..4u8, turns).prop_map(
        move |(stamps, least, commands, happenings, deaths, turns)| Walk {
            stamps,
            least: least.min(stamps - 1),
            commands: commands.into_iter().map(|(asks, who, stamp)| asks(who, stamp % stamps)).collect(),
            happenings: happenings.into_iter().map(|happening| within(happening, stamps)).collect(),
            deaths,
            turns,
            stages: Vec::new(),
            fails: false,
            flaw,
        },
    )
}

/// The same with an update run through some of the stamps beside it, and all that can be asked of updates.
fn walks_along_an_update() -> impl Strategy<Value = Walk> {
    let stages = proptest::collection::vec(proptest::collection::vec(1..=2usize, 1..=2), 1..=2);
    let commands = proptest::collection::vec((commands_about_updates(), 0..60usize), 0..3);
    let approved = proptest::option::weighted(0.2, 0..24usize);
    (walks(None), stages, any::<bool>(), commands, approved).prop_map(
        |(walk, sizes, fails, asked, approved)| {
            let stages = dealt(&sizes, walk.stamps);
            let asked = asked.into_iter().map(|(asks, stamp)| asks("cyd", stamp % walk.stamps));
            let commands = walk.commands.iter().cloned().chain(asked).collect();
            let mut happenings = walk.happenings.clone();
            if let Some(at) = approved {
                happenings.insert(at.min(happenings.len()), Happening::SomebodyApproves(0));
            }
            Walk { stages, fails, commands, happenings, ..walk }
        },
    )
}

/// So many stamps for each group of each stage, as far as there are so many.
fn dealt(sizes: &[Vec<usize>], stamps: usize) -> Vec<Vec<Vec<usize>>> {
    let mut left = 0..stamps;
    let mut group = |size: &usize| left.by_ref().take(*size).collect::<Vec<_>>();
    let stages = sizes.iter().map(|stage| {
        stage.iter().map(&mut group).filter(|stamps: &Vec<usize>| !stamps.is_empty()).collect::<Vec<_>>()
    });
    stages.filter(|groups| !groups.is_empty()).collect()
}

fn commands_about_updates() -> impl Strategy<Value = Asks> {
    prop_oneof![
        2 => Just(approve as Asks),
        2 => Just(release_failed as Asks),
        1 => Just((|operator, _| stop(operator)) as Asks),
        1 => Just((|operator, _| start(operator)) as Asks),
    ]
}

type Asks = fn(&str, usize) -> Command;

fn commands() -> impl Strategy<Value = (Asks, &'static str, usize)> {
    let asks = prop_oneof![
        3 => Just(drain as Asks),
        2 => Just(restore as Asks),
        1 => Just(hold as Asks),
        1 => Just(release_unknown as Asks),
    ];
    (asks, prop_oneof![Just("ann"), Just("bob")], 0..60usize)
}

fn happenings() -> impl Strategy<Value = Happening> {
    prop_oneof![
        4 => Just(Happening::Tick),
        4 => prop_oneof![Just(5), Just(15), Just(31), Just(61), Just(100)].prop_map(Happening::Seconds),
        2 => (0..60usize).prop_map(Happening::Fails),
        2 => (0..60usize).prop_map(Happening::Recovers),
        1 => (0..60usize).prop_map(Happening::SomebodyDisables),
        1 => (0..60usize).prop_map(Happening::SomebodyEnables),
    ]
}

fn within(happening: Happening, stamps: usize) -> Happening {
    match happening {
        Happening::Seconds(_)
        | Happening::Tick
        | Happening::GoesOn(_)
        | Happening::UpdateFails(_)
        | Happening::SomebodyApproves(_) => happening,
        Happening::Fails(stamp) => Happening::Fails(stamp % stamps),
        Happening::Recovers(stamp) => Happening::Recovers(stamp % stamps),
        Happening::SomebodyDisables(stamp) => Happening::SomebodyDisables(stamp % stamps),
        Happening::SomebodyEnables(stamp) => Happening::SomebodyEnables(stamp % stamps),
    }
}

impl Walk {
    /// Goes the way, then does what is left, and sees everything come to rest. Tells every step.
    fn through(&self) -> (Vec<String>, Result<(), Broken>) {
        let mut told = Vec::new();
        let mut world = self.begin();
        let lawful = go(&mut world, &self.turns, &mut told).and_then(|()| laws::comes_to_rest(&world));
        (told, lawful)
    }

    fn begin(&self) -> World {
        let Self { stamps, least, flaw, .. } = *self;
        // The same again would be the same command: each has an id of its own.
        let numbered = self
            .commands
            .iter()
            .enumerate()
            .map(|(at, command)| Command { id: format!("{at}-{}", command.id), ..command.clone() });
        let commands = numbered.collect();
        let stages = self.stages.clone();
        let config = if stages.is_empty() { config(least, 100) } else { config_with_updates(least) };
        let mut world = World::begin(Setting { stamps, least, config, commands, stages, flaw });
        (0..self.commands.len()).for_each(|at| world.put_on_queue(Task::Command(at)));
        world.to_come = vec![self.happenings.clone()];
        let ways = (0..world.run.groups.len()).map(|group| self.way_of(group, &world.run));
        world.to_come.extend(ways.collect::<Vec<_>>());
        world.deaths = self.deaths;
        world
    }

    /// What the service does with a group: it is reached, begun and ended.
    fn way_of(&self, group: usize, run: &Run) -> Vec<Happening> {
        let fails = self.fails && group + 1 == run.groups.len();
        let end = if fails { Happening::UpdateFails(group) } else { Happening::GoesOn(group) };
        let reached = run.groups[group].stage > 0;
        let reaching = reached.then_some(Happening::GoesOn(group));
        reaching.into_iter().chain([Happening::GoesOn(group), end]).collect()
    }
}

/// Whoever's turn it is takes a step, if there is one to take; when the turns are over, everybody goes on until nothing
/// is left.
fn go(world: &mut World, turns: &[u8], told: &mut Vec<String>) -> Result<(), Broken> {
    for turn in turns {
        if let Some(step) = of_turn(world, usize::from(*turn)) {
            told.push(world.step(step)?);
        }
    }
    while let Some(step) = world.moves().first() {
        told.push(world.step(*step)?);
    }
    Ok(())
}

/// Says little about the rest of the world, so that a walk stays much the same when a part of it is taken away.
fn of_turn(world: &World, turn: usize) -> Option<Move> {
    let (actor, choice) = (turn % 8, turn / 8);
    let handler = actor % 2;
    let step = match actor {
        0..=5 if world.handlers[handler].is_some() => Move::GoOn { handler },
        0..=5 => Move::TakeUp { handler, waiting: choice % world.waiting.len().max(1) },
        6 => Move::Happen { row: choice % world.to_come.len() },
        _ => Move::Die { handler: choice % 2 },
    };
    let may = match step {
        Move::TakeUp { .. } => !world.waiting.is_empty(),
        other => world.moves().contains(&other),
    };
    may.then_some(step)
}
