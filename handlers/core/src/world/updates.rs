//! One observation of the fleet's updates, with all that a decision about them may need.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::ClusterSeen;
use crate::{
    facets::{
        Sight,
        traffic::{OriginSeen, Probe},
    },
    ids::ArmId,
    updates::{GateSeen, Offer, RunSeen},
};

/// What was seen of the fleet's updates. Partial, and old as soon as it is made.
#[derive(Debug, Clone, PartialEq)]
pub struct UpdatesSeen {
    /// When the observation began.
    pub at: Timestamp,
    /// The runs that were read: all, or those that matter now.
    pub runs: Sight<Vec<RunSeen>>,
    /// Whether `runs` are all that there are.
    pub listed: bool,
    /// Runs that were asked for and do not exist any more.
    pub gone: Vec<ArmId>,
    /// Every gate of the fleet.
    pub gates: Sight<Vec<GateSeen>>,
    /// Clusters that somebody asks about, by the keys of their ids; `None` for one that does not exist.
    pub clusters: BTreeMap<String, Sight<Option<ClusterSeen>>>,
    /// What their health paths answered, by the keys of the clusters.
    pub probes: BTreeMap<String, Probe>,
    /// The origins of the origin group; none where traffic is not managed or nobody asks.
    pub origins: Option<Sight<Vec<OriginSeen>>>,
    /// What regions offer, by region; only what somebody asks about.
    pub offers: BTreeMap<String, Sight<Vec<Offer>>>,
}

impl UpdatesSeen {
    /// Nothing was looked at, because nothing is to be known.
    #[must_use]
    pub fn unread(at: Timestamp) -> Self {
        Self {
            at,
            runs: Ok(Vec::new()),
            listed: false,
            gone: Vec::new(),
            gates: Ok(Vec::new()),
            clusters: BTreeMap::new(),
            probes: BTreeMap::new(),
            origins: None,
            offers: BTreeMap::new(),
        }
    }
}
