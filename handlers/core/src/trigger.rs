//! Why we wake up. An event, a command and the timer all become a [`Nudge`]: what kind of thing may have happened to
//! which subject, and when. Nothing else of an event is kept, because everything else is read again from ARM.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::ArmId;

/// The wire version of a nudge; a reader refuses others, so that two versions of the app can share one queue.
pub const NUDGE_VERSION: u8 = 1;

/// One reason to look at one subject. Travels as a JSON message on the `fleet-work` queue.
///
/// Times are whole milliseconds since the Unix epoch, because the Functions host re-writes ISO dates in messages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Nudge {
    /// Always [`NUDGE_VERSION`].
    pub v: u8,
    /// What may have happened.
    pub kind: NudgeKind,
    /// The resource to look at.
    pub subject: ArmId,
    /// The id of the event, or of the timer's run, that caused the nudge; for logs and the journal.
    pub event_id: String,
    /// When the source says that it happened.
    #[serde(with = "jiff::fmt::serde::timestamp::millisecond::required")]
    pub event_time: Timestamp,
    /// When triage put the nudge on the queue. An observation begun later than this has already seen its cause.
    #[serde(with = "jiff::fmt::serde::timestamp::millisecond::required")]
    pub enqueued: Timestamp,
}

/// What may have happened to a subject. A hint for logs and for choosing the reaction, never a fact to act on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum NudgeKind {
    /// A managed cluster was created, updated, started, stopped, or one of these was tried.
    ClusterChanged,
    /// A managed cluster was deleted.
    ClusterRemoved,
    /// A wake-up that an earlier plan asked for is due.
    WakeUp,
    /// The evidence about the stamp's health has turned, or somebody has new evidence.
    HealthTurned,
    /// Node pools of a managed cluster were, are, or could not be replaced.
    PoolsRolled,
    /// A gate of an update run was reached, completed, or vanished.
    GateChanged,
    /// An update run was written, started, stopped or deleted.
    RunChanged,
    /// A region offers other versions of Kubernetes; the subject is a cluster in it.
    VersionsChanged,
    /// A fleet update wants the stamp out of traffic, or lets it back.
    UpdateTurned,
    /// An operator or a pipeline asks.
    Command,
    /// The sweep found the subject worth a look.
    Sweep,
}

impl NudgeKind {
    /// The name used in logs, reports and the journal.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ClusterChanged => "cluster changed",
            Self::ClusterRemoved => "cluster removed",
            Self::WakeUp => "wake-up",
            Self::HealthTurned => "health turned",
            Self::PoolsRolled => "node pools rolled",
            Self::GateChanged => "gate changed",
            Self::RunChanged => "update run changed",
            Self::VersionsChanged => "versions changed",
            Self::UpdateTurned => "update turned",
            Self::Command => "command",
            Self::Sweep => "sweep",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nudge_carries_times_as_integers() {
        let nudge = Nudge {
            v: NUDGE_VERSION,
            kind: NudgeKind::ClusterChanged,
            subject: ArmId::parse("/subscriptions/s").expect("a subscription id"),
            event_id: "e1".to_owned(),
            event_time: Timestamp::from_millisecond(1_000).expect("in range"),
            enqueued: Timestamp::from_millisecond(2_000).expect("in range"),
        };
        let text = serde_json::to_string(&nudge).expect("serialises");
        assert_eq!(
            text,
            r#"{"v":1,"kind":"clusterChanged","subject":"/subscriptions/s","eventId":"e1","eventTime":1000,"enqueued":2000}"#
        );
        assert_eq!(serde_json::from_str::<Nudge>(&text).expect("parses"), nudge);
    }
}
