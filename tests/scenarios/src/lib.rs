//! Scenarios, wiring and conformance checks over the whole system.

pub mod legal_bodies;
pub mod recording;
pub mod scenario;
pub mod writes;
