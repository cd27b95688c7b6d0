//! Traffic: the stamp's Front Door origin exists, and is enabled exactly while nothing holds it out of traffic.

mod case;
mod diff;
mod note;
mod ramp;
mod remove;
mod verdict;

use serde::{Deserialize, Serialize};

use super::{Progress, Sight, Unread};
use crate::ids::ArmId;

pub use case::{Case, Proofs, Standing};
pub use diff::{diff, withdraw};
pub use note::{Owner, RampNote, TrafficHold, TrafficNote};
pub use remove::remove;
pub use verdict::Verdict;

/// What configuration asks of one stamp's origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The origin group that the stamp serves in.
    pub origin_group: ArmId,
    /// TCP port for HTTPS, 1 to 65535.
    pub https_port: u16,
    /// TCP port for HTTP, 1 to 65535. Front Door wants one even where it never uses it.
    pub http_port: u16,
    /// 1 to 5, lower wins.
    pub priority: u8,
    /// Weights on the way in, at least one.
    pub ramp: Vec<RampStep>,
}

/// One step of the way into traffic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RampStep {
    /// The origin's weight, 1 to 1000, relative to the other origins of the group.
    #[schemars(range(min = 1, max = 1000))]
    pub weight: u16,
    /// Minutes at this weight before the next step, at most a week. The last step's is not used.
    #[serde(default)]
    #[schemars(range(max = 10_080))]
    pub bake_minutes: u32,
}

/// What was seen around one stamp's origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Every origin of the group.
    pub origins: Sight<Vec<OriginSeen>>,
    /// The public host name of the stamp, if one could be told.
    pub host: Sight<String>,
    /// What the stamp's health path answered through its origin's host, when it was asked.
    pub probe: Option<Probe>,
    /// What the other enabled origins' health paths answered, when they were asked: evidence for the guard.
    pub peers: Vec<(ArmId, Probe)>,
}

/// An origin as read from Front Door.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OriginSeen {
    /// The origin's id.
    pub id: ArmId,
    /// The host that it forwards to.
    pub host: String,
    /// The Host header that it sends.
    pub host_header: Option<String>,
    /// TCP port for HTTPS.
    pub https_port: u16,
    /// 1 to 5, lower wins; Front Door shows unset as null.
    pub priority: Option<u8>,
    /// 1 to 1000; unset as null.
    pub weight: Option<u16>,
    /// Whether it may take traffic.
    pub enabled: bool,
    /// How far the last operation on it came.
    pub progress: Progress,
}

/// The answer of a health path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Probe {
    /// A 2xx over HTTPS with a certificate that is trusted.
    Good,
    /// Anything else, in words.
    Bad(String),
}

/// A write to an origin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Action {
    /// Create the origin, disabled, or write it whole again after a failed operation.
    Put(Origin),
    /// Let it take traffic at a weight.
    Enable {
        /// The origin.
        origin: ArmId,
        /// 1 to 1000.
        weight: u16,
    },
    /// Change only its weight.
    SetWeight {
        /// The origin.
        origin: ArmId,
        /// 1 to 1000.
        weight: u16,
    },
    /// Take it out of traffic.
    Disable {
        /// The origin.
        origin: ArmId,
    },
    /// Point it to another host.
    Repoint {
        /// The origin.
        origin: ArmId,
        /// The new host, also sent as Host header.
        host: String,
    },
    /// Remove it. Only ever planned for an origin that is disabled already.
    Delete {
        /// The origin.
        origin: ArmId,
    },
}

impl Action {
    /// The origin that the action writes.
    #[must_use]
    pub fn origin(&self) -> &ArmId {
        match self {
            Self::Put(origin) => &origin.id,
            Self::Enable { origin, .. }
            | Self::SetWeight { origin, .. }
            | Self::Disable { origin }
            | Self::Repoint { origin, .. }
            | Self::Delete { origin } => origin,
        }
    }

