//! The handler's process: the only place that reads the environment and wires everything together.

use std::{env, fs, process::ExitCode, sync::Arc};

use anyhow::Context as _;
use jiff::Timestamp;

use crate::{app::App, functions, host, settings::Settings, telemetry};

/// Exit code for settings that can't work, as `sysexits` counts configuration errors. Never 0: the host would take it
/// for a handler that is done.
const BAD_SETTINGS: u8 = 78;

/// Runs the handler until something ends it. The code is never 0.
#[must_use]
pub fn main() -> ExitCode {
    let read = Settings::read(|name| env::var(name).ok(), |path| fs::read_to_string(path));
    let settings = match read {
        Ok(settings) => settings,
        Err(invalid) => {
            eprintln!("{invalid}");
            return ExitCode::from(BAD_SETTINGS);
        }
    };
    match run(settings) {
        Ok(ended) => ExitCode::from(ended.exit_code()),
        Err(error) => {
            eprintln!("the handler stopped: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(settings: Settings) -> anyhow::Result<host::Ended> {
    telemetry::init(settings.log_filter.as_deref())?;
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().context("no async runtime")?;
    runtime.block_on(async {
        let listener = host::bind(settings.port.as_deref()).await?;
        let app = Arc::new(App::new(settings, Timestamp::now));
        Ok(host::serve(listener, host::router(functions::routes(), app)).await?)
    })
}
