//! The way into traffic, and staying out of it: nothing unproven serves, and nobody's decision is undone.

mod held;
mod ramp;
mod unproven;
