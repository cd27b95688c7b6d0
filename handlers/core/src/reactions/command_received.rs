//! A command about one stamp: its wish enters the record, and the decision is the one of every nudge. What the guard
//! refuses leaves no trace.

use jiff::Timestamp;

use super::{Question, decide};
use crate::{
    command::{Command, Order, RefusedBy, ReleaseOwner, StampResult, StatedHealth, Status},
    config::FleetConfig,
    facets::traffic::{Action as TrafficAction, Owner, Reason, TrafficHold},
    health::{Evidence, Says, Source},
    ids::ArmId,
    ledger::{Ledger, Retired, StampRecord},
    plan::{Action, Hold, Plan},
    world::OutOfScope,
};

/// What a command comes to for one stamp.
#[derive(Debug, Clone, PartialEq)]
#[must_use = "a command's answer that nobody sends"]
pub struct Answered {
    /// The plan, with the wish in it.
    pub plan: Plan,
    /// Whether the plan is to be carried out; a refused one only explains.
    pub granted: bool,
    /// What to tell.
    pub result: StampResult,
}

/// Decides a command for one of its stamps. An override is none of a stamp's own: the ledger keeps it.
pub fn answer(command: &Command, question: &Question<'_>) -> Answered {
    let Question { subject, config, ledger, now, .. } = *question;
    let mut wished = ledger.clone();
    let changed = match wish(command, &mut wished, config, subject, now) {
        Ok(changed) => changed,
        Err(why) => return decline(decide(question), &why),
    };
    let plan = decide(&Question { ledger: &wished, ..*question });
    let refused = plan.holds.iter().filter(|hold| matches!(hold, Hold::Refused { .. }));
    let refused: Vec<String> = refused.map(ToString::to_string).collect();
    if let (Order::Enroll { .. }, Some(why)) = (&command.order, not_to_be_enrolled(&plan, question)) {
        return refuse(plan, vec![why]);
    }
    match &command.order {
        Order::Hold { .. } if is_in_flight(&plan) => refuse(plan, vec![RefusedBy::InFlight.to_string()]),
        Order::Hold { .. } if serves(&plan) => refuse(plan, vec![RefusedBy::StillServes.to_string()]),
        Order::Drain { .. } | Order::Hold { .. } if !refused.is_empty() => refuse(plan, refused),
        _ => {
            let status = status(command, &plan, changed);
            Answered { result: told(&plan, status), plan, granted: true }
        }
    }
}

fn not_to_be_enrolled(plan: &Plan, question: &Question<'_>) -> Option<String> {
    if matches!(question.seen.cluster, Ok(None)) {
        return Some("the cluster does not exist".to_owned());
    }
    plan.holds.iter().find(|hold| matches!(hold, Hold::OutOfScope(_))).map(ToString::to_string)
}

fn told(plan: &Plan, status: Status) -> StampResult {
    StampResult {
        cluster: plan.subject.clone(),
        status,
        did: plan.actions.iter().map(ToString::to_string).collect(),
        why_not: plan.holds.iter().map(ToString::to_string).collect(),
    }
}

/// To end what nobody began is done already; anything else that can't be granted is refused.
fn decline(plan: Plan, why: &RefusedBy) -> Answered {
    let mut answered = refuse(plan, vec![why.to_string()]);
    if matches!(why, RefusedBy::NoSuchHold { .. }) {
        answered.result.status = Status::NoOp;
    }
    answered
}

fn refuse(plan: Plan, why_not: Vec<String>) -> Answered {
    let cluster = plan.subject.clone();
    let result = StampResult { cluster, status: Status::Refused, did: Vec::new(), why_not };
    Answered { plan, granted: false, result }
}

fn takes_out(action: &Action) -> bool {
    matches!(action, Action::Traffic(TrafficAction::Disable { .. } | TrafficAction::Delete { .. }))
}

fn brings_back(action: &Action) -> bool {
    matches!(action, Action::Traffic(TrafficAction::Enable { .. }))
}

/// Whether the stamp's origin takes traffic, as it was seen.
fn serves(plan: &Plan) -> bool {
    let origin = plan.record.as_ref().and_then(|record| record.report.origin.as_ref());
    origin.is_some_and(|origin| origin.enabled)
}

/// Whether somebody is at the origin, so that what was seen of it may not be so for long.
fn is_in_flight(plan: &Plan) -> bool {
    plan.holds.iter().any(|hold| matches!(hold, Hold::Traffic(Reason::Busy { .. })))
}

/// Puts the wish into the stamp's record. Returns whether that changed anything.
fn wish(
    command: &Command,
    ledger: &mut Ledger,
    config: &FleetConfig,
    subject: &ArmId,
    now: Timestamp,
) -> Result<bool, RefusedBy> {
    if let Some(reason) = OutOfScope::by_id(&config.scope, subject) {
        return Err(RefusedBy::NotOurs(reason.to_string()));
    }
    let Some(record) = ledger.stamps.get_mut(subject.key()) else {
        return match command.order {
            Order::Enroll { .. } | Order::Reconcile { .. } => Ok(false),
            _ => Err(RefusedBy::NotOurs("no stamp of this cluster is on record; enroll it first".to_owned())),
        };
    };
    let before = record.clone();
    grant(command, record, now)?;
    let changed = before != *record;
    Ok(forget(command, ledger, subject)? || changed)
}

