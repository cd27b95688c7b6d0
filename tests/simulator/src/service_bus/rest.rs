//! The namespace over HTTPS, for a caller that speaks no AMQP: an operator's command line.
//!
//! Simulated of the documented REST API: sending one message, peek-lock, receive-and-delete, completing, unlocking and
//! renewing, on queues and their dead-letter sub-queues, with tokens of the simulated directory. Everything else answers
//! 501: shared access signatures, batches, topics and subscriptions, management. The API has no sessions: a `SessionId` can
//! be sent, and a queue with sessions can't be received from.
//!
//! Not verified: the text of errors, and in which case custom properties come back, since HTTP/2 lowers names.

mod address;
mod in_process;
mod properties;

use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use tokio::time::Instant;

use super::{Locked, ServiceBus, ServiceBusError};
use crate::identity::Tokens;
use address::{Address, Operation};

/// The audience of tokens for any namespace; the address of the namespace itself is one too.
const AUDIENCE: &str = "https://servicebus.azure.net";

/// How long a receiver waits for a message when it doesn't say. Not verified.
const DEFAULT_PATIENCE: Duration = Duration::from_secs(60);

/// The pause between two looks at an empty queue.
const PAUSE: Duration = Duration::from_millis(50);

/// The media type of a message whose sender gave none.
const NO_CONTENT_TYPE: &str = "application/atom+xml;type=entry;charset=utf-8";

/// The REST front of a namespace, reached through [`Network::serve_namespace`](crate::net::Network::serve_namespace) or,
/// in the same process, as an [`HttpClient`](azure_core::http::HttpClient). Clones are the same front.
#[derive(Clone)]
pub struct RestFront {
    host: String,
    bus: ServiceBus,
    tokens: Tokens,
}

/// A request that isn't answered as wished.
#[derive(Debug, PartialEq, Eq)]
struct Refusal {
    status: StatusCode,
    text: String,
}

impl RestFront {
    /// The front of `bus` under the host name of its namespace, for instance `contoso-fleet.servicebus.windows.net`.
    /// Callers show tokens out of `tokens`. Whether they may send or receive isn't asked.
    #[must_use]
    pub fn new(host: &str, bus: &ServiceBus, tokens: &Tokens) -> Self {
        Self { host: host.to_ascii_lowercase(), bus: bus.clone(), tokens: tokens.clone() }
    }

    /// The host name.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Answers a request. A receiver waits for a message as long as its `timeout` says, on the runtime's clock, since
    /// simulated time may stand still meanwhile.
    pub async fn exchange(&self, request: &Request<Bytes>) -> Response<Bytes> {
        let end = Instant::now() + patience(request);
        loop {
            let response = self.answer(request);
            if response.status() != StatusCode::NO_CONTENT || Instant::now() >= end {
                return response;
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Answers a request at once: 204 to a receiver for whom there is no message.
    #[must_use]
    pub fn answer(&self, request: &Request<Bytes>) -> Response<Bytes> {
        self.decide(request).unwrap_or_else(|Refusal { status, text }| {
            let mut response = Response::new(Bytes::from(text));
            *response.status_mut() = status;
            response
        })
    }

    fn decide(&self, request: &Request<Bytes>) -> Result<Response<Bytes>, Refusal> {
        self.authenticate(request)?;
        let Address { queue, operation } = Address::of(request)?;
        match operation {
            Operation::Send => self.send(&queue, request),
            Operation::Lock => self.lock(&queue),
            Operation::Take => self.take(&queue),
            Operation::Settle { message, token } => self.settle(request.method(), &queue, &message, &token),
        }
    }

    fn authenticate(&self, request: &Request<Bytes>) -> Result<(), Refusal> {
        let header = request.headers().get("authorization").and_then(|header| header.to_str().ok());
        let header = header.ok_or_else(|| refusal(401, "The Authorization header is missing."))?;
        if header.starts_with("SharedAccessSignature") {
            return Err(refusal(501, "Shared access signatures aren't simulated."));
        }
        let token = header.strip_prefix("Bearer ").unwrap_or_default();
        let claims = self.tokens.recognise(token);
        let claims = claims.ok_or_else(|| refusal(401, "The token is not one of this directory."))?;
        if claims.audience != AUDIENCE && claims.audience != format!("https://{}", self.host) {
            return Err(refusal(401, "The token is for another audience."));
        }
        Ok(())
    }

    fn send(&self, queue: &str, request: &Request<Bytes>) -> Result<Response<Bytes>, Refusal> {
        let message = properties::outgoing(request)?;
        self.bus.send(queue, message)?;
        Ok(empty(StatusCode::CREATED))
    }

    fn lock(&self, queue: &str) -> Result<Response<Bytes>, Refusal> {
        let Some(locked) = self.bus.receive(queue)? else { return Ok(empty(StatusCode::NO_CONTENT)) };
        let Locked { message, lock_token, .. } = &locked;
        let location =
            format!("https://{}/{queue}/messages/{}/{lock_token}", self.host, message.sequence_number);
        properties::received(StatusCode::CREATED, &locked, Some(&location))
    }

    /// Receives and deletes.
    fn take(&self, queue: &str) -> Result<Response<Bytes>, Refusal> {
        let Some(locked) = self.bus.receive(queue)? else { return Ok(empty(StatusCode::NO_CONTENT)) };
        self.bus.complete(queue, &locked.lock_token)?;
        properties::received(StatusCode::OK, &locked, None)
    }

    /// Completes, unlocks or renews a locked message, which is named by its id or its sequence number.
    fn settle(
        &self,
        method: &Method,
        queue: &str,
        message: &str,
        token: &str,
    ) -> Result<Response<Bytes>, Refusal> {
        let held = self.bus.locked(queue, token)?;
        if message != held.message_id && message != held.sequence_number.to_string() {
            return Err(refusal(404, "No message with this id or sequence number has this lock."));
        }
        match *method {
            Method::DELETE => self.bus.complete(queue, token)?,
            Method::PUT => self.bus.abandon(queue, token)?,
            _ => self.bus.renew_once(queue, token)?,
        }
        Ok(empty(StatusCode::OK))
    }
}

impl From<ServiceBusError> for Refusal {
    fn from(error: ServiceBusError) -> Self {
        let status = match error {
            ServiceBusError::NoSuchQueue(_) => 410,
            ServiceBusError::LockLost { .. } => 404,
        };
        refusal(status, &error.to_string())
    }
}

/// `timeout` of the query, in seconds.
fn patience(request: &Request<Bytes>) -> Duration {
    let query = url::form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes());
    let timeout = query.filter(|(name, _)| name.eq_ignore_ascii_case("timeout"));
    timeout.last().and_then(|(_, seconds)| seconds.parse().ok()).map_or(DEFAULT_PATIENCE, Duration::from_secs)
}

fn refusal(status: u16, text: &str) -> Refusal {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    Refusal { status, text: text.to_owned() }
}

fn empty(status: StatusCode) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = status;
    response
}

impl std::fmt::Debug for RestFront {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RestFront({})", self.host)
    }
}

#[cfg(test)]
mod tests;
