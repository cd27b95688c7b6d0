//! What a decision about one stamp's traffic may depend on, and what it comes to.

use jiff::Timestamp;

use super::{Action, OriginSeen, Reason, Seen, TrafficNote, Verdict, Wanted};
use crate::{facets::Diff, ids::ArmId, names::origin_id};

/// One stamp's traffic, at one time.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// What configuration asks for.
    pub wanted: &'a Wanted,
    /// The stamp's cluster.
    pub cluster: &'a ArmId,
    /// What was seen.
    pub seen: &'a Seen,
    /// What is remembered; `None` when the stamp is seen for the first time.
    pub note: Option<&'a TrafficNote>,
    /// The stamp's origin when it was last seen.
    pub known: Option<&'a ArmId>,
    /// Whether a write to the origin may still be under way, or came after the observation.
    pub claimed: bool,
    /// What the evidence says about the stamp; `None` where health is not judged.
    pub verdict: Option<&'a Verdict>,
    /// The time of the decision.
    pub now: Timestamp,
}

/// What the other facets say about whether the stamp is fit for traffic. The probe is not among them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proofs {
    /// The proofs that are missing, in words.
    pub missing: Vec<String>,
    /// Whether any of them is missing only because it could not be looked for.
    pub unseen: bool,
    /// Whether the cluster was deleted and created again since it joined.
    pub recreated: bool,
}

/// The result of the traffic facet: what to do, what to remember, and when to look again.
#[derive(Debug, Clone, PartialEq)]
#[must_use = "a decision about traffic that nobody carries out"]
pub struct Standing {
    /// Actions and reasons.
    pub diff: Diff<Action, Reason>,
    /// The note as it shall be once the actions are under way. It is stored before they are.
    pub note: TrafficNote,
    /// The stamp's origin, if it exists.
    pub origin: Option<OriginSeen>,
    /// When the next ramp step is due.
    pub due: Option<Timestamp>,
}

impl Standing {
    /// A standing without an origin in sight and without a date.
    pub(super) fn of(diff: Diff<Action, Reason>, note: TrafficNote) -> Self {
        Self { diff, note, origin: None, due: None }
    }
}

impl Case<'_> {
    /// The id of the origin that we would make for this stamp.
    pub(super) fn own_id(&self) -> Option<ArmId> {
        origin_id(&self.wanted.origin_group, self.cluster)
    }
}
