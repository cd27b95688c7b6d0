//! The host's value rule, undone: JSON inside strings, dates without a zone.

use std::borrow::Cow;

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

/// How many JSON strings may be wrapped around a value. The host wraps once; admin calls and older hosts differ by one.
const MAX_WRAPS: usize = 3;

/// The JSON text inside a value: itself for an object or array, the content for a string that holds JSON text.
///
/// A string whose content is not JSON comes back as that content.
pub(super) fn unwrapped(raw: &RawValue) -> Cow<'_, str> {
    let mut text = Cow::Borrowed(raw.get());
    for _ in 0..MAX_WRAPS {
        if !text.trim_start().starts_with('"') {
            break;
        }
        match serde_json::from_str::<String>(&text) {
            Ok(inner) => text = Cow::Owned(inner),
            Err(_) => break,
        }
    }
    text
}

/// A scalar from metadata, such as `"1"` (a number) or `"\"abc\""` (a text). `None` when absent or of another type.
pub(super) fn scalar<T: DeserializeOwned>(raw: Option<&RawValue>) -> Option<T> {
    let raw = raw?;
    if let Ok(plain) = serde_json::from_str(&unwrapped(raw)) {
        return Some(plain);
    }
    serde_json::from_str(raw.get()).ok()
}

/// A text from metadata, whether it was wrapped once (`"abc"`) or twice (`"\"abc\""`).
pub(super) fn text(raw: Option<&RawValue>) -> Option<String> {
    let raw = raw?;
    raw.get().starts_with('"').then(|| unwrapped(raw).into_owned())
}

/// A time as Azure and the host write it: any number of fractional digits up to nine, `Z`, an offset, or no zone at
/// all, which means UTC. `None` for the year 1, which .NET writes for "not set", and for anything unreadable.
#[must_use]
pub fn parse_time(text: &str) -> Option<Timestamp> {
    let time = text.parse::<Timestamp>().ok().or_else(|| {
        text.parse::<DateTime>().ok()?.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
    })?;
    (time.to_zoned(TimeZone::UTC).year() > 1).then_some(time)
}

/// A parser's complaint without the text it complains about: serde quotes a string that stands where an object should,
/// and that string may hold anything, a caller's claims included.
pub(crate) fn fault_text(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match (text.find('"'), text.rfind('"')) {
        (Some(start), Some(end)) if start < end => format!("{}(…){}", &text[..start], &text[end + 1..]),
        _ => text,
    }
}
