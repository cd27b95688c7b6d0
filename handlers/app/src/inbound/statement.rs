//! What a source says about health, on its way to becoming a message: bounded in size, because parts of it were written
//! by others.

use std::collections::BTreeMap;

use fleet_core::health::{About, SIGNAL_VERSION, Says, Signal, SignalKind, Source};
use jiff::Timestamp;

use super::event::MAX_EVENT_ID_CHARS;

/// The longest `why` that is passed on, in characters.
pub const MAX_WHY_CHARS: usize = 200;

/// The longest key that is passed on, in characters. An alert's GUID and the value of a dimension fit.
pub const MAX_KEY_CHARS: usize = 320;

/// One statement, as a decoder found it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Who says it.
    pub source: Source,
    /// Which of the source's statements about the same stamp it replaces.
    pub key: String,
    /// Whom it concerns.
    pub about: About,
    /// What it says.
    pub says: Says,
    /// In words, for people.
    pub why: String,
    /// When it became true, where the source says so.
    pub at: Option<Timestamp>,
}

impl Statement {
    /// The message for the `fleet-work` queue. Without a time of its own it became true `now`. Times are cut to the
    /// milliseconds that the message carries, so that statements compare here as they will at the stamp.
    pub(super) fn signal(self, event_id: &str, now: Timestamp) -> Signal {
        let Self { source, key, about, says, why, at } = self;
        let at = at.unwrap_or(now);
        Signal {
            v: SIGNAL_VERSION,
            kind: SignalKind::HealthSignal,
            source,
            key: key.chars().take(MAX_KEY_CHARS).collect(),
            about,
            says,
            why: one_line(&why, MAX_WHY_CHARS),
            at: in_milliseconds(at),
            event_id: event_id.chars().take(MAX_EVENT_ID_CHARS).collect(),
        }
    }
}

/// Of several signals of one source, key and subject the one that will win at the stamp: the later, and of two of the same
/// time the worse. In the order of sources, keys and subjects.
pub(super) fn latest(signals: impl IntoIterator<Item = Signal>) -> Vec<Signal> {
    let mut kept: BTreeMap<_, Signal> = BTreeMap::new();
    for signal in signals {
        let slot = (signal.source, signal.key.clone(), whom(&signal.about));
        match kept.get(&slot) {
            Some(other) if (other.at, other.says) >= (signal.at, signal.says) => {}
            _ => {
                kept.insert(slot, signal);
            }
        }
    }
    kept.into_values().collect()
}

fn whom(about: &About) -> (&'static str, String) {
    match about {
        About::Cluster(id) => ("cluster", id.key().to_owned()),
        About::NodeGroup(id) => ("node group", id.key().to_owned()),
        About::Gateway(id) => ("gateway", id.key().to_owned()),
        About::Region(name) => ("region", name.clone()),
        About::Named(name) => ("named", name.clone()),
    }
}

/// The time as a message carries it.
pub(super) fn in_milliseconds(at: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at)
}

/// At most `most` characters, without line breaks and other control characters.
pub(super) fn one_line(text: &str, most: usize) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(most).collect()
}
