//! Timer runs.

use jiff::Timestamp;

use super::TriggerInput;
use crate::functions_host::dates;
use crate::functions_host::token::Token;
use crate::functions_host::value::BindingValue;

/// One firing of a timer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TimerRun {
    /// The due time of this run.
    pub(crate) next: Timestamp,
    /// When it ran before; `None` on the first run.
    pub(crate) last: Option<Timestamp>,
    /// Whether the host keeps the schedule's state; without, the handler sees none.
    pub(crate) monitored: bool,
}

/// A firing as the handler sees it. `IsPastDue` is always false: runs missed while the host was down aren't simulated.
#[must_use]
pub(crate) fn timer_run(function: &str, run: TimerRun) -> TriggerInput {
    let TimerRun { next, last, monitored } = run;
    let moment = |moment: Option<Timestamp>| {
        Token::Text(format!("{}+00:00", dates::to_ticks(moment.map_or(dates::NOT_YET, dates::utc))))
    };
    let status =
        Token::object([("Last", moment(last)), ("Next", moment(Some(next))), ("LastUpdated", moment(last))]);
    let timer = Token::object([
        ("Schedule", Token::object([("AdjustForDST", Token::Bool(true))])),
        ("ScheduleStatus", if monitored { status } else { Token::Null }),
        ("IsPastDue", Token::Bool(false)),
    ]);
    TriggerInput {
        data: BindingValue::Object(timer),
        metadata: Vec::new(),
        laid_over: Vec::new(),
        subject: format!("timer {function} due {next}"),
    }
}
