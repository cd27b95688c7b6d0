//! Tells what happens, one readable line each, as it happens.
//!
//! Calls to ARM are gathered until their invocation ends and then told in a stable order, because calls made side by
//! side may arrive in any.

use std::{
    collections::BTreeMap,
    io::{self, IsTerminal as _, Write},
    sync::{Arc, Mutex, PoisonError},
};

use fleet_simulator::{
    arm::Arm,
    happening::{Happening, Listener},
};
use jiff::tz::TimeZone;

/// Where the story goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// Standard output.
    Out,
    /// Standard error, which leaves standard output to the JSON.
    Error,
    /// Nowhere, for tests.
    Nowhere,
}

/// What kind of line it is: decides its word and its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Somebody other than the app changed the world.
    World,
    /// Event Grid raised an event.
    Event,
    /// Triage, the timer or the app queued work.
    Nudge,
    /// Reads of an invocation.
    Reads,
    /// One write to ARM.
    Write,
    /// A decision or its result.
    Decision,
    /// A reason for standing still.
    Hold,
    /// Something went wrong.
    Failure,
    /// The handler process and the host.
    Host,
    /// Headings and tables.
    Plain,
}

impl Kind {
    const fn word(self) -> &'static str {
        match self {
            Self::World => "world",
            Self::Event => "event",
            Self::Nudge => "nudge",
            Self::Reads => "reads",
            Self::Write => "write",
            Self::Decision => "decide",
            Self::Hold => "hold",
            Self::Failure => "fail",
            Self::Host => "host",
            Self::Plain => "",
        }
    }

    /// An ANSI colour.
    const fn colour(self) -> &'static str {
        match self {
            Self::World => "1;35",
            Self::Event => "36",
            Self::Nudge => "34",
            Self::Reads | Self::Host => "2",
            Self::Write => "1;32",
            Self::Decision => "32",
            Self::Hold => "33",
            Self::Failure => "1;31",
            Self::Plain => "0",
        }
    }
}

/// Writes lines.
pub struct Teller {
    target: Target,
    coloured: bool,
}

impl Teller {
    /// A teller; coloured when it writes to a terminal and `NO_COLOR` is not set.
    #[must_use]
    pub fn new(target: Target) -> Arc<Self> {
        let terminal = match target {
            Target::Out => io::stdout().is_terminal(),
            Target::Error => io::stderr().is_terminal(),
            Target::Nowhere => false,
        };
        let coloured = terminal && std::env::var_os("NO_COLOR").is_none();
        Arc::new(Self { target, coloured })
    }

    /// Says one line of its own.
    pub fn say(&self, line: &str) {
        self.write(line);
    }

    /// Asks: writes without ending the line.
    pub fn ask(&self, prompt: &str) {
        let _gone = match self.target {
            Target::Out => write!(io::stdout(), "{prompt}").and_then(|()| io::stdout().flush()),
            Target::Error => write!(io::stderr(), "{prompt}"),
            Target::Nowhere => Ok(()),
        };
    }

    /// Says one line at a time of the simulated day.
    pub fn tell(&self, arm: &Arm, kind: Kind, text: &str) {
        let time = arm.clock().now().to_zoned(TimeZone::UTC).strftime("%H:%M:%S");
        let word = kind.word();
        if self.coloured {
            self.write(&format!("\x1b[2m{time}\x1b[0m  \x1b[{}m{word:<6}\x1b[0m  {text}", kind.colour()));
        } else {
            self.write(&format!("{time}  {word:<6}  {text}"));
        }
    }

    /// A listener that tells everything worth a line.
    #[must_use]
    pub fn listener(self: &Arc<Self>, arm: &Arm) -> Listener {
        let (teller, arm) = (Arc::clone(self), arm.clone());
        let gathered = Gathered::default();
        Arc::new(move |happening| {
            for (kind, text) in lines(happening, &arm, &gathered) {
                teller.tell(&arm, kind, &text);
            }
        })
    }

