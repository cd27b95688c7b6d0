//! The app's timers.

use jiff::Timestamp;

use crate::functions_host::{FunctionApp, Schedule, TimerRun, Trigger};

/// All timers of an app, each run one at a time.
#[derive(Debug)]
pub(super) struct Timers {
    timers: Vec<Timer>,
}

#[derive(Debug)]
struct Timer {
    function: String,
    schedule: Schedule,
    monitored: bool,
    /// The due time of the next run; `None` when it never comes again.
    next: Option<Timestamp>,
    last: Option<Timestamp>,
    /// Whether the next run is due because the host started.
    at_startup: bool,
    running: bool,
}

impl Timers {
    /// The timers as they stand when the host starts.
    pub(super) fn of(app: &FunctionApp, now: Timestamp) -> Self {
        let timers = app.functions.iter().filter_map(|function| match &function.trigger {
            Trigger::Timer { schedule, run_on_startup, monitored } => Some(Timer {
                function: function.name.clone(),
                schedule: schedule.clone(),
                monitored: *monitored,
                next: if *run_on_startup { Some(now) } else { schedule.next_after(now) },
                last: None,
                at_startup: *run_on_startup,
                running: false,
            }),
            _ => None,
        });
        Self { timers: timers.collect() }
    }

    /// When the next timer fires; a running one doesn't.
    pub(super) fn next_due(&self) -> Option<Timestamp> {
        self.timers.iter().filter(|timer| !timer.running).filter_map(|timer| timer.next).min()
    }

    /// The runs due at `now`, which count as running until [`Timers::finish`].
    pub(super) fn take_due(&mut self, now: Timestamp) -> Vec<(String, TimerRun)> {
        let due = self
            .timers
            .iter_mut()
            .filter(|timer| !timer.running && timer.next.is_some_and(|next| next <= now));
        due.filter_map(|timer| timer.start(now)).collect()
    }

    /// Ends a run. A firing missed meanwhile is due at once.
    pub(super) fn finish(&mut self, function: &str) {
        if let Some(timer) = self.timers.iter_mut().find(|timer| timer.function == function) {
            timer.running = false;
        }
    }
}

impl Timer {
    /// Begins a run. The next one is the first firing after the later of the due time and now, counted from the beginning,
    /// so that a slow run is followed by one run at once, not by all that it missed.
    fn start(&mut self, now: Timestamp) -> Option<(String, TimerRun)> {
        let due = self.next?;
        let upcoming = self.schedule.next_after(now);
        // A run at startup tells of the coming firing, as the real host does.
        let told = if self.at_startup { upcoming.unwrap_or(due) } else { due };
        let run = TimerRun { next: told, last: self.last, monitored: self.monitored };
        self.next = upcoming;
        self.last = Some(now);
        self.at_startup = false;
        self.running = true;
        Some((self.function.clone(), run))
    }
}

#[cfg(test)]
mod tests;
