//! What a command came to.

use anstyle::Style;
use fleet_core::command::{CommandResult, Status};

use super::{BAD, GOOD, WARN, styled};

/// The status in words.
pub(crate) fn word_of(status: Status) -> String {
    let (style, word): (Style, _) = match status {
        Status::NoOp => (GOOD, "nothing to do"),
        Status::Done => (GOOD, "done"),
        Status::Held => (WARN, "held"),
        Status::Refused => (BAD, "refused"),
        Status::Rejected => (BAD, "rejected"),
    };
    styled(style, word)
}

/// The answer, then a paragraph per stamp.
#[must_use]
pub fn result(result: &CommandResult) -> String {
    let dry = if result.dry_run { " (dry run: nothing was changed)" } else { "" };
    let mut text = format!("{} {}: {}{dry}\n", result.command, result.command_id, word_of(result.status));
    let done = if result.dry_run { "would" } else { "did" };
    text.extend(result.did.iter().map(|did| format!("  {done}: {did}\n")));
    text.extend(result.why.iter().map(|why| format!("  {why}\n")));
    for stamp in &result.stamps {
        text.push_str(&format!("  {}: {}\n", stamp.cluster.name(), word_of(stamp.status)));
        text.extend(stamp.did.iter().map(|did| format!("    {done}: {did}\n")));
        text.extend(stamp.why_not.iter().map(|why_not| format!("    why not: {why_not}\n")));
    }
    text
}
