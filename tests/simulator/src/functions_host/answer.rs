//! What the host makes of a handler's answer.

use bytes::Bytes;

use super::token::Token;

/// An HTTP answer of the handler.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandlerAnswer {
    /// The status code.
    pub status: u16,
    /// The `Content-Type` header.
    pub content_type: Option<String>,
    /// The body.
    pub body: Bytes,
}

/// What an answer means for the invocation.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// The invocation succeeded.
    Success(Answer),
    /// The invocation failed, with the text of the host's exception.
    Failure(String),
    /// Nothing completes the invocation: it lasts until the function timeout, and then the handler is killed.
    Hang,
}

/// The content of a successful answer.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Answer {
    /// `Outputs`, if there are any.
    pub outputs: Option<Vec<(String, Token)>>,
    /// `Logs`.
    pub logs: Vec<String>,
    /// `ReturnValue`; null counts as absent.
    pub return_value: Option<Token>,
}

impl Answer {
    /// The output of a binding. Names match in any case; `$return` stands for the return value.
    #[must_use]
    pub fn output(&self, binding: &str) -> Option<&Token> {
        if binding == "$return" {
            return self.return_value.as_ref();
        }
        let outputs = self.outputs.as_deref().unwrap_or_default();
        outputs.iter().find(|(name, _)| name.eq_ignore_ascii_case(binding)).map(|(_, value)| value)
    }
}

/// Judges an answer. Redirects, which the real host follows, count as failures here.
#[must_use]
pub fn judge(answer: &HandlerAnswer) -> Verdict {
    let HandlerAnswer { status, content_type, body } = answer;
    if !(200..300).contains(status) {
        return Verdict::Failure(format!("Response status code does not indicate success: {status}"));
    }
    if *status == 204 || body.is_empty() {
        return Verdict::Hang;
    }
    if !content_type.as_deref().is_some_and(is_json) {
        let shown = content_type.as_deref().unwrap_or("none");
        return Verdict::Failure(format!("UnsupportedMediaTypeException: media type {shown}"));
    }
    let text = String::from_utf8_lossy(body);
    match Token::parse(&text) {
        Err(_) => Verdict::Failure(format!("InvalidOperationException: the body isn't JSON: {text}")),
        Ok(Token::Null) => Verdict::Hang,
        Ok(Token::Object(members)) => read(&Token::Object(members))
            .map_or_else(|fault| Verdict::Failure(fault.to_owned()), Verdict::Success),
        Ok(_) => Verdict::Failure("InvalidOperationException: the body isn't a JSON object".to_owned()),
    }
}

fn is_json(content_type: &str) -> bool {
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    ["application/json", "text/json"].iter().any(|json| media_type.eq_ignore_ascii_case(json))
}

fn read(body: &Token) -> Result<Answer, &'static str> {
    let member = |name: &str| body.get_any_case(name).filter(|value| **value != Token::Null);
    let outputs = match member("outputs") {
        None => None,
        Some(Token::Object(members)) => Some(members.clone()),
        Some(_) => return Err("InvalidOperationException: Outputs isn't an object"),
    };
    let logs = match member("logs") {
        None => Vec::new(),
        Some(Token::Array(lines)) => lines
            .iter()
            .map(log_line)
            .collect::<Option<_>>()
            .ok_or("InvalidOperationException: a log entry isn't text")?,
        Some(_) => return Err("InvalidOperationException: Logs isn't an array"),
    };
    Ok(Answer { outputs, logs, return_value: member("returnvalue").cloned() })
}

/// Scalars are coerced to text; how .NET spells a bool there isn't verified.
fn log_line(entry: &Token) -> Option<String> {
    match entry {
        Token::Text(line) => Some(line.clone()),
        Token::Null => Some(String::new()),
        Token::Bool(_) | Token::Number(_) => Some(entry.compact()),
        Token::Array(_) | Token::Object(_) => None,
    }
}

#[cfg(test)]
mod tests;
