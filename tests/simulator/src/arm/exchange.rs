//! One request to ARM and what comes back, independent of any HTTP library.

use std::collections::BTreeMap;

use serde_json::Value;

/// Header names in lower case, and their values.
pub type Headers = BTreeMap<String, String>;

/// A request as it reaches ARM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArmRequest {
    /// The HTTP method, in capitals.
    pub method: String,
    /// Scheme and authority that the caller used, for instance `https://management.azure.com`; links in
    /// answers begin with it.
    pub base: String,
    /// Path and query, beginning with `/`.
    pub path_and_query: String,
    /// Header names in lower case.
    pub headers: Headers,
    /// The body; empty when there is none.
    pub body: Vec<u8>,
}

impl ArmRequest {
    /// A request without headers and body, to `https://management.azure.com`.
    #[must_use]
    pub fn new(method: &str, path_and_query: &str) -> Self {
        Self {
            method: method.to_ascii_uppercase(),
            base: "https://management.azure.com".to_owned(),
            path_and_query: path_and_query.to_owned(),
            headers: Headers::new(),
            body: Vec::new(),
        }
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.insert(name.to_ascii_lowercase(), value.to_owned());
        self
    }

    /// Adds a JSON body.
    #[must_use]
    pub fn json(mut self, body: &Value) -> Self {
        self.body = body.to_string().into_bytes();
        self.header("content-type", "application/json")
    }

    /// The path without the query.
    #[must_use]
    pub fn path(&self) -> &str {
        self.path_and_query.split('?').next().unwrap_or_default()
    }
}

/// An answer of ARM.
#[derive(Debug, Clone, PartialEq)]
pub struct ArmResponse {
    /// The HTTP status.
    pub status: u16,
    /// Header names in lower case.
    pub headers: Headers,
    /// The body; `None` when the answer has none.
    pub body: Option<Value>,
}

impl ArmResponse {
    /// An answer with a body.
    #[must_use]
    pub fn json(status: u16, body: Value) -> Self {
        Self { status, headers: Headers::new(), body: Some(body) }
    }

    /// An answer without a body.
    #[must_use]
    pub fn empty(status: u16) -> Self {
        Self { status, headers: Headers::new(), body: None }
    }

    /// Adds a header.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.insert(name.to_ascii_lowercase(), value.into());
        self
    }

    /// The body's bytes as they go over the wire.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        self.body.as_ref().map(|body| body.to_string().into_bytes()).unwrap_or_default()
    }

    /// `error.code` of the body, if it is an error.
    #[must_use]
    pub fn error_code(&self) -> Option<&str> {
        self.body.as_ref()?.pointer("/error/code")?.as_str()
    }
}

/// What a caller experiences.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// An answer arrived.
    Answered(ArmResponse),
    /// The connection broke before an answer arrived. Whether the request had its effect, the caller can't
    /// know.
    ConnectionLost,
    /// No answer ever comes.
    Silent,
}

impl Outcome {
    /// The answer, if there was one.
    #[must_use]
    pub fn answer(self) -> Option<ArmResponse> {
        match self {
            Self::Answered(response) => Some(response),
            Self::ConnectionLost | Self::Silent => None,
        }
    }
}
