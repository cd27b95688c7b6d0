//! A model checker: every interleaving of two handlers at small scope, and long random ones at larger, with the laws of
//! traffic held against the core's own decisions. Front Door, the queue and the clock are a few lines each; what decides
//! is real.
//!
//! Simpler than the world is: an observation of everything is one step, and a write takes effect at once. A decision
//! made on it may be as late as one likes; only a write that lets a stamp in, or that lets an update begin, comes within
//! its claim's life or not at all.
//!
//! An update run goes on at any time, as far as its gates allow; a stamp counts as being updated from the approval of the
//! gate before its group until the gate after it is completed.

mod exhaustive;
mod explore;
mod follower;
mod handler;
mod invocation;
mod laws;
mod orders;
mod run;
mod scenery;
mod told;
mod update_laws;
mod updates;
mod walks;
mod world;
