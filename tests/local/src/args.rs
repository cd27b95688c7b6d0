//! The command line.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

/// A simulated Azure on this machine, the real handler in it, and a third cluster that becomes a serving stamp.
#[derive(Debug, Clone, Parser)]
#[command(name = "fleet-local", version)]
pub struct Args {
    /// End after the story; the exit code is 0 only when the end state is right.
    #[arg(long)]
    pub once: bool,
    /// Print the end state as JSON on standard output (docs/report.schema.json); the story goes to standard error.
    #[arg(long)]
    pub json: bool,
    /// Repeats a run exactly: the same number gives the same ids, durations and order.
    #[arg(long, default_value_t = 1, value_name = "N")]
    pub seed: u64,
    /// Write every ARM exchange to FILE, one JSON object a line.
    #[arg(long, global = true, value_name = "FILE")]
    pub record: Option<PathBuf>,
    /// What to do instead of telling the story.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// Other things to do.
#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// Only run simulated ARM, identity and public hosts, for the handler under Azure Functions Core Tools.
    Serve {
        /// The folder that `cargo xtask stage` filled; its local.settings.json and fleet.json are pointed at the simulation.
        #[arg(long, default_value = "dist", value_name = "DIR")]
        script_root: PathBuf,
    },
    /// Be the handler process: what the simulated Functions host starts.
    #[command(hide = true)]
    Handler,
}
