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

    /// The claim that stands in the way of a write, if somebody holds one that has not run out.
    #[must_use]
    pub fn claim_on(&self, target: &ArmId, now: Timestamp) -> Option<&Claim> {
        self.claims.get(target.key()).filter(|claim| claim.until > now)
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
            let claim =
                Claim { subject: subject.clone(), holder: holder.to_owned(), until: now + CLAIM_LIFE };
            self.claims.insert(target.key().to_owned(), claim);
        }
    }

    /// Stores what became of a plan's writes: claims are given back, failures become setbacks, and the stamp is looked
    /// at again when the first of them is due or an operation may have ended.
    pub fn settle(&mut self, subject: &ArmId, holder: &str, outcomes: &[(ArmId, Outcome)], now: Timestamp) {
        for (target, _) in outcomes {
            if self.claims.get(target.key()).is_some_and(|claim| claim.holder == holder) {
                self.claims.remove(target.key());
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
