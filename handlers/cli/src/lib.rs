//! `fleetctl`, the command line for operators and pipelines.
//!
//! [`args`] is what can be typed, [`run`] what is done about it. What the app knows is read from its two HTTP functions
//! ([`fleet_app`]), commands go to their queue ([`service_bus`]), their answers are found in the journal ([`answer`]), and
//! [`render`] makes text of everything, without effects. `--json` prints documents in place of that text.
//!
//! Nothing is decided here: a command is checked by the parser that the app uses ([`order`]), and everything else is the
//! app's to say.

pub mod answer;
pub mod args;
pub mod dead_letters;
pub mod entry;
pub mod exit;
pub mod fleet_app;
pub mod http;
pub mod identity;
pub mod local;
pub mod order;
pub mod print;
pub mod render;
pub mod run;
pub mod service_bus;
