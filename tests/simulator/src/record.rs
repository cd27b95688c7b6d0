//! The record of ARM traffic, and who caused it.

mod causes;

pub use causes::{Cause, Causes};
