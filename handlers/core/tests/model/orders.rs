//! Commands by operators.

use fleet_core::{
    command::{Command, Order, ReleaseOwner, Target},
    updates::Timing,
};

use crate::scenery::{gate_id, name, run_id};

/// A command by an operator, whose name is the hold's.
pub(crate) fn command(operator: &str, order: Order) -> Command {
    let about = match (target(&order), &order) {
        (Some(Target::Stamp(name)), _) => name,
        (_, Order::ApproveGate { gate: name }) => name,
        (_, Order::StartUpdate { run: name } | Order::StopUpdate { run: name }) => name,
        _ => "all",
    };
    Command {
        id: format!("{}-{about}-{operator}", order.name()),
        requested_by: operator.to_owned(),
        reason: "a test".to_owned(),
        dry_run: false,
        order,
    }
}

pub(crate) fn drain(operator: &str, stamp: usize) -> Command {
    command(operator, Order::Drain { target: Target::Stamp(name(stamp)), hold: None, expires: None })
}

pub(crate) fn hold(operator: &str, stamp: usize) -> Command {
    command(operator, Order::Hold { target: Target::Stamp(name(stamp)), hold: None, expires: None })
}

pub(crate) fn restore(operator: &str, stamp: usize) -> Command {
    command(operator, Order::Restore { target: Target::Stamp(name(stamp)), hold: None })
}

pub(crate) fn release_unknown(operator: &str, stamp: usize) -> Command {
    let owner = ReleaseOwner::Unknown;
    command(operator, Order::Release { target: Target::Stamp(name(stamp)), owner, hold: None })
}

/// An operator lets go what a failed update keeps out.
pub(crate) fn release_failed(operator: &str, stamp: usize) -> Command {
    let owner = ReleaseOwner::Update;
    command(operator, Order::Release { target: Target::Stamp(name(stamp)), owner, hold: None })
}

pub(crate) fn approve(operator: &str, group: usize) -> Command {
    command(operator, Order::ApproveGate { gate: gate_id(group, Timing::Before).name().to_owned() })
}

pub(crate) fn start(operator: &str) -> Command {
    command(operator, Order::StartUpdate { run: run_id().name().to_owned() })
}

pub(crate) fn stop(operator: &str) -> Command {
    command(operator, Order::StopUpdate { run: run_id().name().to_owned() })
}

/// The stamp that a command is about; none where it is about updates.
pub(crate) fn subject_of(command: &Command) -> Option<usize> {
    let Target::Stamp(wanted) = target(&command.order)? else { panic!("{} names no stamp", command.id) };
    Some((0..26).find(|stamp| name(*stamp) == *wanted).expect("a letter"))
}

fn target(order: &Order) -> Option<&Target> {
    match order {
        Order::Drain { target, .. }
        | Order::Restore { target, .. }
        | Order::Hold { target, .. }
        | Order::Release { target, .. } => Some(target),
        _ => None,
    }
}
