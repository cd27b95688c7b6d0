//! The evidence for a gate: every question with its answer, from what this look has seen. What could not be looked at is
//! missing.

mod reached;

use std::collections::BTreeSet;

use super::{Draft, Question};
use crate::{
    command::GuardRule,
    config::Traffic,
    facets::{
        Mode, Progress,
        traffic::{OriginSeen, Owner, Probe},
    },
    guard,
    ids::ArmId,
    ledger::{Override, StampRecord},
    names::origin_id,
    plan::Refusal,
    updates::{
        Asks, Found, GateSeen, GroupSeen, MemberUpdate, Piece, RunSeen, Scope, StageSeen, Timing, Update,
        UpdateState,
    },
    world::ClusterSeen,
};

/// Everything that must be known before a gate is approved.
pub(super) fn of(gate: &GateSeen, run: &RunSeen, draft: &Draft, question: &Question<'_>) -> Vec<Piece> {
    let mut pieces = Vec::new();
    if !has_part(run, &gate.scope) {
        let found = missing(format!("update run {} has no part {}", run.id.name(), gate.scope));
        pieces.push(Piece { cluster: None, asks: Asks::Known, found });
    }
    for member in concerned(gate, run) {
        pieces.extend(of_member(gate, run, member, draft, question));
    }
    pieces.push(Piece {
        cluster: None,
        asks: Asks::RestServes,
        found: rest_serves(gate, run, draft, question),
    });
    pieces.into_iter().map(|piece| excuse(piece, gate, run, question)).collect()
}

/// Whom a gate asks about: before an update, members that are still to be updated, be it again; after it, all that were
/// not left out, alone or with their group.
pub(super) fn concerned<'a>(gate: &'a GateSeen, run: &'a RunSeen) -> impl Iterator<Item = &'a MemberUpdate> {
    let was_left_out = |stage: &StageSeen, group: &GroupSeen, member: &MemberUpdate| {
        let with_its_part = [&stage.phase, &group.phase].iter().any(|it| it.state == UpdateState::Skipped);
        let state = &member.phase.state;
        *state == UpdateState::Skipped || (with_its_part && *state == UpdateState::NotStarted)
    };
    let members = run.members().filter(|(stage, group, _)| gate.scope.covers(&stage.name, &group.name));
    let asked = move |(stage, group, member): &(&StageSeen, &GroupSeen, &MemberUpdate)| match gate.timing {
        Timing::Before => is_unfinished(member),
        Timing::After => !was_left_out(stage, group, member),
    };
    members.filter(asked).map(|(_, _, member)| member)
}

/// Whether the run may still take it: one that was stopped, or that failed, is taken up again when the run is.
pub(super) fn is_unfinished(member: &MemberUpdate) -> bool {
    !matches!(member.phase.state, UpdateState::Completed | UpdateState::Skipped)
}

/// A part that the run does not have would have no members that anything is asked about.
fn has_part(run: &RunSeen, scope: &Scope) -> bool {
    let is_there = |group: &String| {
        run.stages
            .iter()
            .any(|stage| stage.name == scope.stage && stage.groups.iter().any(|there| there.name == *group))
    };
    let stage = run.stages.iter().any(|stage| stage.name == scope.stage);
    stage && scope.group.as_ref().is_none_or(is_there)
}

fn good(says: impl Into<String>) -> Found {
    Found::Good(says.into())
}

fn missing(why: impl Into<String>) -> Found {
    Found::Missing(why.into())
}

