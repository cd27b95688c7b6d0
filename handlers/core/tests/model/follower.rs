//! One handler at a look at the fleet's updates, cut into the same steps as a look at a stamp. What the decision turns is
//! looked at once its writes are over; if the handler dies before that, the timer finds it.

use std::sync::Arc;

use fleet_core::{
    command::{Command, CommandResult},
    facets::traffic::Owner,
    ids::ArmId,
    ledger::{Ledger, Outcome},
    rollout::{self, Action, Plan, Question},
    trigger::NudgeKind,
    updates::Timing,
};

use crate::{
    handler::conflict,
    invocation::{Invocation, Stage},
    laws::Broken,
    run::By,
    scenery, update_laws,
    world::{Flaw, Task, View, World},
};

/// A decision about updates that is not stored yet.
#[derive(Debug, Clone)]
pub(crate) struct Planned {
    pub(crate) plan: Plan,
    next: Arc<Ledger>,
    /// The version that the decision was made on.
    pub(crate) version: u64,
}

/// A decision about updates that is being carried out.
#[derive(Debug, Clone)]
pub(crate) struct Following {
    pub(crate) plan: Plan,
    pub(crate) outcomes: Vec<(ArmId, Outcome)>,
}

impl World {
    /// Loads the ledger and decides on it, unless somebody has stored what they saw later: a nudge is answered by that, a
    /// command looks again.
    pub(crate) fn plan_updates(&mut self, handler: usize, mut at_work: Invocation) -> String {
        let order = self.unconcluded(at_work.delivery.task).cloned();
        if self.ledger.updates.observed.is_some_and(|observed| observed > at_work.now) {
            if order.is_none() {
                return "gives way to who saw updates later".to_owned();
            }
            (at_work.now, at_work.seen) = (self.now, self.view());
            self.handlers[handler] = Some(at_work);
            return "observes anew".to_owned();
        }
        let ledger = self.believed_of_updates();
        let seen = scenery::updates_seen(&self.believed_view(&at_work.seen), at_work.now);
        let trigger = if order.is_some() { NudgeKind::Command } else { NudgeKind::WakeUp };
        let plan = rollout::decide(&Question {
            trigger,
            config: &self.setting.config,
            seen: &seen,
            ledger: &ledger,
            order: order.as_ref(),
            now: at_work.now,
        });
        let mut next = Arc::clone(&self.ledger);
        let fleet = scenery::fleet_id();
        plan.begin(Arc::make_mut(&mut next), &fleet, "a look", &at_work.holder, self.now);
        let said = said(&plan);
        at_work.stage = Stage::Planned(Box::new(Planned { plan, next, version: self.version }));
        self.handlers[handler] = Some(at_work);
        said
    }

    /// Compare-and-swap, as for a stamp.
    pub(crate) fn store_updates(
        &mut self,
        handler: usize,
        mut at_work: Invocation,
        Planned { plan, next, version }: Planned,
    ) -> String {
        if version != self.version {
            self.handlers[handler] = Some(at_work);
            return "stores too late, and will decide anew".to_owned();
        }
        self.ledger = next;
        self.version += 1;
        if plan.actions.is_empty() {
            self.hand_on(&at_work, &plan);
        } else {
            at_work.stage = Stage::Following(Box::new(Following { plan, outcomes: Vec::new() }));
            self.handlers[handler] = Some(at_work);
        }
        "stores it".to_owned()
    }

    /// The next write, or, after the last one, what became of them.
    pub(crate) fn follow(
        &mut self,
        handler: usize,
        mut at_work: Invocation,
        Following { plan, mut outcomes }: Following,
    ) -> Result<String, Broken> {
        let Some(action) = plan.actions.get(outcomes.len()).cloned() else {
            let ledger = Arc::make_mut(&mut self.ledger);
            plan.settle(ledger, &at_work.holder, &outcomes, at_work.now, self.now);
            self.version += 1;
            self.hand_on(&at_work, &plan);
            return Ok("tells what became of it".to_owned());
        };
        let in_time = self.is_in_time(&at_work.holder, action.target());
        let done = in_time && self.write_update(&at_work, &action)?;
        outcomes.push((action.target().clone(), if done { Outcome::Completed } else { conflict() }));
        at_work.stage = Stage::Following(Box::new(Following { plan, outcomes }));
        self.handlers[handler] = Some(at_work);
        Ok(if done { format!("does it: {action}") } else { format!("can't any more: {action}") })
    }

