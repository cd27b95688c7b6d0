//! What we do when: the table of reactions, and the one way from a question to a guarded plan.

pub mod command_received;
mod draft;
mod incident;
mod stamp_changed;
mod stamp_left_alone;
mod stamp_removed;
mod stamp_unseen;
pub mod tick;
mod update;

use jiff::Timestamp;

use crate::{
    config::FleetConfig,
    facets::traffic::{self, Case, TrafficNote, Verdict},
    ids::ArmId,
    ledger::Ledger,
    names::origin_id,
    plan::Plan,
    trigger::NudgeKind,
    world::Seen,
};

use draft::Draft;

/// Everything that a decision may depend on.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// Why we looked.
    pub trigger: NudgeKind,
    /// The stamp's cluster.
    pub subject: &'a ArmId,
    /// What is configured.
    pub config: &'a FleetConfig,
    /// What was seen.
    pub seen: &'a Seen,
    /// What is remembered.
    pub ledger: &'a Ledger,
    /// The time of the decision.
    pub now: Timestamp,
}

impl<'a> Question<'a> {
    /// The stamp's origin when it was last seen.
    fn known_origin(&self) -> Option<&'a ArmId> {
        let record = self.ledger.stamp(self.subject)?;
        record.report.origin.as_ref().map(|origin| &origin.id)
    }

    /// The stamp's traffic as the traffic facet decides about it.
    fn traffic_case<'b>(
        &self,
        wanted: &'b traffic::Wanted,
        seen: &'b traffic::Seen,
        note: Option<&'b TrafficNote>,
        verdict: Option<&'b Verdict>,
    ) -> Case<'b>
    where
        'a: 'b,
    {
        Case {
            wanted,
            cluster: self.subject,
            seen,
            note,
            known: self.known_origin(),
            claimed: self.origin_is_claimed(),
            verdict,
            now: self.now,
        }
    }

    /// Whether a write to the stamp's origin is under way, or came after what was seen.
    fn origin_is_claimed(&self) -> bool {
        let claimed = |origin: &ArmId| self.ledger.claim_on(origin, self.seen.at, self.now).is_some();
        let traffic = self.config.traffic.as_ref();
        let derived = traffic.and_then(|traffic| origin_id(&traffic.origin_group, self.subject));
        self.known_origin().is_some_and(claimed) || derived.as_ref().is_some_and(claimed)
    }
}

/// A row of the table: when it applies, and how it decides. The trigger is no part of it, because an event only says
/// that something may have happened; what was seen decides.
pub struct Reaction {
    /// Its name in logs, plans and the journal.
    pub name: &'static str,
    /// Whether what was seen is its case.
    fits: fn(&Question<'_>) -> bool,
    /// The decision.
    decide: fn(&Question<'_>) -> Draft,
}

/// THE TABLE. The first row that fits decides; the last one fits whatever the others leave.
pub const REACTIONS: [Reaction; 4] = [
    Reaction { name: "stamp unseen", fits: stamp_unseen::fits, decide: stamp_unseen::decide },
    Reaction { name: "stamp removed", fits: stamp_removed::fits, decide: stamp_removed::decide },
    Reaction { name: "stamp left alone", fits: stamp_left_alone::fits, decide: stamp_left_alone::decide },
    Reaction { name: "stamp changed", fits: stamp_changed::fits, decide: stamp_changed::decide },
];

/// The decision: what was seen and wanted, claims, setbacks and the guard, all in one plan.
pub fn decide(question: &Question<'_>) -> Plan {
    let row = REACTIONS
        .iter()
        .find(|reaction| (reaction.fits)(question))
        .unwrap_or(&REACTIONS[REACTIONS.len() - 1]);
    (row.decide)(question).finish(row.name, question)
}

#[cfg(test)]
mod tests;