fn of_member(
    gate: &GateSeen,
    run: &RunSeen,
    member: &MemberUpdate,
    draft: &Draft,
    question: &Question<'_>,
) -> Vec<Piece> {
    let piece = |asks, found| Piece { cluster: member.cluster.clone(), asks, found };
    let known = |why: String| vec![piece(Asks::Known, missing(why))];
    let Some(id) = &member.cluster else {
        return known(format!("the run names no cluster for member {}", member.name));
    };
    let cluster = match question.seen.clusters.get(id.key()) {
        None => return known("it was not looked at".to_owned()),
        Some(Err(unread)) => return known(unread.to_string()),
        Some(Ok(None)) => return vec![piece(Asks::Known, good("it does not exist any more"))],
        Some(Ok(Some(cluster))) => cluster,
    };
    let Some(record) = question.ledger.stamp(id) else {
        return known("no stamp of this cluster is on record".to_owned());
    };
    let mut pieces = vec![piece(Asks::Known, good("on record"))];
    match gate.timing {
        Timing::Before => {
            let out = out_of_traffic(record, draft, question);
            pieces.extend(out.map(|found| piece(Asks::OutOfTraffic, found)));
            let offered = offered(&run.update, record, question);
            pieces.extend(offered.map(|found| piece(Asks::Offered, found)));
        }
        Timing::After => {
            pieces.push(piece(Asks::Updated, updated(member)));
            pieces.extend(
                reached::version(&run.update, cluster).map(|found| piece(Asks::VersionReached, found)),
            );
            pieces.extend(reached::image(run, cluster).map(|found| piece(Asks::ImageReached, found)));
            pieces.extend(answers(id, question).map(|found| piece(Asks::Answers, found)));
        }
    }
    let failed = draft.note.out.get(id.key()).is_some_and(|out| out.failed);
    let may_have_failed = failed && gate.timing == Timing::Before;
    pieces.extend(ready(cluster, may_have_failed).map(|(asks, found)| piece(asks, found)));
    pieces
}

/// Whether the cluster can be updated, or was well. One that an update has failed on shows that until another succeeds, and
/// is not kept from being tried again.
fn ready(cluster: &ClusterSeen, may_have_failed: bool) -> [(Asks, Found); 3] {
    let rests = |progress: Progress| match progress {
        Progress::Settled => true,
        Progress::Busy => false,
        Progress::Failed => may_have_failed,
    };
    let running = if cluster.running { good("it runs") } else { missing("it is stopped") };
    let state = format!("its provisioning state is {}", cluster.state);
    let idle = if rests(cluster.progress) { good(state) } else { missing(state) };
    let busy = cluster.runs.pools.iter().filter(|pool| !rests(pool.progress));
    let busy: Vec<&str> = busy.map(|pool| pool.name.as_str()).collect();
    let pools = match busy.as_slice() {
        [] => good(format!("{} of them", cluster.runs.pools.len())),
        names => missing(format!("{} not", names.join(", "))),
    };
    [(Asks::Running, running), (Asks::Idle, idle), (Asks::PoolsReady, pools)]
}

/// Whether the stamp is out of traffic, as seen in this look; `None` where traffic is not managed.
pub(super) fn out_of_traffic(record: &StampRecord, draft: &Draft, question: &Question<'_>) -> Option<Found> {
    let traffic = question.config.managed_traffic()?;
    if traffic.mode == Mode::Observe {
        return Some(missing("traffic is only observed"));
    }
    let origins = match &question.seen.origins {
        None => return Some(missing("its origin was not looked at")),
        Some(Err(unread)) => return Some(missing(unread.to_string())),
        Some(Ok(origins)) => origins,
    };
    if record.traffic.is_none() {
        return Some(missing("nobody has looked for its origin yet"));
    }
    let Some(origin) = origin_of(record, origins, traffic) else { return Some(good("it has no origin")) };
    let claimed = question.ledger.claim_on(&origin.id, question.seen.at, question.now).is_some();
    let wanted = draft.note.out.get(record.cluster.key()).map(|out| Owner::Update(out.owner.clone()));
    let held =
        wanted.is_some_and(|owner| record.traffic.as_ref().is_some_and(|note| note.is_held_by(&owner)));
    Some(match (origin.enabled, origin.progress, claimed, held) {
        (true, ..) => missing(format!("origin {} is enabled", origin.id.name())),
        (_, Progress::Busy, ..) | (_, _, true, _) => missing("a write to its origin is under way"),
        (_, _, _, false) => missing("nobody keeps it out for this update yet"),
        (false, _, false, true) => good(format!("origin {} is disabled and held", origin.id.name())),
    })
}

/// The stamp's origin: the one on record, or the one that bears our name.
pub(crate) fn origin_of<'a>(
    record: &StampRecord,
    origins: &'a [OriginSeen],
    traffic: &Traffic,
) -> Option<&'a OriginSeen> {
    let known = record.report.origin.as_ref().map(|origin| &origin.id);
    let own = origin_id(&traffic.origin_group, &record.cluster);
    let by_id = |wanted: Option<&ArmId>| origins.iter().find(|origin| Some(&origin.id) == wanted);
    by_id(known).or_else(|| by_id(own.as_ref()))
}

