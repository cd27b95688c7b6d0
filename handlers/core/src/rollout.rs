//! Updates of the fleet: what a decision about them needs to see, and what it may have done.

mod action;
mod needs;
mod seen;

pub use action::{Action, Stages};
pub use needs::{FirstRound, SecondRound};
pub use seen::Seen;
