//! What holds of the infrastructure as code, asked of the Bicep compiler.
//!
//! The compiler predicts a deployment without any account. [`wiring`] holds that prediction against what the rest of the
//! repository says: a pure function per agreement, from a [`Snapshot`](snapshot::Snapshot) and facts to the differences,
//! so that a test can also spoil the prediction and see that it is noticed.

pub mod compiler;
pub mod repository;
pub mod snapshot;
pub mod wiring;
