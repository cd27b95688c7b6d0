//! What is said about the end of support of a cluster's version, on its way to becoming a message: bounded in size, because
//! it was written by others.

use std::collections::BTreeMap;

use fleet_core::{
    ids::ArmId,
    updates::{SUPPORT_VERSION, SupportKind, SupportStated},
};
use jiff::Timestamp;

use super::{
    event::Event,
    statement::{in_milliseconds, one_line},
};

/// The longest version that is passed on, in characters.
pub const MAX_VERSION_CHARS: usize = 64;

/// One statement, as a decoder found it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SupportStatement {
    /// The cluster.
    pub cluster: ArmId,
    /// The version that it is about; empty where it was not said.
    pub version: String,
    /// When its support ends, where that was said.
    pub ends: Option<Timestamp>,
    /// Whether it has ended.
    pub over: bool,
}

impl SupportStatement {
    /// The message for the `fleet-work` queue. An event without a time is as old as its delivery, `now`.
    pub(super) fn message(self, event: &Event<'_>, now: Timestamp) -> SupportStated {
        let Self { cluster, version, ends, over } = self;
        SupportStated {
            v: SUPPORT_VERSION,
            kind: SupportKind::SupportStated,
            cluster,
            version: one_line(&version, MAX_VERSION_CHARS),
            ends: ends.map(in_milliseconds),
            over,
            event_id: event.id(),
            event_time: in_milliseconds(event.time().unwrap_or(now)),
        }
    }
}

/// Of several statements about one cluster the newest, and of two of the same time the one that knows more: that support is
/// over, or when it will be. In the order of the clusters' ids.
pub(super) fn newest(stated: impl IntoIterator<Item = SupportStated>) -> Vec<SupportStated> {
    let mut kept: BTreeMap<ArmId, SupportStated> = BTreeMap::new();
    for statement in stated {
        let weight = |it: &SupportStated| (it.event_time, it.over, it.ends);
        match kept.get(&statement.cluster) {
            Some(other) if weight(other) >= weight(&statement) => {}
            _ => {
                kept.insert(statement.cluster.clone(), statement);
            }
        }
    }
    kept.into_values().collect()
}
