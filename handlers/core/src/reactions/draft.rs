//! From a reaction's wishes to a plan: modes, claims, setbacks and the guard are applied here, once, for all reactions.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::Question;
use crate::{
    facets::{
        Diff, Mode, membership, registry_access,
        traffic::{self, Owner, Standing},
    },
    guard::{self, Case},
    health::HealthNote,
    ids::ArmId,
    ledger::{OPERATION_LOOK, StampRecord, Wake},
    plan::{Action, Hold, Plan},
    report::{HealthReport, OriginReport, StampReport},
    setback::{Fault, FaultClass, Setback},
    world::{Facts, Seen},
};

const ANOTHERS_WRITE: &str = "to see what became of another invocation's write";

/// What a reaction wishes: not yet screened.
pub(super) struct Draft {
    pub(super) actions: Vec<Action>,
    pub(super) holds: Vec<Hold>,
    /// The stamp's traffic note, and whether it only holds once the traffic actions pass.
    pub(super) traffic: Option<traffic::TrafficNote>,
    /// What is said about the stamp's health, and what it is taken for.
    pub(super) health: HealthNote,
    /// What its cluster is like.
    pub(super) facts: Facts,
    /// The report so far; its holds and reasons are filled in at the end. `None` forgets the stamp.
    pub(super) report: Option<StampReport>,
    /// When to look again for a reason of the reaction's own.
    pub(super) due: Option<Wake>,
}

impl Draft {
    /// Nothing wished, `report` remembered.
    pub(super) fn of(question: &Question<'_>, report: Option<StampReport>) -> Self {
        let record = question.ledger.stamp(question.subject);
        Self {
            actions: Vec::new(),
            holds: Vec::new(),
            traffic: record.and_then(|record| record.traffic.clone()),
            health: record.map(|record| record.health.clone()).unwrap_or_default(),
            facts: record.map(|record| record.facts.clone()).unwrap_or_default(),
            report,
            due: None,
        }
    }

