//! The custom handler: effects around the pure core.
//!
//! One event read from top to bottom: [`host`] accepts the call, [`envelope`] takes the trigger's payload out of it,
//! [`inbound`] turns that into nudges. [`state`] keeps what ARM cannot hold, [`telemetry`] speaks to the host's log.

pub mod envelope;
pub mod host;
pub mod inbound;
pub mod state;
pub mod telemetry;
