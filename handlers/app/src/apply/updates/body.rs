//! The body of a new run: from what was decided to Azure's spelling, with nothing left to decide.

use fleet_arm::wire::{
    GateConfiguration, GateType, Group, ManagedClusterUpdate, NodeImageSelection, Stage,
    Stages as WireStages, UpdateOrder, UpdateRunPut, UpdateRunPutProperties, Upgrade,
};
use fleet_core::{
    rollout::Stages,
    updates::{GroupPlan, StagePlan, Update, UpgradeKind},
};

pub(super) fn run(update: &Update, by: &Stages) -> UpdateRunPut {
    let order = match by {
        Stages::Strategy(id) => UpdateOrder::Strategy(id.as_str().to_owned()),
        Stages::Own(plan) => UpdateOrder::Own(WireStages { stages: plan.iter().map(stage).collect() }),
    };
    UpdateRunPut { properties: UpdateRunPutProperties { order, managed_cluster_update: brings(update) } }
}

/// The service refuses a version beside node images only, whoever asked for both.
fn brings(update: &Update) -> ManagedClusterUpdate {
    let kind = match &update.kind {
        UpgradeKind::Full => "Full",
        UpgradeKind::NodeImageOnly => "NodeImageOnly",
        UpgradeKind::ControlPlaneOnly => "ControlPlaneOnly",
        UpgradeKind::Other(word) => word,
    };
    let takes_version = update.kind != UpgradeKind::NodeImageOnly;
    let selection =
        |kind: &String| NodeImageSelection { kind: kind.clone(), custom_node_image_versions: Vec::new() };
    ManagedClusterUpdate {
        upgrade: Upgrade {
            kind: kind.to_owned(),
            kubernetes_version: update.kubernetes.clone().filter(|_| takes_version),
        },
        node_image_selection: update.image_selection.as_ref().map(selection),
    }
}

fn stage(plan: &StagePlan) -> Stage {
    Stage {
        name: plan.name.clone(),
        groups: plan.groups.iter().map(group).collect(),
        after_stage_wait_in_seconds: Some(plan.wait_seconds).filter(|seconds| *seconds > 0),
        max_concurrency: plan.concurrency.clone(),
        before_gates: approvals(&plan.before),
        after_gates: approvals(&plan.after),
    }
}

fn group(plan: &GroupPlan) -> Group {
    Group {
        name: plan.name.clone(),
        max_concurrency: plan.concurrency.clone(),
        before_gates: approvals(&plan.before),
        after_gates: approvals(&plan.after),
    }
}

fn approvals(display_names: &[Option<String>]) -> Vec<GateConfiguration> {
    let approval =
        |name: &Option<String>| GateConfiguration { display_name: name.clone(), kind: GateType::Approval };
    display_names.iter().map(approval).collect()
}
