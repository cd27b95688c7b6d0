//! A fleet small enough to be walked through whole: a Front Door of a few origins, the ledger with its version, a queue,
//! and handlers that are somewhere in the middle of their work. Everything that decides is the real core.

use std::sync::Arc;

use fleet_core::{command::Command, config::FleetConfig, ids::ArmId, ledger::Ledger, updates::Timing};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::{
    invocation::Invocation,
    orders,
    run::{At, By, Run},
    scenery,
};

/// What stays the same in one exploration.
#[derive(Debug)]
pub(crate) struct Setting {
    /// How many stamps there are.
    pub(crate) stamps: usize,
    /// What must keep serving, in origins; the configuration says the same.
    pub(crate) least: usize,
    pub(crate) config: FleetConfig,
    pub(crate) commands: Vec<Command>,
    /// The stages of an update run under way, each of groups, each of stamps; none where there is no run.
    pub(crate) stages: Vec<Vec<Vec<usize>>>,
    /// What is wrong with the handlers, for once.
    pub(crate) flaw: Option<Flaw>,
}

/// A mistake that the laws must find.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// The guard believes what it saw in Front Door, and asks neither for claims nor for the holds of other stamps.
    TrustsItsSight,
    /// The guard knows of holds, but not of writes under way.
    IgnoresClaims,
    /// The ledger is stored whoever changed it meanwhile.
    SavesBlindly,
    /// A stamp counts as out for an update although a write to its origin may be under way.
    ApprovesDuringWrites,
    /// A stamp counts as out for an update as soon as the ledger says that it is held, whatever its origin shows.
    BelievesHolds,
}

/// One origin and the stamp behind it, as they really are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Origin {
    pub(crate) enabled: bool,
    pub(crate) weight: u16,
    /// Whether somebody else than a handler wrote it last.
    pub(crate) foreign: bool,
    /// What its health path answers.
    pub(crate) healthy: bool,
}

/// Everything that can be seen, at one time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct View {
    pub(crate) origins: Vec<Origin>,
    pub(crate) run: Run,
}

/// What a message on the queue asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(crate) enum Task {
    /// A look at a stamp.
    Look(usize),
    /// A look at the fleet's updates.
    Updates,
    /// A command, by its place in the setting.
    Command(usize),
}

/// A message on the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(crate) struct Delivery {
    pub(crate) task: Task,
    /// How often it was taken up before.
    pub(crate) attempt: u8,
}

/// What happens without our doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) enum Happening {
    Seconds(i64),
    Fails(usize),
    Recovers(usize),
    SomebodyDisables(usize),
    SomebodyEnables(usize),
    /// The service goes on with a group of the update run, once it can.
    GoesOn(usize),
    /// The update of a group fails, once it is under way.
    UpdateFails(usize),
    /// Somebody approves the gate before a group by hand.
    SomebodyApproves(usize),
    /// The timer fires: probes, judgements, and looks at what is due.
    Tick,
}

/// The state of everything.
#[derive(Debug, Clone)]
pub(crate) struct World {
    pub(crate) setting: Arc<Setting>,
    pub(crate) now: Timestamp,
    pub(crate) origins: Vec<Origin>,
    pub(crate) run: Run,
    /// Which origins nature or somebody else took from service since every handler was idle at once.
    pub(crate) lost_meanwhile: Vec<bool>,
    pub(crate) ledger: Arc<Ledger>,
    /// How often the ledger was stored.
    pub(crate) version: u64,
    /// How many messages were taken up.
    pub(crate) invocations: u64,
    pub(crate) handlers: Vec<Option<Invocation>>,
    pub(crate) waiting: Vec<Delivery>,
    /// What is still to happen: each row in its order, rows in any.
    pub(crate) to_come: Vec<Vec<Happening>>,
    /// How many handlers may still die.
    pub(crate) deaths: u8,
}

impl World {
    /// Every stamp serves and is on record; two handlers have nothing to do yet.
    pub(crate) fn begin(setting: Setting) -> Self {
        let origin = Origin { enabled: true, weight: scenery::FULL_WEIGHT, foreign: false, healthy: true };
        let origins = vec![origin; setting.stamps];
        let run = Run::of(&setting.stages);
        let mut world = Self {
            setting: Arc::new(setting),
            now: Timestamp::from_second(1_767_225_600).expect("in range"),
            lost_meanwhile: vec![false; origins.len()],
            origins,
            run: Run::default(),
            ledger: Arc::default(),
            version: 0,
            invocations: 0,
            handlers: vec![None, None],
            waiting: Vec::new(),
            to_come: Vec::new(),
            deaths: 0,
        };
        for stamp in 0..world.setting.stamps {
            world.look_undisturbed(Task::Look(stamp)).expect("a first look breaks no law");
        }
        world.tick();
        world.now += SignedDuration::from_mins(1);
        world.run = run;
        world
    }

