//! The cluster exists but is not ours to act on: out of scope, opted out, or not ready. Whatever exists stays as it
//! is; a stamp of ours that is not ready is kept out of traffic if somebody holds it.

use super::{Draft, Question, incident};
use crate::{
    plan::Hold,
    world::{ClusterSeen, Facts, OutOfScope},
};

pub(super) fn fits(question: &Question<'_>) -> bool {
    cluster(question).is_some_and(|cluster| why(question, cluster).is_some())
}

pub(super) fn decide(question: &Question<'_>) -> Draft {
    let Some(cluster) = cluster(question) else { return Draft::of(question, None) };
    let hold = why(question, cluster);
    let known = question.ledger.stamp(question.subject).map(|record| record.report.clone());
    let report = match (&hold, known) {
        // What was never ours leaves no record behind.
        (Some(Hold::OutOfScope(_)), None) => None,
        (_, known) => {
            Some(known.unwrap_or_else(|| super::stamp_changed::blank(&cluster.id, &cluster.location)))
        }
    };
    let mut draft = Draft::of(question, report);
    let ours = matches!(hold, Some(Hold::NotReady(_)));
    draft.holds.extend(hold);
    if ours {
        draft.facts = Facts::of(cluster, question.config);
        incident::keep_out(&mut draft, question);
    }
    draft
}

fn cluster<'a>(question: &Question<'a>) -> Option<&'a ClusterSeen> {
    question.seen.cluster.as_ref().ok().and_then(Option::as_ref)
}

fn why(question: &Question<'_>, cluster: &ClusterSeen) -> Option<Hold> {
    let scope = OutOfScope::of(&question.config.scope, cluster).map(Hold::OutOfScope);
    scope.or_else(|| cluster.not_ready().map(Hold::NotReady))
}
