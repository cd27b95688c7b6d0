//! The custom handler: effects around the pure core.