/// Ends the wish of a failed update that its stamp stay out, where the command is to end it. Part of what the ledger
/// remembers of the command: the record alone would have the hold placed again.
///
/// # Errors
/// When there is no such wish.
pub fn forget(command: &Command, ledger: &mut Ledger, subject: &ArmId) -> Result<bool, RefusedBy> {
    let Order::Release { owner: ReleaseOwner::Update, .. } = command.order else { return Ok(false) };
    if ledger.updates.out.get(subject.key()).is_some_and(|out| out.failed) {
        ledger.updates.out.remove(subject.key());
        return Ok(true);
    }
    let note = ledger.stamp(subject).and_then(|record| record.traffic.as_ref());
    let held_by = note.map(|note| note.holds.iter().map(|hold| hold.owner.to_string()).collect());
    Err(RefusedBy::NoSuchHold { owner: "a failed update".to_owned(), held_by: held_by.unwrap_or_default() })
}

fn grant(command: &Command, record: &mut StampRecord, now: Timestamp) -> Result<(), RefusedBy> {
    let operator = Owner::Operator(command.hold_name().to_owned());
    let by = &command.requested_by;
    match &command.order {
        Order::Drain { expires, .. } | Order::Hold { expires, .. } => {
            let note = record.traffic.as_mut().ok_or_else(no_origin)?;
            let since = note.holds.iter().find(|hold| hold.owner == operator).map_or(now, |hold| hold.since);
            let reason = format!("{} (asked by {by})", command.reason);
            note.place(TrafficHold { owner: operator, reason, since, until: *expires });
        }
        Order::Restore { .. } => release(record, &operator)?,
        Order::Release { owner: ReleaseOwner::Operator, .. } => release(record, &operator)?,
        Order::Release { owner: ReleaseOwner::Unknown, .. } => {
            release(record, &Owner::Unknown)?;
            if let Some(note) = &mut record.traffic {
                // From here on it is as if we had taken it out: it comes back once it is proven.
                note.taken_out = true;
            }
        }
        Order::StateHealth { health, expires, .. } => {
            let says = match health {
                StatedHealth::Good => Says::Good,
                StatedHealth::Bad => Says::Bad,
                StatedHealth::Unknown => Says::Nothing,
            };
            let why = format!("{} (stated by {by})", command.reason);
            let (source, key) = (Source::Operator, String::new());
            record.health.take(Evidence { source, key, says, why, at: now, until: *expires }, now);
        }
        Order::Enroll { .. } => record.retired = None,
        Order::Decommission { .. } => {
            let since = record.retired.as_ref().map_or(now, |retired| retired.since);
            record.retired = Some(Retired { by: by.clone(), reason: command.reason.clone(), since });
        }
        Order::Release { owner: ReleaseOwner::Update, .. }
        | Order::Reconcile { .. }
        | Order::ApproveGate { .. }
        | Order::StartUpdate { .. }
        | Order::StopUpdate { .. }
        | Order::RetryFailed { .. }
        | Order::Override { .. } => {}
    }
    Ok(())
}

fn release(record: &mut StampRecord, owner: &Owner) -> Result<(), RefusedBy> {
    let note = record.traffic.as_mut().ok_or_else(no_origin)?;
    if !note.is_held_by(owner) {
        let held_by = note.holds.iter().map(|hold| hold.owner.to_string()).collect();
        return Err(RefusedBy::NoSuchHold { owner: owner.to_string(), held_by });
    }
    note.release(owner);
    Ok(())
}

fn no_origin() -> RefusedBy {
    RefusedBy::NotOurs("the stamp has no origin in Front Door yet".to_owned())
}

fn status(command: &Command, plan: &Plan, changed: bool) -> Status {
    let acts = |wanted: fn(&Action) -> bool| plan.actions.iter().any(wanted);
    let waits = match &command.order {
        Order::Drain { .. } | Order::Hold { .. } => is_in_flight(plan) || serves(plan) && !acts(takes_out),
        Order::Restore { .. } | Order::Release { .. } => {
            is_in_flight(plan) || !serves(plan) && !acts(brings_back)
        }
        Order::StateHealth { .. }
        | Order::ApproveGate { .. }
        | Order::StartUpdate { .. }
        | Order::StopUpdate { .. }
        | Order::RetryFailed { .. }
        | Order::Override { .. } => false,
        Order::Enroll { .. } | Order::Reconcile { .. } => plan.is_noop() && !plan.holds.is_empty(),
        Order::Decommission { .. } => !plan.holds.iter().any(|hold| matches!(hold, Hold::Retired { .. })),
    };
    match (waits, changed || !plan.is_noop()) {
        (true, _) => Status::Held,
        (false, true) => Status::Done,
        (false, false) => Status::NoOp,
    }
}

#[cfg(test)]
mod tests;
