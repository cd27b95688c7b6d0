//! What can go wrong with a call, sorted by what a caller does about it.

mod body;

use std::fmt;
use std::time::Duration;

use uuid::Uuid;

pub use body::ErrorBody;

use crate::page::BadLink;
use crate::request::BadId;

/// A call that did not give what it should. Holds no token, no body and no query string.
#[derive(Debug)]
pub struct ArmError {
    operation: &'static str,
    resource: String,
    correlation_id: Uuid,
    problem: Box<Problem>,
}

/// What a caller does about an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Will probably pass: try the whole thing again later.
    Transient {
        /// How long the service asks to wait.
        retry_after: Option<Duration>,
    },
    /// A request quota is used up: stop calling until then.
    Throttled {
        /// How long the service asks to wait.
        retry_after: Option<Duration>,
    },
    /// The resource changed meanwhile or is being changed: observe it again.
    Conflict,
    /// There is nothing there, or so it seems: see [`ArmError::absent_kind`].
    Absent,
    /// We may not do this: somebody has to grant it.
    Denied,
    /// The request is wrong and stays wrong: somebody has to correct it.
    Invalid,
    /// The service answered something that this program does not understand.
    Unreadable,
}

/// How sure it is that an absent thing is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AbsentKind {
    /// ARM looked and the resource, or its group, does not exist.
    Gone,
    /// The answer has other causes too: a subscription that the identity may not see, a provider that is not
    /// registered. It must not be taken as proof.
    Unproven,
}

/// What exactly went wrong.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// The request was not sent: its id cannot be used.
    #[error(transparent)]
    BadId(#[from] BadId),
    /// The service answered with an error status.
    #[error("ARM answered {}{}{}", .0.status, Prefixed(" ", .0.body.code()), Prefixed(": ", .0.body.message()))]
    Refused(Refusal),
    /// The write was accepted and had already failed in the first answer.
    #[error("the write failed at once with {code}: {message}")]
    Failed {
        /// Error code.
        code: String,
        /// Message for people.
        message: String,
    },
    /// No usable answer came back. A write may have been carried out all the same.
    #[error("no answer from ARM")]
    Unreachable(#[source] azure_core::Error),
    /// There was no token to call with.
    #[error("no token for ARM; check the identity that the handler runs as")]
    NoToken(#[source] azure_core::Error),
    /// The time for the call was used up, retries included.
    #[error("no answer from ARM within {} ms", .after.as_millis())]
    TimedOut {
        /// The time it had.
        after: Duration,
    },
    /// The answer is not what the operation returns.
    #[error("ARM answered with something unexpected at `{}`", .0.path())]
    Unreadable(#[source] serde_path_to_error::Error<serde_json::Error>),
    /// The next page of a list is not fetched.
    #[error(transparent)]
    BadLink(#[from] BadLink),
}

/// An error answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// HTTP status.
    pub status: u16,
    /// What the body says.
    pub body: ErrorBody,
    /// How long the service asks to wait.
    pub retry_after: Option<Duration>,
    /// `x-ms-request-id` of the answer, for support requests.
    pub request_id: Option<String>,
}

impl ArmError {
    /// An error of the call of `operation` on `resource`.
    #[must_use]
    pub fn new(operation: &'static str, resource: &str, correlation_id: Uuid, problem: Problem) -> Self {
        Self { operation, resource: resource.to_owned(), correlation_id, problem: Box::new(problem) }
    }

    /// What a caller does about it.
    #[must_use]
    pub fn class(&self) -> Class {
        match &*self.problem {
            Problem::Refused(refusal) => refusal.class(),
            Problem::Failed { .. }
            | Problem::Unreachable(_)
            | Problem::NoToken(_)
            | Problem::TimedOut { .. } => Class::Transient { retry_after: None },
            Problem::BadId(_) => Class::Invalid,
            Problem::Unreadable(_) | Problem::BadLink(_) => Class::Unreadable,
        }
    }

    /// How sure it is that the thing is gone; `None` when the error is of another class.
    #[must_use]
    pub fn absent_kind(&self) -> Option<AbsentKind> {
        if self.class() != Class::Absent {
            return None;
        }
        let gone = ["ResourceNotFound", "ResourceGroupNotFound"].into_iter().any(|code| self.has_code(code));
        Some(if gone { AbsentKind::Gone } else { AbsentKind::Unproven })
    }

    /// The most specific error code of the service.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        match &*self.problem {
            Problem::Refused(refusal) => refusal.body.code(),
            Problem::Failed { code, .. } => Some(code),
            _ => None,
        }
    }

    /// Whether the service named this code at any depth, compared without case.
    #[must_use]
    pub fn has_code(&self, code: &str) -> bool {
        match &*self.problem {
            Problem::Refused(refusal) => refusal.body.has_code(code),
            _ => self.code().is_some_and(|own| own.eq_ignore_ascii_case(code)),
        }
    }

    /// The service's message for people.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        match &*self.problem {
            Problem::Refused(refusal) => refusal.body.message(),
            Problem::Failed { message, .. } => Some(message),
            _ => None,
        }
    }

    /// HTTP status of the answer, if there was one with an error status.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.refusal().map(|refusal| refusal.status)
    }

    /// The answer, if there was one with an error status.
    #[must_use]
    pub fn refusal(&self) -> Option<&Refusal> {
        match &*self.problem {
            Problem::Refused(refusal) => Some(refusal),
            _ => None,
        }
    }

    /// What exactly went wrong.
    #[must_use]
    pub fn problem(&self) -> &Problem {
        &self.problem
    }

    /// Name of the operation, as in [`crate::operations::OPERATIONS`].
    #[must_use]
    pub fn operation(&self) -> &'static str {
        self.operation
    }

    /// URL path of the call, which is the id of the resource or collection.
    #[must_use]
    pub fn resource(&self) -> &str {
        &self.resource
    }

    /// Correlation id that the call carried.
    #[must_use]
    pub fn correlation_id(&self) -> Uuid {
        self.correlation_id
    }
}

impl Refusal {
    fn class(&self) -> Class {
        let retry_after = self.retry_after;
        match self.status {
            // Some providers report a locked resource as 400 or 429, which is neither our fault nor a quota.
            400..500 if self.body.tells_of_another_operation() => Class::Conflict,
            401 | 403 => Class::Denied,
            404 => Class::Absent,
            408 => Class::Transient { retry_after },
            409 | 412 => Class::Conflict,
            429 => Class::Throttled { retry_after },
            501 => Class::Invalid,
            500.. => Class::Transient { retry_after },
            _ => Class::Invalid,
        }
    }
}

impl fmt::Display for ArmError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { operation, resource, correlation_id, problem } = self;
        write!(f, "{operation} on `{resource}`: {problem} (correlation id {correlation_id})")
    }
}

/// The problem is part of the message, so the chain goes on with what is behind it.
impl std::error::Error for ArmError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.problem.source()
    }
}

/// Writes a text with something before it, or nothing.
struct Prefixed<'a>(&'static str, Option<&'a str>);

impl fmt::Display for Prefixed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.1.map_or(Ok(()), |text| write!(f, "{}{text}", self.0))
    }
}

#[cfg(test)]
mod tests;
