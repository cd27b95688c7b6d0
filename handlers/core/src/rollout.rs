//! Updates of the fleet: which stamps they may have out of traffic, when a gate is approved and on what, how a run ended,
//! and whether a new version gets a run.
//!
//! One decision about all of it, from one observation. What it wants of stamps it leaves in the ledger; each stamp's own
//! look sees to that, behind the guard.

mod alarms;
mod draft;
mod evidence;
mod gates;
mod needs;
mod orders;
mod outs;
mod plan;
mod retries;
mod runs;
mod starts;
mod versions;

use jiff::Timestamp;

use crate::{
    command::Command,
    config::{FleetConfig, Updates},
    ledger::Ledger,
    trigger::NudgeKind,
};

pub use crate::{
    plan::{Stages, UpdateAction as Action},
    world::UpdatesSeen as Seen,
};
pub use alarms::alarms;
pub use needs::{FirstRound, SecondRound, first_round, second_round};
pub use outs::disagrees;
pub use plan::{Answer, Approved, Plan};

use draft::Draft;

/// Everything that a decision may depend on.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// Why we looked.
    pub trigger: NudgeKind,
    /// What is configured.
    pub config: &'a FleetConfig,
    /// What was seen.
    pub seen: &'a Seen,
    /// What is remembered.
    pub ledger: &'a Ledger,
    /// The command behind the look, if one is.
    pub order: Option<&'a Command>,
    /// The time of the decision.
    pub now: Timestamp,
}

impl<'a> Question<'a> {
    /// The section of the configuration, where it is not switched off.
    fn rules(&self) -> Option<&'a Updates> {
        self.config.accompanied_updates()
    }
}

/// The decision.
pub fn decide(question: &Question<'_>) -> Plan {
    let mut draft = Draft::of(question);
    if let Some(rules) = question.rules() {
        runs::follow(&mut draft, question);
        gates::take_note(&mut draft, question, rules);
        orders::hear(&mut draft, question);
        outs::follow(&mut draft, question, rules);
        gates::answer(&mut draft, question, rules);
        starts::follow(&mut draft, question, rules);
        retries::follow(&mut draft, question);
        versions::follow(&mut draft, question, rules);
        orders::answer(&mut draft, question);
    } else {
        draft.forget_all(question);
    }
    draft.finish(question)
}

#[cfg(test)]
mod tests;
