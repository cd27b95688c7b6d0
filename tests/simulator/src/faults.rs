//! Faults as rules: what goes wrong, where, and how often.
