//! What the fleet tells of the update run: the run itself, and each gate that it has reached.

use fleet_core::updates::{
    GateKind, GateRef, GateSeen, GroupSeen, MemberUpdate, Phase, RunSeen, Scope, StageSeen, Timing, Update,
    UpdateState, UpgradeKind,
};

use crate::{
    run::{At, Group, Run},
    scenery,
};

impl Run {
    /// What the fleet tells of it.
    pub(crate) fn told(&self) -> RunSeen {
        let stages = self.groups.iter().map(|group| group.stage).max().map_or(0, |last| last + 1);
        let ended = self.groups.iter().filter_map(|group| group.ended).max();
        let state = self.state().clone();
        let completed = ended.filter(|_| state.is_over());
        RunSeen {
            id: scenery::run_id(),
            update: Update { kind: UpgradeKind::NodeImageOnly, kubernetes: None, image_selection: None },
            strategy: None,
            profile: None,
            plan: Vec::new(),
            phase: Phase { state, completed, ..Phase::default() },
            stages: (0..stages).map(|stage| self.stage_told(stage)).collect(),
            failure_count: None,
            images: Vec::new(),
            etag: None,
        }
    }

    fn stage_told(&self, stage: usize) -> StageSeen {
        let groups = (0..self.groups.len()).filter(|group| self.groups[*group].stage == stage);
        StageSeen {
            name: stage_name(stage),
            phase: Phase::default(),
            groups: groups.map(|group| self.group_told(group)).collect(),
            before: Vec::new(),
            after: Vec::new(),
            failure_count: None,
            allowed_failures: None,
        }
    }

    fn group_told(&self, number: usize) -> GroupSeen {
        let group = &self.groups[number];
        let member = |stamp: &usize| MemberUpdate {
            name: scenery::name(*stamp),
            cluster: Some(scenery::cluster_id(*stamp)),
            phase: Phase { state: group.members(), completed: group.ended, ..Phase::default() },
            message: None,
        };
        let gate = |timing| {
            let state = group.gate(timing);
            let reached = state != UpdateState::NotStarted;
            let gate = reached.then(|| scenery::gate_id(number, timing));
            vec![GateRef { display_name: None, gate, state }]
        };
        GroupSeen {
            name: group_name(number),
            phase: Phase::default(),
            members: group.stamps.iter().map(member).collect(),
            before: gate(Timing::Before),
            after: gate(Timing::After),
            failure_count: None,
            allowed_failures: None,
        }
    }

    /// The gates that it has reached, as resources of their own.
    pub(crate) fn gates(&self) -> Vec<GateSeen> {
        let all = (0..self.groups.len()).flat_map(|at| [(at, Timing::Before), (at, Timing::After)]);
        let reached = all.filter(|(at, timing)| self.groups[*at].gate(*timing) != UpdateState::NotStarted);
        reached.map(|(at, timing)| self.gate_told(at, timing)).collect()
    }

    fn gate_told(&self, number: usize, timing: Timing) -> GateSeen {
        let (run, group) = (scenery::run_id(), &self.groups[number]);
        let (stage, of_group) = (stage_name(group.stage), Some(group_name(number)));
        GateSeen {
            id: scenery::gate_id(number, timing),
            kind: GateKind::Approval,
            display_name: None,
            scope: Scope { run: run.name().to_owned(), stage, group: of_group },
            run,
            timing,
            state: group.gate(timing),
            etag: None,
        }
    }
}

impl Group {
    fn members(&self) -> UpdateState {
        match self.at {
            At::NotReached | At::GateBefore | At::Passed => UpdateState::NotStarted,
            At::Updating => UpdateState::Running,
            At::GateAfter | At::Done => UpdateState::Completed,
            At::Failed => UpdateState::Failed,
        }
    }
}

fn stage_name(stage: usize) -> String {
    format!("stage-{}", stage + 1)
}

fn group_name(group: usize) -> String {
    format!("group-{}", group + 1)
}
