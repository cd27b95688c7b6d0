//! The network side of the simulation: HTTPS on loopback, and the public hosts behind a proxy.
