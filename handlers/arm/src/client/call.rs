//! One call: attempts until one succeeds or the policy gives up, then one record and one log event.

use std::time::Duration;

use azure_core::error::ErrorKind;
use azure_core::http::headers::{HeaderName, Headers};
use azure_core::http::{Context, Method, PipelineSendOptions, Request as HttpRequest};
use jiff::Timestamp;
use serde_json::Value;
use tokio::time::{Instant, sleep, timeout};
use url::Url;
use uuid::Uuid;

use super::{ArmClient, CallContext, CallRecord};
use crate::error::{ArmError, ErrorBody, Problem, Refusal};
use crate::operations::{Kind, Operation};
use crate::reply::Reply;
use crate::request::{Condition, Request};
use crate::retry::{self, Decision, Failure};

/// A request at its full URL.
pub(super) struct Call<'a> {
    operation: &'static Operation,
    resource: &'a str,
    url: Url,
    body: Option<&'a Value>,
    condition: &'a Condition,
}

impl<'a> Call<'a> {
    pub(super) fn new(endpoint: &Url, request: &'a Request) -> Self {
        let mut url = endpoint.clone();
        url.set_path(&request.resource);
        url.set_query(Some(&request.query()));
        Self {
            operation: request.operation,
            resource: &request.resource,
            url,
            body: request.body.as_ref(),
            condition: &request.condition,
        }
    }

    /// The same call at another URL: the next page.
    pub(super) fn at(self, url: Url) -> Self {
        Self { url, ..self }
    }

    pub(super) fn error(&self, context: &CallContext, problem: Problem) -> ArmError {
        ArmError::new(self.operation.name, self.resource, context.correlation_id(), problem)
    }

    fn http_request(&self, correlation_id: Uuid, request_id: Uuid) -> HttpRequest {
        let mut request = HttpRequest::new(self.url.clone(), self.operation.method);
        request.insert_header("accept", "application/json");
        request.insert_header("x-ms-client-request-id", request_id.to_string());
        request.insert_header("x-ms-return-client-request-id", "true");
        request.insert_header("x-ms-correlation-request-id", correlation_id.to_string());
        match self.condition {
            Condition::Any => {}
            Condition::Unchanged(etag) => request.insert_header("if-match", etag.clone()),
            Condition::Absent => request.insert_header("if-none-match", "*"),
        }
        match self.body {
            Some(body) => {
                request.insert_header("content-type", "application/json");
                request.set_body(body.to_string());
            }
            // HTTP libraries leave the length of an empty body out, and gateways then refuse a POST with 411.
            None if self.operation.method == Method::Post => request.insert_header("content-length", "0"),
            None => {}
        }
        request
    }
}

impl ArmClient {
    pub(super) async fn call(&self, context: &CallContext, call: &Call<'_>) -> Result<Reply, ArmError> {
        let started = Instant::now();
        let mut attempts = 0;
        let after = self.per_call_timeout;
        let outcome = timeout(after, self.attempts(context, call, &mut attempts))
            .await
            .unwrap_or(Err(Problem::TimedOut { after }));
        let record = record(call, &outcome, attempts);
        log(call.operation.kind, context, &record, started.elapsed());
        context.record(record);
        outcome.map_err(|problem| call.error(context, problem))
    }

    async fn attempts(
        &self,
        context: &CallContext,
        call: &Call<'_>,
        attempts: &mut u32,
    ) -> Result<Reply, Problem> {
        loop {
            *attempts += 1;
            let request_id = context.next_request_id();
            let problem = match self.attempt(context, call, request_id).await {
                Ok(reply) => return Ok(reply),
                Err(problem) => problem,
            };
            let Some(failure) = failure(&problem) else { return Err(problem) };
            match retry::decide(*attempts, call.operation.method, failure, &self.retry, jitter(request_id)) {
                Decision::Again { after } => sleep(after).await,
                Decision::GiveUp => return Err(problem),
            }
        }
    }

    async fn attempt(
        &self,
        context: &CallContext,
        call: &Call<'_>,
        request_id: Uuid,
    ) -> Result<Reply, Problem> {
        let mut request = call.http_request(context.correlation_id(), request_id);
        // Our own classes of errors read the status; azure_core's check would turn it into an error before.
        let options = PipelineSendOptions { skip_checks: true, ..PipelineSendOptions::default() };
        let response =
            self.pipeline.send(&Context::new(), &mut request, Some(options)).await.map_err(unanswered)?;
        let (status, headers, body) = response.deconstruct();
        let reply = Reply { status: status.into(), headers, body: body.into() };
        if reply.is_success() { Ok(reply) } else { Err(Problem::Refused(refusal(&reply))) }
    }
}

fn unanswered(error: azure_core::Error) -> Problem {
    match error.kind() {
        ErrorKind::Credential => Problem::NoToken(error),
        _ => Problem::Unreachable(error),
    }
}

fn refusal(reply: &Reply) -> Refusal {
    Refusal {
        status: reply.status,
        body: ErrorBody::parse(&reply.body),
        retry_after: retry::retry_after(&reply.headers, service_time(&reply.headers)),
        request_id: reply.header("x-ms-request-id").map(str::to_owned),
    }
}

/// The service's clock at the time of the answer, so that a date in `Retry-After` does not depend on ours.
fn service_time(headers: &Headers) -> Timestamp {
    let date = headers.get_optional_str(&HeaderName::from_static("date"));
    date.and_then(retry::http_date).unwrap_or_else(Timestamp::now)
}

/// What the retry policy needs to know of a problem; `None` when no repetition can mend it. A missing token is
/// not asked for again: the credential has its own retries.
fn failure(problem: &Problem) -> Option<Failure> {
    match problem {
        Problem::Refused(Refusal { status, retry_after, .. }) => {
            Some(Failure::Status { status: *status, retry_after: *retry_after })
        }
        Problem::Unreachable(_) => Some(Failure::Transport),
        _ => None,
    }
}

/// A number from 0 to 1 that differs between attempts and repeats when an invocation is replayed.
fn jitter(request_id: Uuid) -> f64 {
    f64::from(request_id.as_bytes()[0]) / f64::from(u8::MAX)
}

fn record(call: &Call<'_>, outcome: &Result<Reply, Problem>, attempts: u32) -> CallRecord {
    let (status, request_id) = match outcome {
        Ok(reply) => (Some(reply.status), reply.header("x-ms-request-id").map(str::to_owned)),
        Err(Problem::Refused(refusal)) => (Some(refusal.status), refusal.request_id.clone()),
        Err(_) => (None, None),
    };
    CallRecord {
        operation: call.operation.name,
        resource: call.resource.to_owned(),
        status,
        request_id,
        attempts,
    }
}

/// One event per call. Reads are for whoever debugs; writes are what an operator wants to see by default.
fn log(kind: Kind, context: &CallContext, record: &CallRecord, took: Duration) {
    macro_rules! event {
        ($level:expr) => {
            tracing::event!(
                $level,
                arm.operation = record.operation,
                arm.resource = record.resource,
                arm.status = record.status,
                arm.request_id = record.request_id,
                arm.attempts = record.attempts,
                arm.correlation_id = %context.correlation_id(),
                duration_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
                "called {} of ARM",
                record.operation
            )
        };
    }
    match kind {
        Kind::Read => event!(tracing::Level::DEBUG),
        Kind::Write | Kind::Delete => event!(tracing::Level::INFO),
    }
}
