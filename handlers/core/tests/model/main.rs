//! A model checker: every interleaving of two handlers at small scope, and long random ones at larger, with the laws of
//! traffic held against the core's own decisions. Front Door, the queue and the clock are a few lines each; what decides
//! is real.
//!
//! Simpler than the world is: an observation of all origins is one step, and a write takes effect at once. A decision
//! made on it may be as late as one likes.

mod exhaustive;
mod explore;
mod handler;
mod laws;
mod scenery;
mod walks;
mod world;
