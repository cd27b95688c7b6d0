//! Updates of the fleet: gates approved on evidence, stamps out of traffic while they are updated, and honest verdicts.

mod channels;
mod commands;
mod course;
mod endings;
mod events;
mod faults;
mod incidents;
mod members;
mod preconditions;
mod rollouts;
mod versions;

use fleet_local::estate::{NEWCOMER, SERVING, Stamp};

/// The stamps, each an update group of its own.
const PROD: Stamp = SERVING[0];
const CANARY: Stamp = SERVING[1];
const LATE: Stamp = NEWCOMER;
