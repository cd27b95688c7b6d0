//! Statements about the end of support. Nobody can be asked for them again, so that they travel whole.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::ArmId;

/// The wire version of a statement.
pub const SUPPORT_VERSION: u8 = 1;

/// One statement. Travels as a JSON message on the `fleet-work` queue; times are milliseconds since the Unix epoch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SupportStated {
    /// Always [`SUPPORT_VERSION`].
    pub v: u8,
    /// Tells it from the queue's other messages.
    pub kind: SupportKind,
    /// The cluster.
    pub cluster: ArmId,
    /// The version of Kubernetes that it is about, as said; empty where it was not said.
    pub version: String,
    /// When its support ends, where that was said.
    #[serde(with = "jiff::fmt::serde::timestamp::millisecond::optional")]
    pub ends: Option<Timestamp>,
    /// Whether it has ended.
    pub over: bool,
    /// The id of the event.
    pub event_id: String,
    /// When the source says so.
    #[serde(with = "jiff::fmt::serde::timestamp::millisecond::required")]
    pub event_time: Timestamp,
}

/// The one kind of [`SupportStated`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum SupportKind {
    /// The word on the wire.
    #[default]
    #[serde(rename = "supportStated")]
    SupportStated,
}
