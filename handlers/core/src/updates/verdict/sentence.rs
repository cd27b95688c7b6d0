//! A verdict in one sentence.

use std::fmt;

use super::{FailedMember, Outcome, Verdict};

/// How many failed members a sentence names.
const NAMED_MAX: usize = 5;

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { outcome, members, updated, failed, skipped, not_reached, failure_count: _, ended: _ } =
            self;
        if failed.is_empty() {
            write!(f, "{outcome}: {updated} of {members} members updated")?;
        } else {
            write!(f, "{outcome}: {} of {members} members failed ({})", failed.len(), named(failed))?;
        }
        let updated = if failed.is_empty() { 0 } else { *updated };
        let counted = if self.failures() > failed.len() { self.failures() } else { 0 };
        let others = [
            (updated, "updated"),
            (skipped.len(), "left out"),
            (not_reached.len(), "not reached"),
            (counted, "counted as failed"),
        ];
        let mut others = others.into_iter().filter(|(count, _)| *count > 0);
        others.try_for_each(|(count, says)| write!(f, ", {count} {says}"))
    }
}

fn named(failed: &[FailedMember]) -> String {
    let mut named: Vec<String> = failed.iter().take(NAMED_MAX).map(FailedMember::to_string).collect();
    if failed.len() > NAMED_MAX {
        named.push(format!("and {} more", failed.len() - NAMED_MAX));
    }
    named.join("; ")
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
            Self::AllFailed => "completed, and every member that was tried failed",
            Self::Failed => "failed",
            Self::Stopped => "stopped",
            Self::Skipped => "skipped",
            Self::Deleted => "deleted before its end",
        })
    }
}
