//! Long-running operations, one answer at a time: a pure step function.
//!
//! ARM starts an operation with 200, 201 or 202 alike and tells by headers and `provisioningState` whether it
//! still runs (ARM contract: long-running operations). This program never waits for one; it looks at the first
//! answer to tell "started" from "done", and finds the end when it next observes the resource. Tools and tests
//! that do wait follow the steps.

use std::time::Duration;

use serde::Deserialize;

use crate::error::ErrorBody;
use crate::reply::Reply;
use crate::wire::ProvisioningState;

/// What was asked to get the answer at hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// The request that starts the operation.
    Start,
    /// The URL of an `Azure-AsyncOperation` header: answers 200 with a `status`.
    StatusUrl,
    /// The URL of a `Location` header: answers 202 while running, then with the result.
    ResultUrl,
}

/// Where an operation is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// It has ended well.
    Done,
    /// It still runs.
    Running {
        /// What to ask next.
        next: Next,
        /// How long the service asks to wait before. Without it the contract's default is 60 s.
        retry_after: Option<Duration>,
    },
    /// It has ended badly or was not accepted.
    Failed {
        /// Error code, or the state if there is none.
        code: String,
        /// Message for people; may be empty.
        message: String,
    },
}

/// What to ask next. URLs are long, signed and opaque: follow them unchanged, do not log them.
#[derive(Clone, PartialEq, Eq)]
pub enum Next {
    /// This URL, as [`Asked::StatusUrl`].
    StatusUrl(String),
    /// This URL, as [`Asked::ResultUrl`]. It can change with every answer.
    ResultUrl(String),
    /// The same URL as before.
    Same,
    /// The resource itself: read its `provisioningState`.
    Resource,
}

/// Says what follows from an answer. `retry_after` is what [`crate::retry::retry_after`] reads from its headers.
#[must_use]
pub fn step(asked: Asked, reply: &Reply, retry_after: Option<Duration>) -> Step {
    let running = |next| Step::Running { next, retry_after };
    match asked {
        Asked::Start if !reply.is_success() => refused(reply),
        Asked::Start => match following_url(reply) {
            Some(next) => running(next),
            None if reply.status == 202 => running(Next::Resource),
            None => by_resource(reply, running(Next::Resource)),
        },
        // An error here is a failure to read the status, not a failure of the operation.
        Asked::StatusUrl if !reply.is_success() => running(Next::Same),
        Asked::StatusUrl => by_status(reply, running(following_url(reply).unwrap_or(Next::Same))),
        Asked::ResultUrl => match reply.status {
            202 => running(following_url(reply).unwrap_or(Next::Same)),
            408 | 429 | 500.. => running(Next::Same),
            _ if !reply.is_success() => refused(reply),
            _ => by_resource(reply, Step::Done),
        },
    }
}

/// Where the operation can be followed. The status URL wins over the result URL when both are given; `Location`
/// counts only with 202, since elsewhere HTTP gives it another meaning.
fn following_url(reply: &Reply) -> Option<Next> {
    let status_url = reply.header("azure-asyncoperation").map(|url| Next::StatusUrl(url.to_owned()));
    let result_url = || reply.header("location").map(|url| Next::ResultUrl(url.to_owned()));
    status_url.or_else(|| if reply.status == 202 { result_url() } else { None })
}

/// Judges by the `provisioningState` of a resource in the body; a body without one is that of a finished write.
fn by_resource(reply: &Reply, otherwise: Step) -> Step {
    #[derive(Deserialize)]
    struct Body {
        properties: Option<Properties>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Properties {
        provisioning_state: Option<ProvisioningState>,
    }
    let body: Option<Body> = serde_json::from_slice(&reply.body).ok();
    let state = body.and_then(|body| body.properties).and_then(|properties| properties.provisioning_state);
    ended(&state.unwrap_or_default(), reply).unwrap_or(otherwise)
}

/// Judges by the `status` of a status URL's body, and by nothing else: services send an `error` object with code
/// `None` while all is well.
fn by_status(reply: &Reply, otherwise: Step) -> Step {
    #[derive(Deserialize)]
    struct Body {
        status: ProvisioningState,
    }
    let body: Result<Body, _> = serde_json::from_slice(&reply.body);
    body.ok().and_then(|body| ended(&body.status, reply)).unwrap_or(otherwise)
}

fn ended(state: &ProvisioningState, reply: &Reply) -> Option<Step> {
    match state {
        ProvisioningState::Succeeded => Some(Step::Done),
        ProvisioningState::Failed | ProvisioningState::Canceled => Some(failed(reply, state.as_str())),
        _ => None,
    }
}

fn refused(reply: &Reply) -> Step {
    failed(reply, &format!("Http{}", reply.status))
}

fn failed(reply: &Reply, otherwise: &str) -> Step {
    let body = ErrorBody::parse(&reply.body);
    Step::Failed {
        code: body.code().unwrap_or(otherwise).to_owned(),
        message: body.message().unwrap_or_default().to_owned(),
    }
}

impl std::fmt::Debug for Next {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::StatusUrl(_) => "StatusUrl(..)",
            Self::ResultUrl(_) => "ResultUrl(..)",
            Self::Same => "Same",
            Self::Resource => "Resource",
        })
    }
}

#[cfg(test)]
mod tests;
