//! Whether and when to send a request again: a pure decision.
//!
//! Only short waits are spent here. When the service asks for more patience than the policy has, the call gives
//! up at once and its error says how long to wait, so that the caller can plan a wake-up instead of blocking.

use std::time::Duration;

use azure_core::http::Method;
use azure_core::http::headers::{HeaderName, Headers};
use jiff::Timestamp;
use jiff::fmt::rfc2822;

/// How patient a client is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Most times a request is sent, the first one included.
    pub max_attempts: u32,
    /// Wait before the second attempt; four times as long before each further one.
    pub first_delay: Duration,
    /// Longest `Retry-After` that is waited out.
    pub patience: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self { max_attempts: 3, first_delay: Duration::from_millis(200), patience: Duration::from_secs(5) }
    }
}

/// How an attempt failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// The service answered with an error status.
    Status {
        /// HTTP status.
        status: u16,
        /// How long the service asks to wait.
        retry_after: Option<Duration>,
    },
    /// No answer: the request may or may not have been carried out.
    Transport,
}

/// What to do after a failed attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Send the same request again after this wait.
    Again {
        /// The wait.
        after: Duration,
    },
    /// Report the failure.
    GiveUp,
}

/// Decides after the failed attempt number `attempt` (the first is 1). `jitter`, from 0 to 1, stretches the wait
/// by up to a quarter, so that many callers do not come back at the same moment.
#[must_use]
pub fn decide(attempt: u32, method: Method, failure: Failure, policy: &RetryPolicy, jitter: f64) -> Decision {
    if attempt >= policy.max_attempts || !is_idempotent(method) {
        return Decision::GiveUp;
    }
    let asked_for = match failure {
        Failure::Transport => None,
        Failure::Status { status: 408 | 429 | 500 | 502 | 503 | 504, retry_after } => retry_after,
        Failure::Status { .. } => return Decision::GiveUp,
    };
    if asked_for.is_some_and(|wait| wait > policy.patience) {
        return Decision::GiveUp;
    }
    let own = policy.first_delay.saturating_mul(4_u32.saturating_pow(attempt - 1));
    let wait = asked_for.unwrap_or(own).max(own);
    Decision::Again { after: wait.mul_f64(1.0 + jitter.clamp(0.0, 1.0) / 4.0) }
}

/// Whether sending a request twice does no more than sending it once. PATCH is here because ours only set values.
fn is_idempotent(method: Method) -> bool {
    matches!(method, Method::Get | Method::Head | Method::Put | Method::Patch | Method::Delete)
}

/// How long the service asks to wait, from whichever header it uses. `now` turns a date into a wait.
#[must_use]
pub fn retry_after(headers: &Headers, now: Timestamp) -> Option<Duration> {
    let header = |name| headers.get_optional_str(&HeaderName::from_static(name));
    ["retry-after-ms", "x-ms-retry-after-ms"]
        .into_iter()
        .find_map(|name| header(name)?.trim().parse().ok().map(Duration::from_millis))
        .or_else(|| seconds_or_date(header("retry-after")?.trim(), now))
}

fn seconds_or_date(value: &str, now: Timestamp) -> Option<Duration> {
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = http_date(value)?;
    Some(Duration::try_from(date.duration_since(now)).unwrap_or_default())
}

/// Parses the date of an HTTP header, such as `Fri, 01 Jan 2027 00:00:00 GMT`.
#[must_use]
pub fn http_date(value: &str) -> Option<Timestamp> {
    rfc2822::DateTimeParser::new().parse_timestamp(value).ok()
}

#[cfg(test)]
mod tests;
