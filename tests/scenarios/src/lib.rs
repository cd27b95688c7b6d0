//! Scenarios, wiring and conformance checks over the whole system.
