//! What is deployed to the regions is what the requirements ask for: of every region, of all of them together, and when one
//! comes or goes. Beside each assertion stand predictions that are spoilt on purpose: an assertion that notices nothing
//! would be worth nothing.

mod access;
mod cluster;
mod estate;
mod exposure;
mod gateway;
mod growth;
mod network;
mod observation;
mod outlines;
mod predictions;
mod shared;
mod spoil;
