//! What is parked for a person: input that can never succeed, with the place and nature of its fault.

use serde::Serialize;
use serde_json::Value;

use crate::envelope::{Answer, NotAnObject, binding};

/// The most bytes of the input that are kept. A Service Bus message holds 256 KiB in the standard tier, and the host
/// re-indents it on the way.
const MAX_RAW_BYTES: usize = 48 * 1_024;

/// The deepest input kept as JSON. The host's JSON reader gives up at 64 levels and would fail the whole invocation.
const MAX_RAW_DEPTH: usize = 32;

/// One refused input: a message for the `fleet-rejected` queue. It carries the input itself, so the queue deserves the
/// same protection as the events do; logs get only path and fault.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Rejected {
    /// JSON path of the fault, such as `Data.event.data.resourceUri`; empty when the input is no JSON.
    pub path: String,
    /// What is wrong there.
    pub fault: String,
    /// The input: as JSON where it is JSON of moderate size and depth, else as the beginning of its text.
    pub raw: Value,
    /// The size of the whole input in bytes.
    pub bytes: usize,
}

impl Rejected {
    /// A refusal of `input`.
    #[must_use]
    pub fn new(path: &str, fault: impl Into<String>, input: &[u8]) -> Self {
        Self { path: path.to_owned(), fault: fault.into(), raw: bounded(input), bytes: input.len() }
    }

    /// Adds it to an answer, for the `fleet-rejected` queue, and says so in the log: only place and nature of the fault.
    ///
    /// # Errors
    /// Never in practice: it is an object.
    pub fn park(&self, mut answer: Answer) -> Result<Answer, NotAnObject> {
        let Self { path, fault, raw: _, bytes } = self;
        tracing::warn!(
            rejected.path = path,
            rejected.fault = fault,
            rejected.bytes = bytes,
            "An input was rejected and parked on the fleet-rejected queue."
        );
        answer.push(binding::REJECTED, self)?;
        Ok(answer.log(format!("rejected at `{path}`: {fault}")))
    }
}

fn bounded(input: &[u8]) -> Value {
    if input.len() <= MAX_RAW_BYTES
        && let Ok(value) = serde_json::from_slice::<Value>(input)
        && depth(&value) <= MAX_RAW_DEPTH
    {
        return value;
    }
    Value::String(String::from_utf8_lossy(&input[..input.len().min(MAX_RAW_BYTES)]).into_owned())
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Object(members) => 1 + members.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}
