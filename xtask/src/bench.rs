//! `cargo xtask bench`: the handler beside a minimal server of the same kind, on this machine, now.
//!
//! Absolute times say more about the machine than about the handler, so most budgets are multiples of what a server
//! costs that does nothing (`bench-baseline`). Both are measured in the same run and in turns, and each figure is the
//! median of its rounds. The load generator shares the cores with the server it drives; that flatters no one in
//! absolute terms and both alike.

mod connection;
mod figure;
mod invocation;
mod load;
mod server;
mod starts;

use std::{process::Command, time::Duration};

use anyhow::{Context as _, ensure};
use clap::Args;

use crate::workspace::{self, Profile};
use figure::Figure;
use invocation::Call;
use load::Load;
use server::Program;
use starts::Starts;

/// Measure the release build beside a minimal server, and say which budgets are met. Never fails for a missed one.
#[derive(Args)]
pub(crate) struct Bench {
    /// Seconds of load on each server, for throughput and again for latency.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=60))]
    seconds: u64,
    /// Print the figures as JSON.
    #[arg(long)]
    json: bool,
}

/// What is compared: the handler and the server that does nothing.
pub(crate) struct Pair<T> {
    handler: T,
    baseline: T,
}

impl Bench {
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        if cfg!(debug_assertions) {
            return self.run_in_release();
        }
        let release = |package, binary| workspace::build(package, binary, Profile::Release, None);
        let executables = Pair {
            handler: release("fleet-handler", "handler")?,
            baseline: release("bench-baseline", "bench-baseline")?,
        };
        let size = std::fs::metadata(&executables.handler)?.len();
        let folder = tempfile::tempdir()?;
        let programs = Pair {
            handler: Program::handler(executables.handler, folder.path())?,
            baseline: Program::baseline(executables.baseline, folder.path()),
        };
        let calls = Pair { handler: Call::triage()?, baseline: Call::echo()? };
        // One thread: the generator must leave the other cores to the server.
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (starts, load) = runtime.block_on(async {
            let starts = Starts::measure(&programs, &calls).await?;
            let load = Load::measure(&programs, &calls, Duration::from_secs(self.seconds)).await?;
            anyhow::Ok((starts, load))
        })?;
        self.print(&figure::all(&starts, &load, size))
    }

    /// An unoptimised load generator would be the slow part of every latency: this program builds itself with
    /// optimisations and lets that one measure.
    fn run_in_release(&self) -> anyhow::Result<()> {
        let optimised = workspace::build("xtask", "xtask", Profile::Release, None)?;
        let mut command = Command::new(optimised);
        command.args(["bench", "--seconds", &self.seconds.to_string()]).args(self.json.then_some("--json"));
        let status = command.status().context("the optimised xtask could not be started")?;
        ensure!(status.success(), "the optimised xtask ended with {status}; its messages are above");
        Ok(())
    }

    fn print(&self, figures: &[Figure]) -> anyhow::Result<()> {
        if self.json {
            println!("{}", serde_json::to_string_pretty(figures)?);
        } else {
            print!("{}", figure::table(figures));
        }
        Ok(())
    }
}

/// The middle one of the values, by size; of an even number, the upper of the two in the middle.
fn median<T: PartialOrd + Copy>(values: &[T]) -> Option<T> {
    let mut sorted = values.to_vec();
    sorted.sort_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
    sorted.get(sorted.len() / 2).copied()
}

#[cfg(test)]
mod tests;
