//! Carries out a plan: each action is one ARM write, all side by side, since a plan's actions don't depend on each other.
//! A write to a Front Door profile waits for its lane.

mod body;
mod fault;
mod updates;

use fleet_arm::{ArmError, read::Reader, write::Writer, write::Written};
use fleet_core::{
    facets::{governance, membership, registry_access, traffic},
    ids::ArmId,
    ledger::Outcome,
    plan::{Action, Plan},
};
use futures::future::join_all;
use tokio::time::timeout_at;

use crate::lane::Lanes;

pub use updates::apply_updates;

/// Carries out every action of a plan and tells what became of each, in the plan's order.
pub async fn apply(writer: Writer<'_>, lanes: &Lanes, plan: &Plan) -> Vec<(ArmId, Outcome)> {
    let carried_out = plan.actions.iter().map(|action| async move {
        let outcome = match action {
            Action::Traffic(traffic) => in_lane(writer, lanes, action, traffic.origin()).await,
            _ => carry_out(writer, action).await,
        };
        (action.target(), outcome)
    });
    join_all(carried_out).await
}

/// Writes to an origin while nobody else writes to its profile.
async fn in_lane(writer: Writer<'_>, lanes: &Lanes, action: &Action, origin: &ArmId) -> Outcome {
    let Some(profile) = origin.parent().and_then(|group| group.parent()) else {
        return carry_out(writer, action).await;
    };
    match lanes.enter(&profile, writer.context.correlation_id()).await {
        Err(busy) => fault::lane_busy(&busy),
        Ok(turn) => {
            let outcome = timeout_at(turn.ends(), carry_out(writer, action)).await;
            turn.leave().await;
            outcome.unwrap_or_else(|_| fault::lane_over())
        }
    }
}

async fn carry_out(writer: Writer<'_>, action: &Action) -> Outcome {
    let written = match action {
        Action::Membership(action) => member(writer, action).await,
        Action::RegistryAccess(action) => grant(writer, action).await,
        Action::Governance(action) => assignment(writer, action).await,
        Action::Traffic(action) => origin(writer, action).await,
    };
    written.map_or_else(|error| fault::outcome(action, &error), reached)
}

/// How far a write has come that was not refused.
fn reached(written: Written) -> Outcome {
    match written {
        Written::Completed | Written::NotSent => Outcome::Completed,
        Written::Started => Outcome::Started,
    }
}

async fn member(writer: Writer<'_>, action: &membership::Action) -> Result<Written, ArmError> {
    match action {
        membership::Action::Put { member, cluster, group, labels, repair: _ } => {
            writer.put_member(member.as_str(), &body::member(cluster, group, labels), None).await
        }
        membership::Action::Patch { member, group, labels, etag } => {
            writer.patch_member(member.as_str(), &body::member_patch(group, labels), etag.as_deref()).await
        }
        membership::Action::Delete { member } => writer.delete_member(member.as_str(), None).await,
    }
}

async fn grant(writer: Writer<'_>, action: &registry_access::Action) -> Result<Written, ArmError> {
    match action {
        registry_access::Action::Grant { registry, name, role, principal, description } => {
            let body = body::role_assignment(registry, *role, principal, description);
            writer.put_role_assignment(registry.as_str(), &name.to_string(), &body).await
        }
        registry_access::Action::Revoke { assignment } => {
            writer.delete_role_assignment(assignment.as_str()).await
        }
    }
}

async fn assignment(writer: Writer<'_>, action: &governance::Action) -> Result<Written, ArmError> {
    match action {
        governance::Action::Assign(wanted) => {
            let (scope, name) = (wanted.id.extension_scope(), wanted.id.name());
            writer.put_policy_assignment(scope, name, &body::policy_assignment(wanted)).await
        }
        governance::Action::Unassign { assignment } => {
            writer.delete_policy_assignment(assignment.as_str()).await
        }
    }
}

async fn origin(writer: Writer<'_>, action: &traffic::Action) -> Result<Written, ArmError> {
    let id = action.origin().as_str();
    match action {
        traffic::Action::Put(origin) => writer.put_origin(id, &body::origin(origin)).await,
        traffic::Action::Enable { weight, .. } => writer.patch_origin(id, &body::enable(*weight)).await,
        traffic::Action::SetWeight { weight, .. } => writer.patch_origin(id, &body::weight(*weight)).await,
        traffic::Action::Disable { .. } => writer.patch_origin(id, &body::disable()).await,
        traffic::Action::Repoint { host, .. } => writer.patch_origin(id, &body::repoint(host)).await,
        traffic::Action::Delete { .. } => writer.delete_origin(id).await,
    }
}

/// Reads and writes of one invocation go through one client under one correlation id.
#[must_use]
pub fn writer(reader: Reader<'_>) -> Writer<'_> {
    Writer { client: reader.client, context: reader.context, mode: fleet_arm::write::Mode::Live }
}
