//! What a failed write means: when trying again can help, and which refusals are as good as success.

use fleet_arm::{ArmError, Class, error::Problem};
use fleet_core::{
    facets::{governance, membership, registry_access, traffic},
    ledger::Outcome,
    plan::Action,
    setback::{Fault, FaultClass},
};

use crate::lane::LaneBusy;

/// Codes with which services say that an operation is in the way, whatever the status.
const BUSY: [&str; 3] =
    ["AnotherOperationInProgress", "OperationNotAllowed", "RetryableErrorDueToAnotherOperation"];

pub(super) fn outcome(action: &Action, error: &ArmError) -> Outcome {
    if is_done_already(action, error) { Outcome::Completed } else { failed(error) }
}

pub(super) fn failed(error: &ArmError) -> Outcome {
    Outcome::Failed(Fault {
        class: class(error),
        code: error.code().map_or_else(|| "NoAnswer".to_owned(), str::to_owned),
        message: error.message().map_or_else(|| error.to_string(), str::to_owned),
        retry_after_seconds: retry_after(error),
    })
}

/// Nothing was sent: it is another writer's turn.
pub(super) fn lane_busy(busy: &LaneBusy) -> Outcome {
    Outcome::Failed(Fault {
        class: FaultClass::Busy,
        code: "ProfileBusy".to_owned(),
        message: busy.to_string(),
        retry_after_seconds: None,
    })
}

/// Nothing was sent: the write before it, about the same thing, has not succeeded yet.
pub(super) fn not_tried(before: &Outcome) -> Outcome {
    let fault = match before {
        Outcome::Failed(fault) => Fault { message: format!("not tried: {}", fault.message), ..fault.clone() },
        Outcome::Started | Outcome::Completed => Fault {
            class: FaultClass::Busy,
            code: "AnotherOperationInProgress".to_owned(),
            message: "not tried: the write before it is still under way".to_owned(),
            retry_after_seconds: None,
        },
    };
    Outcome::Failed(fault)
}

/// The turn was over before the write was answered: what became of it is for the next look to see.
pub(super) fn lane_over() -> Outcome {
    Outcome::Failed(Fault {
        class: FaultClass::Passing,
        code: "NoAnswer".to_owned(),
        message: "the write was not answered before others may write to the profile".to_owned(),
        retry_after_seconds: None,
    })
}

/// The same grant under another name is as good as ours, and what is gone needs no deletion.
fn is_done_already(action: &Action, error: &ArmError) -> bool {
    match action {
        Action::RegistryAccess(registry_access::Action::Grant { .. }) => {
            error.has_code("RoleAssignmentExists")
        }
        Action::RegistryAccess(registry_access::Action::Revoke { .. })
        | Action::Membership(membership::Action::Delete { .. })
        | Action::Governance(governance::Action::Unassign { .. })
        | Action::Traffic(traffic::Action::Delete { .. }) => error.absent_kind().is_some(),
        Action::Membership(_) | Action::Governance(_) | Action::Traffic(_) => false,
    }
}

fn class(error: &ArmError) -> FaultClass {
    if matches!(error.problem(), Problem::Failed { .. }) {
        return FaultClass::OperationFailed;
    }
    if BUSY.iter().any(|code| error.has_code(code)) {
        return FaultClass::Busy;
    }
    // A new identity is not known everywhere at once; it will be.
    if error.has_code("PrincipalNotFound") {
        return FaultClass::Passing;
    }
    match error.class() {
        Class::Transient { .. } | Class::Throttled { .. } | Class::Unreadable => FaultClass::Passing,
        Class::Conflict if error.has_code("ClusterAlreadyJoinedAnotherFleet") => FaultClass::Lasting,
        Class::Conflict => FaultClass::Busy,
        Class::Absent | Class::Denied | Class::Invalid => FaultClass::Lasting,
    }
}

fn retry_after(error: &ArmError) -> Option<u32> {
    match error.class() {
        Class::Transient { retry_after } | Class::Throttled { retry_after } => {
            retry_after.and_then(|wait| u32::try_from(wait.as_secs()).ok())
        }
        _ => None,
    }
}
