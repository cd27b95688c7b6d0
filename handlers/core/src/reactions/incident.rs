//! The incident hold follows the stamp's health: placed when the stamp is taken for sick, released when it is taken for
//! healthy again. Both survive restarts, since the judgement is state.

use jiff::Timestamp;

use super::{Draft, Question, update};
use crate::{
    brake::Picture,
    command::GuardRule,
    config::Health,
    facets::{
        Mode,
        traffic::{self, Owner, Reason, TrafficNote},
    },
    health::{Standing, Verdict},
    plan::{Despite, Hold, Refusal},
    world::origin_of,
};

/// Judges the stamp's health with what this look found out, and lets the incident hold follow. Returns what the
/// evidence says; `None` where health is not judged.
pub(super) fn follow(draft: &mut Draft, question: &Question<'_>) -> Option<Verdict> {
    let Some(rules) = question.config.judged_health() else {
        // Where nobody judges any more, nobody would ever end an incident.
        draft.health.start_over();
        release(draft);
        return None;
    };
    let origin = question.ledger.stamp(question.subject).and_then(|record| record.report.origin.as_ref());
    let probe = question.seen.traffic.as_ref().and_then(|traffic| traffic.probe.as_ref());
    if let (Some(_), Some(probe)) = (origin, probe) {
        draft.health.hear_probe(probe, rules, question.now);
    }
    if draft.traffic.as_ref().is_some_and(TrafficNote::proves_itself_later) {
        return Some(before_its_proof(draft, rules, question.now));
    }
    let judged = draft.health.judge(rules, draft.facts.nodes(), question.now);
    draft.health = judged.note;
    if let Some(due) = judged.due {
        draft.wake_by(due, "to see whether its health has turned");
    }
    if let Some(report) = &mut draft.report {
        report.health.verdict = judged.verdict.to_string();
    }
    match draft.health.standing {
        Standing::Sick => place(draft, question, rules, &judged.verdict),
        Standing::Healthy => release(draft),
    }
    Some(judged.verdict)
}

/// A stamp in quarantine, or out for an update, takes no traffic and must prove itself: its evidence is heard, but it can't
/// fall sick yet, and what was an incident is one proof more.
fn before_its_proof(draft: &mut Draft, rules: &Health, now: Timestamp) -> Verdict {
    draft.health.start_over();
    release(draft);
    let verdict = draft.health.verdict(rules, draft.facts.nodes(), now);
    if let Some(report) = &mut draft.report {
        report.health.verdict = verdict.to_string();
    }
    verdict
}

/// A stamp that can't be read or is not ready is never let in, but it is taken out when somebody holds it: a region that
/// fails often takes its own API along.
pub(super) fn keep_out(draft: &mut Draft, question: &Question<'_>) {
    let Some(configured) = question.config.managed_traffic() else { return };
    let (Some(seen), Some(_)) = (&question.seen.traffic, &draft.traffic) else { return };
    update::follow(draft, question);
    let verdict = follow(draft, question);
    let (wanted, note) = (origin_of(configured), draft.traffic.clone());
    let case = question.traffic_case(&wanted, seen, note.as_ref(), verdict.as_ref());
    let standing = traffic::withdraw(case);
    draft.take_standing(configured.mode, standing, question);
}

fn place(draft: &mut Draft, question: &Question<'_>, rules: &Health, verdict: &Verdict) {
    let Some(note) = &mut draft.traffic else { return };
    if note.is_held_by(&Owner::Incident) {
        return;
    }
    // Fallen sick while the brake was on, and not bad any more: it is only on its way to being well.
    if !matches!(verdict, Verdict::Bad(_)) {
        return;
    }
    let why = verdict.to_string();
    if rules.mode == Mode::Observe {
        draft.holds.push(Hold::Traffic(Reason::WouldDrain(why)));
        return;
    }
    let Question { subject, ledger, now, .. } = *question;
    let picture = Picture::with(ledger, rules, now, subject, verdict);
    if picture.brakes(rules) {
        let Some(broken) = ledger.overriding(subject, GuardRule::Brake, now) else {
            draft.holds.push(Hold::Traffic(Reason::Braked { picture: picture.to_string() }));
            return;
        };
        let action = "hold the stamp out of traffic".to_owned();
        let refusal = Refusal::MassFailure { bad: picture.bad, of: picture.of };
        draft.holds.push(Hold::Despite { action, refusal, because: Despite::from(broken) });
    }
    note.hold(Owner::Incident, &why, now);
}

fn release(draft: &mut Draft) {
    if let Some(note) = &mut draft.traffic {
        note.release(&Owner::Incident);
    }
}
