//! From a reaction's wishes to a plan: modes, claims, setbacks and the guard are applied here, once, for all reactions.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::Question;
use crate::{
    facets::{Diff, Mode, membership, registry_access, traffic},
    guard::{self, Case},
    ids::ArmId,
    ledger::{OPERATION_LOOK, StampRecord, Wake},
    plan::{Action, Hold, Plan},
    report::StampReport,
    setback::{Fault, FaultClass, Setback},
    world::Seen,
};

/// What a reaction wishes: not yet screened.
pub(super) struct Draft {
    pub(super) actions: Vec<Action>,
    pub(super) holds: Vec<Hold>,
    /// The stamp's traffic note, and whether it only holds once the traffic actions pass.
    pub(super) traffic: Option<traffic::TrafficNote>,
    /// The report so far; its holds and reasons are filled in at the end. `None` forgets the stamp.
    pub(super) report: Option<StampReport>,
    /// When to look again for a reason of the reaction's own.
    pub(super) due: Option<Wake>,
}

impl Draft {
    /// Nothing wished, `report` remembered.
    pub(super) fn of(question: &Question<'_>, report: Option<StampReport>) -> Self {
        let traffic = question.ledger.stamp(question.subject).and_then(|record| record.traffic.clone());
        Self { actions: Vec::new(), holds: Vec::new(), traffic, report, due: None }
    }

    /// Takes over a facet's diff, in its mode.
    pub(super) fn take<A, R>(
        &mut self,
        mode: Mode,
        diff: Diff<A, R>,
        act: fn(A) -> Action,
        hold: fn(R) -> Hold,
    ) {
        self.holds.extend(diff.reasons.into_iter().map(hold));
        let actions = diff.actions.into_iter().map(act);
        match mode {
            Mode::Enforce => self.actions.extend(actions),
            Mode::Observe => {
                self.holds.extend(actions.map(|action| Hold::ObserveOnly { action: action.to_string() }));
            }
            Mode::Off => {}
        }
    }

    /// Screens the wishes and makes the plan.
    pub(super) fn finish(self, reaction: &str, question: &Question<'_>) -> Plan {
        let Question { trigger, subject, seen, ledger, now, .. } = *question;
        let before = ledger.stamp(subject);
        let screened = Screened::of(self.actions, question);
        let traffic_stopped = screened.stopped_traffic;
        let mut holds = self.holds;
        holds.extend(screened.holds);
        let traffic = match before {
            // A step that was not taken is not remembered as taken; a hold always is.
            Some(before) if traffic_stopped => only_new_holds(before.traffic.clone(), self.traffic),
            _ => self.traffic,
        };
        let record = self.report.map(|report| {
            let mut record = StampRecord {
                cluster: subject.clone(),
                observed: seen.at,
                report: finished(report, traffic.as_ref(), &holds),
                traffic,
                setbacks: screened.setbacks,
                wake: self.due,
            };
            for hold in &holds {
                if let Some((at, why)) = look_again(hold, now) {
                    record.wake_by(at, why);
                }
            }
            if !screened.actions.is_empty() {
                record.wake_by(now + OPERATION_LOOK, "to see its writes settled");
            }
            record
        });
        let actions = screened.actions;
        let (reaction, subject, observed) = (reaction.to_owned(), subject.clone(), seen.at);
        Plan { reaction, trigger, subject, observed, actions, holds, record }
    }
}

/// A report with the sentences that only the finished plan knows.
fn finished(mut report: StampReport, traffic: Option<&traffic::TrafficNote>, holds: &[Hold]) -> StampReport {
    let traffic_holds = traffic.map(|note| note.holds.as_slice()).unwrap_or_default();
    report.holds = traffic_holds
        .iter()
        .map(|hold| crate::report::HoldReport {
            owner: hold.owner.to_string(),
            reason: hold.reason.clone(),
            since: hold.since,
        })
        .collect();
    report.serving = report.origin.as_ref().is_some_and(|origin| origin.enabled) && report.holds.is_empty();
    report.why_not = holds.iter().map(ToString::to_string).collect();
    report
}

fn only_new_holds(
    before: Option<traffic::TrafficNote>,
    after: Option<traffic::TrafficNote>,
) -> Option<traffic::TrafficNote> {
    let Some(mut note) = before else { return after };
    for hold in after.map(|after| after.holds).unwrap_or_default() {
        note.hold(hold.owner, &hold.reason, hold.since);
    }
    Some(note)
}

