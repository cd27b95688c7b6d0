//! The ledger: the one document of state that ARM can't hold. Small, and survivable when lost.
//!
//! It is read, changed and stored under compare-and-swap. Before anything is written to ARM the plan's record and its
//! claims are in the ledger, so that a crash leaves a trace of what was meant, and two instances never carry out the
//! same write at once.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    command::{CommandRecord, CommandResult, GuardRule, StampResult, Target},
    facets::traffic::TrafficNote,
    health::{About, HealthNote, Raised},
    ids::ArmId,
    report::StampReport,
    setback::{Fault, Setback},
    updates::UpdatesNote,
    world::{Facts, same_region},
};

/// How long a claim on a write lasts, counted from the decision, if its holder never says what became of it. Longer than
/// waiting for the profile's lane (28 s) and the write itself (30 s) may take, so that only a dead holder's runs out.
pub const CLAIM_LIFE: SignedDuration = SignedDuration::from_secs(90);

/// How far the clocks of two instances may differ: an observation counts as later than a write only by more than this.
pub const CLOCK_SKEW: SignedDuration = SignedDuration::from_secs(10);

/// How long after a write was started its outcome is worth a look.
pub const OPERATION_LOOK: SignedDuration = SignedDuration::from_secs(30);

/// How long a command is remembered. Delivered again later, it is a new one; the queue's messages should not live longer.
pub const COMMAND_MEMORY: SignedDuration = SignedDuration::from_hours(48);

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
    /// Guards that operators have overridden, by the command's id.
    #[serde(default)]
    pub overrides: BTreeMap<String, Override>,
    /// Commands of the last days, by their ids.
    #[serde(default)]
    pub commands: BTreeMap<String, CommandRecord>,
    /// Alarms that stand.
    #[serde(default)]
    pub alarms: Vec<Raised>,
    /// Updates of the fleet.
    #[serde(default)]
    pub updates: UpdatesNote,
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
    /// What is said about its health, and what it is taken for.
    #[serde(default)]
    pub health: HealthNote,
    /// What its cluster was like when last seen.
    #[serde(default)]
    pub facts: Facts,
    /// Set while an operator wants it taken apart although its cluster exists.
    #[serde(default)]
    pub retired: Option<Retired>,
    /// Writes that failed, by the key of their target, and when to try again.
    #[serde(default)]
    pub setbacks: BTreeMap<String, Setback>,
    /// When to look again even if nothing happens.
    pub wake: Option<Wake>,
    /// What the page shows.
    pub report: StampReport,
}

/// A guard that an operator has overridden for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Override {
    /// For which stamps.
    pub target: Target,
    /// Which rule.
    pub guard: GuardRule,
    /// Who.
    pub by: String,
    /// Why.
    pub reason: String,
    /// Until when.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub until: Timestamp,
}