    /// Tells whether the service takes the write.
    fn write_update(&mut self, by: &Invocation, action: &Action) -> Result<bool, Broken> {
        match action {
            Action::Approve { gate, .. } => {
                let (group, timing) = self.run.gate(gate);
                update_laws::only_a_gate_that_was_seen_waiting(by, group, timing)?;
                if timing == Timing::Before && self.run.waits_at(group, timing) {
                    update_laws::nobody_updates_what_serves(self, by, &self.run.groups[group])?;
                }
                Ok(self.run.approve(group, timing, By::Us))
            }
            Action::Start { .. } => {
                for group in self.run.groups.iter().filter(|group| group.goes_on_when_started()) {
                    update_laws::nobody_updates_what_serves(self, by, group)?;
                }
                Ok(self.run.start())
            }
            Action::Stop { .. } => Ok(self.run.stop()),
            Action::Create { .. } | Action::Generate { .. } | Action::Skip { .. } => {
                panic!("no run is made or changed here, not even by `{action}`")
            }
        }
    }

    /// What follows from a look: looks at the stamps that it turned, and a command's answer.
    fn hand_on(&mut self, at_work: &Invocation, plan: &Plan) {
        for stamp in
            (0..self.setting.stamps).filter(|stamp| plan.turned.contains(&scenery::cluster_id(*stamp)))
        {
            self.put_on_queue(Task::Look(stamp));
        }
        let Some(command) = self.unconcluded(at_work.delivery.task) else { return };
        let mut result = CommandResult::of(command, Vec::new(), self.now);
        if let Some(answer) = &plan.answer {
            (result.status, result.did, result.why) = (answer.status, answer.did.clone(), answer.why.clone());
        }
        Arc::make_mut(&mut self.ledger).conclude_command(&result, self.now);
        self.version += 1;
    }

    /// The command of a task, unless an earlier delivery of it has been answered.
    fn unconcluded(&self, task: Task) -> Option<&Command> {
        let Task::Command(at) = task else { return None };
        let command = &self.setting.commands[at];
        let known = self.ledger.commands.get(&command.id);
        known.is_none_or(|record| record.result.is_none()).then_some(command)
    }

    /// The ledger as a decision about updates believes it to be.
    fn believed_of_updates(&self) -> Ledger {
        let mut believed = Ledger::clone(&self.ledger);
        if self.setting.flaw == Some(Flaw::ApprovesDuringWrites) {
            believed.claims.clear();
        }
        believed
    }

    /// Origins as a decision about updates believes them to be.
    fn believed_view(&self, seen: &View) -> View {
        let mut believed = seen.clone();
        if self.setting.flaw == Some(Flaw::BelievesHolds) {
            for (stamp, origin) in believed.origins.iter_mut().enumerate() {
                let record = self.ledger.stamp(&scenery::cluster_id(stamp));
                let note = record.and_then(|record| record.traffic.as_ref());
                let held = note
                    .is_some_and(|note| note.holds.iter().any(|hold| matches!(hold.owner, Owner::Update(_))));
                origin.enabled &= !held;
            }
        }
        believed
    }
}

fn said(plan: &Plan) -> String {
    let out = plan.note.out.values().filter(|out| plan.turned.contains(&out.cluster));
    let out = out.map(|out| format!("want {} out", out.cluster.name()));
    let back = plan.turned.iter().filter(|cluster| !plan.note.out.contains_key(cluster.key()));
    let back = back.map(|cluster| format!("let {} back", cluster.name()));
    let said: Vec<String> = plan.actions.iter().map(ToString::to_string).chain(out).chain(back).collect();
    format!("decides to {}", if said.is_empty() { "do nothing".to_owned() } else { said.join(", ") })
}
