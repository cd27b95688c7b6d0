//! The guard: a second, independent reader of every finished plan, whatever path made it. It never adds an action; what
//! it forbids becomes a hold with its reason.

mod serving;
mod spare;
mod updates;

use jiff::Timestamp;

use crate::{
    command::GuardRule,
    config::{Capacity, FleetConfig, PolicyScope},
    facets::{governance, membership, registry_access, traffic},
    ids::ArmId,
    ledger::Ledger,
    names::{grant_description, management_group, origin_name},
    plan::{Action, Despite, Refusal},
    world::Seen,
};

pub use serving::minimum_serving;
pub use spare::can_spare;
pub use updates::{UpdateCase, review_update};

/// What the guard looks at beside the action.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// The stamp's cluster.
    pub subject: &'a ArmId,
    /// The configuration.
    pub config: &'a FleetConfig,
    /// What was seen.
    pub seen: &'a Seen,
    /// What is remembered, of all stamps.
    pub ledger: &'a Ledger,
    /// The time of the decision.
    pub now: Timestamp,
}

/// What speaks against an action that passes all the same, and why it passes.
pub type Concerns = Vec<(Refusal, Despite)>;

/// Whether an action may be carried out, and what speaks against it where it may.
///
/// # Errors
/// With the reason why not.
pub fn review(action: &Action, case: Case<'_>) -> Result<Concerns, Refusal> {
    if !is_this_stamps(action, case) {
        return Err(Refusal::NotThisStamps);
    }
    let Action::Traffic(action) = action else { return Ok(Vec::new()) };
    if !action.withdraws() {
        return Ok(Vec::new());
    }
    let mut concerns = Vec::new();
    for refusal in serving::objections(action.origin(), case) {
        let despite = warned(&refusal, case).or_else(|| overridden(&refusal, case));
        match despite {
            Some(despite) => concerns.push((refusal, despite)),
            None => return Err(refusal),
        }
    }
    Ok(concerns)
}

fn warned(refusal: &Refusal, case: Case<'_>) -> Option<Despite> {
    let capacity = case.config.traffic.as_ref().map(|traffic| traffic.capacity);
    let about_capacity = refusal.rule() == Some(GuardRule::Capacity);
    (about_capacity && capacity == Some(Capacity::Warn)).then_some(Despite::Warned)
}

fn overridden(refusal: &Refusal, case: Case<'_>) -> Option<Despite> {
    case.ledger.overriding(case.subject, refusal.rule()?, case.now).map(Despite::from)
}

fn is_this_stamps(action: &Action, case: Case<'_>) -> bool {
    match action {
        Action::Membership(action) => member_is(action, case),
        Action::RegistryAccess(action) => grant_is(action, case),
        Action::Governance(action) => assignment_is(action, case),
        Action::Traffic(action) => origin_is(action, case),
    }
}

fn member_is(action: &membership::Action, case: Case<'_>) -> bool {
    let stands_for_subject = |member: &ArmId| {
        let Ok(members) = &case.seen.members else { return false };
        members.iter().any(|seen| seen.id == *member && seen.cluster == *case.subject)
    };
    match action {
        membership::Action::Put { member, cluster, .. } => {
            member.is_within(&case.config.fleet) && cluster == case.subject
        }
        membership::Action::Patch { member, .. } | membership::Action::Delete { member } => {
            stands_for_subject(member)
        }
    }
}

fn grant_is(action: &registry_access::Action, case: Case<'_>) -> bool {
    let mark = grant_description(case.subject);
    match action {
        registry_access::Action::Grant { registry, description, .. } => {
            *description == mark && case.config.registry_access.registries.contains(registry)
        }
        registry_access::Action::Revoke { assignment } => {
            let grants =
                case.seen.registries.iter().flatten().filter_map(|registry| registry.grants.as_ref().ok());
            grants
                .flatten()
                .any(|grant| grant.id == *assignment && grant.description.as_deref() == Some(&mark))
        }
    }
}

fn assignment_is(action: &governance::Action, case: Case<'_>) -> bool {
    let own_group = case.subject.resource_group_scope();
    // Directly at the scope: what lies at a group below it, or at a resource, concerns others.
    let lies_at = |id: &ArmId, scope: &ArmId| {
        let below = id.key().strip_prefix(scope.key()).unwrap_or_default();
        below.starts_with("/providers/") && below.matches("/providers/").count() == 1
    };
    match action {
        governance::Action::Assign(assignment) => {
            let groups = case.config.governance.assignments.iter().filter_map(|wanted| match &wanted.scope {
                PolicyScope::ManagementGroup(name) => management_group(name),
                PolicyScope::ResourceGroup | PolicyScope::Subscription => None,
            });
            let mut scopes = groups.chain(own_group).chain(case.subject.subscription_scope());
            scopes.any(|scope| lies_at(&assignment.id, &scope))
        }
        governance::Action::Unassign { assignment } => {
            let alone = matches!(&case.seen.neighbours, Some(Ok(neighbours)) if neighbours.is_empty());
            alone && own_group.is_some_and(|group| lies_at(assignment, &group))
        }
    }
}

fn origin_is(action: &traffic::Action, case: Case<'_>) -> bool {
    let origin = action.origin();
    let in_our_group =
        case.config.traffic.as_ref().is_some_and(|traffic| origin.is_within(&traffic.origin_group));
    let anothers = case.ledger.stamps.values().any(|record| {
        record.cluster != *case.subject
            && record.report.origin.as_ref().is_some_and(|seen| seen.id == *origin)
    });
    let deletes_foreign =
        matches!(action, traffic::Action::Delete { .. }) && origin.name() != origin_name(case.subject);
    in_our_group && !anothers && !deletes_foreign
}

#[cfg(test)]
mod tests;
