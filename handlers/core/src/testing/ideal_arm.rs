//! An Azure without surprises: every write takes effect at once, and every running operation ends well before the next
//! look. What our plans can't bring to rest here, they can't bring to rest anywhere.

use jiff::{SignedDuration, Timestamp};

use super::minute;
use crate::{
    config::FleetConfig,
    facets::{
        Progress,
        governance::{self, AssignmentSeen},
        membership::{self, MemberSeen},
        registry_access::{self, Grant},
        traffic::{self, OriginSeen},
    },
    ids::ArmId,
    ledger::{Ledger, Outcome},
    plan::{Action, Plan},
    reactions::{Question, decide},
    trigger::NudgeKind,
    world::Seen,
};

/// Between two looks; longer than any bake of the usual configuration and than the first setback of a repair.
const PAUSE: SignedDuration = SignedDuration::from_mins(30);

/// One stamp, looked at again and again.
#[derive(Debug, Clone)]
pub(crate) struct Story {
    pub(crate) subject: ArmId,
    pub(crate) config: FleetConfig,
    pub(crate) seen: Seen,
    pub(crate) ledger: Ledger,
    pub(crate) now: Timestamp,
}

impl Story {
    pub(crate) fn of(subject: &ArmId, config: FleetConfig, seen: Seen, ledger: Ledger) -> Self {
        Self { subject: subject.clone(), config, seen, ledger, now: minute(1) }
    }

    /// What would be done now.
    pub(crate) fn plan(&self) -> Plan {
        decide(&Question {
            trigger: NudgeKind::ClusterChanged,
            subject: &self.subject,
            config: &self.config,
            seen: &self.seen,
            ledger: &self.ledger,
            now: self.now,
        })
    }

    /// Decides, does it, and waits until it can be seen.
    pub(crate) fn round(&mut self) -> Plan {
        let plan = self.plan();
        let claims: Vec<ArmId> = plan.actions.iter().map(Action::target).collect();
        self.ledger.begin(plan.record.as_ref(), &self.subject, &claims, "the story", self.now);
        end_operations(&mut self.seen);
        for action in &plan.actions {
            carry_out(action, &mut self.seen);
        }
        let outcomes: Vec<_> = claims.into_iter().map(|target| (target, Outcome::Completed)).collect();
        self.ledger.settle(&self.subject, "the story", &outcomes, self.now, self.now);
        self.now += PAUSE;
        self.seen.at = self.now;
        plan
    }
}

fn end_operations(seen: &mut Seen) {
    let members = seen.members.iter_mut().flatten().map(|member| &mut member.progress);
    let origins = seen.traffic.iter_mut().flat_map(|traffic| traffic.origins.iter_mut().flatten());
    for progress in members.chain(origins.map(|origin| &mut origin.progress)) {
        if *progress == Progress::Busy {
            *progress = Progress::Settled;
        }
    }
}

fn carry_out(action: &Action, seen: &mut Seen) {
    match action {
        Action::Membership(action) => on_members(action, seen.members.as_mut().expect("members were seen")),
        Action::RegistryAccess(change) => on_grants(change, &action.target(), seen),
        Action::Governance(action) => {
            on_policies(action, seen.assignments.as_mut().expect("policies were seen"));
        }
        Action::Traffic(action) => {
            on_origins(action, seen.front_door().origins.as_mut().expect("origins were seen"));
        }
    }
}

fn on_members(action: &membership::Action, members: &mut Vec<MemberSeen>) {
    match action {
        membership::Action::Put { member, cluster, group, labels, repair: _ } => {
            members.retain(|seen| seen.id != *member);
            members.push(MemberSeen {
                id: member.clone(),
                cluster: cluster.clone(),
                group: Some(group.clone()),
                labels: labels.clone(),
                progress: Progress::Settled,
                failure: None,
                etag: None,
            });
        }
        membership::Action::Patch { member, group, labels, etag: _ } => {
            let seen = members.iter_mut().find(|seen| seen.id == *member).expect("a member to patch");
            seen.group = Some(group.clone());
            seen.labels.clone_from(labels);
        }
        membership::Action::Delete { member } => members.retain(|seen| seen.id != *member),
    }
}

fn on_grants(action: &registry_access::Action, target: &ArmId, seen: &mut Seen) {
    for at in seen.registries.iter_mut().flatten() {
        let grants = at.grants.as_mut().expect("grants were seen");
        match action {
            registry_access::Action::Grant { registry, role, principal, description, .. }
                if *registry == at.id =>
            {
                grants.push(Grant {
                    id: target.clone(),
                    scope: registry.clone(),
                    role: role.guid().to_owned(),
                    principal: principal.clone(),
                    description: Some(description.clone()),
                });
            }
            registry_access::Action::Grant { .. } => {}
            registry_access::Action::Revoke { assignment } => grants.retain(|grant| grant.id != *assignment),
        }
    }
}

fn on_policies(action: &governance::Action, assignments: &mut Vec<AssignmentSeen>) {
    match action {
        governance::Action::Assign(assignment) => {
            assignments.retain(|seen| seen.id != assignment.id);
            let end = assignment.id.key().rfind("/providers/").expect("an extension resource");
            assignments.push(AssignmentSeen {
                id: assignment.id.clone(),
                scope: super::id(&assignment.id.as_str()[..end]),
                definition: assignment.definition.as_str().to_owned(),
                display_name: Some(assignment.display_name.clone()),
                parameters: assignment.parameters.clone(),
                enforcement: Some(assignment.enforcement.wire().to_owned()),
                metadata: assignment.metadata.clone(),
                rest: assignment.rest.clone(),
            });
        }
        governance::Action::Unassign { assignment } => assignments.retain(|seen| seen.id != *assignment),
    }
}

fn on_origins(action: &traffic::Action, origins: &mut Vec<OriginSeen>) {
    let at = origins.iter().position(|seen| seen.id == *action.origin());
    match action {
        traffic::Action::Put(origin) => {
            origins.retain(|seen| seen.id != origin.id);
            origins.push(OriginSeen {
                id: origin.id.clone(),
                host: origin.host.clone(),
                host_header: Some(origin.host.clone()),
                https_port: origin.https_port,
                priority: Some(origin.priority),
                weight: Some(origin.weight),
                enabled: origin.enabled,
                progress: Progress::Settled,
            });
        }
        traffic::Action::Delete { origin } => origins.retain(|seen| seen.id != *origin),
        change => alter(change, &mut origins[at.expect("an origin to change")]),
    }
}

fn alter(change: &traffic::Action, origin: &mut OriginSeen) {
    match change {
        traffic::Action::Enable { weight, .. } => {
            origin.enabled = true;
            origin.weight = Some(*weight);
        }
        traffic::Action::SetWeight { weight, .. } => origin.weight = Some(*weight),
        traffic::Action::Disable { .. } => origin.enabled = false,
        traffic::Action::Repoint { host, .. } => origin.host.clone_from(host),
        traffic::Action::Put(_) | traffic::Action::Delete { .. } => unreachable!("not a change in place"),
    }
}
