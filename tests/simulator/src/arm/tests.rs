//! The awkward truths of ARM, each by the requests that meet it.

mod answers;
mod failures;
mod fixture;
mod front_door;
mod lists;
mod members;
mod operations;
mod policies;
mod roles;
mod world;
