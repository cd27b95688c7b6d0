//! The pure core: what is seen, what is wanted, and the plan between them.
//!
//! Nothing here does I/O, reads a clock, draws a random number or looks at the environment: time, ids and
//! observations come in as arguments and a [`plan::Plan`] goes out as a value. Everything with an effect lives in
//! `handlers/app`, everything that knows Azure's wire format in `handlers/arm`.

pub mod brake;
pub mod command;
pub mod config;
pub mod facets;
pub mod guard;
pub mod health;
pub mod ids;
pub mod ledger;
pub mod names;
pub mod plan;
pub mod reactions;
mod reader;
pub mod report;
pub mod rollout;
pub mod setback;
#[cfg(test)]
pub(crate) mod testing;
pub mod trigger;
pub mod updates;
pub mod world;
