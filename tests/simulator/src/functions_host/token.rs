//! JSON as the host holds it: members in the order in which they came, dates rewritten on the way in.
//!
//! The host reads and writes JSON with Json.NET, which keeps member order and re-spells dates and numbers. Bodies that are
//! compared byte for byte need the same, so this type stands where `serde_json::Value` would sort members.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};
use serde_json::{Number, Value};

use super::dates;

/// One JSON value.
#[derive(Debug, Clone, PartialEq)]
pub enum Token {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// Any number; `1e3` is written as `1000.0`.
    Number(Number),
    /// A string.
    Text(String),
    /// An array.
    Array(Vec<Token>),
    /// An object; a name that occurs twice keeps its first place and its last value.
    Object(Vec<(String, Token)>),
}

impl Token {
    /// Reads JSON text and normalises the strings in it that look like ISO dates, as the host does with events and outputs.
    ///
    /// # Errors
    /// When the text isn't one JSON value.
    pub fn parse(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str::<Self>(text).map(Self::with_dates_normalised)
    }

    /// A string value.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// An object of the given members, in their order.
    #[must_use]
    pub fn object<N: Into<String>>(members: impl IntoIterator<Item = (N, Self)>) -> Self {
        Self::Object(members.into_iter().map(|(name, value)| (name.into(), value)).collect())
    }

    /// The member `name` of an object, in exactly this case.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Self> {
        self.members().iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// The first member of an object whose name matches `name` in any case.
    #[must_use]
    pub fn get_any_case(&self, name: &str) -> Option<&Self> {
        self.members().iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// The members of an object; empty for every other value.
    #[must_use]
    pub fn members(&self) -> &[(String, Self)] {
        if let Self::Object(members) = self { members } else { &[] }
    }

    /// The text of a string value.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// The JSON text on one line.
    #[must_use]
    pub fn compact(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The JSON text over several lines, two blanks per level.
    #[must_use]
    pub fn indented(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// The same value with every string in it that looks like an ISO date re-spelled: without trailing zeros, in UTC.
    #[must_use]
    pub fn with_dates_normalised(self) -> Self {
        match self {
            Self::Text(text) => Self::Text(dates::normalised(&text).unwrap_or(text)),
            Self::Array(items) => Self::Array(items.into_iter().map(Self::with_dates_normalised).collect()),
            Self::Object(members) => Self::Object(
                members.into_iter().map(|(name, value)| (name, value.with_dates_normalised())).collect(),
            ),
            scalar => scalar,
        }
    }
}

impl From<Value> for Token {
    fn from(value: Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(flag) => Self::Bool(flag),
            Value::Number(number) => Self::Number(number),
            Value::String(text) => Self::Text(text),
            Value::Array(items) => Self::Array(items.into_iter().map(Self::from).collect()),
            Value::Object(members) => {
                Self::object(members.into_iter().map(|(name, value)| (name, Self::from(value))))
            }
        }
    }
}

impl Serialize for Token {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(flag) => serializer.serialize_bool(*flag),
            Self::Number(number) => number.serialize(serializer),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Array(items) => {
                let mut sequence = serializer.serialize_seq(Some(items.len()))?;
                for item in items {
                    sequence.serialize_element(item)?;
                }
                sequence.end()
            }
            Self::Object(members) => {
                let mut map = serializer.serialize_map(Some(members.len()))?;
                for (name, value) in members {
                    map.serialize_entry(name, value)?;
                }
                map.end()
            }
        }
    }
}

impl<'de> Deserialize<'de> for Token {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TokenVisitor)
    }
}

struct TokenVisitor;

impl<'de> Visitor<'de> for TokenVisitor {
    type Value = Token;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Token, E> {
        Ok(Token::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Token, E> {
        Ok(Token::Bool(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Token, E> {
        Ok(Token::Number(number.into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Token, E> {
        Ok(Token::Number(number.into()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Token, E> {
        Ok(Number::from_f64(number).map_or(Token::Null, Token::Number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Token, E> {
        Ok(Token::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Token, E> {
        Ok(Token::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Token, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = sequence.next_element()? {
            items.push(item);
        }
        Ok(Token::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Token, A::Error> {
        let mut members: Vec<(String, Token)> = Vec::new();
        while let Some((name, value)) = map.next_entry::<String, Token>()? {
            match members.iter_mut().find(|(known, _)| *known == name) {
                Some((_, known)) => *known = value,
                None => members.push((name, value)),
            }
        }
        Ok(Token::Object(members))
    }
}

#[cfg(test)]
mod tests;
