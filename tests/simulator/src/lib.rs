//! A simulated Azure: resource manager, identity, events, queues and the Functions host, on a seeded clock.
//!
//! It knows nothing of the handler under test and shares no type with any client: it stores JSON and answers HTTP. What it
//! does not implement answers 501, never a guess.
//!
//! Two laws make a run repeatable. Time is [`clock::Clock`], which moves only when told to. Every random choice is a hash of
//! the seed and of what is being chosen ([`chance::Seed`]), never the next number of a sequence, so that the order in which
//! concurrent callers arrive can't change an outcome.

pub mod arm;
pub mod chance;
pub mod clock;
pub mod driver;
pub mod event_grid;
pub mod faults;
pub mod functions_host;
pub mod happening;
pub mod identity;
pub mod net;
pub mod record;
pub mod service_bus;
