//! The lines of the requirements that every region has to meet, one function each: from a stamp to what is wrong with it, a
//! sentence each. The letters and numbers are those of `docs/requirements.md`.

pub mod access;
pub mod cluster;
pub mod gateway;
pub mod network;
pub mod observation;
pub mod shared;
pub mod waf;
pub mod workload;
