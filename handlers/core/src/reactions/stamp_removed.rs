//! The cluster is gone, or an operator has the stamp decommissioned: take it apart in an order that is safe to be interrupted anywhere. One step per plan;
//! the next observation sees it done and takes the next.

use super::{Draft, Question};
use crate::{
    facets::{Diff, Mode, Unread, governance, membership, registry_access, traffic},
    ledger::Retired,
    plan::{Action, Hold},
    world::{OutOfScope, origin_of},
};

pub(super) fn fits(question: &Question<'_>) -> bool {
    matches!(question.seen.cluster, Ok(None)) || retired(question).is_some()
}

/// The operator's wish, while the cluster exists.
fn retired<'a>(question: &Question<'a>) -> Option<&'a Retired> {
    let exists = matches!(question.seen.cluster, Ok(Some(_)));
    question.ledger.stamp(question.subject)?.retired.as_ref().filter(|_| exists)
}

/// Origin out of traffic, origin, role assignments and policy assignments, member: each once the one before is gone.
pub(super) fn decide(question: &Question<'_>) -> Draft {
    if let Some(reason) = OutOfScope::by_id(&question.config.scope, question.subject) {
        let mut draft = Draft::of(question, None);
        draft.holds.push(Hold::OutOfScope(reason));
        return draft;
    }
    let before = question.ledger.stamp(question.subject).map(|record| record.report.clone());
    let report = before.unwrap_or_else(|| super::stamp_changed::blank(question.subject, "unknown"));
    let mut draft = Draft::of(question, Some(report));
    for step in [origin, access_and_policies, member] {
        step(&mut draft, question);
        if !draft.actions.is_empty() || !draft.holds.is_empty() {
            let waiting = "what is left follows when this step is seen done".to_owned();
            draft.holds.push(Hold::RemovalPending(waiting));
            return draft;
        }
    }
    if let Some(Retired { by, reason, since: _ }) = retired(question) {
        // Remembered, or the next sweep would enrol it again.
        draft.holds.push(Hold::Retired { by: by.clone(), reason: reason.clone() });
        return draft;
    }
    Draft { report: None, ..draft }
}

fn origin(draft: &mut Draft, question: &Question<'_>) {
    let Some(configured) = question.config.managed_traffic() else { return };
    let Some(seen) = &question.seen.traffic else {
        let what = "the origins of its origin group".to_owned();
        let unread = Unread { what, why: "they were not asked for".to_owned() };
        draft.holds.push(Hold::Traffic(traffic::Reason::Unread(unread)));
        return;
    };
    let record = question.ledger.stamp(question.subject);
    let why = match retired(question) {
        Some(Retired { by, reason, since: _ }) => format!("decommissioned by {by}: {reason}"),
        None => "its cluster was deleted".to_owned(),
    };
    let (wanted, note) = (origin_of(configured), record.and_then(|record| record.traffic.as_ref()));
    let standing = traffic::remove(question.traffic_case(&wanted, seen, note, None), &why);
    draft.take_standing(configured.mode, standing, question);
}

fn access_and_policies(draft: &mut Draft, question: &Question<'_>) {
    let mode = question.config.registry_access.mode;
    for registry in question.seen.registries.iter().filter(|_| mode != Mode::Off) {
        let diff = match registry {
            Ok(registry) => registry_access::withdraw(question.subject, registry),
            Err(unread) => Diff::hold(registry_access::Reason::Unread(unread.clone())),
        };
        draft.take(mode, diff, Action::RegistryAccess, Hold::RegistryAccess);
    }
    if retired(question).is_some() {
        // The cluster lives on: its policies go on protecting it.
        return;
    }
    let mode = question.config.governance.mode;
    if mode != Mode::Off && !question.config.governance.assignments.is_empty() {
        draft.take(mode, own_policies(question), Action::Governance, Hold::Governance);
    }
}

/// Assignments at the resource group serve every cluster in it: they go with the last one.
fn own_policies(question: &Question<'_>) -> Diff<governance::Action, governance::Reason> {
    let Some(group) = question.subject.resource_group_scope() else { return Diff::none() };
    match &question.seen.neighbours {
        Some(Ok(neighbours)) if neighbours.is_empty() => {
            governance::withdraw(&group, &question.seen.assignments)
        }
        Some(Ok(_)) => Diff::none(),
        Some(Err(unread)) => Diff::hold(governance::Reason::Unread(unread.clone())),
        None => {
            let what = "the other clusters of its resource group".to_owned();
            Diff::hold(governance::Reason::Unread(Unread { what, why: "they were not asked for".to_owned() }))
        }
    }
}

fn member(draft: &mut Draft, question: &Question<'_>) {
    let mode = question.config.membership.mode;
    if mode != Mode::Off {
        let diff = membership::leave(question.subject, &question.seen.members);
        draft.take(mode, diff, Action::Membership, Hold::Membership);
    }
}
