//! The cluster itself could not be read: nothing is known, so nothing is done but to keep out of traffic what is held.

use super::{Draft, Question, incident};
use crate::plan::Hold;

pub(super) fn fits(question: &Question<'_>) -> bool {
    question.seen.cluster.is_err()
}

pub(super) fn decide(question: &Question<'_>) -> Draft {
    let before = question.ledger.stamp(question.subject).map(|record| record.report.clone());
    let report = before.unwrap_or_else(|| super::stamp_changed::blank(question.subject, "unknown"));
    let mut draft = Draft::of(question, Some(report));
    draft.holds.extend(question.seen.cluster.as_ref().err().cloned().map(Hold::Unread));
    incident::keep_out(&mut draft, question);
    draft
}
