//! Health is evidence, not a switch: who says what about a stamp, since when and for how long, and what all of it
//! together comes to. What is stale or missing is unknown, which neither drains a stamp nor brings it back.

pub mod brake;
mod evidence;
mod judgement;
mod signal;

pub use evidence::{EVIDENCE_MAX, Evidence, Says, Source};
pub use judgement::{HealthNote, Judged, Standing, Verdict};
pub use signal::{About, SIGNAL_VERSION, Signal, SignalKind};

#[cfg(test)]
mod tests;
