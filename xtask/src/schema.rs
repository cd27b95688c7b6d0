//! `cargo xtask schema`: the JSON Schemas in `docs/`, generated from the types that are read and written.

use std::fs;

use anyhow::{Context as _, bail};
use clap::Args;
use fleet_core::{
    command::{Command, CommandResult},
    config::FleetConfig,
    updates::Notice,
};
use fleet_local::end_state::EndState;
use schemars::schema_for;

use crate::workspace;

/// Write the JSON Schemas in docs/, or check that they are current.
#[derive(Args)]
pub(crate) struct Schema {
    /// Write nothing; fail when a file is not what the types say.
    #[arg(long)]
    check: bool,
}

/// A generated file.
struct Document {
    /// Relative to the workspace's root.
    path: &'static str,
    generate: fn() -> schemars::Schema,
}

const DOCUMENTS: [Document; 5] = [
    Document { path: "docs/fleet.schema.json", generate: || schema_for!(FleetConfig) },
    // Messages on the queues `fleet-commands` and `fleet-results`.
    Document { path: "docs/command.schema.json", generate: || schema_for!(Command) },
    Document { path: "docs/result.schema.json", generate: || schema_for!(CommandResult) },
    Document { path: "docs/notice.schema.json", generate: || schema_for!(Notice) },
    // What `cargo run -- --once --json` prints.
    Document { path: "docs/report.schema.json", generate: || schema_for!(EndState) },
];

impl Schema {
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        let stale = stale()?;
        if self.check {
            return match stale.as_slice() {
                [] => Ok(()),
                stale => bail!("not what the types say: {}; run `cargo xtask schema`", stale.join(", ")),
            };
        }
        for document in DOCUMENTS.iter().filter(|document| stale.contains(&document.path)) {
            let path = workspace::root().join(document.path);
            fs::write(&path, text(&(document.generate)())?)
                .with_context(|| format!("{} could not be written", document.path))?;
            println!("wrote {}", document.path);
        }
        Ok(())
    }
}

/// The schema of `fleet.json`, as text.
pub(crate) fn of_fleet_json() -> anyhow::Result<String> {
    text(&schema_for!(FleetConfig))
}

/// The files that are missing or differ from what the types say.
fn stale() -> anyhow::Result<Vec<&'static str>> {
    let mut stale = Vec::new();
    for Document { path, generate } in &DOCUMENTS {
        let present = fs::read_to_string(workspace::root().join(path)).ok();
        if present != Some(text(&generate())?) {
            stale.push(*path);
        }
    }
    Ok(stale)
}

fn text(schema: &schemars::Schema) -> anyhow::Result<String> {
    Ok(serde_json::to_string_pretty(schema)? + "\n")
}

#[cfg(test)]
mod tests;
