//! The body of an error answer.

use serde_json::{Map, Value};

/// Codes that only repeat the HTTP status or announce details; a nested code says more.
const GENERIC_CODES: &[&str] = &[
    "BadRequest",
    "Conflict",
    "DeploymentFailed",
    "Failed",
    "Forbidden",
    "InternalServerError",
    "MultipleErrorsOccurred",
    "NotFound",
    "ResourceDeploymentFailure",
];

/// Longest message that is kept, in characters. Some services send pages.
const MAX_MESSAGE: usize = 1_000;

/// What an error body says: a code, a message, and errors inside. All of it is optional, since answers come
/// from gateways and proxies too.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ErrorBody {
    code: Option<String>,
    message: Option<String>,
    inner: Vec<Self>,
}

impl ErrorBody {
    /// Reads a body with or without the usual `error` wrapper, keys in any case. A body that is no such thing
    /// gives an empty value: the status still tells what happened.
    #[must_use]
    pub fn parse(body: &[u8]) -> Self {
        let Ok(Value::Object(outer)) = serde_json::from_slice(body) else { return Self::default() };
        match field(&outer, "error") {
            Some(Value::Object(error)) => Self::of(error),
            _ => Self::of(&outer),
        }
    }

    /// The most specific code: the first one, or one inside as long as the outer says no more than the status.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.most_specific().code.as_deref()
    }

    /// The message that belongs to [`Self::code`].
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.most_specific().message.as_deref().or(self.message.as_deref())
    }

    /// Whether `code` occurs at any depth, compared without case.
    #[must_use]
    pub fn has_code(&self, code: &str) -> bool {
        self.code.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(code))
            || self.inner.iter().any(|inner| inner.has_code(code))
    }

    /// Whether the resource is busy with another write. There are codes for it, and services that only say so.
    pub(super) fn tells_of_another_operation(&self) -> bool {
        let coded = ["AnotherOperationInProgress", "RetryableErrorDueToAnotherOperation"];
        let said = |text: &str| {
            let text = text.to_ascii_lowercase();
            text.contains("another operation") && text.contains("in progress")
        };
        coded.into_iter().any(|code| self.has_code(code)) || self.message().is_some_and(said)
    }

    fn most_specific(&self) -> &Self {
        let is_generic = |code: &str| GENERIC_CODES.iter().any(|generic| generic.eq_ignore_ascii_case(code));
        if self.code.as_deref().is_some_and(|code| !is_generic(code)) {
            return self;
        }
        let inner = self.inner.iter().map(Self::most_specific).find(|inner| inner.code.is_some());
        inner.unwrap_or(self)
    }

    fn of(error: &Map<String, Value>) -> Self {
        let text =
            |name| field(error, name).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty());
        Self {
            // `None` is how some services spell that there is no error.
            code: text("code").filter(|code| !code.eq_ignore_ascii_case("None")).map(str::to_owned),
            message: text("message").map(|message| message.chars().take(MAX_MESSAGE).collect()),
            inner: Self::inside(error),
        }
    }

    fn inside(error: &Map<String, Value>) -> Vec<Self> {
        let details = field(error, "details").and_then(Value::as_array).into_iter().flatten();
        let nested = details.chain(field(error, "innererror"));
        nested.filter_map(Value::as_object).map(Self::of).collect()
    }
}

fn field<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    object.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}
