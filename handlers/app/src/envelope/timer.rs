//! A timer's run.

use jiff::Timestamp;
use serde::Deserialize;

use super::wire::parse_time;

/// One run of a timer trigger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimerRun {
    /// Whether the run is late, because no instance was up when it was due.
    pub past_due: bool,
    /// When the timer ran before; `None` on the first run and without monitoring.
    pub last: Option<Timestamp>,
    /// When this run was due; `None` without monitoring.
    pub due: Option<Timestamp>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Wire {
    #[serde(default)]
    is_past_due: Option<bool>,
    #[serde(default)]
    schedule_status: Option<Status>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Status {
    #[serde(default)]
    last: Option<String>,
    /// The due time of the run being delivered, in spite of its name (Functions host: timer).
    #[serde(default)]
    next: Option<String>,
}

impl TimerRun {
    pub(super) fn parse(text: &str) -> Result<Self, serde_path_to_error::Error<serde_json::Error>> {
        let wire: Wire = serde_path_to_error::deserialize(&mut serde_json::Deserializer::from_str(text))?;
        let status = wire.schedule_status;
        let time = |text: Option<&String>| text.and_then(|text| parse_time(text));
        Ok(Self {
            past_due: wire.is_past_due.unwrap_or(false),
            last: time(status.as_ref().and_then(|status| status.last.as_ref())),
            due: time(status.as_ref().and_then(|status| status.next.as_ref())),
        })
    }
}
