//! The words for what happens.
//!
//! Calls to ARM are gathered until their invocation ends and then told in a stable order, because calls made side by
//! side may arrive in any.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use fleet_core::trigger::NudgeKind;
use fleet_simulator::{arm::Arm, happening::Happening};

use super::{
    Kind,
    news::{Line, Look, Reason, Said},
};
use crate::estate::name;

/// What a look is about when it is not about one stamp.
const UPDATES: &str = "the fleet's updates";

/// What a look at them says that finds nothing to do, or only time to wait for.
const IDLE: &str = "the fleet's updates need nothing";

/// Nudges that lead to a look at the fleet's updates.
const ABOUT_UPDATES: [NudgeKind; 3] =
    [NudgeKind::GateChanged, NudgeKind::RunChanged, NudgeKind::VersionsChanged];

/// The calls of invocations that have not ended, by correlation id.
pub(super) type Gathered = Mutex<BTreeMap<String, Calls>>;

/// The calls of one invocation.
#[derive(Debug, Default)]
pub(super) struct Calls {
    writes: Vec<String>,
    /// What it looks at: a cluster's name in lower case, or [`UPDATES`].
    about: Option<String>,
}

/// What a happening is worth.
pub(super) fn of(happening: &Happening, arm: &Arm, gathered: &Gathered) -> Said {
    let mut gathered = gathered.lock().unwrap_or_else(PoisonError::into_inner);
    match happening {
        Happening::ArmCall { method, url, status, correlation_id, changed, .. } => {
            let calls = gathered.entry(correlation_id.to_ascii_lowercase()).or_default();
            calls.note(method, url, *status, *changed);
            Said::default()
        }
        Happening::InvocationFinished { id, function, ok, logs, failure } => {
            let calls = gathered.remove(&id.to_ascii_lowercase()).unwrap_or_default();
            let failure = (!ok).then(|| failure.as_deref().unwrap_or("no reason given"));
            finished(arm, id, function, failure, logs, calls)
        }
        Happening::EventRaised { event_type, subject } => event(arm, event_type, subject),
        other => Said::now(at_once(other)),
    }
}

impl Calls {
    fn note(&mut self, method: &str, url: &str, status: Option<u16>, changed: bool) {
        if method != "GET" {
            let status = status.map_or_else(|| "no answer".to_owned(), |status| status.to_string());
            let effect = if changed { "" } else { " (no effect)" };
            self.writes.push(format!("{method} {} -> {status}{effect}", tail(url)));
            return;
        }
        let path = url.split('?').next().unwrap_or(url).to_ascii_lowercase();
        let cluster = path.split_once("/managedclusters/").map(|(_, rest)| name(rest).to_owned());
        if path.ends_with("/gates") || path.contains("/updateruns") {
            self.about = Some(UPDATES.to_owned());
        } else if self.about.is_none() {
            self.about = cluster;
        }
    }
}

/// What is told the moment it happens.
fn at_once(happening: &Happening) -> Option<Line> {
    match happening {
        Happening::UpgradeStarted { cluster, run, .. } => {
            Some((Kind::World, format!("update run {} begins to upgrade {}", name(run), name(cluster))))
        }
        Happening::UpgradeEnded { cluster, ok, .. } => {
            let ends = if *ok { "is done" } else { "has failed" };
            Some((Kind::World, format!("the upgrade of {} {ends}", name(cluster))))
        }
        Happening::InvocationHangs { function, .. } => Some((Kind::Failure, format!("{function} hangs"))),
        Happening::MessageAbandoned { queue, deliveries, .. } => {
            Some((Kind::Failure, format!("a message went back to {queue} after delivery {deliveries}")))
        }
        Happening::MessageDeadLettered { queue, reason, .. } => {
            Some((Kind::Failure, format!("a message of {queue} became a dead letter: {reason}")))
        }
        Happening::EventDropped { reason, .. } | Happening::EventDeadLettered { reason, .. } => {
            Some((Kind::Failure, format!("an event was lost: {reason}")))
        }
        Happening::HandlerStarted { start } => {
            Some((Kind::Host, format!("the handler runs (start {start})")))
        }
        Happening::HandlerExited { code: Some(code) } => {
            Some((Kind::Host, format!("the handler ended with code {code}")))
        }
        Happening::HandlerExited { code: None } => Some((Kind::Host, "the handler was killed".to_owned())),
        Happening::HandlerLine { text, stderr: true } if !is_log(text) => Some((Kind::Failure, text.clone())),
        _ => None,
    }
}

/// Whether a line is one of the handler's log, and not, for instance, a panic.
pub(super) fn is_log(line: &str) -> bool {
    line.starts_with("{\"level\":")
}

