//! The answer to an invocation.
//!
//! The host waits for a JSON object. A 2xx without a body, with 204 or with `null` would hang the invocation until the
//! function's time-out, which kills the whole process; so an answer is always an object, at least `{}`.

use std::collections::BTreeMap;

use axum::{
    http::{StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::binding;

/// What a successful invocation sends back.
#[derive(Debug, Clone, Default, PartialEq)]
#[must_use = "an answer that is not sent leaves the invocation hanging"]
pub struct Answer {
    /// Messages by output binding. Each is a JSON object: of bare words the host decodes those that look like base64.
    outputs: BTreeMap<&'static str, Vec<Map<String, Value>>>,
    /// Lines for the function's log, shown at level Information.
    logs: Vec<String>,
    /// The response of an HTTP function.
    http: Option<HttpAnswer>,
}

/// The response that an HTTP trigger's caller gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpAnswer {
    /// The status code.
    pub status: u16,
    /// The media type; the host appends the charset.
    pub content_type: &'static str,
    /// Further headers, one value each: the host turns a list into an error 500.
    pub headers: BTreeMap<&'static str, String>,
    /// The body. Sent as text, because an object would be re-indented and its dates re-written by the host.
    pub body: String,
}

/// An output that is not a JSON object.
#[derive(Debug, thiserror::Error)]
#[error(
    "an item for the output `{binding}` is not a JSON object; the host alters anything else on the way to the queue"
)]
pub struct NotAnObject {
    binding: &'static str,
    #[source]
    source: Option<serde_json::Error>,
}

impl Answer {
    /// An answer without outputs.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one message to an output binding.
    ///
    /// # Errors
    /// When the item does not serialise to a JSON object.
    pub fn push(&mut self, binding: &'static str, item: &impl Serialize) -> Result<(), NotAnObject> {
        match serde_json::to_value(item) {
            Ok(Value::Object(object)) => {
                self.outputs.entry(binding).or_default().push(object);
                Ok(())
            }
            Ok(_) => Err(NotAnObject { binding, source: None }),
            Err(source) => Err(NotAnObject { binding, source: Some(source) }),
        }
    }

    /// Adds a line to the function's log.
    pub fn log(mut self, line: impl Into<String>) -> Self {
        self.logs.push(line.into());
        self
    }

    /// Sets the response of an HTTP function.
    pub fn http(mut self, http: HttpAnswer) -> Self {
        self.http = Some(http);
        self
    }

    /// How many messages go to a binding.
    #[must_use]
    pub fn count(&self, binding: &str) -> usize {
        self.outputs.get(binding).map_or(0, Vec::len)
    }

    /// The body as the host reads it: `{"Outputs":{<binding>:[{…},…]},"Logs":[…]}`.
    #[must_use]
    pub fn to_body(&self) -> Bytes {
        let mut outputs: Map<String, Value> = self
            .outputs
            .iter()
            .map(|(binding, items)| {
                ((*binding).to_owned(), items.iter().cloned().map(Value::Object).collect())
            })
            .collect();
        if let Some(http) = &self.http {
            outputs.insert(binding::RESPONSE.to_owned(), http.to_value());
        }
        Bytes::from(json!({ "Outputs": outputs, "Logs": self.logs }).to_string())
    }
}

impl HttpAnswer {
    /// A response with a body and no further headers.
    #[must_use]
    pub fn new(status: u16, content_type: &'static str, body: impl Into<String>) -> Self {
        Self { status, content_type, headers: BTreeMap::new(), body: body.into() }
    }

    fn to_value(&self) -> Value {
        let mut headers: Map<String, Value> =
            self.headers.iter().map(|(name, value)| ((*name).to_owned(), value.as_str().into())).collect();
        headers.insert("Content-Type".to_owned(), self.content_type.into());
        json!({ "statusCode": self.status.to_string(), "headers": headers, "body": self.body })
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        ([(CONTENT_TYPE, "application/json")], self.to_body()).into_response()
    }
}

/// The invocation failed in a way that another delivery may mend: the host abandons the message or answers Event Grid
/// with an error, and the same input comes again.
///
/// The host drops the body of such an answer, so the reason is logged when the response is made.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "a failure that is not sent leaves the invocation hanging"]
pub struct Redeliver {
    /// What failed, for the log.
    pub reason: String,
}

impl IntoResponse for Redeliver {
    fn into_response(self) -> Response {
        tracing::error!(outcome.reason = %self.reason, "An invocation failed and asks for redelivery.");
        let body = json!({ "error": self.reason }).to_string();
        (StatusCode::INTERNAL_SERVER_ERROR, [(CONTENT_TYPE, "application/json")], body).into_response()
    }
}
