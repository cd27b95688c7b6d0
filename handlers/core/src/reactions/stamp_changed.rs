//! The cluster is ours and ready: bring its membership, pull access, policies and traffic to what is wanted.

use super::{Draft, Question, incident, update};
use crate::{
    config::FleetConfig,
    facets::{
        Mode, Progress,
        governance::{self, AssignmentState},
        membership::{self, Joining},
        registry_access::{self, AccessState, Puller},
        traffic::{self, Probe, Proofs},
    },
    ids::ArmId,
    plan::{Action, Hold},
    report::{HealthReport, Policy, PullAccess, StampReport},
    world::{ClusterSeen, Facts, Seen, Wanted},
};

pub(super) fn fits(_: &Question<'_>) -> bool {
    true
}

pub(super) fn decide(question: &Question<'_>) -> Draft {
    let Ok(Some(cluster)) = &question.seen.cluster else { return Draft::of(question, None) };
    let wanted = Wanted::of(question.config, cluster);
    let mut draft = Draft::of(question, Some(blank(&cluster.id, &cluster.location)));
    draft.facts = Facts::of(cluster, question.config);
    let modes = Modes::of(question.config);
    if modes.membership != Mode::Off {
        let joining = Joining { id: &cluster.id, uid: cluster.uid.as_deref() };
        let diff = membership::diff(&wanted.membership, joining, &question.seen.members);
        draft.take(modes.membership, diff, Action::Membership, Hold::Membership);
    }
    if modes.registry_access != Mode::Off {
        pull_access(&mut draft, question, cluster, modes.registry_access);
    }
    if modes.governance != Mode::Off {
        let diff = governance::diff(&wanted.governance, &question.seen.assignments);
        draft.take(modes.governance, diff, Action::Governance, Hold::Governance);
    }
    report(&mut draft, question.seen, cluster, &wanted, modes);
    update::report(&mut draft, question, cluster);
    traffic(&mut draft, question, cluster, &wanted, modes);
    draft
}

/// A report that says nothing yet.
pub(super) fn blank(cluster: &ArmId, region: &str) -> StampReport {
    StampReport {
        cluster: cluster.clone(),
        region: region.to_owned(),
        member: None,
        update_group: None,
        pull_access: Vec::new(),
        policies: Vec::new(),
        origin: None,
        holds: Vec::new(),
        health: HealthReport::default(),
        serving: false,
        why_not: Vec::new(),
    }
}

#[derive(Clone, Copy)]
struct Modes {
    membership: Mode,
    registry_access: Mode,
    governance: Mode,
    traffic: Mode,
}

impl Modes {
    fn of(config: &FleetConfig) -> Self {
        Self {
            membership: config.membership.mode,
            registry_access: config.registry_access.mode,
            governance: config.governance.mode,
            traffic: config.traffic.as_ref().map_or(Mode::Off, |traffic| traffic.mode),
        }
    }
}

fn pull_access(draft: &mut Draft, question: &Question<'_>, cluster: &ClusterSeen, mode: Mode) {
    let puller = Puller { cluster: &cluster.id, principal: cluster.kubelet.as_ref() };
    for registry in &question.seen.registries {
        match registry {
            Ok(registry) => {
                let diff = registry_access::diff(puller, registry);
                draft.take(mode, diff, Action::RegistryAccess, Hold::RegistryAccess);
                let gap = registry_access::replica_gap(registry, &cluster.location);
                draft.holds.extend(gap.map(Hold::RegistryAccess));
            }
            Err(unread) => {
                draft.holds.push(Hold::RegistryAccess(registry_access::Reason::Unread(unread.clone())));
            }
        }
    }
}

fn report(draft: &mut Draft, seen: &Seen, cluster: &ClusterSeen, wanted: &Wanted, modes: Modes) {
    let Some(report) = &mut draft.report else { return };
    let member = seen.members.as_ref().ok().and_then(|members| membership::member_of(members, &cluster.id));
    report.member = member.map(|member| member.id.clone());
    report.update_group = member.and_then(|member| member.group.clone());
    if modes.registry_access != Mode::Off {
        let puller = Puller { cluster: &cluster.id, principal: cluster.kubelet.as_ref() };
        report.pull_access = seen.registries.iter().flatten().map(|registry| row(puller, registry)).collect();
    }
    if modes.governance != Mode::Off {
        let policy = |wanted: &governance::Wanted| Policy {
            name: wanted.name.clone(),
            scope: wanted.scope.clone(),
            state: governance::state(wanted, &seen.assignments),
        };
        report.policies = wanted.governance.iter().map(policy).collect();
    }
}

fn row(puller: Puller<'_>, registry: &registry_access::RegistrySeen) -> PullAccess {
    let (role, state) = registry_access::access(puller, registry);
    let role = role.map_or_else(String::new, |role| role.name().to_owned());
    PullAccess { registry: registry.id.clone(), role, state }
}

/// What a new stamp must have before it takes traffic, the probe aside.
fn proofs(report: &StampReport, seen: &Seen, cluster: &ClusterSeen, modes: Modes) -> Proofs {
    let joining = Joining { id: &cluster.id, uid: cluster.uid.as_deref() };
    let member = seen.members.as_ref().ok().and_then(|members| membership::member_of(members, &cluster.id));
    let settled = member.is_some_and(|member| member.progress == Progress::Settled);
    let recreated = member.is_some_and(|member| membership::was_recreated(joining, member));
    let recreated = recreated && modes.membership == Mode::Enforce;
    let mut missing = Vec::new();
    if modes.membership != Mode::Off && (!settled || recreated) {
        missing.push("fleet membership".to_owned());
    }
    let registries_unread = modes.registry_access != Mode::Off && seen.registries.iter().any(Result::is_err);
    if registries_unread {
        missing.push("what access it has to every registry".to_owned());
    }
    let cannot_pull = report.pull_access.iter().filter(|access| !access.state.can_pull());
    missing.extend(cannot_pull.map(|access| format!("pull access to registry {}", access.registry.name())));
    let unassigned = report.policies.iter().filter(|policy| !policy.state.applies());
    missing.extend(unassigned.map(|policy| format!("policy assignment {}", policy.name)));
    let unknown = report.pull_access.iter().any(|access| access.state == AccessState::Unknown)
        || report.policies.iter().any(|policy| policy.state == AssignmentState::Unknown);
    Proofs { missing, unseen: seen.members.is_err() || registries_unread || unknown, recreated }
}

fn traffic(draft: &mut Draft, question: &Question<'_>, cluster: &ClusterSeen, wanted: &Wanted, modes: Modes) {
    if modes.traffic == Mode::Off {
        return;
    }
    let (Some(wanted), Some(seen)) = (&wanted.traffic, &question.seen.traffic) else { return };
    update::follow(draft, question);
    let verdict = incident::follow(draft, question);
    let Some(report) = &draft.report else { return };
    let proofs = proofs(report, question.seen, cluster, modes);
    let note = draft.traffic.clone();
    let case = question.traffic_case(wanted, seen, note.as_ref(), verdict.as_ref());
    let standing = traffic::diff(case, &proofs);
    let serves = standing.origin.as_ref().is_some_and(|origin| origin.enabled);
    if let (true, Some(Probe::Bad(why))) = (serves, &seen.probe) {
        draft.holds.push(Hold::Traffic(traffic::Reason::Unhealthy(why.clone())));
    }
    draft.take_standing(modes.traffic, standing, question);
}
