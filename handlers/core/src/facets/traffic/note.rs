//! What we remember about a stamp's traffic, because ARM can't: who holds it out and why, and how far its ramp is.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Who keeps a stamp out of traffic. Each may release only its own hold.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Owner {
    /// We, until a new or returning stamp is proven.
    Quarantine,
    /// We, while the evidence speaks against the stamp.
    Incident,
    /// A fleet update: its run, stage and group.
    Update(String),
    /// An operator, under a name of their choice.
    Operator(String),
    /// We, while a stamp is taken apart.
    Decommission,
    /// Somebody who disabled the origin without telling us. Only an operator's release ends it.
    Unknown,
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Quarantine => f.write_str("quarantine"),
            Self::Incident => f.write_str("incident"),
            Self::Update(run) => write!(f, "update {run}"),
            Self::Operator(name) => write!(f, "operator {name}"),
            Self::Decommission => f.write_str("decommission"),
            Self::Unknown => f.write_str("unknown owner"),
        }
    }
}

impl Owner {
    /// Whether the stamp is out only for a while and meant to serve again: such a stamp counts as part of the fleet's
    /// serving strength.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Incident | Self::Update(_) | Self::Operator(_) => true,
            Self::Quarantine | Self::Decommission | Self::Unknown => false,
        }
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
    /// When it ends by itself; `None` when only its owner ends it.
    #[serde(default)]
    pub until: Option<Timestamp>,
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
    /// Whether it was we who took the origin out, or set about it: then it comes back by itself once nobody holds it.
    /// A disabled origin without this was disabled by somebody else.
    #[serde(default)]
    pub taken_out: bool,
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
            self.place(TrafficHold { owner, reason: reason.to_owned(), since, until: None });
        }
    }

    /// Places a hold, in place of one that its owner has.
    pub fn place(&mut self, hold: TrafficHold) {
        self.release(&hold.owner);
        self.holds.push(hold);
        self.holds.sort_by(|a, b| a.owner.cmp(&b.owner));
    }

    /// Ends the holds whose time is over.
    pub fn expire(&mut self, now: Timestamp) {
        self.holds.retain(|hold| hold.until.is_none_or(|until| until > now));
    }

    /// When the next hold ends by itself.
    #[must_use]
    pub fn next_expiry(&self) -> Option<Timestamp> {
        self.holds.iter().filter_map(|hold| hold.until).min()
    }

    /// Whether the stamp must prove itself before it takes traffic.
    #[must_use]
    pub fn is_quarantined(&self) -> bool {
        self.is_held_by(&Owner::Quarantine)
    }

    /// Whether the stamp takes no traffic for a reason of ours after which it must prove itself: new or returning, or out for
    /// an update, whose disturbance is expected. Until it is proven, bad evidence is no incident.
    #[must_use]
    pub fn proves_itself_later(&self) -> bool {
        let updated = self.holds.iter().any(|hold| matches!(hold.owner, Owner::Update(_)));
        self.is_quarantined() || (updated && !self.is_held_by(&Owner::Incident))
    }

    /// Whether the stamp shall be out whatever is proven of it: any hold but quarantine.
    #[must_use]
    pub fn is_held_out(&self) -> bool {
        self.holds.iter().any(|hold| hold.owner != Owner::Quarantine)
    }

    /// Removes an owner's hold; everybody else's stays.
    pub fn release(&mut self, owner: &Owner) {
        self.holds.retain(|hold| hold.owner != *owner);
    }
}