/// A line of the handler's log for people: its level, its sentence and its fields.
pub(super) fn log(line: &str) -> String {
    let Ok(serde_json::Value::Object(mut fields)) = serde_json::from_str(line) else {
        return line.to_owned();
    };
    fields.remove("target");
    let mut text = |name: &str| {
        let value = fields.remove(name);
        value.as_ref().and_then(serde_json::Value::as_str).unwrap_or_default().to_owned()
    };
    let (level, message) = (text("level"), text("message"));
    let fields = fields.iter().map(|(name, value)| format!(" {name}={value}"));
    format!("Logged, {level}: {message}{}", fields.collect::<String>())
}

/// Events about clusters are told at once; those about update runs and gates, mostly echoes of what is done to them, once
/// they lead to something.
fn event(arm: &Arm, event_type: &str, subject: &str) -> Said {
    let event = event_type.rsplit_once("Microsoft.").map_or(event_type, |(_, short)| short);
    let line = (Kind::Event, named(arm, &format!("{event} {}", name(subject))));
    let lower = subject.to_ascii_lowercase();
    if lower.contains("/managedclusters/") {
        return Said::now([line]);
    }
    if lower.contains("/updateruns/") || lower.contains("/gates/") {
        let reasons = vec![Reason { about: UPDATES.to_owned(), line }];
        return Said { reasons, ..Said::default() };
    }
    Said::default()
}

/// An invocation as a look at something, and what it asks to be looked at next.
fn finished(
    arm: &Arm,
    id: &str,
    function: &str,
    failure: Option<&str>,
    logs: &[String],
    calls: Calls,
) -> Said {
    let Calls { mut writes, about } = calls;
    writes.sort();
    let looks = ["work", "commands"].contains(&function);
    let acts = function == "commands" || failure.is_some() || !writes.is_empty();
    let counts = arm.calls_of(id);
    let (reads, trips) = (counts.reads, counts.sequential_round_trips);
    let (mut lines, mut reasons) = (Vec::new(), Vec::new());
    if reads > 0 && looks {
        lines
            .push((Kind::Reads, format!("{function}: {reads} reads; {trips} sequential round trips in all")));
    }
    lines.extend(writes.into_iter().map(|write| (Kind::Write, write)));
    lines.extend(failure.map(|why| (Kind::Failure, format!("{function} failed: {why}"))));
    let about = about.unwrap_or_default();
    for log in logs.iter().filter(|log| *log != IDLE).map(|log| named(arm, log)) {
        match reason(arm, function, &log) {
            Some(reason) => reasons.push(reason),
            None => lines.push(said(log, &about)),
        }
    }
    // Where nothing was read, somebody else has just looked.
    let look = (acts || !about.is_empty()).then_some(Look { about, acts, lines });
    Said { look, reasons, ..Said::default() }
}

/// A log line of a look. A hold says whose it is.
fn said(log: String, about: &str) -> Line {
    match log.strip_prefix("hold: ") {
        Some(hold) if about == UPDATES || about.is_empty() || hold.contains(about) => {
            (Kind::Hold, hold.to_owned())
        }
        Some(hold) => (Kind::Hold, format!("{about}: {hold}")),
        None if log == format!("stamp changed {about}") => (Kind::Plan, log),
        None => (Kind::Decision, log),
    }
}

/// A log line such as `wake-up: aks-weu-01`, which says that something is to be looked at.
fn reason(arm: &Arm, function: &str, log: &str) -> Option<Reason> {
    let (kind, subject) = log.split_once(": ")?;
    let passed_on = [NudgeKind::UpdateTurned, NudgeKind::WakeUp].iter().any(|passed| passed.name() == kind);
    if ["work", "commands"].contains(&function) && !passed_on {
        return None;
    }
    let fleets = arm.resources_of_type("Microsoft.ContainerService/fleets");
    let updates = ABOUT_UPDATES.iter().any(|about| about.name() == kind)
        || fleets.iter().any(|fleet| fleet["name"] == subject);
    let about = if updates { UPDATES.to_owned() } else { subject.to_ascii_lowercase() };
    Some(Reason { about, line: (Kind::Nudge, format!("{function}: {log}")) })
}

/// The text with the display names of gates in place of their own, which are GUIDs.
fn named(arm: &Arm, text: &str) -> String {
    let gates = arm.resources_of_type("Microsoft.ContainerService/fleets/gates");
    gates.iter().fold(text.to_owned(), |text, gate| {
        match (gate["name"].as_str(), gate["properties"]["displayName"].as_str()) {
            (Some(name), Some(display_name)) => text.replace(name, display_name),
            _ => text,
        }
    })
}

/// The telling end of an ARM URL: from the last provider on, without query and namespace.
fn tail(url: &str) -> String {
    let path = url.split('?').next().unwrap_or(url);
    let at = path
        .to_ascii_lowercase()
        .rfind("/providers/microsoft.")
        .map_or(0, |at| at + "/providers/microsoft.".len());
    path[at..].split_once('/').map_or_else(|| path.to_owned(), |(_, rest)| rest.to_owned())
}
