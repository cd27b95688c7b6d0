//! One line of a recording: a request to ARM and its answer.

use std::io::BufRead;

use serde::Deserialize;
use serde_json::Value;

use super::Error;

/// One recorded call; what the check does not need is left out.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Exchange {
    /// Upper case.
    pub method: String,
    /// Path and query; an absolute URL is understood too.
    pub url: String,
    pub request_body: Option<Value>,
    /// `None` when the caller got no answer.
    pub status: Option<u16>,
    pub response_body: Option<Value>,
}

/// An exchange and the line of the recording that holds it, counted from 1.
#[derive(Debug, Clone)]
pub(crate) struct Recorded {
    pub line: usize,
    pub exchange: Exchange,
}

/// Reads a recording in JSON Lines. Blank lines are passed over.
pub(crate) fn read(recording: impl BufRead) -> Result<Vec<Recorded>, Error> {
    let mut exchanges = Vec::new();
    for (index, text) in recording.lines().enumerate() {
        let line = index + 1;
        let text = text.map_err(|source| Error::Unreadable { line, source })?;
        if text.trim().is_empty() {
            continue;
        }
        let exchange = serde_json::from_str(&text).map_err(|source| Error::NotAnExchange { line, source })?;
        exchanges.push(Recorded { line, exchange });
    }
    Ok(exchanges)
}

impl Exchange {
    /// Whether the answer carries what was asked for.
    pub(crate) fn succeeded(&self) -> bool {
        self.status.is_some_and(|status| (200..300).contains(&status))
    }
}
