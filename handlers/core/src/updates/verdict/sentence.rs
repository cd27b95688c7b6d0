//! A verdict in one sentence.

use std::fmt;

use super::{FailedMember, Outcome, Verdict};

/// How many failed members a sentence names.
const NAMED_MAX: usize = 5;

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { outcome, members, updated, failed: _, skipped, not_reached, failure_count: _, ended: _ } =
            self;
        write!(f, "{outcome}: ")?;
        match (self.failures(), updated) {
            (0, _) => write!(f, "{updated} of {members} members updated")?,
            (_, 0) => write_failures(self, f)?,
            (_, _) => {
                write_failures(self, f)?;
                write!(f, ", {updated} updated")?;
            }
        }
        for (count, says) in [(skipped.len(), "left out"), (not_reached.len(), "not reached")] {
            if count > 0 {
                write!(f, ", {count} {says}")?;
            }
        }
        Ok(())
    }
}

fn write_failures(verdict: &Verdict, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let failures = verdict.failures();
    if failures > verdict.members {
        write!(f, "{failures} failures counted, of {} members", verdict.members)?;
    } else {
        write!(f, "{failures} of {} members failed", verdict.members)?;
    }
    let named = verdict.failed.iter().take(NAMED_MAX).map(FailedMember::to_string);
    let named: Vec<String> = named.collect();
    if named.is_empty() {
        return Ok(());
    }
    write!(f, " ({}", named.join("; "))?;
    match failures - named.len() {
        0 => f.write_str(")"),
        more => write!(f, "; and {more} more)"),
    }
}

impl fmt::Display for FailedMember {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.member, self.why)
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Succeeded => "succeeded",
            Self::CompletedWithFailures => "completed with failures",
            Self::AllFailed => "completed, and every member failed",
            Self::Failed => "failed",
            Self::Stopped => "stopped",
            Self::Skipped => "skipped",
            Self::Deleted => "deleted before its end",
        })
    }
}
