//! How a .NET value becomes a member of an invocation body.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::civil::DateTime;

use super::dates;
use super::token::Token;

/// A value of a binding or of its metadata, by what the host's value rule tells apart.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum BindingValue {
    /// `byte[]`: base64, once.
    Bytes(Vec<u8>),
    /// `DateTime` in UTC: cut to seconds, no offset.
    DateTime(DateTime),
    /// `DateTimeOffset` in UTC: cut to seconds, `+00:00`.
    DateTimeOffset(DateTime),
    /// An object: nested as it is.
    Object(Token),
    /// A string, GUID, time span or URI: a string that holds a JSON string literal.
    Text(String),
    /// A number, a bool or null: a string that holds its JSON text.
    Scalar(Token),
    /// An array: a string that holds the JSON array.
    Array(Token),
}

impl BindingValue {
    /// The text form of a string.
    #[must_use]
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// An integer.
    #[must_use]
    pub(crate) fn number(number: u64) -> Self {
        Self::Scalar(Token::Number(number.into()))
    }

    /// What stands in the body.
    #[must_use]
    pub(crate) fn on_the_wire(self) -> Token {
        match self {
            Self::Bytes(bytes) => Token::Text(STANDARD.encode(bytes)),
            Self::DateTime(date) => Token::Text(dates::to_seconds(date)),
            Self::DateTimeOffset(date) => Token::Text(format!("{}+00:00", dates::to_seconds(date))),
            Self::Object(object) => object,
            Self::Text(text) => Token::Text(Token::Text(text).compact()),
            Self::Scalar(value) | Self::Array(value) => Token::Text(value.compact()),
        }
    }

    /// What becomes of a member of a JSON message that is laid over the binding data: objects stay, everything else
    /// turns into the .NET invariant text of its value. `None` for arrays and nulls, which aren't laid over.
    #[must_use]
    pub(crate) fn laid_over(member: &Token) -> Option<Self> {
        match member {
            Token::Null | Token::Array(_) => None,
            Token::Object(_) => Some(Self::Object(member.clone())),
            Token::Bool(flag) => Some(Self::text(if *flag { "True" } else { "False" })),
            Token::Number(number) => Some(Self::text(number.to_string())),
            Token::Text(text) => Some(Self::Text(dates::invariant_of(text).unwrap_or_else(|| text.clone()))),
        }
    }
}

#[cfg(test)]
mod tests;
