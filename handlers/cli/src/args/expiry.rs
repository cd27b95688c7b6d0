//! When something ends by itself, as it is typed.

use clap::{ArgGroup, Args};
use jiff::{SignedDuration, Timestamp};

/// When it ends by itself.
#[derive(Debug, Clone, Args)]
#[group(multiple = false)]
pub struct Expiry {
    /// It ends after this long, such as 30m or 2h.
    #[arg(long = "for", value_name = "DURATION")]
    lasts: Option<SignedDuration>,
    /// It ends then, such as 2026-01-31T18:00:00Z.
    #[arg(long, value_name = "TIME")]
    until: Option<Timestamp>,
}

/// An end must be given.
pub(super) fn ending() -> ArgGroup {
    ArgGroup::new("ending").args(["lasts", "until"]).required(true)
}

impl Expiry {
    /// The moment, seen from `now`. One beyond the end of the calendar is its end.
    pub(super) fn at(&self, now: Timestamp) -> Option<Timestamp> {
        let after = |lasts| now.saturating_add(lasts).unwrap_or(Timestamp::MAX);
        self.until.or_else(|| self.lasts.map(after))
    }

    /// The same where one must be given: without any it has ended, which the command's parser refuses.
    pub(super) fn required(&self, now: Timestamp) -> Timestamp {
        self.at(now).unwrap_or(now)
    }
}
