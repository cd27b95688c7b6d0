//! From method and path to a queue and what is to be done there.

use bytes::Bytes;
use http::{Method, Request};
use percent_encoding::percent_decode_str;

use super::{Refusal, refusal};
use crate::service_bus::split;

/// What a request is about.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Address {
    /// A queue, or its dead-letter sub-queue.
    pub(super) queue: String,
    pub(super) operation: Operation,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Operation {
    Send,
    /// Peek-lock.
    Lock,
    /// Receive and delete.
    Take,
    /// The method says what to do with a locked message, named by its id or sequence number.
    Settle {
        message: String,
        token: String,
    },
}

impl Address {
    /// Reads `/<queue>/messages`, `/<queue>/messages/head` and `/<queue>/messages/<message>/<lock token>`. A queue's name
    /// may hold slashes.
    pub(super) fn of(request: &Request<Bytes>) -> Result<Self, Refusal> {
        let method = request.method();
        let not_simulated = || refusal(501, &format!("{method} {} isn't simulated.", request.uri().path()));
        let segments: Vec<String> = request.uri().path().trim_matches('/').split('/').map(decode).collect();
        let (queue, rest) = before_messages(&segments).ok_or_else(not_simulated)?;
        // A subscription of a topic.
        if queue.iter().any(|segment| segment.eq_ignore_ascii_case("subscriptions")) {
            return Err(not_simulated());
        }
        let queue = queue.join("/");
        let operation = match (method, rest) {
            // What the broker says to a message for a dead-letter queue isn't known.
            (&Method::POST, []) if !split(&queue).1 => Operation::Send,
            (&Method::POST, [head]) if head == "head" => Operation::Lock,
            (&Method::DELETE, [head]) if head == "head" => Operation::Take,
            (&Method::DELETE | &Method::PUT | &Method::POST, [message, token]) => {
                Operation::Settle { message: message.clone(), token: token.clone() }
            }
            _ => return Err(not_simulated()),
        };
        Ok(Self { queue, operation })
    }
}

/// The segments before and after the last `messages`.
fn before_messages(segments: &[String]) -> Option<(&[String], &[String])> {
    let at = segments.iter().rposition(|segment| segment.eq_ignore_ascii_case("messages"))?;
    (at > 0).then(|| (&segments[..at], &segments[at + 1..]))
}

fn decode(segment: &str) -> String {
    percent_decode_str(segment).decode_utf8_lossy().into_owned()
}
