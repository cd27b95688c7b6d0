//! What a decision needs to see, told before it is looked for.

use std::collections::BTreeSet;

use crate::ids::ArmId;

/// What the first round reads beside all gates.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FirstRound {
    /// Whether to list all runs; a fleet may remember hundreds, so that this is not done every minute.
    pub list: bool,
    /// The runs to read one by one where they are not listed.
    pub runs: Vec<ArmId>,
}

/// What a further round reads, knowing runs and gates.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SecondRound {
    /// Runs that gates name and nobody has read yet.
    pub runs: Vec<ArmId>,
    /// Clusters to read.
    pub clusters: BTreeSet<ArmId>,
    /// Health paths to ask: a cluster and the host of its origin.
    pub probes: Vec<(ArmId, String)>,
    /// Whether to list the origin group's origins.
    pub origins: bool,
    /// Regions, such as `westeurope`, whose versions of Kubernetes to list.
    pub offers: BTreeSet<String>,
}

impl SecondRound {
    /// Whether there is nothing to read.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
