//! What we remember about a stamp's traffic, because ARM can't: who holds it out and why, and how far its ramp is.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Who keeps a stamp out of traffic. Each may release only its own hold.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Owner {
    /// We, until a new stamp is proven.
    Quarantine,
    /// We, while a removed stamp is taken apart.
    Decommission,
    /// Somebody who disabled the origin without telling us. Only an operator's release ends it.
    Unknown,
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Quarantine => "quarantine",
            Self::Decommission => "decommission",
            Self::Unknown => "unknown owner",
        })
    }
}

/// One owner's claim that a stamp stays out of traffic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrafficHold {
    /// Whose it is.
    pub owner: Owner,
    /// Why, in words.
    pub reason: String,
    /// Since when.
    pub since: Timestamp,
}

/// How far the ramp into traffic is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RampNote {
    /// Index into the configured steps.
    pub step: usize,
    /// When the step was decided, or, once confirmed, seen.
    pub since: Timestamp,
    /// Whether the origin was seen enabled at the step's weight. Until then a disabled origin means that our own write
    /// is still missing; from then on, that somebody else disabled it.
    pub confirmed: bool,
}

/// What we remember about one stamp's traffic.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrafficNote {
    /// Who holds it out, at most one hold per owner, in the order of owners.
    pub holds: Vec<TrafficHold>,
    /// The ramp; none for a stamp that served before we knew it.
    pub ramp: Option<RampNote>,
}

impl TrafficNote {
    /// Whether an owner holds the stamp out.
    #[must_use]
    pub fn is_held_by(&self, owner: &Owner) -> bool {
        self.holds.iter().any(|hold| hold.owner == *owner)
    }

    /// Adds a hold, unless its owner has one.
    pub fn hold(&mut self, owner: Owner, reason: &str, since: Timestamp) {
        if !self.is_held_by(&owner) {
            self.holds.push(TrafficHold { owner, reason: reason.to_owned(), since });
            self.holds.sort_by(|a, b| a.owner.cmp(&b.owner));
        }
    }

    /// Removes an owner's hold; everybody else's stays.
    pub fn release(&mut self, owner: &Owner) {
        self.holds.retain(|hold| hold.owner != *owner);
    }
}
