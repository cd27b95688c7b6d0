//! One command: simulated Azure, the real handler, and the story of a new cluster.
//!
//! [`estate`] is the world at the beginning, [`world`] runs it with the handler inside (its own process, or in this one
//! for tests), [`story`] tells what happens, [`end_state`] judges what came of it, [`prompt`] lets a person change the
//! world afterwards, and [`door`] lets `fleetctl` in.

pub mod args;
pub mod door;
pub mod end_state;
pub mod estate;
pub mod handler;
pub mod outage;
pub mod prompt;
pub mod run;
pub mod serve;
pub mod story;
pub mod table;
pub mod update;
pub mod world;
