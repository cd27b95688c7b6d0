//! One update run as the service carries it out: groups of stamps, stage by stage, each with a gate before it and a gate
//! after it that only an approval completes.

use fleet_core::{
    ids::ArmId,
    updates::{Timing, UpdateState},
};
use jiff::Timestamp;
use serde::Serialize;

use crate::scenery;

/// How far the run is with a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(crate) enum At {
    NotReached,
    /// The gate before it waits.
    GateBefore,
    /// That gate is passed, and nothing has begun.
    Passed,
    Updating,
    /// Its stamps are done, and the gate after it waits.
    GateAfter,
    Done,
    Failed,
}

/// Whose approval it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) enum By {
    Us,
    Somebody,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Group {
    /// Groups of a stage go side by side; a stage begins when the one before it is done.
    pub(crate) stage: usize,
    pub(crate) stamps: Vec<usize>,
    pub(crate) at: At,
    /// Who approved the gate before it, or started the run again behind it.
    pub(crate) approved: Option<By>,
    /// When its stamps were done, or failed.
    pub(crate) ended: Option<Timestamp>,
}

/// The run. One without groups is none at all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Run {
    pub(crate) groups: Vec<Group>,
    /// Whether it was stopped, and not started again.
    pub(crate) stopped: bool,
}

impl Run {
    /// Stages, each of groups, each of stamps. The gates of the first stage are reached.
    pub(crate) fn of(stages: &[Vec<Vec<usize>>]) -> Self {
        let group = |stage: usize, stamps: &Vec<usize>| {
            let at = if stage == 0 { At::GateBefore } else { At::NotReached };
            Group { stage, stamps: stamps.clone(), at, approved: None, ended: None }
        };
        let of_stage = |(stage, groups): (usize, &Vec<Vec<usize>>)| {
            groups.iter().map(|stamps| group(stage, stamps)).collect::<Vec<_>>()
        };
        Self { groups: stages.iter().enumerate().flat_map(of_stage).collect(), stopped: false }
    }

    /// Whether it goes on by itself or by an approval.
    pub(crate) fn is_active(&self) -> bool {
        !self.groups.is_empty() && *self.state() == UpdateState::Running
    }

    /// In the service's words.
    pub(crate) fn state(&self) -> &'static UpdateState {
        let any = |at: At| self.groups.iter().any(|group| group.at == at);
        if any(At::Updating) {
            // What is in flight ends first.
            return if self.stopped { &UpdateState::Stopping } else { &UpdateState::Running };
        }
        if self.groups.iter().all(|group| group.at == At::Done) {
            &UpdateState::Completed
        } else if self.stopped {
            &UpdateState::Stopped
        } else if any(At::Failed) && !any(At::Passed) {
            &UpdateState::Failed
        } else {
            &UpdateState::Running
        }
    }

    /// What the service does next with a group, if anything.
    pub(crate) fn next(&self, group: usize) -> Option<At> {
        let group = self.groups.get(group)?;
        let stands = self.stopped || !matches!(self.state(), UpdateState::Running);
        let reached = || self.groups.iter().all(|other| other.stage >= group.stage || other.at == At::Done);
        match group.at {
            At::NotReached if !stands && reached() => Some(At::GateBefore),
            At::Passed if !stands => Some(At::Updating),
            At::Updating => Some(At::GateAfter),
            _ => None,
        }
    }

    /// The service goes on with a group. Tells whether there was anything to do.
    pub(crate) fn go_on(&mut self, group: usize, now: Timestamp) -> bool {
        let Some(next) = self.next(group) else { return false };
        let group = &mut self.groups[group];
        group.at = next;
        if next == At::GateAfter {
            group.ended = Some(now);
        }
        true
    }

    /// Whether a gate waits.
    pub(crate) fn waits_at(&self, group: usize, timing: Timing) -> bool {
        self.groups[group].gate(timing) == UpdateState::Pending
    }

    /// A gate is approved. Tells whether it was waiting.
    pub(crate) fn approve(&mut self, group: usize, timing: Timing, by: By) -> bool {
        let waited = self.waits_at(group, timing);
        let group = &mut self.groups[group];
        match timing {
            _ if !waited => {}
            Timing::Before => (group.at, group.approved) = (At::Passed, Some(by)),
            Timing::After => group.at = At::Done,
        }
        waited
    }

    /// Whoever is at work ends first. Tells whether there was anything to stop.
    pub(crate) fn stop(&mut self) -> bool {
        let runs = self.is_active();
        self.stopped |= runs;
        runs
    }

    /// Goes on where it was stopped or failed. Tells whether it was.
    pub(crate) fn start(&mut self) -> bool {
        let stands = matches!(self.state(), UpdateState::Stopped | UpdateState::Failed);
        if stands {
            self.stopped = false;
            for group in self.groups.iter_mut().filter(|group| group.goes_on_when_started()) {
                (group.at, group.ended, group.approved) = (At::Passed, None, Some(By::Us));
            }
        }
        stands
    }

    /// Its stamps can't be updated.
    pub(crate) fn fail(&mut self, group: usize, now: Timestamp) {
        let group = &mut self.groups[group];
        (group.at, group.ended) = (At::Failed, Some(now));
    }

    /// The group of a stamp.
    pub(crate) fn group_of(&self, stamp: usize) -> Option<&Group> {
        self.groups.iter().find(|group| group.stamps.contains(&stamp))
    }

    /// Whether the stamp's cluster is at work.
    pub(crate) fn updates(&self, stamp: usize) -> bool {
        self.group_of(stamp).is_some_and(|group| group.at == At::Updating)
    }

    /// Which gate an id names.
    pub(crate) fn gate(&self, id: &ArmId) -> (usize, Timing) {
        let all = (0..self.groups.len()).flat_map(|at| [(at, Timing::Before), (at, Timing::After)]);
        let its = |(group, timing): &(usize, Timing)| scenery::gate_id(*group, *timing) == *id;
        all.into_iter().find(its).expect("a gate of the run")
    }
}

impl Group {
    /// Whether its stamps are updated once a run that was stopped, or failed, is started.
    pub(crate) fn goes_on_when_started(&self) -> bool {
        matches!(self.at, At::Passed | At::Failed)
    }

    /// How a gate of it stands.
    pub(crate) fn gate(&self, timing: Timing) -> UpdateState {
        let waits = if timing == Timing::Before { At::GateBefore } else { At::GateAfter };
        match self.at {
            at if at == waits => UpdateState::Pending,
            at if at < waits || (at == At::Failed && timing == Timing::After) => UpdateState::NotStarted,
            _ => UpdateState::Completed,
        }
    }
}
