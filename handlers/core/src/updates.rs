//! Updates of the fleet: runs that bring versions to its members stage by stage, and the gates at which they ask.
//!
//! What is seen of them, how a run ended, and what is remembered. Decisions about them are made in `rollout`.

mod evidence;
mod note;
mod notice;
mod seen;
mod state;
mod support;
mod verdict;

pub use evidence::{Asks, Found, Piece};
pub use note::{
    Approval, Asked, Ending, GateNote, OperatorsWish, Out, Retry, RunNote, Starting, Support, Told,
    UpdatesNote, Waiting,
};
pub use notice::{Kind as NoticeKind, NOTICE_VERSION, Notice};
pub use seen::{
    GateKind, GateRef, GateSeen, GroupPlan, GroupSeen, MemberUpdate, NoVersion, Offer, Phase, RunSeen, Scope,
    StagePlan, StageSeen, Timing, Update, UpgradeKind, Version,
};
pub use state::UpdateState;
pub use support::{SUPPORT_VERSION, SupportKind, SupportStated};
pub use verdict::{FailedMember, Outcome, Verdict, verdict};

#[cfg(test)]
mod tests;