    /// Whether the origin takes less traffic afterwards, or none: what the guard looks at.
    #[must_use]
    pub fn withdraws(&self) -> bool {
        match self {
            Self::Disable { .. } | Self::Delete { .. } => true,
            Self::Put(_) | Self::Enable { .. } | Self::SetWeight { .. } | Self::Repoint { .. } => false,
        }
    }
}

impl std::fmt::Display for Action {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let name = self.origin().name();
        match self {
            Self::Put(Origin { rewrites_failed: true, .. }) => {
                write!(f, "write origin {name} again, whose last operation failed")
            }
            Self::Put(Origin { host, .. }) => write!(f, "create origin {name} for {host}, disabled"),
            Self::Enable { weight, .. } => write!(f, "enable origin {name} at weight {weight}"),
            Self::SetWeight { weight, .. } => write!(f, "set origin {name} to weight {weight}"),
            Self::Disable { .. } => write!(f, "disable origin {name}"),
            Self::Repoint { host, .. } => write!(f, "point origin {name} to {host}"),
            Self::Delete { .. } => write!(f, "delete origin {name}"),
        }
    }
}

/// Everything that an origin's PUT carries. Whether a PUT resets left-out fields is not documented, so it carries all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Origin {
    /// The origin's id.
    pub id: ArmId,
    /// The host that it forwards to, also sent as Host header.
    pub host: String,
    /// TCP port for HTTP.
    pub http_port: u16,
    /// TCP port for HTTPS.
    pub https_port: u16,
    /// 1 to 5.
    pub priority: u8,
    /// 1 to 1000.
    pub weight: u16,
    /// Whether it may take traffic.
    pub enabled: bool,
    /// Whether it is written again because the service failed at the last write.
    pub rewrites_failed: bool,
}

/// Why traffic is left as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Reason {
    /// The origins could not be read.
    Unread(Unread),
    /// No public host name of the stamp could be told.
    NoHost(Unread),
    /// Front Door is working on the origin.
    Busy {
        /// The origin's name.
        origin: String,
    },
    /// Not yet proven fit for traffic; what is missing, in words.
    Quarantined {
        /// At least one missing proof.
        missing: Vec<String>,
    },
    /// Held out of traffic by somebody.
    Held {
        /// Who, and why.
        by: String,
    },
    /// Somebody changed the weight that we had set.
    ForeignWeight {
        /// What we set.
        ours: u16,
        /// What stands there.
        seen: Option<u16>,
    },
    /// Its health path answers badly while it takes traffic.
    Unhealthy(String),
    /// The evidence speaks against it, but against so many others too that none is taken out by itself.
    Braked {
        /// The fleet's health at a glance.
        picture: String,
    },
    /// Sick by the evidence; where health is only observed.
    WouldDrain(String),
    /// A stamp on its way in went back a step.
    SteppedBack {
        /// The weight now.
        weight: u16,
        /// What the evidence says.
        why: String,
    },
    /// A healthy stamp on its way to its full weight.
    Ramping {
        /// The weight now.
        weight: u16,
        /// The next weight.
        next: u16,
    },
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unread(unread) => unread.fmt(f),
            Self::NoHost(unread) => write!(f, "the stamp has no origin: {unread}"),
            Self::Busy { origin } => write!(f, "origin {origin} has an operation running"),
            Self::Quarantined { missing } => write!(f, "quarantined until proven: {}", missing.join("; ")),
            Self::Held { by } => write!(f, "held out of traffic by {by}"),
            Self::ForeignWeight { ours, seen } => {
                let seen = seen.map_or_else(|| "none".to_owned(), |weight| weight.to_string());
                write!(f, "origin weight {ours} was changed to {seen} by somebody else and is left so")
            }
            Self::Braked { picture } => {
                write!(f, "the evidence speaks against it, but the mass-failure brake is on: {picture}")
            }
            Self::WouldDrain(why) => write!(f, "only observed: would be drained: {why}"),
            Self::SteppedBack { weight, why } => write!(f, "back to weight {weight} on its way in: {why}"),
            Self::Unhealthy(why) => write!(f, "its health path answers badly: {why}"),
            Self::Ramping { weight, next } => write!(f, "takes traffic at weight {weight}, {next} is next"),
        }
    }
}
