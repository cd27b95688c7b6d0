//! HTTP requests in the default form: the whole request inside the invocation's body.

use ::http::Method;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use url::Url;

use super::TriggerInput;
use crate::functions_host::token::Token;
use crate::functions_host::value::BindingValue;

/// A request to an HTTP function.
#[derive(Debug, Clone, PartialEq)]
pub struct HttpCall {
    /// The method.
    pub method: Method,
    /// The whole URL, function key included.
    pub url: Url,
    /// The headers in order; a name may occur again.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Bytes,
}

impl HttpCall {
    /// A request without headers or body.
    #[must_use]
    pub fn new(method: Method, url: Url) -> Self {
        Self { method, url, headers: Vec::new(), body: Bytes::new() }
    }

    /// The same request with one more header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The first value of a header, its name in any case.
    #[must_use]
    pub fn header_value(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The query's values; a repeated key keeps its values in one comma list.
    #[must_use]
    pub fn query(&self) -> Vec<(String, String)> {
        joined(self.url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())))
    }
}

/// A request as the handler sees it. `with_key` tells whether a key was shown, which becomes three claims.
#[must_use]
pub(crate) fn http_request(
    call: &HttpCall,
    route_values: &[(String, String)],
    with_key: bool,
) -> TriggerInput {
    let query = call.query();
    let headers: Vec<_> = call.headers.iter().map(|(name, value)| (canonical(name), value.clone())).collect();
    let mut request = vec![
        ("Url", Token::text(call.url.as_str())),
        ("Method", Token::text(call.method.as_str())),
        ("Query", texts(&query)),
        ("Headers", lists(&headers)),
        ("Params", texts(route_values)),
        ("Identities", Token::Array(vec![identity(with_key)])),
    ];
    // Without a length the real host hands over no body at all.
    if call.header_value("content-length").is_some_and(|length| length != "0") {
        request.push(("Body", body(call)));
    }
    let visible = query.iter().filter(|(name, _)| name != "code").chain(route_values);
    let mut metadata = fields_of(&call.body);
    metadata.extend(visible.map(|(name, value)| (name.clone(), BindingValue::text(value))));
    metadata.push(("Query".to_owned(), BindingValue::Object(texts(&query))));
    metadata.push(("Headers".to_owned(), BindingValue::Object(texts(&joined(headers.into_iter())))));
    TriggerInput {
        data: BindingValue::Object(Token::object(request)),
        metadata,
        laid_over: Vec::new(),
        subject: format!("{} {}", call.method, call.url.path()),
    }
}

/// Text as it is; the two binary kinds of content as base64.
fn body(call: &HttpCall) -> Token {
    let content_type = call.header_value("content-type").unwrap_or_default().to_ascii_lowercase();
    let binary =
        content_type.starts_with("application/octet-stream") || content_type.starts_with("multipart/");
    if binary {
        Token::Text(STANDARD.encode(&call.body))
    } else {
        Token::Text(String::from_utf8_lossy(&call.body).into_owned())
    }
}

fn fields_of(body: &[u8]) -> Vec<(String, BindingValue)> {
    let Some(body) = std::str::from_utf8(body).ok().and_then(|text| Token::parse(text).ok()) else {
        return Vec::new();
    };
    let fields = body.members().iter();
    fields.filter_map(|(name, value)| Some((name.clone(), BindingValue::laid_over(value)?))).collect()
}

fn texts(values: &[(String, String)]) -> Token {
    Token::object(values.iter().map(|(name, value)| (name.clone(), Token::text(value))))
}

fn lists(values: &[(String, String)]) -> Token {
    let mut grouped: Vec<(String, Vec<Token>)> = Vec::new();
    for (name, value) in values {
        match grouped.iter_mut().find(|(known, _)| known == name) {
            Some((_, list)) => list.push(Token::text(value)),
            None => grouped.push((name.clone(), vec![Token::text(value)])),
        }
    }
    Token::object(grouped.into_iter().map(|(name, list)| (name, Token::Array(list))))
}

fn joined(values: impl Iterator<Item = (String, String)>) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for (name, value) in values {
        match found.iter_mut().find(|(known, _)| *known == name) {
            Some((_, list)) => *list = format!("{list},{value}"),
            None => found.push((name, value)),
        }
    }
    found
}

/// `x-request-id` as `X-Request-Id`, the spelling in which the real host hands over well-known headers.
fn canonical(name: &str) -> String {
    let word = |word: &str| {
        let (first, rest) = word.split_at(word.chars().next().map_or(0, char::len_utf8));
        format!("{}{}", first.to_ascii_uppercase(), rest.to_ascii_lowercase())
    };
    name.split('-').map(word).collect::<Vec<_>>().join("-")
}

/// Three claims for the holder of a key; an anonymous caller has one identity without any. The latter's other members
/// aren't verified.
fn identity(with_key: bool) -> Token {
    let schema = "http://schemas.microsoft.com/2017/07/functions/claims";
    let claims = [("authlevel", "Function"), ("invoke", "true"), ("keyid", "default")]
        .map(|(name, value)| claim(&format!("{schema}/{name}"), value));
    let text_or_null = |text: &str| {
        if with_key { Token::text(text) } else { Token::Null }
    };
    Token::object([
        ("AuthenticationType", text_or_null("WebJobsAuthLevel")),
        ("IsAuthenticated", Token::Bool(with_key)),
        ("Actor", Token::Null),
        ("BootstrapContext", Token::Null),
        ("Claims", Token::Array(if with_key { claims.to_vec() } else { Vec::new() })),
        ("Label", Token::Null),
        ("Name", Token::Null),
        ("NameClaimType", Token::text("http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name")),
        ("RoleClaimType", Token::text("http://schemas.microsoft.com/ws/2008/06/identity/claims/role")),
    ])
}

fn claim(kind: &str, value: &str) -> Token {
    Token::object([
        ("Issuer", Token::text("LOCAL AUTHORITY")),
        ("OriginalIssuer", Token::text("LOCAL AUTHORITY")),
        ("Properties", Token::Object(Vec::new())),
        ("Type", Token::text(kind)),
        ("Value", Token::text(value)),
        ("ValueType", Token::text("http://www.w3.org/2001/XMLSchema#string")),
    ])
}
