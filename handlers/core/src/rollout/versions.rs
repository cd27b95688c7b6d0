//! New versions of Kubernetes: a run for the newest one that every region of the fleet offers, never below what the fleet
//! runs, never more than one minor version ahead of its oldest cluster, and never two runs at once.

use std::collections::BTreeSet;

use jiff::SignedDuration;

use super::{Action, Draft, Question, Stages};
use crate::{
    config::{Follow, NewVersionAction, NewVersions, Updates},
    ids::ArmId,
    trigger::NudgeKind,
    updates::{Asked, NoticeKind, Offer, RunSeen, Update, UpdateState, UpgradeKind, Version},
};

/// How long a profile is left alone after it was asked: every cluster of a region tells of a new version.
const ASKED_OF_LATE: SignedDuration = SignedDuration::from_hours(1);

/// And where nobody told of a new version: events may be lost.
const ASKED_TODAY: SignedDuration = SignedDuration::from_hours(24);

pub(super) fn follow(draft: &mut Draft, question: &Question<'_>, rules: &Updates) {
    let wanted = &rules.new_versions;
    let Ok(runs) = &question.seen.runs else { return };
    confirm(draft, question, runs);
    if wanted.action == NewVersionAction::Off {
        draft.note.version_waits = None;
    } else if question.seen.listed {
        draft.note.version_waits = make(draft, question, wanted, runs).err();
    }
    if let Some(why) = draft.note.version_waits.clone() {
        draft.explain(format!("no run for a new version: {why}"));
    }
}

/// Tells of a run that was made once it is seen. One that was seen and is gone was deleted on purpose; one that never
/// came, although nobody is at it any more, is made again.
fn confirm(draft: &mut Draft, question: &Question<'_>, runs: &[RunSeen]) {
    let Some(mut asked) = draft.note.asked.clone() else { return };
    let Some(run) = asked.run.clone() else { return };
    let is_there = runs.iter().any(|seen| seen.id == run);
    let is_gone = question.seen.gone.contains(&run) || (question.seen.listed && !is_there);
    let claimed = question.ledger.claim_on(&run, question.seen.at, question.now).is_some();
    if is_there && !asked.seen {
        asked.seen = true;
        let (name, id) = (run.name(), format!("run-created:{}", run.name()));
        let says = format!("update run {name} was made for a new version");
        draft.tell(NoticeKind::RunCreated, id, &run, says, question.now);
        draft.note.asked = Some(asked);
    } else if is_gone && asked.seen {
        draft.note.asked = Some(Asked { run: None, ..asked });
    } else if is_gone && !claimed {
        draft.note.asked = None;
    }
}

/// # Errors
/// With the reason why none is made although there may be something to make one for.
fn make(
    draft: &mut Draft,
    question: &Question<'_>,
    wanted: &NewVersions,
    runs: &[RunSeen],
) -> Result<(), String> {
    if let Some(busy) = runs.iter().find(|run| run.phase.state.is_active()) {
        return Err(format!("update run {} is under way", busy.id.name()));
    }
    match (&wanted.strategy, &wanted.profile) {
        (Some(strategy), _) => by_strategy(draft, question, strategy, wanted, runs),
        (None, Some(profile)) => by_profile(draft, question, profile, runs),
        (None, None) => Ok(()),
    }
}

fn by_strategy(
    draft: &mut Draft,
    question: &Question<'_>,
    name: &str,
    wanted: &NewVersions,
    runs: &[RunSeen],
) -> Result<(), String> {
    let Some(target) = target(question, wanted.follow)? else { return Ok(()) };
    let text = target.to_string();
    let waits = |run: &RunSeen| run.phase.state == UpdateState::NotStarted;
    let is_made = runs.iter().any(|run| waits(run) && run.update.kubernetes.as_ref() == Some(&text));
    let asked = draft.note.asked.as_ref().and_then(|asked| asked.version);
    if is_made || asked.is_some_and(|known| known >= target) {
        return Ok(());
    }
    let fleet = &question.config.fleet;
    let run = fleet.child(&format!("updateRuns/auto-{}", text.replace('.', "-")));
    let strategy = fleet.child(&format!("updateStrategies/{name}"));
    let (Ok(run), Ok(strategy)) = (run, strategy) else { return Ok(()) };
    if runs.iter().any(|seen| seen.id == run) {
        let name = run.name();
        return Err(format!(
            "update run {name} is there already; make one by hand for clusters that are behind"
        ));
    }
    let (kind, image_selection) = (UpgradeKind::Full, Some("Consistent".to_owned()));
    let update = Update { kind, kubernetes: Some(text), image_selection };
    let by = Stages::Strategy(strategy);
    draft.wish(Action::Create { run: run.clone(), update, by }, question)?;
    draft.note.asked = Some(Asked { version: Some(target), run: Some(run), seen: false, at: question.now });
    Ok(())
}

