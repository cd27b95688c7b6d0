//! Azure Monitor alerts as evidence about health: one object in the common alert schema, sent by an action group.
//!
//! An alert is taken for what it is documented to say and no more. Which rules exist, and whom the values of their
//! dimensions stand for, is configuration; here is only the grammar. Every alert that is no evidence has its reason.

use std::fmt;

use fleet_core::health::Signal;
use jiff::Timestamp;
use serde_json::json;

use super::{
    decoded::Fault,
    rejected::Rejected,
    statement::{self, Statement},
};
use crate::envelope::{Answer, HttpAnswer, Invocation, NotAnInvocation, NotAnObject, binding};

mod log_search;
mod metric;
mod resource_health;
mod schema;
mod service_health;

use schema::CommonAlert;

/// The largest alert read, in bytes: Azure Monitor sends no more.
pub const MAX_ALERT_BYTES: usize = 256 * 1_024;

/// The most signals that one alert may become. Azure has fewer regions, and a rule that speaks of more origins at once
/// is better split.
const MAX_SIGNALS: usize = 128;

/// What became of an alert.
#[derive(Debug, Clone, PartialEq)]
#[must_use = "signals that are not queued and rejections that are not parked are lost"]
pub enum Alert {
    /// It is evidence: one signal per source, key and subject, in their order; at least one.
    Signals(Vec<Signal>),
    /// It is well-formed and says nothing about the health of a stamp.
    Ignored(NotEvidence),
    /// It can't be read.
    Rejected(Rejected),
}

/// Why an alert is no evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NotEvidence {
    /// The portal's "test action group", a rule that is called a test, or a drill.
    Test,
    /// A kind of alert that no reading exists for: activity log, budget, smart detection and others.
    OtherService,
    /// A metric that says nothing about who can take traffic.
    OtherMetric,
    /// A condition that is met when the metric is well.
    OtherDirection,
    /// No dimension, so nobody is named.
    Unnamed,
    /// A resource that is neither a cluster nor an Application Gateway.
    OtherResource,
    /// How a fleet's update run stands.
    UpdateRun,
    /// Maintenance, an advisory or a security notice: nothing is down.
    NoIncident,
    /// An incident of a service that has no region.
    Everywhere,
}

impl fmt::Display for NotEvidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Test => "it is a test",
            Self::OtherService => "alerts of this kind say nothing about health",
            Self::OtherMetric => "no condition is on a metric that tells a stamp's health",
            Self::OtherDirection => "its condition is met when the metric is well",
            Self::Unnamed => "no dimension names whom it concerns",
            Self::OtherResource => "its target is neither a managed cluster nor an Application Gateway",
            Self::UpdateRun => "how an update run stands says nothing about health",
            Self::NoIncident => "it announces something and is no incident",
            Self::Everywhere => "it names no region",
        })
    }
}

/// What the reader of one kind of alert found.
enum Reading {
    Evidence(Vec<Statement>),
    Nothing(NotEvidence),
}

type Read = fn(&CommonAlert<'_>) -> Result<Reading, Fault>;

/// The kinds of alert that can be evidence, by `monitoringService` as [`plain`] leaves it.
const READERS: &[(&str, Read)] = &[
    ("platform", metric::read),
    ("logalertsv2", log_search::read),
    ("resourcehealth", resource_health::read),
    ("servicehealth", service_health::read),
];

/// Reads the alert in the body of an HTTP invocation; `clock` serves when the host sent no time.
///
/// Never fails. Of a request that holds no alert nothing is kept but the fault: it carries the caller's function key.
pub fn read_invocation(body: &[u8], clock: fn() -> Timestamp) -> Alert {
    let read = |invocation: Invocation<'_>| -> Result<Alert, NotAnInvocation> {
        let request = invocation.request(binding::REQUEST)?;
        Ok(read(request.body.as_deref().unwrap_or_default(), invocation.now(clock)))
    };
    Invocation::parse(body)
        .and_then(read)
        .unwrap_or_else(|error| Alert::Rejected(Rejected::new(&error.path, error.fault, b"")))
}

/// Reads one alert from its JSON text.
pub fn read(text: &str, now: Timestamp) -> Alert {
    match evidence(text) {
        Ok((_, Reading::Nothing(reason))) => Alert::Ignored(reason),
        Ok((id, Reading::Evidence(statements))) => {
            let signals = statements.into_iter().map(|statement| statement.signal(&id, now));
            Alert::Signals(statement::latest(signals))
        }
        Err(Fault { path, fault }) => Alert::Rejected(Rejected::new(&path, fault, text.as_bytes())),
    }
}

/// The alert's id and what it says.
fn evidence(text: &str) -> Result<(String, Reading), Fault> {
    if text.len() > MAX_ALERT_BYTES {
        let bytes = text.len();
        return Err(Fault::at(
            "",
            format!("the alert has {bytes} bytes; at most {MAX_ALERT_BYTES} are read"),
        ));
    }
    let alert = CommonAlert::parse(text)?;
    let id = alert.id().to_owned();
    if alert.is_test() {
        return Ok((id, Reading::Nothing(NotEvidence::Test)));
    }
    let service = plain(alert.monitoring_service());
    let Some((_, read)) = READERS.iter().find(|(name, _)| *name == service) else {
        return Ok((id, Reading::Nothing(NotEvidence::OtherService)));
    };
    let reading = read(&alert)?;
    if let Reading::Evidence(statements) = &reading
        && statements.len() > MAX_SIGNALS
    {
        let fault = format!("names {} subjects; at most {MAX_SIGNALS} are taken", statements.len());
        return Err(Fault::at("data.alertContext", fault));
    }
    Ok((id, reading))
}

/// A service's name in lower case, without what samples and prose put between its words.
fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

impl Alert {
    /// The answer of the HTTP function: signals to the work queue, a rejection to its own, and to the caller how many
    /// signals there are and why there is none. Azure Monitor does not repeat what was answered with 400.
    ///
    /// # Errors
    /// Never in practice: every kind of item is an object.
    pub fn to_answer(&self) -> Result<Answer, NotAnObject> {
        let mut answer = Answer::new();
        match self {
            Self::Signals(signals) => {
                for signal in signals {
                    answer.push(binding::WORK, signal)?;
                    answer = answer.log(format!("{}: {}", signal.source, signal.why));
                }
                Ok(answer.http(told(200, &json!({ "signals": signals.len() }))))
            }
            Self::Ignored(reason) => {
                let body = json!({ "signals": 0, "ignored": reason.to_string() });
                Ok(answer.log(format!("an alert is no evidence: {reason}")).http(told(200, &body)))
            }
            Self::Rejected(rejected) => {
                let body = json!({ "path": rejected.path, "error": rejected.fault });
                Ok(rejected.park(answer)?.http(told(400, &body)))
            }
        }
    }
}

fn told(status: u16, body: &serde_json::Value) -> HttpAnswer {
    HttpAnswer::new(status, "application/json", body.to_string())
}

#[cfg(test)]
mod tests;
