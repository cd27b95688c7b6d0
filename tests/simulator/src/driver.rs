//! The discrete-event loop that moves a whole simulation forward.
