//! ARM's traffic as JSON Lines: one object a line, one line a call.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::Cause;

/// How many characters of a signed query parameter stay in a record; real signatures have thousands.
const SIGNATURE_SHOWN: usize = 8;

/// A sink for recorded calls. Clones write to the same place. Without a sink nothing is kept.
#[derive(Clone, Default)]
pub struct Recorder {
    sink: Arc<Mutex<Option<Box<dyn Write + Send>>>>,
}

/// One call.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Entry<'a> {
    /// Simulated time of arrival.
    pub at: Timestamp,
    pub method: &'a str,
    pub url: String,
    pub request_headers: BTreeMap<String, String>,
    pub request_body: Option<Value>,
    /// `None` when the caller got no answer.
    pub status: Option<u16>,
    pub response_headers: BTreeMap<String, String>,
    pub response_body: Option<Value>,
    pub cause: Option<Cause>,
}

impl Recorder {
    /// Writes all further calls to `sink`.
    pub fn record_to(&self, sink: Box<dyn Write + Send>) {
        *self.sink.lock().unwrap_or_else(PoisonError::into_inner) = Some(sink);
    }

    pub(crate) fn is_on(&self) -> bool {
        self.sink.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// Writes one line. Tokens are left out and signatures shortened, so that a record can be shown to
    /// anybody.
    pub(crate) fn write(&self, mut entry: Entry<'_>) {
        entry.request_headers.remove("authorization");
        entry.url = shorten(&entry.url);
        for value in entry.response_headers.values_mut() {
            *value = shorten(value);
        }
        let mut sink = self.sink.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(sink) = sink.as_mut() else { return };
        let written =
            serde_json::to_string(&entry).map(|line| writeln!(sink, "{line}").and_then(|()| sink.flush()));
        if let Err(error) = written.unwrap_or_else(|error| Err(error.into())) {
            tracing::warn!(error = %error, "a call could not be recorded");
        }
    }
}

impl std::fmt::Debug for Recorder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Recorder(on: {})", self.is_on())
    }
}

/// The URL with the signed parameters of a long-running operation (`c`, `s`, `h`) cut to a few characters.
pub(crate) fn shorten(url: &str) -> String {
    let Some((path, query)) = url.split_once('?') else { return url.to_owned() };
    let parameters: Vec<String> = query.split('&').map(shorten_parameter).collect();
    format!("{path}?{}", parameters.join("&"))
}

fn shorten_parameter(parameter: &str) -> String {
    match parameter.split_once('=') {
        Some((name @ ("c" | "s" | "h"), value)) if value.len() > SIGNATURE_SHOWN => {
            format!("{name}={}…", value.chars().take(SIGNATURE_SHOWN).collect::<String>())
        }
        _ => parameter.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::shorten;

    #[test]
    fn signatures_are_cut_and_everything_else_stays() {
        let url =
            "https://h/operations/1?api-version=2016-03-30&t=1&c=0123456789abcdef&s=ABCDEFGHIJKL&h=short";
        assert_eq!(
            shorten(url),
            "https://h/operations/1?api-version=2016-03-30&t=1&c=01234567…&s=ABCDEFGH…&h=short"
        );
        assert_eq!(shorten("/a?$filter=atScope()"), "/a?$filter=atScope()");
    }
}
