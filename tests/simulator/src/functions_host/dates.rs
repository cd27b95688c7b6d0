//! Dates as the host spells them.
//!
//! .NET knows a date without a zone (`DateTime`), and one with an offset (`DateTimeOffset`). The value rule cuts both to
//! whole seconds; inside objects they keep up to seven fractional digits, without trailing zeros. `9999-12-31` lies beyond
//! [`jiff::Timestamp`], so dates are civil here.

use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};

/// .NET's `DateTime.MaxValue`, cut to seconds: "never expires".
pub(crate) const NEVER: DateTime = DateTime::constant(9999, 12, 31, 23, 59, 59, 0);

/// .NET's `DateTime.MinValue`: "has not happened".
pub(crate) const NOT_YET: DateTime = DateTime::constant(1, 1, 1, 0, 0, 0, 0);

/// The UTC date and time of a moment.
#[must_use]
pub(crate) fn utc(moment: Timestamp) -> DateTime {
    moment.to_zoned(TimeZone::UTC).datetime()
}

/// `2026-03-04T05:06:07`: what is left of a date after the value rule.
#[must_use]
pub(crate) fn to_seconds(date: DateTime) -> String {
    date.strftime("%Y-%m-%dT%H:%M:%S").to_string()
}

/// `2026-03-04T05:06:07.12`: seven digits (ticks of 100 ns), trailing zeros dropped.
#[must_use]
pub(crate) fn to_ticks(date: DateTime) -> String {
    let ticks = format!("{:07}", date.subsec_nanosecond() / 100);
    let digits = ticks.trim_end_matches('0');
    let point = if digits.is_empty() { "" } else { "." };
    format!("{}{point}{digits}", to_seconds(date))
}

/// `03/04/2026 05:06:07`: .NET's invariant text, in which a date ends up when a whole text is one.
#[must_use]
pub(crate) fn invariant(date: DateTime) -> String {
    date.strftime("%m/%d/%Y %H:%M:%S").to_string()
}

/// The invariant text of a string that is an ISO date as a whole; `None` for any other string.
///
/// A date with an offset is converted to local time first; an app in Azure runs in UTC.
#[must_use]
pub(crate) fn invariant_of(text: &str) -> Option<String> {
    IsoDate::parse(text).map(|date| invariant(date.in_utc()))
}

/// A string that looks like an ISO date, re-spelled: trailing zeros go, an offset becomes the local one (`+00:00` in Azure).
///
/// `None` leaves the string as it is. That goes for more than seven fractional digits too, which isn't verified.
#[must_use]
pub(crate) fn normalised(text: &str) -> Option<String> {
    let date = IsoDate::parse(text)?;
    let zone = match date.zone {
        Zone::Unspecified => "",
        Zone::Utc => "Z",
        Zone::Offset(_) => "+00:00",
    };
    Some(format!("{}{zone}", to_ticks(date.in_utc())))
}

/// `yyyy-MM-ddTHH:mm:ss[.fffffff][Z|±hh:mm]`.
struct IsoDate {
    date: DateTime,
    zone: Zone,
}

enum Zone {
    Unspecified,
    Utc,
    Offset(Offset),
}

impl IsoDate {
    fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        if !text.is_ascii() || bytes.len() < 19 || !has_date_shape(&bytes[..19]) || text.starts_with("0000") {
            return None;
        }
        let (fraction, zone) = split_fraction(&text[19..])?;
        let date = text[..19 + fraction].parse().ok()?;
        Some(Self { date, zone: parse_zone(zone)? })
    }

    fn in_utc(&self) -> DateTime {
        match self.zone {
            Zone::Unspecified | Zone::Utc => self.date,
            Zone::Offset(offset) => {
                let ahead = SignedDuration::from_secs(i64::from(offset.seconds()));
                self.date.checked_sub(ahead).unwrap_or(self.date)
            }
        }
    }
}

fn has_date_shape(bytes: &[u8]) -> bool {
    bytes.iter().zip(b"dddd-dd-ddTdd:dd:dd").all(|(byte, shape)| match shape {
        b'd' => byte.is_ascii_digit(),
        literal => byte == literal,
    })
}

/// The length of `.` and its digits (0 without them), and what follows.
fn split_fraction(rest: &str) -> Option<(usize, &str)> {
    let Some(digits) = rest.strip_prefix('.') else {
        return Some((0, rest));
    };
    let count = digits.bytes().take_while(u8::is_ascii_digit).count();
    (1..=7).contains(&count).then(|| (count + 1, &digits[count..]))
}

fn parse_zone(text: &str) -> Option<Zone> {
    match text.as_bytes() {
        [] => Some(Zone::Unspecified),
        b"Z" => Some(Zone::Utc),
        [sign @ (b'+' | b'-'), digits @ ..] => {
            let &[h1, h2, b':', m1, m2] = digits else {
                return None;
            };
            let number = |tens: u8, ones: u8| -> Option<i32> {
                (tens.is_ascii_digit() && ones.is_ascii_digit())
                    .then(|| i32::from(tens - b'0') * 10 + i32::from(ones - b'0'))
            };
            let seconds = number(h1, h2)? * 3600 + number(m1, m2)? * 60;
            Offset::from_seconds(if *sign == b'-' { -seconds } else { seconds }).ok().map(Zone::Offset)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
