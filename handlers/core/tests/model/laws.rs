//! What must hold whatever happens in whatever order.

use std::fmt;

use fleet_core::command::{Order, ReleaseOwner};
use fleet_core::{
    facets::traffic::{Action, Owner, TrafficHold, TrafficNote},
    health::{Says, Standing},
    ledger::{Ledger, StampRecord},
    reactions::{Question, decide},
    trigger::NudgeKind,
};
use jiff::SignedDuration;

use crate::{
    invocation::{Decided, Invocation},
    scenery, update_laws,
    world::{Task, World},
};

/// A law that did not hold, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Broken(pub(crate) String);

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Our write never leaves fewer origins in traffic than configured. An origin that nature or somebody else took from
/// service while handlers were at work still counts: one of them may have looked before.
pub(crate) fn enough_keep_serving(world: &World, stamp: usize, write: &Action) -> Result<(), Broken> {
    if !write.withdraws() || !world.origins[stamp].enabled {
        return Ok(());
    }
    let serves = |other: &usize| {
        let (origin, lost) = (&world.origins[*other], world.lost_meanwhile[*other]);
        let in_traffic = origin.enabled || (origin.foreign && lost);
        *other != stamp && in_traffic && (origin.healthy || lost)
    };
    let left = (0..world.setting.stamps).filter(serves).count();
    if left >= world.setting.least {
        return Ok(());
    }
    let least = world.setting.least;
    Err(Broken(format!("`{write}` leaves {left} healthy origins in traffic, and the least is {least}")))
}

/// Every hold ends by its owner, or by itself when its time is over.
pub(crate) fn no_foreign_hold_is_lifted(
    world: &World,
    by: &Invocation,
    decided: &Decided,
) -> Result<(), Broken> {
    for (key, record) in &world.ledger.stamps {
        let after = decided.next.stamps.get(key);
        let note = after.and_then(|after| after.traffic.as_ref());
        let lifted = record.traffic.iter().flat_map(|before| &before.holds).filter(|hold| {
            let expired = hold.until.is_some_and(|until| until <= by.now);
            !expired && !note.is_some_and(|note| note.is_held_by(&hold.owner))
        });
        for hold in lifted {
            if !after.is_some_and(|after| may_end(&hold.owner, world, by, decided, after)) {
                return Err(Broken(format!(
                    "the hold of {} on {} is lifted by others",
                    hold.owner,
                    record.cluster.name()
                )));
            }
        }
    }
    Ok(())
}

/// An incident begins only with fresh evidence against the stamp, not with a standing that outlived it.
pub(crate) fn an_incident_has_its_evidence(
    world: &World,
    by: &Invocation,
    decided: &Decided,
) -> Result<(), Broken> {
    let stamp = decided.stamp;
    let held = |ledger| traffic(ledger, stamp).is_some_and(|note| note.is_held_by(&Owner::Incident));
    let begins = held(&decided.next) && !held(&world.ledger);
    let record = decided.next.stamp(&scenery::cluster_id(stamp));
    let evidence = record.map(|record| record.health.evidence.as_slice()).unwrap_or_default();
    if begins && !evidence.iter().any(|word| word.says == Says::Bad && word.is_fresh(by.now)) {
        return Err(Broken(format!(
            "nothing speaks against {}, and an incident holds it",
            scenery::name(stamp)
        )));
    }
    Ok(())
}

fn may_end(owner: &Owner, world: &World, by: &Invocation, decided: &Decided, after: &StampRecord) -> bool {
    let stamp = decided.stamp;
    if after.cluster != scenery::cluster_id(stamp) {
        return false;
    }
    let order = match by.delivery.task {
        Task::Command(at) => Some(&world.setting.commands[at]),
        Task::Look(_) | Task::Updates => None,
    };
    match (owner, order.map(|command| (command, &command.order))) {
        (Owner::Operator(name), Some((command, Order::Restore { .. }))) => name == command.hold_name(),
        (Owner::Operator(_), _) => false,
        (Owner::Unknown, Some((_, Order::Release { owner: ReleaseOwner::Unknown, .. }))) => true,
        (Owner::Unknown, _) => by.seen.origins[stamp].enabled,
        (Owner::Incident, _) => after.health.standing == Standing::Healthy,
        (Owner::Quarantine, _) => by.seen.origins[stamp].healthy && decided.plan.actions.iter().any(enables),
        (Owner::Update(name), _) => {
            let out = decided.next.updates.out.get(after.cluster.key());
            out.is_none_or(|out| out.owner != *name)
        }
        (Owner::Decommission, _) => false,
    }
}

fn enables(action: &fleet_core::plan::Action) -> bool {
    matches!(action, fleet_core::plan::Action::Traffic(Action::Enable { .. }))
}

/// When nothing happens any more the timer alone, without a sweep, brings everything to rest: no plan has an action, an
/// origin is enabled exactly while nobody holds it, a healthy stamp is held by nobody but people, and every command has
/// its answer.
pub(crate) fn comes_to_rest(end: &World) -> Result<(), Broken> {
    let mut world = end.clone();
    let sweeps = world.origins.iter().any(|origin| origin.foreign);
    (0..world.setting.stamps).filter(|_| sweeps).for_each(|stamp| world.put_on_queue(Task::Look(stamp)));
    for minutes in [1, 1, 1, 1, 1, 5, 5, 5].repeat(1 + world.run.groups.len()) {
        world.now += SignedDuration::from_mins(minutes);
        world.service_comes_to_a_gate();
        world.tick();
        world.finish_queue()?;
    }
    (0..world.setting.stamps).try_for_each(|stamp| stamp_rests(&world, stamp))?;
    update_laws::updates_rest(&world)?;
    let unanswered =
        world.setting.commands.iter().find(|command| {
            world.ledger.commands.get(&command.id).is_none_or(|record| record.result.is_none())
        });
    match unanswered {
        Some(command) => Err(Broken(format!("command {} has no answer", command.id))),
        None => Ok(()),
    }
}

fn stamp_rests(world: &World, stamp: usize) -> Result<(), Broken> {
    let subject = scenery::cluster_id(stamp);
    let plan = decide(&Question {
        trigger: NudgeKind::Sweep,
        subject: &subject,
        config: &world.setting.config,
        seen: &scenery::seen(stamp, &world.view(), world.now),
        ledger: &world.ledger,
        now: world.now,
    });
    let origin = &world.origins[stamp];
    let nobody = TrafficNote::default();
    let note = traffic(&world.ledger, stamp).unwrap_or(&nobody);
    let held = !note.holds.is_empty();
    let ours = |hold: &TrafficHold| matches!(hold.owner, Owner::Incident | Owner::Quarantine);
    let by_us_alone = held && note.holds.iter().all(ours);
    let complaint = if !plan.is_noop() {
        format!("there is still to do: {plan}")
    } else if origin.enabled == held && !plan.holds.iter().any(is_refused) {
        format!("its origin is enabled: {}, and held: {held}", origin.enabled)
    } else if origin.healthy && by_us_alone {
        "it is well, and nobody but us holds it".to_owned()
    } else {
        return Ok(());
    };
    Err(Broken(format!("when all was over, at {}, {}: {complaint}", world.now, scenery::name(stamp))))
}

fn is_refused(hold: &fleet_core::plan::Hold) -> bool {
    matches!(hold, fleet_core::plan::Hold::Refused { .. })
}

pub(crate) fn traffic(ledger: &Ledger, stamp: usize) -> Option<&TrafficNote> {
    ledger.stamp(&scenery::cluster_id(stamp))?.traffic.as_ref()
}
