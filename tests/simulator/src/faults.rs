//! Faults as rules: what goes wrong, where, and how often.
//!
//! The first rule that matches a request decides. Which requests a rule hits depends on the request itself
//! (method, path, how many times exactly this request was sent), never on the order among different requests.

use std::time::Duration;

use regex::Regex;
use serde_json::Value;

use crate::chance::Seed;

/// What goes wrong.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// 429 `SubscriptionRequestsThrottled`.
    Throttle {
        /// `Retry-After` in seconds; `None` leaves the header out.
        retry_after_seconds: Option<u64>,
    },
    /// An answer with this status and body instead of the true one; the request has no effect.
    Status {
        /// The HTTP status.
        status: u16,
        /// The body, for instance `{"error":{"code":"InternalServerError","message":"…"}}`.
        body: Option<Value>,
    },
    /// The connection breaks before the request has any effect.
    ConnectionLost,
    /// The request has its effect, then the connection breaks.
    ReplyLost,
    /// The long-running operation that the request begins ends in Failed, with this code.
    OperationFails {
        /// The `error.code` of the operation.
        code: String,
    },
    /// The long-running operation that the request begins never ends.
    OperationStuck,
    /// The answer is held back for this long, in the time of the async runtime.
    Delay(Duration),
    /// The handler is killed; no answer comes.
    KillHandler(KillPoint),
}

/// When a killed handler dies, seen from ARM.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KillPoint {
    /// Before the request has any effect.
    BeforeWrite,
    /// After the request had its effect.
    AfterWrite,
}

/// One fault and where it strikes.
#[derive(Debug, Clone)]
pub struct Rule {
    method: Option<String>,
    path: Option<Regex>,
    nth: Option<u32>,
    per_mille: u64,
    left: Option<u32>,
    effect: Effect,
}

impl Rule {
    /// A rule that strikes the next request of any kind, once.
    #[must_use]
    pub fn once(effect: Effect) -> Self {
        Self { method: None, path: None, nth: None, per_mille: 1000, left: Some(1), effect }
    }

    /// A rule that strikes every request.
    #[must_use]
    pub fn always(effect: Effect) -> Self {
        Self { left: None, ..Self::once(effect) }
    }

    /// Strikes this many times before it is used up.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.left = Some(times);
        self
    }

    /// Only requests with this method.
    #[must_use]
    pub fn method(mut self, method: &str) -> Self {
        self.method = Some(method.to_ascii_uppercase());
        self
    }

    /// Only requests whose path (without query) matches this regular expression, compared without case.
    ///
    /// # Errors
    /// When the expression can't be parsed.
    pub fn path(mut self, expression: &str) -> Result<Self, regex::Error> {
        self.path = Some(Regex::new(&format!("(?i){expression}"))?);
        Ok(self)
    }

    /// Only the nth time that the same method and path are sent, from 1.
    #[must_use]
    pub fn nth(mut self, nth: u32) -> Self {
        self.nth = Some(nth);
        self
    }

    /// Only about `per_mille` of 1000 matching requests, chosen by seed, method, path and how often they were
    /// sent.
    #[must_use]
    pub fn per_mille(mut self, per_mille: u64) -> Self {
        self.per_mille = per_mille;
        self
    }

    fn matches(&self, request: &Struck<'_>, seed: Seed) -> bool {
        let key = ["fault", request.method, request.path, &request.attempt.to_string()];
        self.left != Some(0)
            && self.method.as_deref().is_none_or(|method| method == request.method)
            && self.nth.is_none_or(|nth| nth == request.attempt)
            && self.path.as_ref().is_none_or(|path| path.is_match(request.path))
            && (self.per_mille >= 1000 || seed.happens(self.per_mille, &key))
    }
}

/// The request that a fault may strike.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Struck<'a> {
    pub method: &'a str,
    pub path: &'a str,
    /// How many times this method and path have been sent, this time included.
    pub attempt: u32,
}

/// The rules in force, in order.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    rules: Vec<Rule>,
}

impl Faults {
    pub(crate) fn add(&mut self, rule: Rule) {
        self.rules.push(rule);
    }

    pub(crate) fn clear(&mut self) {
        self.rules.clear();
    }

    /// The effect of the first rule that matches, which is thereby used once.
    pub(crate) fn strike(&mut self, request: &Struck<'_>, seed: Seed) -> Option<Effect> {
        let rule = self.rules.iter_mut().find(|rule| rule.matches(request, seed))?;
        rule.left = rule.left.map(|left| left - 1);
        Some(rule.effect.clone())
    }
}

#[cfg(test)]
mod tests;
