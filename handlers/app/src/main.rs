//! The custom handler's process.

use std::process::ExitCode;

fn main() -> ExitCode {
    fleet_handler::process::main()
}
