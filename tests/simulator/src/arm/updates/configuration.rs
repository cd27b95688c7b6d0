//! What can be chosen about updates.

use std::ops::RangeInclusive;

/// The choices. Durations are simulated time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpdateSettings {
    /// How many seconds the fleet's service takes to act on a start, a stop or an approval.
    pub reaction_seconds: u64,
    /// How long the upgrade of one cluster takes, in seconds; chosen by seed, run, member and attempt.
    pub upgrade_seconds: RangeInclusive<u64>,
    /// For how long the host of a cluster whose nodes are replaced answers badly, in seconds, at most until the end of
    /// the upgrade; `None` when it is never disturbed.
    pub disturbance_seconds: Option<RangeInclusive<u64>>,
    /// How many of 1000 upgrades fail; chosen like their length. [`crate::arm::setup::Estate::next_upgrade`] decides single
    /// ones.
    pub failures_per_mille: u64,
    /// How often a member that waits for its maintenance window or for a version is looked at, in seconds: each hour,
    /// as documented. A window that opens and closes in between is missed.
    pub pending_poll_seconds: u64,
    /// Whether answers show what only the preview has: `maxAllowedFailures`, `failureCount`, `absoluteStartTime`.
    pub show_preview_fields: bool,
    /// Whether gates that complete by themselves raise events too; not documented.
    pub scheduled_gates_raise_events: bool,
    /// Whether a run that is generated from an auto-upgrade profile is started too; not documented.
    pub start_generated_runs: bool,
}

impl Default for UpdateSettings {
    fn default() -> Self {
        Self {
            reaction_seconds: 1,
            upgrade_seconds: 480..=1500,
            disturbance_seconds: Some(60..=240),
            failures_per_mille: 0,
            pending_poll_seconds: 3600,
            show_preview_fields: false,
            scheduled_gates_raise_events: true,
            start_generated_runs: false,
        }
    }
}

/// How one upgrade of a cluster ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UpgradeFate {
    /// It succeeds.
    Succeeds,
    /// It fails in its first node pool; without node pools to replace, at its end.
    Fails,
    /// It never ends.
    Stuck,
}
