//! From a run as seen to the verdict on it.

use crate::updates::{GroupSeen, MemberUpdate, RunSeen, StageSeen, UpdateState};

use super::{FailedMember, Outcome, Verdict};

/// The most characters kept of what the service says about a member: a message about many members must stay one that a
/// queue takes.
const WHY_MAX: usize = 300;

/// The verdict on a run that has ended; none while it has not. One that ended badly and was started again has not.
#[must_use]
pub fn verdict(run: &RunSeen) -> Option<Verdict> {
    if !run.phase.state.is_over() {
        return None;
    }
    let mut verdict = Verdict {
        outcome: Outcome::Succeeded,
        members: 0,
        updated: 0,
        failed: Vec::new(),
        skipped: Vec::new(),
        not_reached: Vec::new(),
        failure_count: counted_failures(run),
        ended: run.phase.completed,
    };
    for (stage, group, member) in run.members() {
        verdict.count(stage, group, member);
    }
    verdict.outcome = match run.phase.state {
        UpdateState::Completed => verdict.of_completed(run),
        UpdateState::Stopped => Outcome::Stopped,
        UpdateState::Skipped => Outcome::Skipped,
        _ => Outcome::Failed,
    };
    Some(verdict)
}

impl Verdict {
    fn count(&mut self, stage: &StageSeen, group: &GroupSeen, member: &MemberUpdate) {
        self.members += 1;
        let left_out = [&group.phase, &stage.phase].iter().any(|part| part.state == UpdateState::Skipped);
        match member.phase.state {
            UpdateState::Completed => self.updated += 1,
            UpdateState::Failed => self.failed.push(failed(stage, group, member)),
            UpdateState::Skipped => self.skipped.push(member.name.clone()),
            // Whether members follow when their group or stage is left out is not documented.
            _ if left_out => self.skipped.push(member.name.clone()),
            _ => self.not_reached.push(member.name.clone()),
        }
    }

    /// Completed says that a run came to its end, and nothing about its members.
    fn of_completed(&self, run: &RunSeen) -> Outcome {
        let unclear = run.members().any(|(_, _, member)| is_unclear(&member.phase.state));
        if !self.failed.is_empty() && self.updated == 0 && !unclear {
            Outcome::AllFailed
        } else if self.failures() > 0 || unclear || a_part_failed(run) {
            Outcome::CompletedWithFailures
        } else if self.updated == 0 {
            Outcome::Skipped
        } else if self.not_reached.is_empty() {
            Outcome::Succeeded
        } else {
            Outcome::CompletedWithFailures
        }
    }
}

/// Whether a member of a run that has ended should not be in this state: it was tried, and nobody knows what came of it.
fn is_unclear(state: &UpdateState) -> bool {
    matches!(state, UpdateState::Running | UpdateState::Stopping | UpdateState::Other(_))
}

fn failed(stage: &StageSeen, group: &GroupSeen, member: &MemberUpdate) -> FailedMember {
    let why = [&member.phase.error, &member.message].into_iter().flatten().find(|says| !says.is_empty());
    FailedMember {
        member: member.name.clone(),
        cluster: member.cluster.clone(),
        stage: stage.name.clone(),
        group: group.name.clone(),
        why: why.map_or_else(|| "the service says nothing".to_owned(), |says| cut(says)),
    }
}

fn cut(says: &str) -> String {
    match says.char_indices().nth(WHY_MAX) {
        Some((end, _)) => format!("{}…", &says[..end]),
        None => says.to_owned(),
    }
}

/// The service counts at the run, its stages and their groups. Which of them it fills is not documented: the most that
/// any of them tells is believed.
fn counted_failures(run: &RunSeen) -> Option<u32> {
    let of_stage = |stage: &StageSeen| {
        stage.failure_count.max(sum(stage.groups.iter().map(|group| group.failure_count)))
    };
    run.failure_count.max(sum(run.stages.iter().map(of_stage)))
}

/// None where nothing is counted.
fn sum(counts: impl Iterator<Item = Option<u32>>) -> Option<u32> {
    counts.flatten().reduce(u32::saturating_add)
}

fn a_part_failed(run: &RunSeen) -> bool {
    let groups = run.stages.iter().flat_map(|stage| &stage.groups).map(|group| &group.phase);
    run.stages.iter().map(|stage| &stage.phase).chain(groups).any(|part| part.state == UpdateState::Failed)
}
