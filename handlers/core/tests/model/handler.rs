//! One handler at work on one message about a stamp, cut into the steps between which others may act or it may die: it observes,
//! decides, stores, writes to Front Door, and stores what became of that. The order and the calls are those of the
//! app's engine; the decisions are the core's own.

use std::sync::Arc;

use fleet_core::{
    command::{CommandResult, StampResult},
    facets::traffic,
    ids::ArmId,
    ledger::{Ledger, Outcome},
    plan::Action,
    reactions::{Question, command_received, decide},
    setback::{Fault, FaultClass},
    trigger::NudgeKind,
};

use crate::{
    invocation::{Decided, Invocation, Stage},
    laws::{self, Broken},
    scenery, update_laws,
    world::{Delivery, Flaw, Task, World},
};

impl World {
    /// A handler takes a message from the queue and observes its stamp.
    pub(crate) fn take_up(&mut self, handler: usize, waiting: usize) -> String {
        let delivery = self.waiting.remove(waiting);
        let told = format!("observes, to {}", self.name_of(delivery.task));
        self.invocations += 1;
        self.handlers[handler] = Some(Invocation {
            delivery,
            holder: self.invocations.to_string(),
            now: self.now,
            seen: self.view(),
            stage: Stage::Observed,
        });
        told
    }

    /// A handler goes one step on.
    pub(crate) fn go_on(&mut self, handler: usize) -> Result<String, Broken> {
        let told = self.go_on_as(handler);
        told.map_err(|broken| Broken(format!("handler {}: {broken}", handler + 1)))
    }

    fn go_on_as(&mut self, handler: usize) -> Result<String, Broken> {
        let Some(mut at_work) = self.handlers[handler].take() else { return Ok("rests".to_owned()) };
        let told = match std::mem::replace(&mut at_work.stage, Stage::Observed) {
            Stage::Observed => {
                return Ok(match self.stamp_of(at_work.delivery.task) {
                    Some(stamp) => self.decide(handler, at_work, stamp),
                    None => self.plan_updates(handler, at_work),
                });
            }
            Stage::Decided(decided) => return self.store(handler, at_work, *decided),
            Stage::Planned(planned) => return Ok(self.store_updates(handler, at_work, *planned)),
            Stage::Following(following) => return self.follow(handler, at_work, *following),
            Stage::Acting { stamp, mut left, mut outcomes } if !left.is_empty() => {
                let action = left.remove(0);
                let in_time = !lets_in(&action) || self.is_in_time(&at_work.holder, &action.target());
                if in_time {
                    self.write(&action)?;
                }
                outcomes.push((action.target(), if in_time { Outcome::Completed } else { conflict() }));
                at_work.stage = Stage::Acting { stamp, left, outcomes };
                self.handlers[handler] = Some(at_work);
                if in_time { format!("does it: {action}") } else { format!("can't any more: {action}") }
            }
            Stage::Acting { stamp, outcomes, .. } => {
                let subject = scenery::cluster_id(stamp);
                Arc::make_mut(&mut self.ledger).settle(
                    &subject,
                    &at_work.holder,
                    &outcomes,
                    at_work.now,
                    self.now,
                );
                self.conclude(at_work.delivery.task);
                self.version += 1;
                "tells what became of it".to_owned()
            }
        };
        Ok(told)
    }

    /// A handler dies; the queue delivers its message again.
    pub(crate) fn die(&mut self, handler: usize) -> String {
        let Some(dead) = self.handlers[handler].take() else { return "rests".to_owned() };
        self.waiting.push(Delivery { attempt: dead.delivery.attempt + 1, ..dead.delivery });
        self.waiting.sort();
        self.deaths = self.deaths.saturating_sub(1);
        "dies".to_owned()
    }

    /// A call has a time limit within its claim's. Only writes that let somebody in or approve a gate are held to it here:
    /// the others may come as late as they like.
    pub(crate) fn is_in_time(&self, holder: &str, target: &ArmId) -> bool {
        let claim = self.ledger.claims.get(target.key());
        claim.is_some_and(|claim| claim.holder == holder && claim.until > self.now)
    }

    /// Loads the ledger and decides on it.
    fn decide(&mut self, handler: usize, mut at_work: Invocation, stamp: usize) -> String {
        let subject = scenery::cluster_id(stamp);
        let seen = scenery::seen(stamp, &at_work.seen, at_work.now);
        let believed = believed(&self.ledger, &subject, self.setting.flaw);
        let question = Question {
            trigger: NudgeKind::WakeUp,
            subject: &subject,
            config: &self.setting.config,
            seen: &seen,
            ledger: &believed,
            now: at_work.now,
        };
        let (plan, told, granted) = match self.unanswered(at_work.delivery.task, &subject) {
            Some(command) => {
                let answered = command_received::answer(command, &question);
                (answered.plan, Some(answered.result), answered.granted)
            }
            None => (decide(&question), None, true),
        };
        if !granted {
            self.remember(&at_work, told.as_ref());
            self.conclude(at_work.delivery.task);
            return format!("refuses: {}", told.map_or_else(String::new, |told| told.why_not.join("; ")));
        }
        let targets: Vec<ArmId> = plan.actions.iter().map(Action::target).collect();
        let mut next = Arc::clone(&self.ledger);
        let ledger = Arc::make_mut(&mut next);
        ledger.begin(plan.record.as_ref(), &subject, &targets, &at_work.holder, self.now);
        if let Some(command) = self.unanswered(at_work.delivery.task, &subject) {
            // What can't be granted has been refused before.
            let _changed = command_received::forget(command, ledger, &subject);
        }
        let actions: Vec<String> = plan.actions.iter().map(ToString::to_string).collect();
        let said = format!(
            "decides to {}",
            if actions.is_empty() { "do nothing".to_owned() } else { actions.join(", ") }
        );
        at_work.stage = Stage::Decided(Box::new(Decided { stamp, plan, told, next, version: self.version }));
        self.handlers[handler] = Some(at_work);
        said
    }

