//! Update runs that progress on the simulated clock, and the upgrades of clusters that they begin.
//!
//! [`model`] says what a run is made of, [`plan`] makes one out of a strategy and the fleet's members, [`progress`]
//! moves it, [`upgrades`] changes the clusters by their [`timetable`], [`gates`] keeps the gates as resources of their own, [`render`] writes
//! the status that callers read. Nothing here answers a request; `providers` does.
//!
//! # Assumed
//!
//! The contract leaves gaps which a running fleet has to fill somehow. These are choices, not facts:
//!
//! - Every request ends at once, although 202 is documented beside 200 for most. Of writes, start and skip this was
//!   observed.
//! - The service acts on a start, a stop or an approval a second later ([`UpdateSettings::reaction_seconds`]); of a
//!   start this was observed. A stop shows Stopping at once and Stopped after that second; the upgrades under way go
//!   on untracked, and their members are Stopped.
//! - A run takes its members when it is made or written again, and once more at the beginning of each stage: members
//!   that joined or changed groups meanwhile are in then. A member that left before its turn is Skipped.
//! - A group without members, or with none but Skipped ones, is Skipped, and its after-gates are too. Its before-gates
//!   are reached all the same. A stage of nothing but Skipped groups skips its wait and its after-gates.
//! - A group fails when more of its members failed than its `maxAllowedFailures`, a stage likewise; both are 0 unless
//!   given. Neither field exists in the pinned version: strategies with them come from [`super::setup`], and answers
//!   show them only with [`UpdateSettings::show_preview_fields`].
//! - After a failure too many, members in flight end, then run, stage and group are Failed and the other groups
//!   Stopped. Starting again takes up members that failed, were stopped or are pending, in stages that have not ended.
//! - A member whose cluster is busy with something else is Pending like one whose window is closed, and is looked at
//!   as rarely. A cluster that is stopped or gone makes its member fail.
//! - A cluster at a newer version than the target is Skipped. Upgrades over more than one minor are not refused.
//! - The stage and the group of a run that updates one by one are both named `default`.
//! - Upgrades of clusters raise no events but those of the clusters' own topics: whether the writes that a service
//!   does on its own raise resource events is not documented.
//! - A scheduled gate's `absoluteStartTime` stands beside its `type`, and beside its `gateType` in the gate.

mod begin;
mod configuration;
pub(crate) mod gates;
mod model;
mod offers;
pub(crate) mod plan;
mod progress;
mod render;
pub(crate) mod requests;
pub(crate) mod strategy;
mod timetable;
mod upgrades;
mod windows;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::id;
use super::state::State;

pub use configuration::{UpdateSettings, UpgradeFate};
pub(crate) use model::{Run, UpdateState};
pub(crate) use offers::{Offers, Version};
pub use upgrades::ClusterUpgrade;
pub(crate) use upgrades::Upgrades;
pub(crate) use windows::Windows;

/// Everything about updates that is not a resource.
#[derive(Debug, Default)]
pub(crate) struct Updates {
    /// By key.
    runs: BTreeMap<String, Run>,
    pub upgrades: Upgrades,
    pub offers: Offers,
    pub windows: Windows,
}

impl Updates {
    /// When something moves next.
    pub(crate) fn next_step(&self) -> Option<Timestamp> {
        let wakes = self.runs.values().filter_map(|run| run.wake);
        wakes.chain(self.upgrades.next_step()).min()
    }

    pub(crate) fn run(&self, run: &str) -> Option<&Run> {
        self.runs.get(&id::key(run))
    }
}

/// Takes all steps that are due at `now`, which is the earliest moment at which any is.
pub(crate) fn carry_on(state: &mut State, now: Timestamp) {
    upgrades::carry_on(state, now);
    let live = state.updates.runs.iter().filter(|(_, run)| run.is_live());
    let keys: Vec<String> = live.map(|(key, _)| key.clone()).collect();
    for key in keys {
        with_run(state, &key, |run, state| progress::look(run, state, now));
    }
}

/// Lets the service look at a run after its time of reaction.
pub(crate) fn nudge(state: &mut State, run: &str, now: Timestamp) {
    let at = reaction(state, now);
    if let Some(run) = state.updates.runs.get_mut(&id::key(run)) {
        run.wake = Some(run.wake.map_or(at, |wake| wake.min(at)));
    }
}

/// Changes a run and shows its status in the store. A run whose resource is gone is forgotten.
fn with_run<T>(state: &mut State, key: &str, change: impl FnOnce(&mut Run, &mut State) -> T) -> Option<T> {
    let mut run = state.updates.runs.remove(&id::key(key))?;
    if !state.store.contains(key) {
        return None;
    }
    let result = change(&mut run, state);
    render::show(&run, state);
    state.updates.runs.insert(id::key(key), run);
    Some(result)
}

fn reaction(state: &State, now: Timestamp) -> Timestamp {
    later(now, state.settings.updates.reaction_seconds)
}

/// `seconds` after `now`.
fn later(now: Timestamp, seconds: u64) -> Timestamp {
    let span = SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX));
    now.saturating_add(span).unwrap_or(Timestamp::MAX)
}
