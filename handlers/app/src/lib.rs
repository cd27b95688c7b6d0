//! The custom handler: effects around the pure core.
//!
//! One event read from top to bottom: [`host`] accepts the call, [`envelope`] takes the trigger's payload out of it,
//! [`inbound`] turns that into nudges. On the `work` queue a nudge meets the [`engine`]: [`observe`] reads ARM, the core
//! decides, [`apply`] writes, [`outcome`] tells the host. [`functions`] is the table of what the host may call,
//! [`state`] keeps what ARM cannot hold, [`telemetry`] speaks to the host's log, [`app`] holds the engine, and [`process`] wires it
//! all from [`settings`].

pub mod app;
pub mod apply;
pub mod engine;
pub mod envelope;
pub mod functions;
pub mod host;
pub mod inbound;
pub mod journal;
pub mod lane;
pub mod ledger_store;
pub mod observe;
pub mod outcome;
pub mod page;
pub mod probe;
pub mod process;
pub mod settings;
pub mod single_flight;
pub mod state;
pub mod telemetry;