/// Wishes divided into what may be done now and what may not.
struct Screened {
    actions: Vec<Action>,
    holds: Vec<Hold>,
    setbacks: BTreeMap<String, Setback>,
    stopped_traffic: bool,
}

impl Screened {
    fn of(wishes: Vec<Action>, question: &Question<'_>) -> Self {
        let Question { subject, config, seen, ledger, now, .. } = *question;
        let before = ledger.stamp(subject).map(|record| &record.setbacks);
        let mut screened = Self {
            actions: Vec::new(),
            holds: Vec::new(),
            setbacks: BTreeMap::new(),
            stopped_traffic: false,
        };
        for action in wishes {
            let target = action.target();
            let setback = before.and_then(|setbacks| setbacks.get(target.key()));
            screened.setbacks.extend(setback.map(|setback| (target.key().to_owned(), setback.clone())));
            let case = Case { subject, config, seen, ledger };
            match stopped_by(&action, &target, setback, case, now) {
                Some(hold) => {
                    screened.stopped_traffic |= matches!(action, Action::Traffic(_));
                    screened.holds.push(hold);
                }
                None => screened.let_pass(action, &target, setback, question),
            }
        }
        screened
    }

    fn let_pass(
        &mut self,
        action: Action,
        target: &ArmId,
        setback: Option<&Setback>,
        question: &Question<'_>,
    ) {
        if action.repairs_failure() {
            let said = failure_of(target, question.seen).map_or_else(String::new, |why| format!(": {why}"));
            let fault = Fault {
                class: FaultClass::OperationFailed,
                code: "OperationFailed".to_owned(),
                message: format!("the service accepted the last write and failed at it{said}"),
                retry_after_seconds: None,
            };
            self.setbacks.insert(target.key().to_owned(), Setback::after(setback, fault, question.now));
        }
        self.actions.push(action);
    }
}

/// The service's own word on a failed operation: a member shows its last error, an origin shows none.
fn failure_of<'a>(target: &ArmId, seen: &'a Seen) -> Option<&'a str> {
    let member = seen.members.as_ref().ok()?.iter().find(|member| member.id == *target)?;
    member.failure.as_deref()
}

fn stopped_by(
    action: &Action,
    target: &ArmId,
    setback: Option<&Setback>,
    case: Case<'_>,
    now: Timestamp,
) -> Option<Hold> {
    let text = action.to_string();
    if let Some(claim) = case.ledger.claim_on(target, case.seen.at, now) {
        return Some(Hold::Claimed { action: text, until: claim.until });
    }
    if let Some(setback) = setback.filter(|setback| setback.until > now) {
        return Some(Hold::SetBack { action: text, setback: setback.clone() });
    }
    guard::review(action, case).err().map(|refusal| Hold::Refused { action: text, refusal })
}

/// When a hold is worth another look although nothing happened, and what for.
fn look_again(hold: &Hold, now: Timestamp) -> Option<(Timestamp, &'static str)> {
    let seconds = |seconds| now + SignedDuration::from_secs(seconds);
    match hold {
        Hold::Membership(membership::Reason::Busy { .. }) | Hold::Traffic(traffic::Reason::Busy { .. }) => {
            Some((seconds(30), "to see an operation end"))
        }
        Hold::Traffic(traffic::Reason::Quarantined { .. } | traffic::Reason::NoHost(_)) => {
            Some((seconds(60), "to see whether it is proven"))
        }
        Hold::SetBack { setback, .. } => Some((setback.until, "to try again what failed")),
        Hold::Claimed { until, .. } => {
            Some(((*until).min(seconds(30)), "to see what became of another invocation's write"))
        }
        Hold::NotReady(_) | Hold::Refused { .. } => Some((seconds(300), "to see whether it changed")),
        Hold::Unread(_)
        | Hold::Membership(membership::Reason::Unread(_))
        | Hold::RegistryAccess(registry_access::Reason::Unread(_))
        | Hold::Governance(crate::facets::governance::Reason::Unread(_))
        | Hold::Traffic(traffic::Reason::Unread(_)) => Some((seconds(60), "to read what could not be read")),
        Hold::OutOfScope(_)
        | Hold::Membership(_)
        | Hold::RegistryAccess(_)
        | Hold::Governance(_)
        | Hold::Traffic(_)
        | Hold::ObserveOnly { .. }
        | Hold::RemovalPending(_) => None,
    }
}
