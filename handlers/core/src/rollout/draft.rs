//! From wishes about updates to a plan: claims, setbacks and the guard are applied here, once, for all of them.

use jiff::{SignedDuration, Timestamp};

use super::{Action, Answer, Approved, Plan, Question};
use crate::{
    facets::Mode,
    guard,
    ids::ArmId,
    ledger::OPERATION_LOOK,
    updates::{NOTICE_VERSION, Notice, NoticeKind, UpdatesNote, Verdict},
};

/// What a decision gathers on its way.
pub(super) struct Draft {
    /// What is remembered, as it shall be.
    pub note: UpdatesNote,
    /// Wishes that passed.
    pub actions: Vec<Action>,
    pub why_not: Vec<String>,
    pub turned: Vec<ArmId>,
    pub approved: Vec<Approved>,
    pub endings: Vec<(ArmId, Verdict)>,
    pub notices: Vec<Notice>,
    pub answer: Option<Answer>,
    due: Option<Timestamp>,
}

impl Draft {
    pub(super) fn of(question: &Question<'_>) -> Self {
        Self {
            note: UpdatesNote { why_not: Vec::new(), wake: None, ..question.ledger.updates.clone() },
            actions: Vec::new(),
            why_not: Vec::new(),
            turned: Vec::new(),
            approved: Vec::new(),
            endings: Vec::new(),
            notices: Vec::new(),
            answer: None,
            due: None,
        }
    }

    /// Says why something is not as wanted, once.
    pub(super) fn explain(&mut self, why: impl Into<String>) {
        let why = why.into();
        if !self.why_not.contains(&why) {
            self.why_not.push(why);
        }
    }

    /// Asks for a look no later than `at`.
    pub(super) fn wake_by(&mut self, at: Timestamp) {
        self.due = Some(self.due.map_or(at, |due| due.min(at)));
    }

    /// Tells people something. Readers keep the first of an `id`, so that it is the same for the same fact.
    pub(super) fn tell(
        &mut self,
        notice: NoticeKind,
        id: String,
        run: &ArmId,
        says: String,
        now: Timestamp,
    ) -> &mut Notice {
        let (v, run) = (NOTICE_VERSION, run.clone());
        self.notices.push(Notice { v, notice, id, run, gate: None, says, verdict: None, at: now });
        let last = self.notices.len() - 1;
        &mut self.notices[last]
    }

    /// Wishes a write. It passes unless somebody is at its target, it failed of late, updates are only observed, or the
    /// guard forbids it. Tells whether it passed. Two may wish the same: it is done once.
    pub(super) fn wish(&mut self, action: Action, question: &Question<'_>) -> Result<(), String> {
        if self.actions.contains(&action) {
            return Ok(());
        }
        let stopped = self.objection(&action, question);
        match stopped {
            None => {
                self.actions.push(action);
                Ok(())
            }
            Some(why) => {
                self.explain(why.clone());
                Err(why)
            }
        }
    }

    fn objection(&mut self, action: &Action, question: &Question<'_>) -> Option<String> {
        let Question { config, seen, ledger, now, .. } = *question;
        let target = action.target();
        if let Some(claim) = ledger.claim_on(target, seen.at, now) {
            self.wake_by(claim.until.min(now + OPERATION_LOOK));
            return Some(format!(
                "{action}: another invocation is at it, until {} at the latest",
                claim.until
            ));
        }
        if let Some(setback) =
            self.note.setbacks.get(target.key()).filter(|setback| setback.until > now).cloned()
        {
            self.wake_by(setback.until);
            return Some(format!("{action}: {setback}"));
        }
        if question.rules().is_none_or(|rules| rules.mode == Mode::Observe) {
            return Some(format!("only observed: would {action}"));
        }
        let case = guard::UpdateCase { config, seen, ledger, planned: &self.actions, now };
        match guard::review_update(action, case) {
            Ok(()) => None,
            Err(refusal) => {
                self.wake_by(now + SignedDuration::from_mins(5));
                Some(format!("refused to {action}: {refusal}"))
            }
        }
    }

    /// Where updates are not accompanied any more, nobody would ever let a stamp back.
    pub(super) fn forget_all(&mut self, question: &Question<'_>) {
        self.turned = question.ledger.updates.out.values().map(|out| out.cluster.clone()).collect();
        self.note = UpdatesNote {
            observed: self.note.observed,
            support: std::mem::take(&mut self.note.support),
            ..UpdatesNote::default()
        };
        if question.order.is_some() {
            let why = "the configuration has no section `updates`, or switches it off";
            self.answer = Some(Answer::of(crate::command::Status::Refused, why.to_owned()));
        }
    }

    /// Makes the plan.
    pub(super) fn finish(mut self, question: &Question<'_>) -> Plan {
        let Question { trigger, seen, now, ledger, config, .. } = *question;
        if !self.actions.is_empty() {
            self.wake_by(now + OPERATION_LOOK);
        }
        // This note takes the place of the one with the writer's own wake-up.
        if let Some(until) = ledger.unseen_writes_until(&config.fleet, seen.at, now) {
            self.wake_by(until.min(now + OPERATION_LOOK));
        }
        self.note.observed = Some(seen.at);
        if seen.listed {
            self.note.listed = Some(seen.at);
        }
        self.note.setbacks.retain(|_, setback| setback.until + SignedDuration::from_hours(24) > now);
        self.note.wake = self.due;
        self.note.why_not.clone_from(&self.why_not);
        let Self { note, actions, why_not, turned, approved, endings, notices, answer, due: _ } = self;
        Plan {
            trigger,
            observed: seen.at,
            actions,
            why_not,
            note,
            turned,
            approved,
            endings,
            notices,
            answer,
        }
    }
}
