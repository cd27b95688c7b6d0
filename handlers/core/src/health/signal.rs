//! A statement about health on its way to the stamps that it concerns.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Evidence, Says, Source};
use crate::{config::Health, ids::ArmId};

/// The wire version of a signal; a reader refuses others.
pub const SIGNAL_VERSION: u8 = 1;

/// What a source said. Travels as a JSON message on the `fleet-work` queue, beside nudges.
///
/// Times are whole milliseconds since the Unix epoch, because the Functions host re-writes ISO dates in messages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Signal {
    /// Always [`SIGNAL_VERSION`].
    pub v: u8,
    /// Tells a signal from a nudge.
    pub kind: SignalKind,
    /// Who says it.
    pub source: Source,
    /// Which of the source's statements it replaces.
    pub key: String,
    /// Whom it concerns.
    pub about: About,
    /// What it says.
    pub says: Says,
    /// In words, for people; never the caller's free text beyond 200 characters.
    pub why: String,
    /// When it became true, as the source says.
    #[serde(with = "jiff::fmt::serde::timestamp::millisecond::required")]
    pub at: Timestamp,
    /// The id of the event or alert; for logs and the journal.
    pub event_id: String,
}

/// The one kind of signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SignalKind {
    /// A statement about health.
    HealthSignal,
}

/// Whom a signal concerns, as far as its source can tell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum About {
    /// A managed cluster.
    Cluster(ArmId),
    /// The clusters whose nodes live in a resource group.
    NodeGroup(ArmId),
    /// The clusters behind an Application Gateway.
    Gateway(ArmId),
    /// The clusters of a region, as Azure displays or names it: `West Europe`, `westeurope`.
    Region(String),
    /// What configuration calls so: the value of an alert's dimension.
    Named(String),
}

impl Signal {
    /// The statement as it is kept.
    #[must_use]
    pub fn evidence(&self, rules: &Health) -> Evidence {
        let life = rules.evidence_life(self.source);
        let Self { source, key, says, why, at, .. } = self;
        Evidence {
            source: *source,
            key: key.clone(),
            says: *says,
            why: why.clone(),
            at: *at,
            until: *at + life,
        }
    }
}
