//! What a handler has in its memory while it works on a message: gone when it dies.

use std::sync::Arc;

use fleet_core::{
    command::StampResult,
    ids::ArmId,
    ledger::{Ledger, Outcome},
    plan::{Action, Plan, UpdateAction},
    rollout,
};
use jiff::Timestamp;
use serde::Serialize;

use crate::{
    follower::{Following, Planned},
    world::{Delivery, Flaw, View, World},
};

/// A handler at work.
#[derive(Debug, Clone)]
pub(crate) struct Invocation {
    pub(crate) delivery: Delivery,
    /// Signs its claims; never given twice.
    pub(crate) holder: String,
    /// When it was called, and began to observe.
    pub(crate) now: Timestamp,
    /// What it saw of all origins and the update run, and what health paths answered.
    pub(crate) seen: View,
    pub(crate) stage: Stage,
}

/// How far it is.
#[derive(Debug, Clone)]
pub(crate) enum Stage {
    Observed,
    Decided(Box<Decided>),
    Acting { stamp: usize, left: Vec<Action>, outcomes: Vec<(ArmId, Outcome)> },
    Planned(Box<Planned>),
    Following(Box<Following>),
}

/// A decision that is not stored yet.
#[derive(Debug, Clone)]
pub(crate) struct Decided {
    pub(crate) stamp: usize,
    pub(crate) plan: Plan,
    pub(crate) told: Option<StampResult>,
    /// The ledger as it shall be.
    pub(crate) next: Arc<Ledger>,
    /// The version that the decision was made on.
    pub(crate) version: u64,
}

/// An invocation without its name, for telling states apart.
#[derive(Debug, Serialize)]
pub(crate) struct Likeness<'a> {
    delivery: &'a Delivery,
    now: Timestamp,
    seen: &'a View,
    plan: Option<&'a Plan>,
    left: &'a [Action],
    about_updates: Option<(&'a [UpdateAction], &'a [ArmId])>,
    came_too_late: bool,
}

impl Invocation {
    /// What counts about it. A decision that will not be stored is as good as none.
    pub(crate) fn likeness(&self, world: &World) -> Likeness<'_> {
        let Self { delivery, now, seen, stage, .. } = self;
        let (plan, left, about_updates, came_too_late) = (None, [].as_slice(), None, false);
        let mut likeness = Likeness { delivery, now: *now, seen, plan, left, about_updates, came_too_late };
        match stage {
            Stage::Observed => {}
            Stage::Decided(decided) => {
                likeness.came_too_late = decided.version != world.version;
                let counts = !likeness.came_too_late || world.setting.flaw == Some(Flaw::SavesBlindly);
                likeness.plan = counts.then_some(&decided.plan);
            }
            Stage::Acting { left, .. } => likeness.left = left,
            Stage::Planned(planned) => {
                likeness.came_too_late = planned.version != world.version;
                let rollout::Plan { actions, turned, .. } = &planned.plan;
                likeness.about_updates = (!likeness.came_too_late).then_some((actions, turned));
            }
            Stage::Following(following) => {
                let Following { plan, outcomes } = following.as_ref();
                likeness.about_updates = Some((&plan.actions[outcomes.len()..], &plan.turned));
            }
        }
        likeness
    }
}
