//! An answer of ARM, fully read.

use azure_core::Bytes;
use azure_core::http::headers::{HeaderName, Headers};

/// Status, headers and body of an answer.
#[derive(Debug, Clone)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// Response headers.
    pub headers: Headers,
    /// Response body; empty for 204 and for most deletions.
    pub body: Bytes,
}

impl Reply {
    /// Whether the status is one of success. A long-running operation that has only started counts.
    #[must_use]
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// A header by its name in lower case.
    #[must_use]
    pub fn header(&self, name: &'static str) -> Option<&str> {
        self.headers.get_optional_str(&HeaderName::from_static(name))
    }
}
