//! The simulated Azure Functions host for a custom handler.
