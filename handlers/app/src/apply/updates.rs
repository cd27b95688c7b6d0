//! Carries out what was decided about the fleet's updates, one write after the other: those about one run build on each
//! other.

mod body;

use fleet_arm::{
    wire::{GatePatch, Skip},
    write::Writer,
};
use fleet_core::{ids::ArmId, ledger::Outcome, rollout::Action};

use super::{fault, reached};

/// Carries out the actions in their order and tells what became of each. An action whose target an earlier one has not
/// brought to where it should be is not tried, and fails as that one did: what follows is decided anew.
pub async fn apply_updates(writer: Writer<'_>, actions: &[Action]) -> Vec<(ArmId, Outcome)> {
    let mut outcomes: Vec<(ArmId, Outcome)> = Vec::with_capacity(actions.len());
    for action in actions {
        let target = action.target();
        let unfinished =
            outcomes.iter().find(|(earlier, outcome)| earlier == target && *outcome != Outcome::Completed);
        let outcome = match unfinished {
            Some((_, before)) => fault::not_tried(before),
            None => carry_out(writer, action).await,
        };
        outcomes.push((target.clone(), outcome));
    }
    outcomes
}

async fn carry_out(writer: Writer<'_>, action: &Action) -> Outcome {
    let id = action.target().as_str();
    let written = match action {
        Action::Approve { etag, .. } => writer.patch_gate(id, &GatePatch::completed(), etag.as_deref()).await,
        Action::Create { update, by, .. } => writer.put_update_run(id, &body::run(update, by)).await,
        Action::Skip { members, .. } => writer.skip_in_update_run(id, &Skip::members(members)).await,
        Action::Start { .. } => writer.start_update_run(id).await,
        Action::Stop { .. } => writer.stop_update_run(id).await,
        Action::Generate { .. } => writer.generate_update_run(id).await,
    };
    written.map_or_else(|error| fault::failed(&error), reached)
}

#[cfg(test)]
mod tests;