/// The version to go to, if there is one to go to.
///
/// # Errors
/// With what is not known that would have to be.
fn target(question: &Question<'_>, follow: Follow) -> Result<Option<Version>, String> {
    let mut running = BTreeSet::new();
    let mut offered: Option<BTreeSet<Version>> = None;
    for record in question.ledger.stamps.values() {
        let name = record.cluster.name();
        let version = record.facts.version.as_deref().and_then(|version| version.parse::<Version>().ok());
        running.insert(version.ok_or_else(|| format!("what {name} runs is not known"))?);
        let region = &record.report.region;
        let offers = match question.seen.offers.get(region) {
            Some(Ok(offers)) => offers,
            Some(Err(unread)) => return Err(unread.to_string()),
            None => return Err(format!("what {region} offers was not looked at")),
        };
        let there = stable(offers);
        offered = Some(offered.map_or_else(|| there.clone(), |known| &known & &there));
    }
    let (Some(oldest), Some(newest)) = (running.first(), running.last()) else { return Ok(None) };
    let highest = match follow {
        Follow::Patch => newest.minor(),
        Follow::Minor => (oldest.0, oldest.1 + 1).max(newest.minor()),
    };
    let fits = |version: &&Version| {
        let (major, minor) = version.minor();
        let in_reach = (major, minor) <= (oldest.0, oldest.1 + 1);
        in_reach && version.minor() >= newest.minor() && version.minor() <= highest
    };
    let offered = offered.unwrap_or_default();
    let best = offered.iter().filter(fits).max().copied();
    Ok(best.filter(|best| best > oldest && best >= newest))
}

fn stable(offers: &[Offer]) -> BTreeSet<Version> {
    offers.iter().filter(|offer| !offer.preview).map(|offer| offer.version).collect()
}

/// A profile knows itself which version is due, and answers with the run that there is already.
fn by_profile(
    draft: &mut Draft,
    question: &Question<'_>,
    name: &str,
    runs: &[RunSeen],
) -> Result<(), String> {
    let profile = question.config.fleet.child(&format!("autoUpgradeProfiles/{name}"));
    let profile = profile.map_err(|error| error.to_string())?;
    let asked = draft.note.asked.clone();
    if let Some(made) = made_by(&profile, runs) {
        if asked.and_then(|asked| asked.run).as_ref() != Some(made) {
            let (version, run) = (None, Some(made.clone()));
            draft.note.asked = Some(Asked { version, run, seen: false, at: question.now });
            draft.wake_by(question.now);
        }
        return Ok(());
    }
    let told = question.trigger == NudgeKind::VersionsChanged;
    let Some(asked) = asked.or_else(|| told.then(|| nothing_asked(question))) else {
        // The first look of all is no news of a version.
        draft.note.asked = Some(nothing_asked(question));
        return Ok(());
    };
    let waits = match (told, asked.seen) {
        (true, true) => false,
        (true, false) => asked.at + ASKED_OF_LATE > question.now,
        (false, _) => asked.at + ASKED_TODAY > question.now,
    };
    if waits {
        return Ok(());
    }
    draft.wish(Action::Generate { profile }, question)?;
    draft.note.asked = Some(Asked { version: None, run: None, seen: false, at: question.now });
    Ok(())
}

/// Nobody waits for a run.
fn nothing_asked(question: &Question<'_>) -> Asked {
    Asked { version: None, run: None, seen: true, at: question.now }
}

/// Whether a run brings a version that a stamp does not have yet, as far as is known.
pub(super) fn brings_news(run: &RunSeen, question: &Question<'_>) -> bool {
    let version = |text: &str| text.parse::<Version>().ok();
    let Some(brought) = run.update.kubernetes.as_deref().and_then(version) else { return true };
    let known =
        question.ledger.stamps.values().map(|record| record.facts.version.as_deref().and_then(version));
    known.into_iter().any(|runs| runs.is_none_or(|runs| runs < brought))
}

/// A run of the profile's that waits to be started.
fn made_by<'a>(profile: &ArmId, runs: &'a [RunSeen]) -> Option<&'a ArmId> {
    let waits =
        |run: &&RunSeen| run.phase.state == UpdateState::NotStarted && run.profile.as_ref() == Some(profile);
    runs.iter().find(waits).map(|run| &run.id)
}