/// An operator's wish that a stamp be taken apart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Retired {
    /// Who.
    pub by: String,
    /// Why.
    pub reason: String,
    /// Since when.
    pub since: Timestamp,
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
    /// The stamps on record that a statement is about. `named` tells which cluster a name stands for.
    #[must_use]
    pub fn stamps_of(&self, about: &About, named: &BTreeMap<String, ArmId>) -> Vec<ArmId> {
        let records = self.stamps.values().filter(|record| match about {
            About::Cluster(id) => record.cluster == *id,
            About::NodeGroup(id) => record.facts.node_group.as_ref() == Some(id),
            About::Gateway(id) => record.facts.gateway.as_ref() == Some(id),
            About::Region(name) => same_region(name, &record.report.region),
            About::Named(name) => named.get(name) == Some(&record.cluster),
        });
        records.map(|record| record.cluster.clone()).collect()
    }

    /// The record of a cluster's stamp.
    #[must_use]
    pub fn stamp(&self, cluster: &ArmId) -> Option<&StampRecord> {
        self.stamps.get(cluster.key())
    }

    /// Remembers what became of one of a command's stamps.
    pub fn note_command(&mut self, command: &str, stamp: &StampResult, now: Timestamp) {
        let record = self.command_record(command, now);
        record.stamps.retain(|known| known.cluster != stamp.cluster);
        record.stamps.push(stamp.clone());
        record.stamps.sort_by(|a, b| a.cluster.cmp(&b.cluster));
    }

    /// Stores a command's answer, unless it has one. Returns the one that stands.
    pub fn conclude_command(&mut self, result: &CommandResult, now: Timestamp) -> CommandResult {
        let record = self.command_record(&result.command_id, now);
        record.result.get_or_insert_with(|| result.clone()).clone()
    }

    /// The record of a command, a new one if need be. What is older than [`COMMAND_MEMORY`] goes.
    fn command_record(&mut self, command: &str, now: Timestamp) -> &mut CommandRecord {
        self.commands.retain(|_, record| record.since + COMMAND_MEMORY > now);
        let fresh = CommandRecord { since: now, stamps: Vec::new(), result: None };
        self.commands.entry(command.to_owned()).or_insert(fresh)
    }

    /// Stores an override under its command's id; those that are over go.
    pub fn break_glass(&mut self, command: &str, broken: &Override, now: Timestamp) {
        self.overrides.retain(|_, broken| broken.until > now);
        self.overrides.insert(command.to_owned(), broken.clone());
    }

    /// The override of a guard's rule that covers a stamp, if an operator has broken the glass.
    #[must_use]
    pub fn overriding(&self, cluster: &ArmId, rule: GuardRule, now: Timestamp) -> Option<&Override> {
        let report = &self.stamp(cluster)?.report;
        let mut valid = self.overrides.values().filter(|broken| broken.until > now);
        valid.find(|broken| broken.guard == rule && broken.target.covers(report))
    }

    /// Changes the alarms that stand to those that there is reason for. Returns those that nobody was told of yet, and
    /// those that are over; one that still stands keeps its time and words.
    pub fn set_alarms(&mut self, reasons: &[Raised]) -> (Vec<Raised>, Vec<Raised>) {
        let stands = |alarms: &[Raised], one: &Raised| alarms.iter().any(|raised| raised.is_same(one));
        let over = self.alarms.iter().filter(|old| !stands(reasons, old)).cloned().collect();
        self.alarms.retain(|old| stands(reasons, old));
        for reason in reasons {
            if !stands(&self.alarms, reason) {
                self.alarms.push(reason.clone());
            }
        }
        self.alarms.sort_by(|a, b| (a.alarm, &a.about).cmp(&(b.alarm, &b.about)));
        (self.alarms.iter().filter(|raised| !raised.told).cloned().collect(), over)
    }

    /// Remembers that people were told of alarms.
    pub fn note_told(&mut self, told: &[Raised]) {
        let is_told =
            |raised: &Raised| told.iter().any(|one| one.is_same(raised) && one.since == raised.since);
        self.alarms.iter_mut().filter(|raised| is_told(raised)).for_each(|raised| raised.told = true);
    }

    /// The claim that stands in the way of a write: somebody is at it, or was at it after `observed`, the time at which
    /// the plan's observation began. A stale plan must lose: it would write what it has not seen written.
    #[must_use]
    pub fn claim_on(&self, target: &ArmId, observed: Timestamp, now: Timestamp) -> Option<&Claim> {
        self.claims.get(target.key()).filter(|claim| claim.stands(observed, now))
    }

    /// When the last of a stamp's claims runs out that stand against a plan with such an observation.
    #[must_use]
    pub fn unseen_writes_until(
        &self,
        subject: &ArmId,
        observed: Timestamp,
        now: Timestamp,
    ) -> Option<Timestamp> {
        let own = self.claims.values().filter(|claim| claim.subject == *subject);
        own.filter(|claim| claim.stands(observed, now)).map(|claim| claim.until).max()
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

impl Claim {
    fn stands(&self, observed: Timestamp, now: Timestamp) -> bool {
        let seen_since = self.done.is_some_and(|done| done + CLOCK_SKEW < observed);
        self.until > now && !seen_since
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
