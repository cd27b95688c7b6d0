//! The awkward truths of ARM, each by the requests that meet it.

mod answers;
mod failures;
mod fixture;
mod front_door;
mod gates;
mod lists;
mod members;
mod operations;
mod policies;
mod roles;
mod rollout;
mod update_failures;
mod update_runs;
mod upgrade_profiles;
mod upgrades;
mod world;
