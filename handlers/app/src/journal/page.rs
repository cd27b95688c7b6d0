//! Reads the journal backwards, a page at a time.

use std::{fmt, str::FromStr};

use jiff::{ToSpan, civil::Date};
use serde_json::Value;

use super::{Journal, document};
use crate::state::StateError;

/// The most entries of a page.
pub const LONGEST_PAGE: usize = 500;

/// How many days the journal is read back, counted from today.
const DAYS_BACK: i32 = 400;

/// So many days in a row without an entry are taken for the journal's beginning.
const DAYS_OF_SILENCE: u32 = 31;

/// Some entries of the journal, newest first.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Page {
    /// The entries as they were written.
    pub entries: Vec<Value>,
    /// The cursor of the page of older entries, if there are any.
    pub next: Option<String>,
    /// How many lines among the entries are none, such as one that a killed process left behind.
    pub unreadable: usize,
}

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The store failed.
    #[error("the journal cannot be read")]
    Store(#[from] StateError),
    /// Not a cursor of ours.
    #[error(
        "`{text}` is no place in the journal; expected <year>-<month>-<day>:<line>, as given as `next` with a page, or none for the newest entries"
    )]
    Cursor {
        /// The cursor as received, at most 60 characters of it.
        text: String,
    },
    /// A page without entries, or too long a one.
    #[error("a page of {limit} entries is not possible; expected 1 to {LONGEST_PAGE}")]
    Limit {
        /// How many entries were wanted.
        limit: usize,
    },
}

/// Where a page begins, going back: a line of a day, counted from 1. Journals only grow, so it stays the same place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cursor {
    day: Date,
    line: usize,
}

impl Journal {
    /// The newest entries, or those from the cursor on that came with another page: at most `limit`, and only those
    /// about `subject`, if given, compared without case. Looks back 400 days from `today` (UTC), and not beyond a month
    /// without any entry.
    ///
    /// A line that is still being written is left for later; a line that a repeated write doubled counts once.
    ///
    /// # Errors
    /// When the cursor or the limit is of no use, or the store fails.
    pub async fn page(
        &self,
        cursor: Option<&str>,
        limit: usize,
        subject: Option<&str>,
        today: Date,
    ) -> Result<Page, JournalError> {
        if !(1..=LONGEST_PAGE).contains(&limit) {
            return Err(JournalError::Limit { limit });
        }
        let newest = Cursor { day: today, line: usize::MAX };
        let start = cursor.map_or(Ok(newest), str::parse)?;
        let (oldest, mut silence) = (today.saturating_sub(DAYS_BACK.days()), 0);
        let mut draft = Draft { page: Page::default(), limit, subject };
        for day in start.day.series((-1).day()).take_while(|day| *day > oldest) {
            let journal = self.store.load(&document(day)).await?;
            silence = if journal.is_some() { 0 } else { silence + 1 };
            let end = if day == start.day { start.line } else { usize::MAX };
            let full = journal.is_some_and(|journal| draft.fill(day, &lines(&journal.bytes, end)));
            if full || silence == DAYS_OF_SILENCE {
                break;
            }
        }
        Ok(draft.page)
    }
}

/// A page in the making.
struct Draft<'a> {
    page: Page,
    limit: usize,
    subject: Option<&'a str>,
}

impl Draft<'_> {
    /// Adds entries of a day, newest first. `true` when there was one too many: the next page begins with it.
    fn fill(&mut self, day: Date, lines: &[&[u8]]) -> bool {
        for (index, text) in lines.iter().enumerate().rev() {
            if index > 0 && lines[index - 1] == *text {
                continue;
            }
            let Ok(entry) = serde_json::from_slice::<Value>(text) else {
                self.page.unreadable += 1;
                continue;
            };
            if !self.subject.is_none_or(|subject| is_about(&entry, subject)) {
                continue;
            }
            if self.page.entries.len() == self.limit {
                self.page.next = Some(Cursor { day, line: index + 1 }.to_string());
                return true;
            }
            self.page.entries.push(entry);
        }
        false
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.day, self.line)
    }
}

impl FromStr for Cursor {
    type Err = JournalError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parsed = text.split_once(':').and_then(|(day, line)| {
            let digits = line.bytes().all(|byte| byte.is_ascii_digit());
            let line = line.parse().ok().filter(|line| digits && *line > 0)?;
            Some(Self { day: Date::strptime("%Y-%m-%d", day).ok()?, line })
        });
        parsed.ok_or_else(|| JournalError::Cursor { text: text.chars().take(60).collect() })
    }
}

/// The complete lines of a journal, at most `end` of them.
fn lines(journal: &[u8], end: usize) -> Vec<&[u8]> {
    let complete = journal.split_inclusive(|byte| *byte == b'\n');
    complete.filter_map(|line| line.strip_suffix(b"\n")).take(end).collect()
}

fn is_about(entry: &Value, subject: &str) -> bool {
    entry["subject"].as_str().is_some_and(|own| own.eq_ignore_ascii_case(subject))
}

#[cfg(test)]
mod tests;
