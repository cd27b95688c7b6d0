//! Development commands, run as `cargo xtask <command>`.

mod bench;
mod schema;
mod stage;
mod workspace;

use clap::Parser;

/// Development commands of this workspace.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
enum Command {
    Stage(stage::Stage),
    Schema(schema::Schema),
    Bench(bench::Bench),
}

fn main() -> anyhow::Result<()> {
    match Command::parse() {
        Command::Stage(stage) => stage.run(),
        Command::Schema(schema) => schema.run(),
        Command::Bench(bench) => bench.run(),
    }
}
