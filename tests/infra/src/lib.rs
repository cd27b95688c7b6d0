//! What holds of the infrastructure as code, asked of the Bicep compiler.
//!
//! The compiler predicts a deployment without any account. [`wiring`] holds that prediction against what the rest of the
//! repository says: a pure function per agreement, from a [`Snapshot`](snapshot::Snapshot) and facts to the differences,
//! so that a test can also spoil the prediction and see that it is noticed. [`lines`] and [`estate`] hold it in the same way
//! against what is asked of every region and of all of them together; [`outline`] makes it short enough to review.

pub mod compiler;
pub mod estate;
pub mod lines;
pub mod outline;
pub mod range;
pub mod repository;
pub mod snapshot;
pub mod stamp;
pub mod wiring;