    /// Whether nothing is left to do or to happen.
    pub(crate) fn is_over(&self) -> bool {
        self.waiting.is_empty()
            && self.handlers.iter().all(Option::is_none)
            && (0..self.to_come.len()).all(|row| self.next_of(row).is_none())
    }

    /// What somebody sees who looks now.
    pub(crate) fn view(&self) -> View {
        View { origins: self.origins.clone(), run: self.run.clone() }
    }

    /// The next of a row, if it may happen by now.
    pub(crate) fn next_of(&self, row: usize) -> Option<Happening> {
        let next = *self.to_come[row].first()?;
        let may = match next {
            Happening::GoesOn(group) => self.run.next(group).is_some(),
            Happening::UpdateFails(group) => self.run.next(group) == Some(At::GateAfter),
            _ => true,
        };
        may.then_some(next)
    }

    /// Something happens.
    pub(crate) fn suffer(&mut self, happening: Happening) {
        if let Happening::Fails(stamp) | Happening::SomebodyDisables(stamp) = happening {
            let origin = &self.origins[stamp];
            self.lost_meanwhile[stamp] |= origin.healthy && origin.enabled;
        }
        match happening {
            Happening::Seconds(seconds) => self.now += SignedDuration::from_secs(seconds),
            Happening::Fails(stamp) => self.origins[stamp].healthy = false,
            Happening::Recovers(stamp) => self.origins[stamp].healthy = true,
            Happening::SomebodyDisables(stamp) => self.foreign_write(stamp, false),
            Happening::SomebodyEnables(stamp) => self.foreign_write(stamp, true),
            Happening::GoesOn(group) => self.service_goes_on(group),
            Happening::UpdateFails(group) => self.run.fail(group, self.now),
            Happening::SomebodyApproves(group) => {
                self.run.approve(group, Timing::Before, By::Somebody);
            }
            Happening::Tick => self.tick(),
        }
    }

    /// Reaching a gate is an event.
    pub(crate) fn service_goes_on(&mut self, group: usize) {
        self.run.go_on(group, self.now);
        if matches!(self.run.groups[group].at, At::GateBefore | At::GateAfter) {
            self.put_on_queue(Task::Updates);
        }
    }

    /// The service goes on as far as it can without an approval.
    pub(crate) fn service_comes_to_a_gate(&mut self) {
        let groups = 0..self.run.groups.len();
        while let Some(group) = groups.clone().find(|group| self.run.next(*group).is_some()) {
            self.service_goes_on(group);
        }
    }

    fn foreign_write(&mut self, stamp: usize, enabled: bool) {
        self.origins[stamp].enabled = enabled;
        self.origins[stamp].foreign = true;
    }

    /// The timer, in one stroke: what it stores goes by compare-and-swap, and is made anew when it comes too late.
    pub(crate) fn tick(&mut self) {
        for task in scenery::to_look_at(self) {
            self.put_on_queue(task);
        }
    }

    /// Nudges for what has one waiting merge with it.
    pub(crate) fn put_on_queue(&mut self, task: Task) {
        if !self.waiting.iter().any(|waiting| waiting.task == task) {
            self.waiting.push(Delivery { task, attempt: 0 });
            self.waiting.sort();
        }
    }

    /// The stamp that a task is about; none where it is about the fleet's updates.
    pub(crate) fn stamp_of(&self, task: Task) -> Option<usize> {
        match task {
            Task::Look(stamp) => Some(stamp),
            Task::Updates => None,
            Task::Command(at) => orders::subject_of(&self.setting.commands[at]),
        }
    }

    /// What the task is called in a trace.
    pub(crate) fn name_of(&self, task: Task) -> String {
        match task {
            Task::Look(stamp) => format!("look at {}", scenery::name(stamp)),
            Task::Updates => "look at updates".to_owned(),
            Task::Command(at) => {
                let command = &self.setting.commands[at];
                let order = command.order.name();
                let about = self
                    .stamp_of(task)
                    .map_or_else(String::new, |stamp| format!(" {}", scenery::name(stamp)));
                format!("{order}{about} for {}", command.requested_by)
            }
        }
    }

    /// Which of our stamps an origin belongs to.
    pub(crate) fn stamp_with(&self, origin: &ArmId) -> usize {
        let owns = |stamp: &usize| scenery::origin_id(*stamp) == *origin;
        (0..self.setting.stamps).find(owns).expect("an origin of one of the stamps")
    }
}
