//! Traffic that can be trusted: what operators ask for, what the evidence says, and what the guard makes of both.

mod alarms;
mod alerts;
mod azure;
mod commands;
mod holds;
mod instances;
mod interruptions;
mod outages;
mod overrides;

use fleet_local::estate::{SERVING, Stamp};

/// The two stamps that serve from the beginning.
const WEU: Stamp = SERVING[0];
const NEU: Stamp = SERVING[1];
