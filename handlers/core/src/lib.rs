//! The pure core: what is seen, what is wanted, and the plan between them.
