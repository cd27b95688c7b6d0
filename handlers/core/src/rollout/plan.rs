//! The plan about the fleet's updates. A value, like a stamp's plan.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Action;
use crate::{
    command::Status,
    ids::ArmId,
    ledger::{CLAIM_LIFE, COMMAND_MEMORY, Claim, Ledger, Outcome},
    setback::Setback,
    trigger::NudgeKind,
    updates::{Notice, Piece, Told, UpdatesNote, Verdict},
};

/// What to do about the fleet's updates, why not more, and what to remember.
#[derive(Debug, Clone, PartialEq)]
#[must_use = "a plan does nothing until it is carried out"]
pub struct Plan {
    /// Why we looked.
    pub trigger: NudgeKind,
    /// When the observation behind it began.
    pub observed: Timestamp,
    /// What to do, in this order; those about one run depend on each other.
    pub actions: Vec<Action>,
    /// Why not more, a sentence each.
    pub why_not: Vec<String>,
    /// What to remember, before the first write.
    pub note: UpdatesNote,
    /// Stamps that updates want out of traffic or let back since.
    pub turned: Vec<ArmId>,
    /// Gates that are approved, and on what.
    pub approved: Vec<Approved>,
    /// Runs that were found to have ended.
    pub endings: Vec<(ArmId, Verdict)>,
    /// What to tell people.
    pub notices: Vec<Notice>,
    /// What the command behind it is told; none without one.
    pub answer: Option<Answer>,
}

/// A gate that is approved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Approved {
    /// The gate.
    pub gate: ArmId,
    /// On what.
    pub evidence: Vec<Piece>,
}

/// What a command comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// How it ended.
    pub status: Status,
    /// What was done, a sentence each.
    pub did: Vec<String>,
    /// Why, or why not more.
    pub why: Vec<String>,
}

impl Plan {
    /// Stores what the plan means to do, before anything is done: its note, claims on what it writes, and what it tells
    /// with the delivery `because`.
    pub fn begin(&self, ledger: &mut Ledger, fleet: &ArmId, because: &str, holder: &str, now: Timestamp) {
        ledger.updates = self.note.clone();
        let notices = &mut ledger.updates.notices;
        notices.retain(|told| told.notice.at + COMMAND_MEMORY > now);
        let told = |notice: &Notice| Told { because: because.to_owned(), notice: notice.clone() };
        notices.extend(self.notices.iter().map(told));
        ledger.claims.retain(|_, claim| claim.until > now);
        for action in &self.actions {
            let (subject, holder) = (fleet.clone(), holder.to_owned());
            let claim = Claim { subject, holder, until: now + CLAIM_LIFE, done: None };
            ledger.claims.insert(action.target().key().to_owned(), claim);
        }
    }

    /// Stores what became of its writes, which were over at `done`, in their order.
    pub fn settle(
        &self,
        ledger: &mut Ledger,
        holder: &str,
        outcomes: &[(ArmId, Outcome)],
        now: Timestamp,
        done: Timestamp,
    ) {
        for (action, (target, outcome)) in self.actions.iter().zip(outcomes) {
            if let Some(claim) = ledger.claims.get_mut(target.key()).filter(|claim| claim.holder == holder) {
                claim.done = Some(done);
            }
            let note = &mut ledger.updates;
            let Outcome::Failed(fault) = outcome else {
                note.setbacks.remove(target.key());
                continue;
            };
            let setback = Setback::after(note.setbacks.get(target.key()), fault.clone(), now);
            note.wake = Some(note.wake.map_or(setback.until, |wake| wake.min(setback.until)));
            note.why_not.push(format!("{action}: {setback}"));
            note.setbacks.insert(target.key().to_owned(), setback);
            undo(note, action);
        }
    }

    /// Whether it says anything that was not known before: worth a line in the journal.
    #[must_use]
    pub fn tells_more(&self, before: &UpdatesNote) -> bool {
        !self.actions.is_empty()
            || !self.turned.is_empty()
            || !self.endings.is_empty()
            || !self.notices.is_empty()
            || self.answer.is_some()
            || self.why_not != before.why_not
    }
}

/// Takes back what was noted in the belief that the write would succeed. An approval stays until its gate is looked at
/// again: one whose answer was lost, and that was refused when it was repeated, has been given.
fn undo(note: &mut UpdatesNote, action: &Action) {
    let asked_for = |run: &ArmId| note.asked.as_ref().is_some_and(|asked| asked.run.as_ref() == Some(run));
    let is_lost = match action {
        Action::Create { run, .. } => asked_for(run),
        Action::Generate { .. } => true,
        Action::Approve { .. } | Action::Start { .. } | Action::Stop { .. } | Action::Skip { .. } => false,
    };
    if is_lost {
        note.asked = None;
    }
}

impl Answer {
    /// Nothing was done, for a reason.
    pub(super) fn of(status: Status, why: String) -> Self {
        Self { status, did: Vec::new(), why: vec![why] }
    }
}