    /// Compare-and-swap: stores the decision, or decides anew on what somebody else left.
    fn store(&mut self, handler: usize, mut at_work: Invocation, decided: Decided) -> Result<String, Broken> {
        if decided.version != self.version && self.setting.flaw != Some(Flaw::SavesBlindly) {
            self.handlers[handler] = Some(at_work);
            return Ok("stores too late, and will decide anew".to_owned());
        }
        laws::no_foreign_hold_is_lifted(self, &at_work, &decided)?;
        laws::an_incident_has_its_evidence(self, &at_work, &decided)?;
        self.ledger = decided.next;
        self.version += 1;
        self.remember(&at_work, decided.told.as_ref());
        if decided.plan.is_noop() {
            self.conclude(at_work.delivery.task);
        } else {
            let Decided { stamp, plan, .. } = decided;
            at_work.stage = Stage::Acting { stamp, left: plan.actions, outcomes: Vec::new() };
            self.handlers[handler] = Some(at_work);
        }
        Ok("stores it".to_owned())
    }

    fn write(&mut self, action: &Action) -> Result<(), Broken> {
        use traffic::Action as Traffic;
        let Action::Traffic(action) = action else { panic!("only traffic is ours here, not {action}") };
        let stamp = self.stamp_with(action.origin());
        laws::enough_keep_serving(self, stamp, action)?;
        update_laws::nobody_is_let_in_amid_an_update(self, stamp, action)?;
        let origin = &mut self.origins[stamp];
        match action {
            Traffic::Enable { weight, .. } => {
                (origin.enabled, origin.weight, origin.foreign) = (true, *weight, false);
            }
            Traffic::SetWeight { weight, .. } => origin.weight = *weight,
            Traffic::Disable { .. } => (origin.enabled, origin.foreign) = (false, false),
            Traffic::Put(_) | Traffic::Repoint { .. } | Traffic::Delete { .. } => {
                panic!("no origin comes, moves or goes here, not even by `{action}`")
            }
        }
        Ok(())
    }

    /// The command of a task, unless an earlier delivery of it has been decided.
    fn unanswered(&self, task: Task, subject: &ArmId) -> Option<&fleet_core::command::Command> {
        let Task::Command(at) = task else { return None };
        let command = &self.setting.commands[at];
        let known = self.ledger.commands.get(&command.id).and_then(|record| record.of(subject));
        known.is_none().then_some(command)
    }

    fn remember(&mut self, at_work: &Invocation, told: Option<&StampResult>) {
        if let (Task::Command(at), Some(told)) = (at_work.delivery.task, told) {
            let id = &self.setting.commands[at].id;
            Arc::make_mut(&mut self.ledger).note_command(id, told, at_work.now);
        }
    }

    /// The one answer of a command.
    fn conclude(&mut self, task: Task) {
        let Task::Command(at) = task else { return };
        let command = &self.setting.commands[at];
        let stamps = self.ledger.commands.get(&command.id).map(|record| record.stamps.clone());
        let result = CommandResult::of(command, stamps.unwrap_or_default(), self.now);
        Arc::make_mut(&mut self.ledger).conclude_command(&result, self.now);
        self.version += 1;
    }

    /// Everything that waits, one after the other.
    pub(crate) fn finish_queue(&mut self) -> Result<(), Broken> {
        while !self.waiting.is_empty() {
            let next = self.waiting.remove(0);
            self.look_undisturbed(next.task)?;
        }
        Ok(())
    }

    /// One message from beginning to end, with nobody else at work.
    pub(crate) fn look_undisturbed(&mut self, task: Task) -> Result<String, Broken> {
        self.waiting.insert(0, Delivery { task, attempt: 0 });
        let mut told = self.take_up(0, 0);
        while self.handlers[0].is_some() {
            told = format!("{told}; {}", self.go_on(0)?);
        }
        Ok(told)
    }
}

fn lets_in(action: &Action) -> bool {
    matches!(action, Action::Traffic(traffic::Action::Enable { .. }))
}

/// What becomes of a write that the service does not take any more.
pub(crate) fn conflict() -> Outcome {
    let (code, message) = ("Conflict".to_owned(), "it has changed since".to_owned());
    Outcome::Failed(Fault { class: FaultClass::Passing, code, message, retry_after_seconds: None })
}

/// The ledger as the decision believes it to be.
fn believed(ledger: &Ledger, subject: &ArmId, flaw: Option<Flaw>) -> Ledger {
    let mut believed = ledger.clone();
    if matches!(flaw, Some(Flaw::TrustsItsSight | Flaw::IgnoresClaims)) {
        believed.claims.clear();
    }
    if flaw == Some(Flaw::TrustsItsSight) {
        for other in believed.stamps.values_mut().filter(|record| record.cluster != *subject) {
            other.traffic.iter_mut().for_each(|note| note.holds.clear());
        }
    }
    believed
}
