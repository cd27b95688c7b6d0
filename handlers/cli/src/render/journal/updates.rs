//! What was decided about the fleet's updates, as one block.

use fleet_core::rollout::Approved;

use super::{command_and_mode, writes};
use crate::{
    entry::{Ended, UpdatesDecision},
    render::gate,
};

/// Why it was looked at; then what was done, which gates were approved and on what, which runs have ended, and why not more.
pub(super) fn decision(decision: &UpdatesDecision) -> String {
    let UpdatesDecision {
        trigger, command, carried_out, actions, outcomes, why_not, approved, endings, ..
    } = decision;
    let mut text =
        format!("updates ({}{})\n", trigger.name(), command_and_mode(command.as_deref(), *carried_out));
    text.push_str(&writes(actions, outcomes));
    for Approved { gate, evidence } in approved {
        text.push_str(&format!("    evidence for gate {}:\n", gate.name()));
        text.extend(evidence.iter().map(|piece| format!("      {}\n", gate::piece(piece))));
    }
    for Ended { run, verdict } in endings {
        text.push_str(&format!("    run {} {verdict}\n", run.name()));
    }
    text.extend(why_not.iter().map(|why| format!("    why not: {why}\n")));
    text
}
