//! The mass-failure brake. When much of the fleet turns bad at once, or nobody says anything any more, it is more
//! likely that the evidence is wrong than that all regions are down: nothing is drained by itself, and people are told.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    config::{FleetConfig, Health},
    facets::traffic::{Owner, Verdict},
    health::{Alarm, Raised},
    ids::ArmId,
    ledger::{Ledger, StampRecord},
};

/// The fleet's health at a glance: of the stamps that take traffic, or would if they were not held out for a while.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// How many there are.
    pub of: usize,
    /// How many the evidence speaks against.
    pub bad: usize,
    /// Of how many nothing is known.
    pub blind: usize,
}

impl fmt::Display for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { of, bad, blind } = self;
        write!(f, "of {of} stamps, {bad} look bad and of {blind} nothing is known")
    }
}

impl Picture {
    /// The picture that the ledger gives.
    #[must_use]
    pub fn of(ledger: &Ledger, rules: &Health, now: Timestamp) -> Self {
        let of_record = |record: &StampRecord| record.health.verdict(rules, record.facts.nodes(), now);
        Self::gathered(ledger, of_record)
    }

    /// The same, with a newer verdict on one stamp.
    #[must_use]
    pub fn with(ledger: &Ledger, rules: &Health, now: Timestamp, cluster: &ArmId, verdict: &Verdict) -> Self {
        Self::gathered(ledger, |record| {
            if record.cluster == *cluster {
                return verdict.clone();
            }
            record.health.verdict(rules, record.facts.nodes(), now)
        })
    }

    fn gathered(ledger: &Ledger, verdict: impl Fn(&StampRecord) -> Verdict) -> Self {
        let mut picture = Self::default();
        for record in ledger.stamps.values().filter(|record| counts(record)) {
            picture.of += 1;
            match verdict(record) {
                Verdict::Good => {}
                Verdict::Bad(_) => picture.bad += 1,
                Verdict::Unknown(_) => picture.blind += 1,
            }
        }
        picture
    }

    /// Whether so much is bad that nothing is drained by itself.
    #[must_use]
    pub fn brakes(self, rules: &Health) -> bool {
        self.bad * 100 > self.of * usize::from(rules.brake_percent)
    }
}

/// The alarms that the ledger gives reason for.
#[must_use]
pub fn alarms(config: &FleetConfig, ledger: &Ledger, now: Timestamp) -> Vec<Raised> {
    let Some(rules) = &config.health else { return Vec::new() };
    let picture = Picture::of(ledger, rules, now);
    let raised = |alarm, says| Raised { alarm, about: None, since: now, says, told: false };
    let mut alarms = Vec::new();
    if picture.brakes(rules) {
        let percent = rules.brake_percent;
        let says = format!("{picture}; above {percent} % nothing is drained without an operator");
        alarms.push(raised(Alarm::MassFailure, says));
    }
    if picture.of > 0 && picture.blind == picture.of {
        alarms.push(raised(
            Alarm::NoEvidence,
            format!("{picture}; nothing is drained or brought back meanwhile"),
        ));
    }
    alarms
}

/// Stamps in quarantine or being taken apart never served; those disabled by somebody else are not ours to count; and one
/// that is being updated is expected to look bad for a while.
fn counts(record: &StampRecord) -> bool {
    let apart = |owner: &Owner| {
        matches!(owner, Owner::Quarantine | Owner::Decommission | Owner::Unknown | Owner::Update(_))
    };
    let held_apart =
        record.traffic.as_ref().is_some_and(|note| note.holds.iter().any(|hold| apart(&hold.owner)));
    record.report.origin.is_some() && !held_apart
}

#[cfg(test)]
mod tests;
