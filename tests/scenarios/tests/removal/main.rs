//! A cluster that is gone: its stamp is taken apart in a safe order, once it is certain, and nothing else is touched.

mod certainty;
mod kills;
mod neighbours;
mod order;
mod refused;
