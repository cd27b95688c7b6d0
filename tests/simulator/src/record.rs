//! The record of ARM traffic, and who caused it.

mod causes;
mod lines;

pub use causes::{Cause, Causes};
pub use lines::Recorder;
pub(crate) use lines::{Entry, shorten};
