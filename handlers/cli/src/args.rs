//! What can be typed.

mod expiry;
mod order;

use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand};
use clap_complete::Shell;
use url::Url;

use crate::{exit, local};

pub use expiry::Expiry;
pub use order::{OrderAct, Sending, TargetArgs};

/// The queues whose dead letters can be looked at.
pub const QUEUES: [&str; 4] = ["fleet-commands", "fleet-work", "fleet-results", "fleet-rejected"];

/// What the fleet's app knows and why it stands still, and commands to it.
#[derive(Debug, Clone, Parser)]
#[command(name = "fleetctl", version, after_help = exit::HELP, propagate_version = true)]
pub struct Args {
    /// What holds for everything.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub act: Act,
}

/// What holds for everything.
#[derive(Debug, Clone, ClapArgs)]
#[command(next_help_heading = "Options everywhere")]
pub struct Global {
    /// The function app, such as `https://contoso-fleet.azurewebsites.net`. Its function key comes from the environment
    /// variable FLEETCTL_KEY.
    #[arg(long, env = "FLEETCTL_URL", global = true, value_name = "URL")]
    pub url: Option<Url>,
    /// The Service Bus namespace, such as contoso-fleet.servicebus.windows.net.
    #[arg(long, env = "FLEETCTL_SERVICE_BUS", global = true, value_name = "HOST")]
    pub service_bus: Option<String>,
    /// Print JSON.
    #[arg(long, global = true)]
    pub json: bool,
    /// Talk to the simulation that `cargo run` left at its prompt; FILE is where it says how to reach it.
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = local::FILE
    )]
    pub local: Option<PathBuf>,
}

/// What to do.
#[derive(Debug, Clone, Subcommand)]
pub enum Act {
    /// Every stamp: traffic, health, holds, next look; alarms and overrides above; update runs and waiting gates below.
    Status,
    /// Every update run that the app knows: how far it is or how it ended, which members failed, what to try again.
    Updates,
    /// Why a stamp, each stamp of a region, a gate or an update run is as it is: reasons, and the evidence that a gate was
    /// approved on.
    Why {
        /// The cluster's name or resource id, or a region; a gate's or a run's name or resource id, or a gate's display
        /// name.
        #[arg(value_name = "STAMP|REGION|GATE|RUN")]
        what: String,
    },
    /// What was decided, answered and alarmed, newest first.
    Journal(JournalArgs),
    /// Commands to the app.
    #[command(flatten)]
    Order(OrderAct),
    /// Messages that the queue gave up on.
    DeadLetter {
        /// What to do with them.
        #[command(subcommand)]
        act: DeadLetterAct,
    },
    /// Print the completion script of a shell.
    Completions {
        /// Which shell.
        shell: Shell,
    },
}

/// Which part of the journal.
#[derive(Debug, Clone, ClapArgs)]
pub struct JournalArgs {
    /// Only decisions about this stamp: the cluster's name or resource id.
    #[arg(long, value_name = "STAMP")]
    pub subject: Option<String>,
    /// At most so many entries.
    #[arg(long, default_value_t = 20, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub limit: u32,
    /// Go on where another page ended.
    #[arg(long)]
    pub cursor: Option<String>,
}

/// What to do with dead letters.
#[derive(Debug, Clone, Subcommand)]
pub enum DeadLetterAct {
    /// The dead letters of a queue, oldest first. Nobody else gets them while they are read: a lock each, a minute at most.
    List {
        /// Which queue.
        #[arg(value_parser = QUEUES)]
        queue: String,
        /// At most so many.
        #[arg(long, default_value_t = 100, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000))]
        max: u32,
    },
    /// One dead letter with its body.
    Show {
        /// Which queue.
        #[arg(value_parser = QUEUES)]
        queue: String,
        /// Its sequence number, as listed.
        sequence: u64,
    },
    /// Send dead letters to their queue again. A message is sent before its dead letter goes: a failure between leaves
    /// both, never neither.
    Replay {
        /// Which queue.
        #[arg(value_parser = QUEUES)]
        queue: String,
        /// Only these, by the sequence numbers listed.
        sequence: Vec<u64>,
        /// At most so many.
        #[arg(long, default_value_t = 100, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000))]
        max: u32,
    },
}
