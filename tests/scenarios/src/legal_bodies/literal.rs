//! JSON written as Bicep, one value a line, so that a line number leads back to the value.

use std::fmt::Write as _;

use serde_json::{Number, Value};

/// A value in Bicep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Literal {
    /// The lines, in order.
    pub rows: Vec<Row>,
    /// Where numbers stand that Bicep has no type for: fractions, and integers beyond 64 bits. They are written as
    /// `json('…')`, which no check looks into.
    pub unjudged: Vec<String>,
}

/// One line of Bicep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    pub text: String,
    /// Path of the JSON value that begins, stands or ends on this line.
    pub path: String,
    /// Whether that value is null.
    pub is_null: bool,
}

/// Writes `value`, which stands at `path` of its document.
pub(crate) fn write(value: &Value, path: &str) -> Literal {
    let mut literal = Literal { rows: Vec::new(), unjudged: Vec::new() };
    literal.value("", value, path, 0);
    literal
}

impl Literal {
    /// Writes one value; `lead` is what stands before it on its first line.
    fn value(&mut self, lead: &str, value: &Value, path: &str, depth: usize) {
        let margin = "  ".repeat(depth + 1);
        match value {
            Value::Object(members) if !members.is_empty() => {
                self.row(format!("{lead}{{"), path);
                for (key, member) in members {
                    let lead = format!("{margin}{}: ", string(key));
                    self.value(&lead, member, &step(path, key), depth + 1);
                }
                self.row(format!("{}}}", &margin[2..]), path);
            }
            Value::Array(items) if !items.is_empty() => {
                self.row(format!("{lead}["), path);
                for (index, item) in items.iter().enumerate() {
                    self.value(&margin, item, &format!("{path}[{index}]"), depth + 1);
                }
                self.row(format!("{}]", &margin[2..]), path);
            }
            Value::Object(_) => self.row(format!("{lead}{{}}"), path),
            Value::Array(_) => self.row(format!("{lead}[]"), path),
            Value::Null => {
                self.rows.push(Row { text: format!("{lead}null"), path: path.to_owned(), is_null: true });
            }
            Value::Bool(truth) => self.row(format!("{lead}{truth}"), path),
            Value::String(text) => self.row(format!("{lead}{}", string(text)), path),
            Value::Number(number) => self.number(lead, number, path),
        }
    }

    fn number(&mut self, lead: &str, number: &Number, path: &str) {
        if number.is_i64() {
            self.row(format!("{lead}{number}"), path);
        } else {
            self.unjudged.push(path.to_owned());
            self.row(format!("{lead}json('{number}')"), path);
        }
    }

    fn row(&mut self, text: String, path: &str) {
        self.rows.push(Row { text, path: path.to_owned(), is_null: false });
    }
}

/// A string literal. Keys are written with it too: a quoted key is legal whatever its characters.
pub(crate) fn string(text: &str) -> String {
    let mut literal = String::with_capacity(text.len() + 2);
    literal.push('\'');
    for character in text.chars() {
        match character {
            '\'' | '\\' | '$' => literal.extend(['\\', character]),
            '\n' => literal.push_str("\\n"),
            '\r' => literal.push_str("\\r"),
            '\t' => literal.push_str("\\t"),
            // Line and paragraph separators are no control characters, yet some readers end a line at them.
            other if other.is_control() || matches!(other, '\u{2028}' | '\u{2029}') => {
                let _ = write!(literal, "\\u{{{:x}}}", u32::from(other));
            }
            other => literal.push(other),
        }
    }
    literal.push('\'');
    literal
}

/// The path of member `key` of the object at `path`.
fn step(path: &str, key: &str) -> String {
    let plain = !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || "_-$@".contains(c));
    match (plain, path.is_empty()) {
        (true, true) => key.to_owned(),
        (true, false) => format!("{path}.{key}"),
        (false, _) => format!("{path}['{key}']"),
    }
}

#[cfg(test)]
mod tests;
