//! A function as its function.json describes it.

mod binding;
mod route;

use std::path::Path;

use super::error::HostError;
use super::schedule::Schedule;
use super::settings::AppSettings;

pub use route::RouteTemplate;

use binding::FunctionJson;

/// One function of the app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionDefinition {
    /// The folder's name, which is the path that the handler serves.
    pub name: String,
    /// The name of the trigger's binding: the member of `Data`.
    pub binding: String,
    /// What starts it.
    pub trigger: Trigger,
    /// Where its outputs go, in the order of function.json.
    pub outputs: Vec<Output>,
}

/// What starts a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trigger {
    /// Event Grid: one event per invocation, or a whole delivery with cardinality `many`.
    EventGrid {
        /// Whether a delivery is one invocation.
        whole_delivery: bool,
    },
    /// A Service Bus queue, or its dead-letter sub-queue with `/$DeadLetterQueue` at the end.
    ServiceBus {
        /// The queue.
        queue: String,
        /// Whether bodies travel as base64 (`dataType` binary) or as double-encoded text.
        binary: bool,
        /// The namespace behind the connection.
        namespace: String,
    },
    /// A timer.
    Timer {
        /// When it fires.
        schedule: Schedule,
        /// Whether it fires when the host starts.
        run_on_startup: bool,
        /// Whether the host keeps its last run.
        monitored: bool,
    },
    /// An HTTP request.
    Http {
        /// Who may call.
        auth: AuthLevel,
        /// The methods served, upper case; empty for all.
        methods: Vec<String>,
        /// The path, route prefix not included.
        route: RouteTemplate,
    },
}

/// Who may call an HTTP function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthLevel {
    /// Everybody.
    Anonymous,
    /// Holders of a function or host key.
    Function,
    /// Holders of the master key.
    Admin,
}

/// An output binding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// The binding's name: the member of `Outputs`, or `$return` for `ReturnValue`.
    pub binding: String,
    /// Where the value goes.
    pub target: OutputTarget,
}

/// Where an output goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OutputTarget {
    /// To a Service Bus queue.
    ServiceBus {
        /// The queue.
        queue: String,
        /// `dataType` binary keeps base64-looking text as it is.
        binary: bool,
    },
    /// To the HTTP caller.
    HttpResponse,
}

impl FunctionDefinition {
    /// Reads `folder/function.json`.
    ///
    /// # Errors
    /// When the file is missing or wrong, when a `%NAME%` is no setting, or when it uses what isn't simulated.
    pub fn read(folder: &Path, settings: &AppSettings) -> Result<Self, HostError> {
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let path = folder.join("function.json");
        let text = std::fs::read_to_string(&path).map_err(|source| HostError::unreadable(&path, source))?;
        let json = serde_json::from_str(&text).map_err(|source| HostError::NotJson { path, source })?;
        Self::from_json(&name, json, settings)
    }

    /// A definition from the content of a function.json.
    ///
    /// # Errors
    /// As [`FunctionDefinition::read`].
    pub fn from_json(name: &str, json: serde_json::Value, settings: &AppSettings) -> Result<Self, HostError> {
        if !is_function_name(name) {
            return Err(fault(
                name,
                "the folder's name must start with a letter, hold at most 128 letters, digits, _ or -, and not be host",
            ));
        }
        let json: FunctionJson =
            serde_json::from_value(json).map_err(|error| fault(name, &error.to_string()))?;
        json.into_definition(name, settings)
    }
}

impl Output {
    /// The queue that it feeds, if it feeds one.
    #[must_use]
    pub fn queue(&self) -> Option<&str> {
        match &self.target {
            OutputTarget::ServiceBus { queue, .. } => Some(queue),
            OutputTarget::HttpResponse => None,
        }
    }
}

fn fault(function: &str, fault: &str) -> HostError {
    HostError::Definition { function: function.to_owned(), fault: fault.to_owned() }
}

fn is_function_name(name: &str) -> bool {
    is_word(name, &['_', '-']) && !name.eq_ignore_ascii_case("host")
}

fn is_binding_name(name: &str) -> bool {
    name == "$return" || is_word(name, &[])
}

fn is_word(text: &str, extra: &[char]) -> bool {
    text.len() <= 128
        && text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.chars().all(|char| char.is_ascii_alphanumeric() || extra.contains(&char))
}

#[cfg(test)]
mod tests;
