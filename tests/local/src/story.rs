//! Tells what happens, one readable line each, as it happens. `lines` finds the words, `news` leaves out what was said.

mod lines;
mod news;

use std::{
    io::{self, IsTerminal as _, Write},
    sync::{Arc, Mutex, PoisonError},
};

use fleet_simulator::{
    arm::Arm,
    happening::{Happening, Listener},
};
use jiff::tz::TimeZone;

use lines::Gathered;
use news::News;

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
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
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
    /// What a plan was made about.
    Plan,
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
            Self::Plan | Self::Decision => "decide",
            Self::Hold => "hold",
            Self::Failure => "fail",
            Self::Host => "host",
            Self::Plain => "",
        }
    }

    fn is_told(self, detail: Detail) -> bool {
        detail == Detail::Full || !matches!(self, Self::Nudge | Self::Reads | Self::Write | Self::Plan)
    }

    /// An ANSI colour.
    const fn colour(self) -> &'static str {
        match self {
            Self::World => "1;35",
            Self::Event => "36",
            Self::Nudge => "34",
            Self::Reads | Self::Host => "2",
            Self::Write => "1;32",
            Self::Plan | Self::Decision => "32",
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
    detail: Mutex<Detail>,
    /// Lines of the handler's log, which come by a way of their own, whenever they come.
    log: Mutex<Vec<String>>,
}

/// How much is told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Detail {
    /// How everything came about.
    #[default]
    Full,
    /// What came about: no nudges, reads and single writes.
    Brief,
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
        Arc::new(Self { target, coloured, detail: Mutex::default(), log: Mutex::default() })
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

    /// Tells this much from now on.
    pub fn tell_in(&self, detail: Detail) {
        *self.detail.lock().unwrap_or_else(PoisonError::into_inner) = detail;
    }

    /// Says what the handler has logged since this was said last.
    pub fn say_log(&self) {
        for line in std::mem::take(&mut *self.log.lock().unwrap_or_else(PoisonError::into_inner)) {
            self.say(&lines::log(&line));
        }
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
        let news = Mutex::new(News::default());
        Arc::new(move |happening| {
            if let Happening::HandlerLine { text, stderr: true } = happening
                && lines::is_log(text)
            {
                teller.log.lock().unwrap_or_else(PoisonError::into_inner).push(text.clone());
            }
            let said = lines::of(happening, &arm, &gathered);
            let detail = *teller.detail.lock().unwrap_or_else(PoisonError::into_inner);
            let news = news.lock().unwrap_or_else(PoisonError::into_inner).of(said);
            for (kind, text) in news.into_iter().filter(|(kind, _)| kind.is_told(detail)) {
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
