//! What a decision needs to see, told before it is looked for.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::{Question, evidence, gates};
use crate::{
    command::Command,
    config::{FleetConfig, NewVersionAction},
    ids::ArmId,
    ledger::Ledger,
    trigger::NudgeKind,
    updates::{GateSeen, RunSeen, Timing, UpdateState},
};

/// What the first round reads beside all gates.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FirstRound {
    /// Whether to list all runs; a fleet may remember hundreds, so that this is not done every minute.
    pub list: bool,
    /// The runs to read one by one where they are not listed.
    pub runs: BTreeSet<ArmId>,
}

/// What a further round reads, knowing runs and gates.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SecondRound {
    /// Runs that gates name and nobody has read yet.
    pub runs: BTreeSet<ArmId>,
    /// Clusters to read.
    pub clusters: BTreeSet<ArmId>,
    /// Health paths to ask: a cluster and the host of its origin.
    pub probes: Vec<(ArmId, String)>,
    /// Whether to list the origin group's origins.
    pub origins: bool,
    /// Regions, such as `westeurope`, whose versions of Kubernetes to list.
    pub offers: BTreeSet<String>,
}

impl SecondRound {
    /// Whether there is nothing to read.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What to begin with: all runs when somebody says that runs or versions have changed, when a command is about them, and
/// every so often; otherwise those that are known to be under way or to be dealt with.
#[must_use]
pub fn first_round(
    config: &FleetConfig,
    ledger: &Ledger,
    trigger: NudgeKind,
    order: Option<&Command>,
    now: Timestamp,
) -> FirstRound {
    let note = &ledger.updates;
    let pause = SignedDuration::from_mins(i64::from(config.tick.sweep_minutes));
    let told = matches!(trigger, NudgeKind::RunChanged | NudgeKind::VersionsChanged | NudgeKind::Sweep);
    let list = told || order.is_some() || note.listed.is_none_or(|listed| now >= listed + pause);
    let waits = note.gates.values().filter(|gate| gate.state == UpdateState::Pending);
    let runs = note
        .runs
        .values()
        .filter(|run| run.state.is_active())
        .map(|run| &run.run)
        .chain(waits.map(|gate| &gate.run))
        .chain(note.starts.values().map(|start| &start.run))
        .chain(note.retries.values().flat_map(|retry| [&retry.run, &retry.of]))
        .chain(made(ledger));
    FirstRound { list, runs: runs.cloned().collect() }
}

/// The run that was made for a new version, until it is over.
fn made(ledger: &Ledger) -> Option<&ArmId> {
    let run = ledger.updates.asked.as_ref()?.run.as_ref()?;
    let note = ledger.updates.runs.get(run.key());
    note.is_none_or(|note| note.ending.is_none()).then_some(run)
}

/// What else is needed for what was seen so far. Asked again until nothing is.
#[must_use]
pub fn second_round(question: &Question<'_>) -> SecondRound {
    let Some(rules) = question.rules() else { return SecondRound::default() };
    let runs = question.seen.runs.as_ref().map(Vec::as_slice).unwrap_or_default();
    let mut round = SecondRound::default();
    let asked = |gate: &GateSeen| {
        let by_command = question.order.is_some_and(|order| super::orders::is_about(order, &gate.id));
        let noted = question.ledger.updates.gates.get(gate.id.key());
        by_command || noted.is_some_and(|note| note.asked.is_some())
    };
    for gate in gates::waiting(question).filter(|gate| rules.rule_for(gate).is_some() || asked(gate)) {
        match runs.iter().find(|run| run.id == gate.run) {
            Some(run) => for_gate(&mut round, gate, run, question),
            None if question.seen.runs.is_ok() && !question.seen.gone.contains(&gate.run) => {
                round.runs.insert(gate.run.clone());
            }
            None => {}
        }
    }
    for start in runs.iter().filter(|run| question.ledger.updates.starts.contains_key(run.id.key())) {
        round.origins |= question.config.managed_traffic().is_some() && !start.phase.state.is_active();
    }
    let versions = &rules.new_versions;
    if versions.action != NewVersionAction::Off && versions.strategy.is_some() && question.seen.listed {
        round.offers.extend(question.ledger.stamps.values().map(|record| record.report.region.clone()));
    }
    without_known(round, question)
}

fn for_gate(round: &mut SecondRound, gate: &GateSeen, run: &RunSeen, question: &Question<'_>) {
    for cluster in evidence::concerned(gate, run).filter_map(|member| member.cluster.as_ref()) {
        round.clusters.insert(cluster.clone());
        let Some(record) = question.ledger.stamp(cluster) else { continue };
        let host = record.report.origin.as_ref().map(|origin| origin.host.clone());
        match gate.timing {
            Timing::Before if run.update.kubernetes.is_some() => {
                round.offers.insert(record.report.region.clone());
            }
            Timing::Before => {}
            Timing::After => {
                let host =
                    host.filter(|host| !host.is_empty() && question.config.managed_traffic().is_some());
                round.probes.extend(host.map(|host| (cluster.clone(), host)));
            }
        }
    }
    round.origins |= gate.timing == Timing::Before && question.config.managed_traffic().is_some();
}

fn without_known(mut round: SecondRound, question: &Question<'_>) -> SecondRound {
    let seen = question.seen;
    round.clusters.retain(|cluster| !seen.clusters.contains_key(cluster.key()));
    round.probes.retain(|(cluster, _)| !seen.probes.contains_key(cluster.key()));
    round.origins &= seen.origins.is_none();
    round.offers.retain(|region| !region.is_empty() && !seen.offers.contains_key(region));
    round
}
