//! Runs, gates and offers, from Azure's spelling to ours.
//!
//! What the service does not say about how far something is counts as under way: a hole may forbid, never permit.

use fleet_arm::{
    page::Listing,
    wire::{
        Gate, GateConfiguration, GateStatus, GateTiming, GateType, Group, GroupStatus, KubernetesVersions,
        ManagedClusterUpdate, MemberUpdateStatus, Stage, StageStatus, UpdateRun, UpdateStatus,
    },
};
use fleet_core::{
    facets::Sight,
    ids::ArmId,
    updates::{
        GateKind, GateRef, GateSeen, GroupPlan, GroupSeen, MemberUpdate, Offer, Phase, RunSeen, Scope,
        StagePlan, StageSeen, Timing, Update, UpdateState, UpgradeKind, Version,
    },
};

use super::whole;

/// The state of something that shows none; no state of the service's, so that it is never taken for an end.
const UNSTATED: &str = "Unstated";

pub(in crate::observe) fn run(wire: &UpdateRun) -> Option<RunSeen> {
    let properties = &wire.properties;
    let (update, status) = (&properties.managed_cluster_update, &properties.status);
    let plan = properties.strategy.iter().flat_map(|strategy| &strategy.stages);
    Some(RunSeen {
        id: ArmId::parse(&wire.id).ok()?,
        update: brings(update),
        strategy: id(properties.update_strategy_id.as_deref()),
        profile: id(properties.auto_upgrade_profile_id.as_deref()),
        plan: plan.map(stage_plan).collect(),
        phase: phase(&status.status),
        stages: status.stages.iter().map(stage).collect(),
        failure_count: status.failure_count,
        images: images(wire),
        etag: wire.etag.clone(),
    })
}

fn brings(wire: &ManagedClusterUpdate) -> Update {
    const KINDS: [(&str, UpgradeKind); 3] = [
        ("Full", UpgradeKind::Full),
        ("NodeImageOnly", UpgradeKind::NodeImageOnly),
        ("ControlPlaneOnly", UpgradeKind::ControlPlaneOnly),
    ];
    let word = &wire.upgrade.kind;
    let known = KINDS.into_iter().find(|(known, _)| word.eq_ignore_ascii_case(known));
    Update {
        kind: known.map_or_else(|| UpgradeKind::Other(word.clone()), |(_, kind)| kind),
        kubernetes: wire.upgrade.kubernetes_version.clone().filter(|version| !version.is_empty()),
        image_selection: wire.node_image_selection.as_ref().map(|selection| selection.kind.clone()),
    }
}

/// The images that the run has chosen, else those that it was given.
fn images(wire: &UpdateRun) -> Vec<String> {
    let chosen = wire.properties.status.node_image_selection.as_ref();
    let given = wire.properties.managed_cluster_update.node_image_selection.as_ref();
    let chosen = chosen.map(|images| &images.selected_node_image_versions);
    let given = given.map(|selection| &selection.custom_node_image_versions);
    let images = chosen.filter(|images| !images.is_empty()).or(given);
    images.into_iter().flatten().map(|image| image.version.clone()).collect()
}

fn phase(wire: &UpdateStatus) -> Phase {
    let time = |text: &Option<String>| text.as_deref().and_then(|text| text.parse().ok());
    let failure = wire.failure().map(|error| {
        let code = error.code.as_deref().unwrap_or_default();
        error.message.as_ref().map_or_else(|| code.to_owned(), |message| format!("{code}: {message}"))
    });
    Phase {
        state: state(wire.state.as_deref()),
        started: time(&wire.start_time),
        completed: time(&wire.completed_time),
        error: failure,
    }
}

fn state(word: Option<&str>) -> UpdateState {
    UpdateState::from(word.filter(|word| !word.is_empty()).unwrap_or(UNSTATED).to_owned())
}

fn stage(wire: &StageStatus) -> StageSeen {
    StageSeen {
        name: wire.name.clone(),
        phase: phase(&wire.status),
        groups: wire.groups.iter().map(group).collect(),
        before: wire.before_gates.iter().map(gate_ref).collect(),
        after: wire.after_gates.iter().map(gate_ref).collect(),
        failure_count: wire.failure_count,
        allowed_failures: wire.max_allowed_failures,
    }
}