    /// Asks for a look no later than `at`.
    pub(super) fn wake_by(&mut self, at: Timestamp, why: &str) {
        if self.due.as_ref().is_none_or(|due| at < due.at) {
            self.due = Some(Wake { at, why: why.to_owned() });
        }
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

    /// Takes over what the traffic facet makes of the stamp: its note only where we act on it. An origin that could not
    /// be looked for is remembered as it was: the guard knows stamps by their origins.
    pub(super) fn take_standing(&mut self, mode: Mode, standing: Standing, question: &Question<'_>) {
        let unseen = question.seen.traffic.as_ref().is_none_or(|traffic| traffic.origins.is_err());
        let known = question.ledger.stamp(question.subject).and_then(|record| record.report.origin.clone());
        let seen = standing.origin.as_ref().map(|origin| OriginReport {
            id: origin.id.clone(),
            host: origin.host.clone(),
            enabled: origin.enabled,
            weight: origin.weight,
        });
        if let Some(report) = &mut self.report {
            report.origin = if unseen { known } else { seen };
        }
        if mode == Mode::Enforce {
            let held = standing.note.is_held_out();
            self.traffic = Some(standing.note);
            if let Some(due) = standing.due {
                self.wake_by(due, if held { "to see a hold end" } else { "for the next step of its ramp" });
            }
        }
        self.take(mode, standing.diff, Action::Traffic, Hold::Traffic);
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
        let traffic = traffic.map(|mut note| {
            let serves = self.report.as_ref().and_then(|report| report.origin.as_ref());
            let serves = serves.is_some_and(|origin| origin.enabled);
            if serves && !screened.actions.iter().any(takes_out) {
                keep_known_updates(&mut note, before.and_then(|before| before.traffic.as_ref()));
            }
            note
        });
        if traffic.as_ref().is_some_and(|note| note.holds.is_empty()) {
            holds.retain(|hold| !matches!(hold, Hold::Traffic(traffic::Reason::Held { .. })));
        }
        let record = self.report.map(|report| {
            let mut record = StampRecord {
                cluster: subject.clone(),
                observed: seen.at,
                report: finished(report, traffic.as_ref(), &self.health, &holds),
                traffic,
                health: self.health,
                facts: self.facts,
                retired: before.and_then(|before| before.retired.clone()),
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
            // This record takes the place of the one with the writer's own wake-up.
            if let Some(until) = ledger.unseen_writes_until(subject, seen.at, now) {
                record.wake_by(until.min(now + OPERATION_LOOK), ANOTHERS_WRITE);
            }
            record
        });
        let actions = screened.actions;
        let (reaction, subject, observed) = (reaction.to_owned(), subject.clone(), seen.at);
        Plan { reaction, trigger, subject, observed, actions, holds, record }
    }
}

/// A report with the sentences that only the finished plan knows.
fn finished(
    mut report: StampReport,
    traffic: Option<&traffic::TrafficNote>,
    health: &HealthNote,
    holds: &[Hold],
) -> StampReport {
    let traffic_holds = traffic.map(|note| note.holds.as_slice()).unwrap_or_default();
    report.holds = traffic_holds
        .iter()
        .map(|hold| crate::report::HoldReport {
            owner: hold.owner.to_string(),
            reason: hold.reason.clone(),
            since: hold.since,
            until: hold.until,
        })
        .collect();
    report.health = HealthReport { standing: health.standing, ..report.health };
    report.serving = report.origin.as_ref().is_some_and(|origin| origin.enabled) && report.holds.is_empty();
    report.why_not = holds.iter().map(ToString::to_string).collect();
    report
}

fn only_new_holds(
    before: Option<traffic::TrafficNote>,
    after: Option<traffic::TrafficNote>,
) -> Option<traffic::TrafficNote> {
    let Some(mut note) = before else { return after };
    let holds = after.map(|after| after.holds).unwrap_or_default();
    // A hold that has ended holds no more, whatever else is not done; only these two end with the step itself.
    let ends_with_the_step = |owner: &Owner| matches!(owner, Owner::Quarantine | Owner::Decommission);
    let stays = |owner: &Owner| ends_with_the_step(owner) || holds.iter().any(|left| left.owner == *owner);
    note.holds.retain(|hold| stays(&hold.owner));
    for hold in holds {
        if !note.is_held_by(&hold.owner) {
            note.place(hold);
        }
    }
    Some(note)
}

fn takes_out(action: &Action) -> bool {
    matches!(action, Action::Traffic(traffic::Action::Disable { .. }))
}

/// An update may wait: its hold is only placed on a stamp that is out, or together with the write that takes it out. A
/// hold on a stamp that the guard keeps in traffic would count it as lost, and keep others from being updated.
fn keep_known_updates(note: &mut traffic::TrafficNote, before: Option<&traffic::TrafficNote>) {
    note.holds.retain(|hold| {
        !matches!(hold.owner, Owner::Update(_)) || before.is_some_and(|note| note.is_held_by(&hold.owner))
    });
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
            let case = Case { subject, config, seen, ledger, now };
            match passes(&action, &target, setback, case) {
                Err(hold) => {
                    screened.stopped_traffic |= matches!(action, Action::Traffic(_));
                    screened.holds.push(hold);
                }
                Ok(concerns) => {
                    screened.holds.extend(concerns);
                    screened.let_pass(action, &target, setback, question);
                }
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

/// Whether an action may be carried out now: what is said against it where it may, or what stops it.
fn passes(
    action: &Action,
    target: &ArmId,
    setback: Option<&Setback>,
    case: Case<'_>,
) -> Result<Vec<Hold>, Hold> {
    let text = action.to_string();
    if let Some(claim) = case.ledger.claim_on(target, case.seen.at, case.now) {
        return Err(Hold::Claimed { action: text, until: claim.until });
    }
    if let Some(setback) = setback.filter(|setback| setback.until > case.now) {
        return Err(Hold::SetBack { action: text, setback: setback.clone() });
    }
    match guard::review(action, case) {
        Err(refusal) => Err(Hold::Refused { action: text, refusal }),
        Ok(concerns) => {
            let despite = |(refusal, because)| Hold::Despite { action: text.clone(), refusal, because };
            Ok(concerns.into_iter().map(despite).collect())
        }
    }
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
        Hold::Claimed { until, .. } => Some(((*until).min(now + OPERATION_LOOK), ANOTHERS_WRITE)),
        Hold::NotReady(_) | Hold::Refused { .. } | Hold::Traffic(traffic::Reason::Braked { .. }) => {
            Some((seconds(300), "to see whether it changed"))
        }
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
        | Hold::Despite { .. }
        | Hold::UpdatesItself(_)
        | Hold::SupportEnds { .. }
        | Hold::Retired { .. }
        | Hold::RemovalPending(_) => None,
    }
}
