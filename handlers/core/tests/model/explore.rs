//! Breadth first through every state that can be reached, so that the first trace to a broken law is a shortest one.

use std::{
    collections::{HashMap, VecDeque},
    fmt,
    hash::{DefaultHasher, Hash, Hasher},
};

use fleet_core::{
    ledger::{Claim, Ledger},
    updates::UpdatesNote,
};
use serde::Serialize;

use crate::{
    laws::{self, Broken},
    world::World,
};

/// One step of somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Move {
    /// A handler takes up a message.
    TakeUp { handler: usize, waiting: usize },
    /// A handler goes on.
    GoOn { handler: usize },
    /// A handler dies.
    Die { handler: usize },
    /// The next of a row of happenings.
    Happen { row: usize },
}

/// What was walked through.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Walked {
    pub(crate) states: usize,
    pub(crate) steps: usize,
    /// States in which nothing is left to happen; from each the fleet came to rest.
    pub(crate) ends: usize,
}

/// The shortest way to a broken law.
#[derive(Debug)]
pub(crate) struct Trace {
    pub(crate) steps: Vec<String>,
    pub(crate) broken: Broken,
    /// How many states were known when it was found.
    pub(crate) states: usize,
}

impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.steps.iter().enumerate().try_for_each(|(at, step)| writeln!(f, "{:>2}  {step}", at + 1))?;
        write!(f, "    {}", self.broken)
    }
}

impl World {
    /// Every step that somebody may take now. Idle handlers are alike: one of them is enough.
    pub(crate) fn moves(&self) -> Vec<Move> {
        let mut moves = Vec::new();
        if let Some(handler) = self.handlers.iter().position(Option::is_none) {
            moves.extend((0..self.waiting.len()).map(|waiting| Move::TakeUp { handler, waiting }));
        }
        for handler in (0..self.handlers.len()).filter(|at| self.handlers[*at].is_some()) {
            moves.push(Move::GoOn { handler });
            if self.deaths > 0 {
                moves.push(Move::Die { handler });
            }
        }
        let rows = (0..self.to_come.len()).filter(|row| self.next_of(*row).is_some());
        moves.extend(rows.map(|row| Move::Happen { row }));
        moves
    }

    /// Takes a step, and tells it.
    pub(crate) fn step(&mut self, step: Move) -> Result<String, Broken> {
        let told = match step {
            Move::TakeUp { handler, waiting } => {
                format!("handler {} {}", handler + 1, self.take_up(handler, waiting))
            }
            Move::GoOn { handler } => format!("handler {} {}", handler + 1, self.go_on(handler)?),
            Move::Die { handler } => format!("handler {} {}", handler + 1, self.die(handler)),
            Move::Happen { row } => {
                let happening = self.to_come[row].remove(0);
                self.suffer(happening);
                format!("{happening:?}")
            }
        };
        if self.handlers.iter().all(Option::is_none) {
            self.lost_meanwhile.fill(false);
        }
        Ok(told)
    }
}

/// Walks through every state that can be reached from a world.
pub(crate) fn explore(begin: &World) -> Result<Walked, Box<Trace>> {
    let mut known: HashMap<u64, Option<(u64, Move)>> = HashMap::from([(fingerprint(begin), None)]);
    let mut open = VecDeque::from([(fingerprint(begin), begin.clone())]);
    let mut walked = Walked { states: 1, steps: 0, ends: 0 };
    while let Some((from, world)) = open.pop_front() {
        let broken = |broken| Err(Box::new(trace(begin, &known, from, broken)));
        if world.is_over() {
            walked.ends += 1;
            if let Err(rest) = laws::comes_to_rest(&world) {
                return broken(rest);
            }
        }
        let mut reached = Vec::new();
        for step in world.moves() {
            let mut next = world.clone();
            walked.steps += 1;
            match next.step(step) {
                Ok(_) => reached.push((step, next)),
                Err(law) => return broken(law),
            }
        }
        for (step, next) in reached {
            let print = fingerprint(&next);
            known.entry(print).or_insert_with(|| {
                open.push_back((print, next));
                Some((from, step))
            });
        }
    }
    walked.states = known.len();
    Ok(walked)
}

fn trace(begin: &World, known: &HashMap<u64, Option<(u64, Move)>>, at: u64, broken: Broken) -> Trace {
    let before = std::iter::successors(known[&at], |(from, _)| known[from]);
    let mut moves: Vec<Move> = before.map(|(_, step)| step).collect();
    moves.reverse();
    let mut world = begin.clone();
    let steps = moves.iter().filter_map(|step| world.step(*step).ok()).collect();
    Trace { steps, broken, states: known.len() }
}

/// Tells states apart by what later steps depend on: neither by words for people, nor by who is called handler 1, nor by
/// how often the ledger was stored. States are never compared in full: two of a million share a print by chance about
/// once in forty million explorations.
fn fingerprint(world: &World) -> u64 {
    let mut handlers: Vec<(String, &str)> = world
        .handlers
        .iter()
        .flatten()
        .map(|at_work| (text(&at_work.likeness(world)), at_work.holder.as_str()))
        .collect();
    handlers.sort();
    let mut hasher = DefaultHasher::new();
    (world.now.as_second(), world.deaths).hash(&mut hasher);
    let around = (&world.origins, &world.run, &world.lost_meanwhile, &world.waiting, &world.to_come);
    text(&around).hash(&mut hasher);
    handlers.iter().for_each(|(likeness, _)| likeness.hash(&mut hasher));
    let place = |claim: &Claim| handlers.iter().position(|(_, holder)| *holder == claim.holder);
    remembered(&world.ledger, place).hash(&mut hasher);
    hasher.finish()
}

/// What of the ledger decisions depend on.
fn remembered(ledger: &Ledger, place: impl Fn(&Claim) -> Option<usize>) -> String {
    let stamps = ledger.stamps.values().map(|record| {
        let origin = record.report.origin.as_ref();
        text(&(record.observed, &record.traffic, &record.health, &record.setbacks, &record.wake, origin))
    });
    let claims = ledger
        .claims
        .iter()
        .map(|(key, claim)| text(&(key, &claim.subject, place(claim), claim.until, claim.done)));
    let commands = ledger.commands.iter().map(|(id, record)| {
        text(&(
            id,
            record.stamps.iter().map(|stamp| stamp.status).collect::<Vec<_>>(),
            record.result.is_some(),
        ))
    });
    stamps.chain(claims).chain(commands).chain([remembered_of_updates(&ledger.updates)]).collect()
}

fn remembered_of_updates(note: &UpdatesNote) -> String {
    let UpdatesNote { observed, listed, runs, gates, out, starts, setbacks, wake, .. } = note;
    text(&(observed, listed, runs, gates, out, starts, setbacks, wake))
}

fn text(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("plain data")
}
