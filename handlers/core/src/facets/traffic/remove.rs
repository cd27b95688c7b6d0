//! The traffic of a stamp that is taken apart.

use super::{Action, Case, OriginSeen, Owner, Reason, Standing};
use crate::facets::{Diff, Progress};

/// Out of traffic first, then out of Front Door; one step a time.
pub fn remove(case: Case<'_>, why: &str) -> Standing {
    let mut held = case.note.cloned().unwrap_or_default();
    let origins = match &case.seen.origins {
        Ok(origins) => origins,
        Err(unread) => return Standing::of(Diff::hold(Reason::Unread(unread.clone())), held),
    };
    let own = case.own_id();
    let ours = |origin: &&OriginSeen| Some(&origin.id) == own.as_ref();
    let adopted = |origin: &&OriginSeen| Some(&origin.id) == case.known;
    let Some(origin) = origins.iter().find(ours).or_else(|| origins.iter().find(adopted)) else {
        return Standing::of(Diff::none(), held);
    };
    held.hold(Owner::Decommission, why, case.now);
    let diff = if origin.progress == Progress::Busy {
        Diff::hold(Reason::Busy { origin: origin.id.name().to_owned() })
    } else if origin.enabled {
        Diff::act(Action::Disable { origin: origin.id.clone() })
    } else if ours(&origin) {
        Diff::act(Action::Delete { origin: origin.id.clone() })
    } else {
        // Made by somebody else and now without a use: disabled is as far as we go.
        Diff::none()
    };
    Standing { origin: Some(origin.clone()), ..Standing::of(diff, held) }
}
