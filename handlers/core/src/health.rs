//! Health is evidence, not a switch: who says what about a stamp, since when and for how long, and what all of it
//! together comes to. What is stale or missing is unknown, which neither drains a stamp nor brings it back.

mod alarm;
mod evidence;
mod judgement;
mod signal;

pub use crate::{config::Source, facets::traffic::Verdict};
pub use alarm::{Alarm, Raised};
pub use evidence::{EVIDENCE_MAX, Evidence, MACHINE_KEY, NodeCount, Says};
pub use judgement::{HealthNote, Judged, Standing};
pub use signal::{About, SIGNAL_VERSION, Signal, SignalKind};

#[cfg(test)]
mod tests;
