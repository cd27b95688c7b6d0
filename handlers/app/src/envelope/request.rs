//! An HTTP trigger's request, with the caller's secrets left behind.

use std::{collections::BTreeMap, fmt};

use serde::Deserialize;

/// Headers that carry a secret: they are dropped while parsing, so that nothing later can log or render them.
const SECRET_HEADERS: [&str; 3] = ["authorization", "cookie", "x-functions-key"];

/// The query parameter that carries the function key.
const KEY_PARAMETER: &str = "code";

/// One request. The URL and the caller's identities are not kept, because the host puts the function key into them.
#[derive(Clone, PartialEq, Eq)]
pub struct HttpRequest {
    /// The method in upper case.
    pub method: String,
    /// Query parameters without the function key. The host keeps one value per name.
    pub query: BTreeMap<String, String>,
    /// Headers by lower-case name, without those that carry secrets.
    pub headers: BTreeMap<String, Vec<String>>,
    /// Values of the route's placeholders.
    pub params: BTreeMap<String, String>,
    /// The body as text; absent when empty, and base64 for binary types.
    pub body: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Wire {
    method: String,
    #[serde(default)]
    query: Option<BTreeMap<String, String>>,
    #[serde(default)]
    headers: Option<BTreeMap<String, Vec<String>>>,
    #[serde(default)]
    params: Option<BTreeMap<String, String>>,
    #[serde(default)]
    body: Option<String>,
}

impl HttpRequest {
    pub(super) fn parse(text: &str) -> Result<Self, serde_path_to_error::Error<serde_json::Error>> {
        let wire: Wire = serde_path_to_error::deserialize(&mut serde_json::Deserializer::from_str(text))?;
        let mut query = wire.query.unwrap_or_default();
        query.retain(|name, _| !name.eq_ignore_ascii_case(KEY_PARAMETER));
        let headers = wire.headers.unwrap_or_default().into_iter();
        let headers = headers.map(|(name, values)| (name.to_ascii_lowercase(), values));
        Ok(Self {
            method: wire.method.to_ascii_uppercase(),
            query,
            headers: headers.filter(|(name, _)| !SECRET_HEADERS.contains(&name.as_str())).collect(),
            params: wire.params.unwrap_or_default(),
            body: wire.body,
        })
    }
}

impl fmt::Debug for HttpRequest {
    /// Names only: values of a request come from outside and do not belong into logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { method, query, headers: _, params, body } = self;
        f.debug_struct("HttpRequest")
            .field("method", method)
            .field("query", &query.keys())
            .field("params", &params.keys())
            .field("body_bytes", &body.as_ref().map(String::len))
            .finish_non_exhaustive()
    }
}
