//! Awkward clusters: names, neighbours, identities, states and scopes that a fleet of years brings along.

mod assignments;
mod hosts;
mod identities;
mod names;
mod registries;
mod scope;
mod states;
