//! From the `res` output of an answer to what the HTTP caller gets.

use super::answer::Answer;
use super::dates;
use super::definition::{FunctionDefinition, OutputTarget};
use super::token::Token;

/// What an HTTP caller of the host gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpReply {
    /// The status code.
    pub status: u16,
    /// The headers.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

impl HttpReply {
    /// An answer of the host itself, without a body.
    #[must_use]
    pub fn bare(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: String::new() }
    }

    /// The value of a header, its name in any case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

/// The reply that a successful answer makes for its caller.
#[must_use]
pub(crate) fn reply(function: &FunctionDefinition, answer: &Answer) -> HttpReply {
    if answer.outputs.is_none() && answer.return_value.is_none() {
        return HttpReply::bare(204);
    }
    let binding = function.outputs.iter().find(|output| output.target == OutputTarget::HttpResponse);
    let res = binding.and_then(|output| answer.output(&output.binding));
    match res {
        None => plain(200, "{}".to_owned()),
        Some(Token::Text(text)) => match Token::parse(text) {
            Ok(object @ Token::Object(_)) => from_object(&object),
            _ => HttpReply::bare(500),
        },
        Some(object @ Token::Object(_)) => from_object(object),
        Some(_) => HttpReply::bare(500),
    }
}

fn from_object(res: &Token) -> HttpReply {
    let Some(status) = res.get_any_case("statusCode").map_or(Some(200), status_of) else {
        return HttpReply::bare(500);
    };
    let mut reply = plain(status, res.get_any_case("body").map(body_text).unwrap_or_default());
    for (name, value) in res.get_any_case("headers").unwrap_or(&Token::Null).members() {
        let Some(value) = scalar_text(value) else {
            return HttpReply::bare(500);
        };
        if name.eq_ignore_ascii_case("content-type") {
            reply.headers[0].1 = with_charset(&value);
        } else {
            reply.headers.push((name.clone(), value));
        }
    }
    reply
}

fn plain(status: u16, body: String) -> HttpReply {
    HttpReply { status, headers: vec![("Content-Type".to_owned(), with_charset("text/plain"))], body }
}

/// The host appends the charset to any type; whether it does so to one that has a charset isn't verified, here it doesn't.
fn with_charset(media_type: &str) -> String {
    if media_type.to_ascii_lowercase().contains("charset=") {
        media_type.to_owned()
    } else {
        format!("{media_type}; charset=utf-8")
    }
}

fn status_of(value: &Token) -> Option<u16> {
    scalar_text(value)?.parse().ok()
}

fn scalar_text(value: &Token) -> Option<String> {
    match value {
        Token::Text(text) => Some(text.clone()),
        Token::Number(_) | Token::Bool(_) => Some(value.compact()),
        Token::Null | Token::Array(_) | Token::Object(_) => None,
    }
}

/// Objects and arrays are indented; a text that is a date as a whole is re-spelled. Numbers and bools as JSON text, which
/// isn't verified.
fn body_text(body: &Token) -> String {
    match body {
        Token::Null => String::new(),
        Token::Text(text) => dates::invariant_of(text).unwrap_or_else(|| text.clone()),
        Token::Array(_) | Token::Object(_) => body.indented(),
        Token::Number(_) | Token::Bool(_) => body.compact(),
    }
}

#[cfg(test)]
mod tests;