/// Whether the region offers what the run brings; `None` where it brings no version.
fn offered(update: &Update, record: &StampRecord, question: &Question<'_>) -> Option<Found> {
    let wanted = update.kubernetes.as_deref()?;
    let region = &record.report.region;
    Some(match question.seen.offers.get(region) {
        None => missing(format!("what {region} offers was not looked at")),
        Some(Err(unread)) => missing(unread.to_string()),
        Some(Ok(offers)) if offers.iter().any(|offer| reached::is_at(&offer.version.to_string(), wanted)) => {
            good(format!("{region} offers {wanted}"))
        }
        Some(Ok(_)) => missing(format!("{region} does not offer {wanted}")),
    })
}

fn updated(member: &MemberUpdate) -> Found {
    match &member.phase.state {
        UpdateState::Completed => good("the run is done with it"),
        state => {
            let said = member.phase.error.as_ref().or(member.message.as_ref());
            missing(said.map_or_else(|| state.to_string(), |said| format!("{state}: {said}")))
        }
    }
}

/// What its health path answered; `None` where traffic is not managed or the stamp has no origin to be asked through.
fn answers(id: &ArmId, question: &Question<'_>) -> Option<Found> {
    question.config.managed_traffic()?;
    question.ledger.stamp(id)?.report.origin.as_ref()?;
    Some(match question.seen.probes.get(id.key()) {
        None => missing("its health path was not asked"),
        Some(Probe::Good) => good("its health path answers well"),
        Some(Probe::Bad(why)) => missing(why.as_str()),
    })
}

/// Whether the fleet serves without all that are to be out: before an update with those of the part, after it with those
/// of the part that are out still.
fn rest_serves(gate: &GateSeen, run: &RunSeen, draft: &Draft, question: &Question<'_>) -> Found {
    if question.config.managed_traffic().is_none() {
        return good("traffic is not managed");
    }
    let of_part = concerned(gate, run).filter_map(|member| member.cluster.as_ref()).cloned();
    let is_out = |cluster: &ArmId| draft.note.out.contains_key(cluster.key());
    let out: BTreeSet<ArmId> = match gate.timing {
        Timing::Before => draft.note.out.values().map(|out| out.cluster.clone()).chain(of_part).collect(),
        Timing::After => of_part.filter(is_out).collect(),
    };
    let Err(refusal) = guard::can_spare(question.config, question.ledger, &out) else {
        return good("at least as many healthy stamps as configured");
    };
    // Whoever had the glass broken for the stamps to leave has had it broken for this too.
    match overriding(out.iter(), &refusal, question) {
        Some(broken) => Found::Excused { missing: refusal.to_string(), by: who(broken) },
        None => missing(refusal.to_string()),
    }
}

/// The override of a refusal that covers every one of these stamps.
pub(super) fn overriding<'a>(
    mut stamps: impl Iterator<Item = &'a ArmId>,
    refusal: &Refusal,
    question: &Question<'a>,
) -> Option<&'a Override> {
    let rule = refusal.rule()?;
    let over = |stamp: &ArmId| question.ledger.overriding(stamp, rule, question.now);
    let first = over(stamps.next()?)?;
    stamps.all(|stamp| over(stamp).is_some()).then_some(first)
}

fn who(broken: &Override) -> String {
    format!("{}: {}", broken.by, broken.reason)
}

/// Lets pass what an operator has broken the glass for: for the piece's cluster, or, where it is about none, for every
/// cluster of the part.
fn excuse(piece: Piece, gate: &GateSeen, run: &RunSeen, question: &Question<'_>) -> Piece {
    let Found::Missing(why) = &piece.found else { return piece };
    let of_part = run.members_of(&gate.scope).filter_map(|member| member.cluster.as_ref());
    let overriding = |id| question.ledger.overriding(id, GuardRule::Evidence, question.now);
    let broken: Option<Vec<_>> = match &piece.cluster {
        Some(id) => overriding(id).map(|broken| vec![broken]),
        None => of_part.map(overriding).collect(),
    };
    let Some(broken) = broken.as_ref().and_then(|broken| broken.first()) else { return piece };
    Piece { found: Found::Excused { missing: why.clone(), by: who(broken) }, ..piece }
}
