//! From outputs of an answer to messages on queues.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::answer::Answer;
use super::dates;
use super::definition::{FunctionDefinition, OutputTarget};
use super::token::Token;
use crate::service_bus::Outgoing;

/// What .NET prints for a byte array, and so what the queue gets when the host took an output for base64.
const BYTE_ARRAY_TEXT: &str = "System.Byte[]";

/// The messages that an answer puts on queues, in the order of the bindings and of their elements.
///
/// # Errors
/// An output of a shape whose fate isn't simulated, or one that no binding of the function is named after: whether the
/// host drops such an output silently is not documented, and it would be a mistake either way.
pub(crate) fn messages(
    function: &FunctionDefinition,
    answer: &Answer,
) -> Result<Vec<(String, Outgoing)>, String> {
    let named = |name: &str| function.outputs.iter().any(|output| output.binding.eq_ignore_ascii_case(name));
    let mut given = answer.outputs.iter().flatten();
    if let Some((stray, _)) = given.find(|(name, _)| !named(name)) {
        return Err(format!("output {stray}: the function has no output binding of this name"));
    }
    let mut sent = Vec::new();
    for output in &function.outputs {
        let OutputTarget::ServiceBus { queue, binary } = &output.target else {
            continue;
        };
        let Some(value) = answer.output(&output.binding) else {
            continue;
        };
        let is_return = output.binding == "$return";
        let bodies = bodies(value, *binary, is_return).map_err(|shape| {
            format!("output {}: {shape} isn't simulated; send an array of objects", output.binding)
        })?;
        sent.extend(bodies.into_iter().map(|body| (queue.clone(), Outgoing::of(body))));
    }
    Ok(sent)
}

/// The bodies that one output value makes.
fn bodies(value: &Token, binary: bool, is_return: bool) -> Result<Vec<String>, &'static str> {
    match value {
        Token::Null => Ok(Vec::new()),
        Token::Array(elements) => elements.iter().map(element).collect(),
        Token::Text(text) if !binary && looks_like_base64(text, is_return) => {
            Ok(vec![BYTE_ARRAY_TEXT.to_owned()])
        }
        Token::Text(text) => match Token::parse(text) {
            Ok(Token::Array(elements)) => elements.iter().map(element).collect(),
            _ => Ok(vec![text_body(text)]),
        },
        single => element(single).map(|body| vec![body]),
    }
}

/// The body of one message. Scalars other than text make an empty message; strings inside an array are not taken for base64.
fn element(value: &Token) -> Result<String, &'static str> {
    match value {
        Token::Null | Token::Bool(_) | Token::Number(_) => Ok(String::new()),
        Token::Text(text) => Ok(text_body(text)),
        Token::Object(_) => Ok(value.indented()),
        Token::Array(_) => Err("an array inside an array"),
    }
}

/// Text that is a JSON object is re-written indented, text that is a date is re-spelled, other text goes as it is.
fn text_body(text: &str) -> String {
    match Token::parse(text) {
        Ok(object @ Token::Object(_)) => object.indented(),
        _ => dates::invariant_of(text).unwrap_or_else(|| text.to_owned()),
    }
}

/// `ReturnValue` is tried without its blanks, `Outputs` as they are. The empty string counts.
fn looks_like_base64(text: &str, is_return: bool) -> bool {
    if is_return { STANDARD.decode(text.replace(' ', "")).is_ok() } else { STANDARD.decode(text).is_ok() }
}

#[cfg(test)]
mod tests;
