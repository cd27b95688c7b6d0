//! `cargo run`: see README.md.

use std::process::ExitCode;

fn main() -> ExitCode {
    fleet_local::run::main()
}
