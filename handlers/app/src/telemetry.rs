//! Logs, in the two streams that the Functions host reads.
//!
//! The host turns each line on stdout into a record of level Information, and each on stderr into an Error, or a
//! Warning when the line contains "warn" (Functions host: stdout and stderr). So debug and info go to stdout, warnings
//! and errors to stderr. Lines are JSON: a line break inside a message must not split a record, and the level stays
//! readable where the host has none. The host stamps the time.

use std::io;

use tracing::{Level, Subscriber};
use tracing_subscriber::{
    EnvFilter,
    fmt::{MakeWriter, writer::MakeWriterExt},
    layer::SubscriberExt,
    registry::Registry,
    util::SubscriberInitExt,
};

/// The environment variable with the filter.
pub const FILTER_VARIABLE: &str = "FLEET_LOG";

/// The filter in force when the variable is not set.
pub const DEFAULT_FILTER: &str = "info";

/// The filter cannot be read, or logging is already set up.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The filter's text has no meaning.
    #[error(
        "{FILTER_VARIABLE} is `{text}`; expected a level (error, warn, info, debug, trace) or directives such as `info,fleet_handler=debug`"
    )]
    Filter {
        /// The text as found.
        text: String,
        /// What the parser said.
        #[source]
        source: tracing_subscriber::filter::ParseError,
    },
    /// Something else installed a subscriber before.
    #[error("logging is already set up")]
    Installed(#[source] tracing_subscriber::util::TryInitError),
}

/// Starts logging for the whole process, with the value of [`FILTER_VARIABLE`] if it is set.
///
/// # Errors
/// When the filter is not understood or a subscriber is installed already.
pub fn init(filter: Option<&str>) -> Result<(), TelemetryError> {
    subscriber(filter, io::stdout, io::stderr)?.try_init().map_err(TelemetryError::Installed)
}

/// A subscriber that writes warnings and errors to `grave`, the rest to `plain`.
fn subscriber<P, G>(
    filter: Option<&str>,
    plain: P,
    grave: G,
) -> Result<impl Subscriber + Send + Sync, TelemetryError>
where
    P: for<'w> MakeWriter<'w> + Send + Sync + 'static,
    G: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let text = filter.filter(|text| !text.trim().is_empty()).unwrap_or(DEFAULT_FILTER);
    let filter = EnvFilter::builder()
        .parse(text)
        .map_err(|source| TelemetryError::Filter { text: text.to_owned(), source })?;
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .without_time()
        .with_writer(grave.with_max_level(Level::WARN).or_else(plain));
    Ok(Registry::default().with(filter).with(lines))
}

#[cfg(test)]
mod tests;
