//! Azure Resource Manager over REST: operations, errors, long-running operations, paging, one client.
//!
//! The crate knows Azure and nothing of fleets: ids go in as text, wire types come out. Read it in this order:
//!
//! * [`operations`] is the table of everything that may be called;
//! * [`request`] turns an operation and an id into a request, [`wire`] holds the bodies;
//! * [`retry`], [`page`], [`operation`] and [`error`] are decisions about answers, each a pure function;
//! * [`client`] is the only module that touches the network;
//! * [`read`] and [`mod@write`] are what the program uses: one function per operation.

pub mod client;
pub mod error;
pub mod operation;
pub mod operations;
pub mod page;
pub mod read;
pub mod reply;
pub mod request;
pub mod retry;
pub mod wire;
pub mod write;

#[cfg(test)]
mod testing;

pub use client::{ArmClient, ClientOptions};
pub use error::{AbsentKind, ArmError, Class};
