//! `fleetctl`: see README.md.

use std::process::ExitCode;

fn main() -> ExitCode {
    fleet_cli::run::main()
}
