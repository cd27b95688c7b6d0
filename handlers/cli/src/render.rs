//! Text for people, made of values and nothing else. Colours are in it as escape sequences; whoever prints it takes them
//! out where no terminal is, or nobody wants them.

pub mod dead_letters;
pub mod gate;
pub mod journal;
pub mod result;
pub mod status;
mod table;
pub mod updates;
pub mod why;

use anstyle::{AnsiColor, Style};
use fleet_core::report::StampReport;
use jiff::Timestamp;

pub(crate) const PLAIN: Style = Style::new();
pub(crate) const BOLD: Style = Style::new().bold();
pub(crate) const FAINT: Style = Style::new().dimmed();
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
pub(crate) const WARN: Style = AnsiColor::Yellow.on_default();
pub(crate) const BAD: Style = AnsiColor::Red.on_default();

/// Styled text.
pub(crate) fn styled(style: Style, text: &str) -> String {
    if style == PLAIN { text.to_owned() } else { format!("{style}{text}{style:#}") }
}

/// A time to the second, in UTC: it can be typed back with `--until`.
pub(crate) fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// How a stamp stands in traffic.
pub(crate) fn traffic(stamp: &StampReport) -> (Style, &'static str) {
    match &stamp.origin {
        _ if stamp.serving => (GOOD, "serving"),
        None => (FAINT, "no origin"),
        Some(_) if stamp.holds.is_empty() => (WARN, "not serving"),
        Some(_) => (WARN, "held out"),
    }
}

/// What a stamp is taken for; nothing is said where health is not judged.
pub(crate) fn health(stamp: &StampReport) -> (Style, &'static str) {
    use fleet_core::health::Standing;
    match stamp.health.standing {
        Standing::Sick => (BAD, "sick"),
        Standing::Healthy if stamp.health.verdict.is_empty() => (FAINT, "-"),
        Standing::Healthy => (GOOD, "healthy"),
    }
}

/// A value as its JSON spells it.
fn word(value: &impl serde::Serialize) -> String {
    let spelt = serde_json::to_value(value).ok();
    spelt.and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

#[cfg(test)]
mod tests;