    /// A reader that went away is no reason to stop the world.
    fn write(&self, line: &str) {
        let _gone = match self.target {
            Target::Out => writeln!(io::stdout().lock(), "{line}"),
            Target::Error => writeln!(io::stderr().lock(), "{line}"),
            Target::Nowhere => Ok(()),
        };
    }
}

/// Writes by the correlation id of their invocation.
type Gathered = Mutex<BTreeMap<String, Vec<String>>>;

fn lines(happening: &Happening, arm: &Arm, gathered: &Gathered) -> Vec<(Kind, String)> {
    match happening {
        Happening::EventRaised { event_type, subject } if is_cluster(subject) => {
            let event = event_type.rsplit_once("Microsoft.").map_or(event_type.as_str(), |(_, short)| short);
            vec![(Kind::Event, format!("{event} {}", name(subject)))]
        }
        Happening::ArmCall { method, url, status, correlation_id, changed, .. } if method != "GET" => {
            let status = status.map_or_else(|| "no answer".to_owned(), |status| status.to_string());
            let effect = if *changed { "" } else { " (no effect)" };
            let line = format!("{method} {} -> {status}{effect}", tail(url));
            let mut gathered = gathered.lock().unwrap_or_else(PoisonError::into_inner);
            gathered.entry(correlation_id.to_ascii_lowercase()).or_default().push(line);
            Vec::new()
        }
        Happening::InvocationFinished { id, function, ok, logs, failure } => {
            let mut gathered = gathered.lock().unwrap_or_else(PoisonError::into_inner);
            let writes = gathered.remove(&id.to_ascii_lowercase()).unwrap_or_default();
            finished(arm, id, function, *ok, logs, failure.as_deref(), writes)
        }
        Happening::InvocationHangs { function, .. } => vec![(Kind::Failure, format!("{function} hangs"))],
        Happening::MessageAbandoned { queue, deliveries, .. } => {
            vec![(Kind::Failure, format!("a message went back to {queue} after delivery {deliveries}"))]
        }
        Happening::MessageDeadLettered { queue, reason, .. } => {
            vec![(Kind::Failure, format!("a message of {queue} became a dead letter: {reason}"))]
        }
        Happening::EventDropped { reason, .. } | Happening::EventDeadLettered { reason, .. } => {
            vec![(Kind::Failure, format!("an event was lost: {reason}"))]
        }
        Happening::HandlerStarted { start } => {
            vec![(Kind::Host, format!("the handler runs (start {start})"))]
        }
        Happening::HandlerExited { code: Some(code) } => {
            vec![(Kind::Host, format!("the handler ended with code {code}"))]
        }
        Happening::HandlerExited { code: None } => vec![(Kind::Host, "the handler was killed".to_owned())],
        Happening::HandlerLine { text, stderr: true } => vec![(Kind::Failure, text.clone())],
        _ => Vec::new(),
    }
}

fn finished(
    arm: &Arm,
    id: &str,
    function: &str,
    ok: bool,
    logs: &[String],
    failure: Option<&str>,
    mut writes: Vec<String>,
) -> Vec<(Kind, String)> {
    let counts = arm.calls_of(id);
    let mut lines = Vec::new();
    if counts.reads > 0 {
        let trips = counts.sequential_round_trips;
        lines.push((
            Kind::Reads,
            format!("{function}: {} reads; {trips} sequential round trips in all", counts.reads),
        ));
    }
    writes.sort();
    lines.extend(writes.into_iter().map(|write| (Kind::Write, write)));
    if !ok {
        lines.push((Kind::Failure, format!("{function} failed: {}", failure.unwrap_or("no reason given"))));
    }
    lines.extend(logs.iter().map(|log| match log.strip_prefix("hold: ") {
        Some(hold) => (Kind::Hold, hold.to_owned()),
        None if ["work", "commands"].contains(&function) => (Kind::Decision, log.clone()),
        None => (Kind::Nudge, format!("{function}: {log}")),
    }));
    lines
}

fn is_cluster(subject: &str) -> bool {
    subject.to_ascii_lowercase().contains("/providers/microsoft.containerservice/managedclusters/")
}

fn name(id: &str) -> &str {
    id.rsplit('/').next().unwrap_or(id)
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
