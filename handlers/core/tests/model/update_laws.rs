//! What must hold of updates whatever happens in whatever order: nothing is updated while it takes traffic by our doing.

use fleet_core::{
    facets::traffic::{Action, Owner},
    rollout::{self, Question},
    trigger::NudgeKind,
    updates::{Timing, UpdateState},
};

use crate::{
    invocation::Invocation,
    laws::{Broken, traffic},
    run::{At, By, Group},
    scenery,
    world::World,
};

/// An approval is of a gate that its own look has seen waiting.
pub(crate) fn only_a_gate_that_was_seen_waiting(
    by: &Invocation,
    group: usize,
    timing: Timing,
) -> Result<(), Broken> {
    if by.seen.run.waits_at(group, timing) {
        return Ok(());
    }
    Err(Broken(format!("a gate {timing} group {} is approved that did not wait", group + 1)))
}

/// When we let an update begin, no origin of its stamps takes traffic. One that somebody else has enabled since we looked is
/// not ours to answer for.
pub(crate) fn nobody_updates_what_serves(
    world: &World,
    by: &Invocation,
    group: &Group,
) -> Result<(), Broken> {
    let serves = |stamp: &&usize| {
        let (then, now) = (&by.seen.origins[**stamp], &world.origins[**stamp]);
        now.enabled && (then.enabled || !now.foreign)
    };
    match group.stamps.iter().find(serves) {
        Some(stamp) => {
            let name = scenery::name(*stamp);
            Err(Broken(format!("{name} is to be updated, and its origin is enabled")))
        }
        None => Ok(()),
    }
}

/// From our approval until the run is done with a stamp, no write of ours enables its origin. Of one that failed, no write
/// does before an operator or a later run has ended its hold.
pub(crate) fn nobody_is_let_in_amid_an_update(
    world: &World,
    stamp: usize,
    write: &Action,
) -> Result<(), Broken> {
    let Action::Enable { .. } = write else { return Ok(()) };
    let Some(group) = world.run.group_of(stamp) else { return Ok(()) };
    let amid = match group.at {
        At::NotReached | At::GateBefore | At::Done => false,
        At::Passed | At::GateAfter => world.run.is_active(),
        At::Updating => true,
        At::Failed => is_held(world, stamp),
    };
    if amid && group.approved == Some(By::Us) {
        return Err(Broken(format!(
            "`{write}`, and the update of {} is {:?}",
            scenery::name(stamp),
            group.at
        )));
    }
    Ok(())
}

fn is_held(world: &World, stamp: usize) -> bool {
    let note = traffic(&world.ledger, stamp);
    note.is_some_and(|note| note.holds.iter().any(|hold| matches!(hold.owner, Owner::Update(_))))
}

/// When nothing happens any more, every gate is completed or the ledger says why not; nothing is left to do about updates; and
/// an update's hold is left only on a stamp of a group that the run is at, be it that somebody wants it started first, or
/// that failed.
pub(crate) fn updates_rest(world: &World) -> Result<(), Broken> {
    if world.run.groups.is_empty() {
        return Ok(());
    }
    let broken = |what: String| Err(Broken(format!("when all was over, at {}, {what}", world.now)));
    let note = &world.ledger.updates;
    for gate in world.run.gates().iter().filter(|gate| gate.state == UpdateState::Pending) {
        if note.gates.get(gate.id.key()).is_none_or(|known| known.waits.why.is_empty()) {
            return broken(format!("{} waits, and nobody knows why", gate.id.name()));
        }
    }
    let plan = rollout::decide(&Question {
        trigger: NudgeKind::WakeUp,
        config: &world.setting.config,
        seen: &scenery::updates_seen(&world.view(), world.now),
        ledger: &world.ledger,
        order: None,
        now: world.now,
    });
    if let Some(action) = plan.actions.first() {
        return broken(format!("there is still to do: {action}"));
    }
    for stamp in (0..world.setting.stamps).filter(|stamp| is_held(world, *stamp)) {
        let at = world.run.group_of(stamp).map(|group| group.at);
        let goes_on = world.run.is_active() || note.starts.contains_key(scenery::run_id().key());
        let goes_on = goes_on && !matches!(at, None | Some(At::NotReached | At::Done));
        if !goes_on && at != Some(At::Failed) {
            return broken(format!("an update holds {}, and its run is over", scenery::name(stamp)));
        }
    }
    Ok(())
}
