//! The simulated managed identity endpoint and the tokens it issues.