fn group(wire: &GroupStatus) -> GroupSeen {
    GroupSeen {
        name: wire.name.clone(),
        phase: phase(&wire.status),
        members: wire.members.iter().map(member).collect(),
        before: wire.before_gates.iter().map(gate_ref).collect(),
        after: wire.after_gates.iter().map(gate_ref).collect(),
        failure_count: wire.failure_count,
        allowed_failures: wire.max_allowed_failures,
    }
}

fn member(wire: &MemberUpdateStatus) -> MemberUpdate {
    MemberUpdate {
        name: wire.name.clone(),
        cluster: id(wire.cluster_resource_id.as_deref()),
        phase: phase(&wire.status),
        message: wire.message.clone().filter(|message| !message.is_empty()),
    }
}

fn gate_ref(wire: &GateStatus) -> GateRef {
    GateRef {
        display_name: wire.display_name.clone(),
        gate: id(wire.gate_id.as_deref()),
        state: state(wire.status.state.as_deref()),
    }
}

fn stage_plan(wire: &Stage) -> StagePlan {
    StagePlan {
        name: wire.name.clone(),
        groups: wire.groups.iter().map(group_plan).collect(),
        wait_seconds: wire.after_stage_wait_in_seconds.unwrap_or(0),
        concurrency: wire.max_concurrency.clone(),
        before: approvals(&wire.before_gates),
        after: approvals(&wire.after_gates),
    }
}

fn group_plan(wire: &Group) -> GroupPlan {
    GroupPlan {
        name: wire.name.clone(),
        concurrency: wire.max_concurrency.clone(),
        before: approvals(&wire.before_gates),
        after: approvals(&wire.after_gates),
    }
}

fn approvals(gates: &[GateConfiguration]) -> Vec<Option<String>> {
    let approvals = gates.iter().filter(|gate| gate.kind == GateType::Approval);
    approvals.map(|gate| gate.display_name.clone()).collect()
}

/// The gates that stand before or after a part of a run. Any other is not ours to approve and left out; one whose ids can't
/// be read makes the whole a hole.
pub(in crate::observe) fn gates(what: &str, listing: &Listing<Gate>) -> Sight<Vec<GateSeen>> {
    Ok(whole(what, listing, gate)?.into_iter().flatten().collect())
}

/// `None` for a gate that can't be read, `Some(None)` for one that is not about a part of a run.
#[expect(
    clippy::option_option,
    reason = "the outer one is the list's question, the inner one the gate's answer"
)]
fn gate(wire: &Gate) -> Option<Option<GateSeen>> {
    let properties = &wire.properties;
    let Some(part) = &properties.target.update_run_properties else { return Some(None) };
    let timing = match part.timing {
        GateTiming::Before => Timing::Before,
        GateTiming::After => Timing::After,
        GateTiming::Unknown(_) => return Some(None),
    };
    let named = |name: &Option<String>| name.clone().filter(|name| !name.is_empty());
    let Some(stage) = named(&part.stage) else { return Some(None) };
    let run = ArmId::parse(&properties.target.id).ok()?;
    Some(Some(GateSeen {
        id: ArmId::parse(&wire.id).ok()?,
        kind: match &properties.gate_type {
            GateType::Approval => GateKind::Approval,
            GateType::Unknown(word) => GateKind::Other(word.clone()),
        },
        display_name: properties.display_name.clone(),
        scope: Scope { run: run.name().to_owned(), stage, group: named(&part.group) },
        run,
        timing,
        state: state(Some(&properties.state)),
        etag: wire.etag.clone(),
    }))
}

/// Every version in full that a region offers, the lowest first. What is no version is left out: nobody can ask for it.
pub(in crate::observe) fn offers(wire: &KubernetesVersions) -> Vec<Offer> {
    let minors = wire.values.iter();
    let patches = minors.flat_map(|minor| minor.patch_versions.iter().map(|patch| (patch, minor.is_preview)));
    let offer = |(patch, preview): (&String, bool)| {
        patch.parse::<Version>().ok().map(|version| Offer { version, preview })
    };
    let mut offers: Vec<Offer> = patches.filter_map(offer).collect();
    offers.sort_by_key(|offer| offer.version);
    offers
}

/// An id that a resource may leave out or leave empty.
fn id(text: Option<&str>) -> Option<ArmId> {
    ArmId::parse(text?).ok()
}

#[cfg(test)]
mod tests;
