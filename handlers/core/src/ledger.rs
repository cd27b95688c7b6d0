//! The ledger: the one document of state that ARM can't hold. Small, and survivable when lost.
//!
//! It is read, changed and stored under compare-and-swap. Before anything is written to ARM the plan's record and its
//! claims are in the ledger, so that a crash leaves a trace of what was meant, and two instances never carry out the
//! same write at once.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    facets::traffic::TrafficNote,
    ids::ArmId,
    report::StampReport,
    setback::{Fault, Setback},
};

/// How long a claim on a write lasts if its holder never says what became of it. Longer than any invocation may spend
/// on its writes, so that only a dead holder's claim runs out.
pub const CLAIM_LIFE: SignedDuration = SignedDuration::from_secs(90);

/// How far the clocks of two instances may differ: an observation counts as later than a write only by more than this.
pub const CLOCK_SKEW: SignedDuration = SignedDuration::from_secs(10);

/// How long after a write was started its outcome is worth a look.
pub const OPERATION_LOOK: SignedDuration = SignedDuration::from_secs(30);

/// The whole state.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Ledger {
    /// What is known of each stamp, by the key of its cluster's id.
    #[serde(default)]
    pub stamps: BTreeMap<String, StampRecord>,
    /// Writes under way, by the key of the resource being written.
    #[serde(default)]
    pub claims: BTreeMap<String, Claim>,
    /// When the fleet was last swept.
    #[serde(default)]
    pub swept: Option<Timestamp>,
}

/// What is known of one stamp.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StampRecord {
    /// The stamp's cluster.
    pub cluster: ArmId,
    /// When the observation behind this record began.
    pub observed: Timestamp,
    /// Traffic: holds and ramp. None until an origin is in sight or planned.
    pub traffic: Option<TrafficNote>,
    /// Writes that failed, by the key of their target, and when to try again.
    #[serde(default)]
    pub setbacks: BTreeMap<String, Setback>,
    /// When to look again even if nothing happens.
    pub wake: Option<Wake>,
    /// What the page shows.
    pub report: StampReport,
}

/// A wish to look at a stamp again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wake {
    /// When.
    pub at: Timestamp,
    /// What for.
    pub why: String,
}

/// The exclusive right to carry out one write.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// The cluster on whose behalf.
    pub subject: ArmId,
    /// The invocation that holds it.
    pub holder: String,
    /// When it runs out by itself.
    pub until: Timestamp,
    /// When its write was over. Until the claim runs out it still stands against plans whose observation is older.
    #[serde(default)]
    pub done: Option<Timestamp>,
}

/// What became of one write.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Outcome {
    /// Done.
    Completed,
    /// Accepted; the service works on it.
    Started,
    /// Not done.
    Failed(Fault),
}

impl Ledger {
    /// The record of a cluster's stamp.
    #[must_use]
    pub fn stamp(&self, cluster: &ArmId) -> Option<&StampRecord> {
        self.stamps.get(cluster.key())
    }

    /// The claim that stands in the way of a write: somebody is at it, or was at it after `observed`, the time at which
    /// the plan's observation began. A stale plan must lose: it would write what it has not seen written.
    #[must_use]
    pub fn claim_on(&self, target: &ArmId, observed: Timestamp, now: Timestamp) -> Option<&Claim> {
        let claim = self.claims.get(target.key()).filter(|claim| claim.until > now)?;
        let seen_since = claim.done.is_some_and(|done| done + CLOCK_SKEW < observed);
        (!seen_since).then_some(claim)
    }

    /// Takes the claims of a plan's writes and stores its record.
    pub fn begin(
        &mut self,
        record: Option<&StampRecord>,
        subject: &ArmId,
        claims: &[ArmId],
        holder: &str,
        now: Timestamp,
    ) {
        match record {
            Some(record) => {
                self.stamps.insert(subject.key().to_owned(), record.clone());
            }
            None => {
                self.stamps.remove(subject.key());
            }
        }
        self.claims.retain(|_, claim| claim.until > now);
        for target in claims {
            let (subject, holder) = (subject.clone(), holder.to_owned());
            let claim = Claim { subject, holder, until: now + CLAIM_LIFE, done: None };
            self.claims.insert(target.key().to_owned(), claim);
        }
    }

    /// Stores what became of a plan's writes, which were over at `done`: claims are given back, failures become setbacks, and the stamp is looked
    /// at again when the first of them is due or an operation may have ended.
    pub fn settle(
        &mut self,
        subject: &ArmId,
        holder: &str,
        outcomes: &[(ArmId, Outcome)],
        now: Timestamp,
        done: Timestamp,
    ) {
        for (target, _) in outcomes {
            if let Some(claim) = self.claims.get_mut(target.key()).filter(|claim| claim.holder == holder) {
                claim.done = Some(done);
            }
        }
        let Some(record) = self.stamps.get_mut(subject.key()) else { return };
        for (target, outcome) in outcomes {
            match outcome {
                Outcome::Completed => record.wake_by(now + OPERATION_LOOK, "to see its writes settled"),
                Outcome::Started => record.wake_by(now + OPERATION_LOOK, "to see its operations end"),
                Outcome::Failed(fault) => {
                    let setback = Setback::after(record.setbacks.get(target.key()), fault.clone(), now);
                    record.wake_by(setback.until, "to try again what failed");
                    record.setbacks.insert(target.key().to_owned(), setback);
                }
            }
        }
    }
}

impl StampRecord {
    /// Asks for a look no later than `at`.
    pub fn wake_by(&mut self, at: Timestamp, why: &str) {
        if self.wake.as_ref().is_none_or(|wake| at < wake.at) {
            self.wake = Some(Wake { at, why: why.to_owned() });
        }
    }
}

#[cfg(test)]
mod tests;
