//! Timer schedules: NCRONTAB with six fields (seconds first) or five (seconds 0), in UTC.
//!
//! Lists, ranges, steps and `*` are read; names of months and days, and time spans, are refused.

use std::collections::BTreeSet;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use thiserror::Error;

/// When a timer fires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    seconds: BTreeSet<i8>,
    minutes: BTreeSet<i8>,
    hours: BTreeSet<i8>,
    days: BTreeSet<i8>,
    months: BTreeSet<i8>,
    /// 0 is Sunday.
    weekdays: BTreeSet<i8>,
}

/// Why a schedule can't be read.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum ScheduleError {
    /// Neither five nor six fields.
    #[error("schedule {0:?} has {1} fields; 5 or 6 are allowed (time spans aren't simulated)")]
    Fields(String, usize),
    /// One field makes no sense.
    #[error(
        "schedule {schedule:?}: the {field} field is {value:?}; numbers from {low} to {high}, lists, ranges and steps are allowed"
    )]
    Field {
        /// The whole schedule.
        schedule: String,
        /// Which field.
        field: &'static str,
        /// Its text.
        value: String,
        /// The least value.
        low: i8,
        /// The greatest value.
        high: i8,
    },
}

/// The longest look ahead for the next firing: a leap day comes within 8 years.
const HORIZON_DAYS: i32 = 366 * 8;

impl Schedule {
    /// Reads a schedule.
    ///
    /// # Errors
    /// When the number of fields is wrong or a field makes no sense.
    pub fn parse(text: &str) -> Result<Self, ScheduleError> {
        let mut fields: Vec<&str> = text.split_whitespace().collect();
        if fields.len() == 5 {
            fields.insert(0, "0");
        }
        let &[seconds, minutes, hours, days, months, weekdays] = fields.as_slice() else {
            return Err(ScheduleError::Fields(text.to_owned(), fields.len()));
        };
        let read = |field: &'static str, value: &str, low: i8, high: i8| {
            values(value, low, high).ok_or_else(|| ScheduleError::Field {
                schedule: text.to_owned(),
                field,
                value: value.to_owned(),
                low,
                high,
            })
        };
        Ok(Self {
            seconds: read("second", seconds, 0, 59)?,
            minutes: read("minute", minutes, 0, 59)?,
            hours: read("hour", hours, 0, 23)?,
            days: read("day", days, 1, 31)?,
            months: read("month", months, 1, 12)?,
            weekdays: read("day of week", weekdays, 0, 6)?,
        })
    }

    /// The first firing after `moment`; `None` for a date that never comes, such as 30 February.
    #[must_use]
    pub fn next_after(&self, moment: Timestamp) -> Option<Timestamp> {
        let start = moment.checked_add(SignedDuration::from_secs(1)).ok()?.to_zoned(TimeZone::UTC).datetime();
        let mut day = start.date();
        for offset in 0..HORIZON_DAYS {
            let earliest = if offset == 0 { start.hour() } else { 0 };
            if self.fires_on(day.at(0, 0, 0, 0))
                && let Some(found) = self.first_on(day, earliest, (offset == 0).then_some(start))
            {
                return found.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp());
            }
            day = day.tomorrow().ok()?;
        }
        None
    }

    /// Whether two firings can lie less than a minute apart; the real host doesn't monitor such a schedule.
    #[must_use]
    pub fn fires_within_a_minute(&self) -> bool {
        self.seconds.len() > 1
    }

    fn fires_on(&self, day: DateTime) -> bool {
        self.months.contains(&day.month())
            && self.days.contains(&day.day())
            && self.weekdays.contains(&day.weekday().to_sunday_zero_offset())
    }

    /// The first firing on `day` from `from_hour` on that isn't before `not_before`.
    fn first_on(
        &self,
        day: jiff::civil::Date,
        from_hour: i8,
        not_before: Option<DateTime>,
    ) -> Option<DateTime> {
        let floor = not_before
            .map_or(DateTime::MIN, |start| start.with().subsec_nanosecond(0).build().unwrap_or(start));
        self.hours
            .range(from_hour..)
            .flat_map(|hour| self.minutes.iter().map(move |minute| (*hour, *minute)))
            .flat_map(|(hour, minute)| {
                self.seconds.iter().map(move |second| day.at(hour, minute, *second, 0))
            })
            .find(|candidate| *candidate >= floor)
    }
}

/// The values of one field: a list of `*`, `n`, `n-m`, each with an optional `/step`.
fn values(text: &str, low: i8, high: i8) -> Option<BTreeSet<i8>> {
    let mut found = BTreeSet::new();
    for part in text.split(',') {
        let (range, step) = part.split_once('/').map_or((part, None), |(range, step)| (range, Some(step)));
        let step: usize = step.map_or(Some(1), |step| step.parse().ok().filter(|step| *step > 0))?;
        let (first, last) = match range.split_once('-') {
            _ if range == "*" => (low, high),
            Some((first, last)) => (first.parse().ok()?, last.parse().ok()?),
            // `5/10` runs to the end of the field, `5` alone is one value.
            None if part.contains('/') => (range.parse().ok()?, high),
            None => (range.parse().ok()?, range.parse().ok()?),
        };
        if first < low || last > high || first > last {
            return None;
        }
        found.extend((first..=last).step_by(step));
    }
    Some(found)
}

#[cfg(test)]
mod tests;
