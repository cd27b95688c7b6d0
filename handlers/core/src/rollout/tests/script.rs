//! Update runs as they are told: stage by stage, each with the gates around it.

use crate::{
    ids::ArmId,
    testing::config,
    updates::{
        GateKind, GateRef, GateSeen, GroupPlan, GroupSeen, MemberUpdate, Phase, RunSeen, StagePlan,
        StageSeen, Timing, Update, UpdateState, UpgradeKind,
    },
};

use super::cluster;

/// A run, and those of its gates that it has reached.
#[derive(Debug, Clone)]
pub(super) struct Script {
    pub(super) run: RunSeen,
    pub(super) gates: Vec<GateSeen>,
}

pub(super) fn phase(state: UpdateState) -> Phase {
    Phase { state, ..Phase::default() }
}

pub(super) fn run_id(name: &str) -> ArmId {
    config().fleet.child(&format!("updateRuns/{name}")).expect("the id of a run")
}

pub(super) fn gate_id(name: &str) -> ArmId {
    config().fleet.child(&format!("gates/{name}")).expect("the id of a gate")
}

/// A run under way that brings Kubernetes 1.33.5, without stages.
pub(super) fn a_run(name: &str) -> Script {
    let update = Update {
        kind: UpgradeKind::Full,
        kubernetes: Some("1.33.5".to_owned()),
        image_selection: Some("Consistent".to_owned()),
    };
    let run = RunSeen {
        id: run_id(name),
        update,
        strategy: None,
        profile: None,
        plan: Vec::new(),
        phase: phase(UpdateState::Running),
        stages: Vec::new(),
        failure_count: None,
        images: Vec::new(),
        etag: None,
    };
    Script { run, gates: Vec::new() }
}

impl Script {
    pub(super) fn that_is(mut self, state: UpdateState) -> Self {
        self.run.phase = phase(state);
        self
    }

    /// One more stage, with one group of its name; its members have not begun.
    pub(super) fn stage(mut self, name: &str, stamps: &[&str]) -> Self {
        let member = |stamp: &&str| MemberUpdate {
            name: (*stamp).to_owned(),
            cluster: Some(cluster(stamp)),
            phase: phase(UpdateState::NotStarted),
            message: None,
        };
        let group = GroupSeen {
            name: name.to_owned(),
            phase: phase(UpdateState::NotStarted),
            members: stamps.iter().map(member).collect(),
            before: Vec::new(),
            after: Vec::new(),
            failure_count: None,
            allowed_failures: None,
        };
        self.run.stages.push(StageSeen {
            name: name.to_owned(),
            phase: phase(UpdateState::NotStarted),
            groups: vec![group],
            before: Vec::new(),
            after: Vec::new(),
            failure_count: None,
            allowed_failures: None,
        });
        let groups = vec![GroupPlan { name: name.to_owned(), ..GroupPlan::default() }];
        self.run.plan.push(StagePlan { name: name.to_owned(), groups, ..StagePlan::default() });
        self
    }

    /// The last stage's members are so far.
    pub(super) fn all(mut self, state: &UpdateState) -> Self {
        let last = self.run.stages.iter_mut().last().expect("a stage");
        for member in last.groups.iter_mut().flat_map(|group| &mut group.members) {
            member.phase.state = state.clone();
        }
        self
    }

    /// A gate of the last stage. Its name is `run-stage-before` or `-after`; it exists once its run has reached it.
    pub(super) fn gate(self, timing: Timing, state: UpdateState) -> Self {
        self.gate_of(timing, state, false)
    }

    /// A gate of the last stage's group; its name ends with `-group`.
    pub(super) fn group_gate(self, timing: Timing, state: UpdateState) -> Self {
        self.gate_of(timing, state, true)
    }

    fn gate_of(mut self, timing: Timing, state: UpdateState, of_group: bool) -> Self {
        let last = self.run.stages.last().expect("a stage");
        let end = if of_group { "-group" } else { "" };
        let id = gate_id(&format!("{}-{}-{timing}{end}", self.run.id.name(), last.name));
        let scope = self.run.scope(&last.name, of_group.then_some(last.name.as_str()));
        let display_name = Some("ours".to_owned());
        let reached = state != UpdateState::NotStarted;
        let told = GateRef {
            display_name: display_name.clone(),
            gate: reached.then(|| id.clone()),
            state: state.clone(),
        };
        if reached {
            let (kind, run, etag) = (GateKind::Approval, self.run.id.clone(), Some("e1".to_owned()));
            let display_name = display_name.clone();
            self.gates.push(GateSeen { id, kind, display_name, run, scope, timing, state, etag });
        }
        let planned = self.run.plan.last_mut().expect("a stage");
        let names = match (timing, of_group) {
            (Timing::Before, false) => &mut planned.before,
            (Timing::After, false) => &mut planned.after,
            (Timing::Before, true) => &mut planned.groups[0].before,
            (Timing::After, true) => &mut planned.groups[0].after,
        };
        names.push(display_name);
        let stage = self.run.stages.last_mut().expect("a stage");
        let group = &mut stage.groups[0];
        match (timing, of_group) {
            (Timing::Before, false) => stage.before.push(told),
            (Timing::After, false) => stage.after.push(told),
            (Timing::Before, true) => group.before.push(told),
            (Timing::After, true) => group.after.push(told),
        }
        self
    }
}
