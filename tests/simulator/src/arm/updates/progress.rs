//! Moving a run: stage after stage, the groups of a stage side by side, the members of a group as its limit allows.

use jiff::Timestamp;

use crate::arm::state::State;

use super::gates::{self, Place};
use super::model::{Group, Member, Problem, Request, Run, Selection, Stage, Update, UpdateState};
use super::{begin, later, offers, plan};

/// One look of the service at a run.
pub(super) struct Look<'a> {
    pub state: &'a mut State,
    pub now: Timestamp,
    /// The id of the run.
    pub run: String,
    pub created: Timestamp,
    pub update: Update,
    wake: Option<Timestamp>,
}

impl Look<'_> {
    /// Has the run looked at again at this moment, which lies ahead.
    pub(super) fn wake_at(&mut self, moment: Timestamp) {
        self.wake = Some(self.wake.map_or(moment, |wake| wake.min(moment)));
    }
}

/// A run, a stage or a group has more failed members than it may.
struct TooManyFailures;

/// Does what is possible at `now`, and says when to look again.
pub(super) fn look(run: &mut Run, state: &mut State, now: Timestamp) {
    if let Some(asked) = run.asked.filter(|asked| asked.due <= now) {
        run.asked = None;
        match asked.what {
            Request::Start => start(run, state, now),
            Request::Stop => stop(run, now),
        }
    }
    let (id, created, update) = (run.id.clone(), run.created, run.update.clone());
    let mut look = Look { state, now, run: id, created, update, wake: None };
    if run.status.state.is_active() && advance(run, &mut look).is_err() {
        run.status.enter(UpdateState::Stopping, now);
    }
    if run.status.state == UpdateState::Stopping && run.asked.is_none() {
        wind_down(run, &mut look);
    }
    let asked = run.asked.map(|asked| asked.due);
    run.wake = look.wake.into_iter().chain(asked).min();
}

/// Begins, or takes up again what failed, was stopped or is pending.
fn start(run: &mut Run, state: &State, now: Timestamp) {
    if run.update.selection == Selection::Consistent && run.update.image.is_none() {
        run.update.image = common_image(run, state);
    }
    for stage in run.stages.iter_mut().filter(|stage| !stage.status.state.is_passed()) {
        stage.status.enter(UpdateState::NotStarted, now);
        if stage.wait.state == UpdateState::Stopped {
            stage.wait.enter(UpdateState::Running, now);
        }
        for group in stage.groups.iter_mut().filter(|group| !group.status.state.is_passed()) {
            group.status.enter(UpdateState::NotStarted, now);
            for member in group.members.iter_mut().filter(|member| !member.status.state.is_passed()) {
                member.status.enter(UpdateState::NotStarted, now);
                member.recheck = None;
            }
        }
    }
    run.status.enter(UpdateState::Running, now);
}

/// The newest node image that the regions of all members have.
fn common_image(run: &Run, state: &State) -> Option<String> {
    let members = run.stages.iter().flat_map(Stage::members);
    let images = members.map(|member| {
        let region = state.store.get(&member.cluster).and_then(|body| body["location"].as_str());
        state.updates.offers.node_image(region.unwrap_or_default()).to_owned()
    });
    images.reduce(|one, other| if offers::is_as_new(&one, &other) { other } else { one })
}

/// Stops at a caller's request: what is under way goes on untracked.
fn stop(run: &mut Run, now: Timestamp) {
    let active = |state: UpdateState| state.is_active() || state == UpdateState::Stopping;
    for stage in run.stages.iter_mut().filter(|stage| active(stage.status.state)) {
        stage.status.enter(UpdateState::Stopped, now);
        if stage.wait.state == UpdateState::Running {
            stage.wait.enter(UpdateState::Stopped, now);
        }
        for group in stage.groups.iter_mut().filter(|group| active(group.status.state)) {
            group.status.enter(UpdateState::Stopped, now);
            for member in group.members.iter_mut().filter(|member| active(member.status.state)) {
                member.status.enter(UpdateState::Stopped, now);
            }
        }
    }
    run.status.enter(UpdateState::Stopped, now);
}

fn advance(run: &mut Run, look: &mut Look<'_>) -> Result<(), TooManyFailures> {
    let mut reached = None;
    for stage in run.stages.iter_mut().filter(|stage| !stage.status.state.is_passed()) {
        advance_stage(stage, look)?;
        if !stage.status.state.is_passed() {
            reached = Some(stage.status.state);
            break;
        }
    }
    let all_skipped = run.stages.iter().all(|stage| stage.status.state == UpdateState::Skipped);
    let end = if all_skipped { UpdateState::Skipped } else { UpdateState::Completed };
    run.status.enter(reached.unwrap_or(end), look.now);
    Ok(())
}

fn advance_stage(stage: &mut Stage, look: &mut Look<'_>) -> Result<(), TooManyFailures> {
    if stage.status.state == UpdateState::NotStarted {
        plan::adopt(&look.state.store, &look.run, stage);
        stage.status.enter(UpdateState::Running, look.now);
    }
    let name = stage.name.clone();
    let place = |timing| Place { stage: &name, group: None, timing };
    if !gates::pass(&mut stage.before, place("Before"), look) {
        stage.status.enter(UpdateState::Pending, look.now);
        return Ok(());
    }
    settle_members(stage, look);
    check_failures(stage)?;
    for index in 0..stage.groups.len() {
        let running: usize = stage.groups.iter().map(Group::running).sum();
        let slots = stage.concurrency().saturating_sub(running);
        open_group(&mut stage.groups[index], &name, slots, look);
    }
    check_failures(stage)?;
    for group in &mut stage.groups {
        close_group(group, &name, look);
    }
    let state = if stage.groups.iter().all(|group| group.status.state.is_passed()) {
        finish_stage(stage, place("After"), look)
    } else if stage.groups.iter().any(|group| group.status.state == UpdateState::Running) {
        UpdateState::Running
    } else {
        UpdateState::Pending
    };
    stage.status.enter(state, look.now);
    Ok(())
}

/// The after-gates and the wait run side by side; both must end.
fn finish_stage(stage: &mut Stage, place: Place<'_>, look: &mut Look<'_>) -> UpdateState {
    if stage.groups.iter().all(|group| group.status.state == UpdateState::Skipped) {
        gates::skip(&mut stage.after, look.state, look.now);
        stage.wait.enter(UpdateState::Skipped, look.now);
        return UpdateState::Skipped;
    }
    let approved = gates::pass(&mut stage.after, place, look);
    let waited = wait(stage, look);
    match (approved, waited) {
        (true, true) => UpdateState::Completed,
        (false, _) => UpdateState::Pending,
        (true, false) => UpdateState::Running,
    }
}

/// Whether the wait after a stage is over.
fn wait(stage: &mut Stage, look: &mut Look<'_>) -> bool {
    if stage.wait.state.is_passed() || stage.wait_seconds == 0 {
        return true;
    }
    stage.wait.enter(UpdateState::Running, look.now);
    let end = later(stage.wait.started.unwrap_or(look.now), stage.wait_seconds);
    if end > look.now {
        look.wake_at(end);
        return false;
    }
    stage.wait.enter(UpdateState::Completed, look.now);
    true
}

/// Passes a group's before-gates and begins its members.
fn open_group(group: &mut Group, stage: &str, slots: usize, look: &mut Look<'_>) {
    if group.status.state.is_passed() {
        return;
    }
    let place = Place { stage, group: Some(&group.name), timing: "Before" };
    if gates::pass(&mut group.before, place, look) {
        begin_members(group, slots, look);
    }
    let state = if group.running() > 0 { UpdateState::Running } else { UpdateState::Pending };
    group.status.enter(state, look.now);
}

/// Ends a group whose members have all had their turns, once its after-gates are passed.
fn close_group(group: &mut Group, stage: &str, look: &mut Look<'_>) {
    let opened = group.before.iter().all(|gate| gate.status.state.is_passed());
    let ended =
        |member: &Member| member.status.state.is_passed() || member.status.state == UpdateState::Failed;
    if group.status.state.is_passed() || !opened || !group.members.iter().all(ended) {
        return;
    }
    if group.members.iter().all(|member| member.status.state == UpdateState::Skipped) {
        gates::skip(&mut group.after, look.state, look.now);
        group.status.enter(UpdateState::Skipped, look.now);
        return;
    }
    let place = Place { stage, group: Some(&group.name), timing: "After" };
    if gates::pass(&mut group.after, place, look) {
        group.status.enter(UpdateState::Completed, look.now);
    }
}

/// Begins as many members as may run, those whose window is open first. A member that has to wait takes no place.
fn begin_members(group: &mut Group, slots: usize, look: &mut Look<'_>) {
    let mut slots = slots.min(group.concurrency().saturating_sub(group.running()));
    let mut order: Vec<usize> = (0..group.members.len()).collect();
    order.sort_by_key(|index| look.state.updates.windows.at(&group.members[*index].cluster, look.now));
    for index in order {
        let member = &mut group.members[index];
        let waits = member.recheck.filter(|recheck| *recheck > look.now);
        match (member.status.state, waits) {
            (UpdateState::Pending, Some(recheck)) => look.wake_at(recheck),
            (UpdateState::Pending | UpdateState::NotStarted, _) if slots > 0 => {
                slots -= usize::from(begin::attempt(member, look));
            }
            _ => {}
        }
    }
}

/// Takes note of upgrades that have ended.
fn settle_members(stage: &mut Stage, look: &Look<'_>) {
    let members = stage.groups.iter_mut().flat_map(|group| &mut group.members);
    let in_flight =
        |member: &&mut Member| matches!(member.status.state, UpdateState::Running | UpdateState::Stopping);
    for member in members.filter(in_flight) {
        let operation = member.operation.as_deref().unwrap_or_default();
        match look.state.updates.upgrades.result(operation) {
            Some(true) => member.status.enter(UpdateState::Completed, look.now),
            Some(false) => member.status.fail(upgrade_failed(&member.name), look.now),
            None => {}
        }
    }
}

fn check_failures(stage: &Stage) -> Result<(), TooManyFailures> {
    let group_failed = stage.groups.iter().any(|group| group.failures() > group.allowed_failures());
    if group_failed || stage.failures() > stage.allowed_failures() { Err(TooManyFailures) } else { Ok(()) }
}

/// After too many failures: waits for the members in flight, then ends everything that is under way.
fn wind_down(run: &mut Run, look: &mut Look<'_>) {
    let now = look.now;
    let reached = run.stages.iter_mut().find(|stage| !stage.status.state.is_passed());
    let Some(stage) = reached else { return };
    settle_members(stage, look);
    let in_flight = stage.groups.iter().any(|group| group.running() > 0);
    if in_flight {
        stage.status.enter(UpdateState::Stopping, now);
        return;
    }
    let failures = stage.failures();
    for group in stage.groups.iter_mut().filter(|group| group.status.state.is_active()) {
        for member in group.members.iter_mut().filter(|member| member.status.state.is_active()) {
            member.status.enter(UpdateState::Stopped, now);
        }
        match group.failures() {
            0 => group.status.enter(UpdateState::Stopped, now),
            failures => group.status.fail(members_failed(&group.name, failures), now),
        }
    }
    stage.status.fail(members_failed(&stage.name, failures), now);
    run.status.fail(members_failed(&stage.name, failures), now);
}

/// The codes of failed updates are not documented.
fn upgrade_failed(member: &str) -> Problem {
    Problem { code: "MemberUpdateFailed", message: format!("The upgrade of member '{member}' failed.") }
}

fn members_failed(part: &str, failures: usize) -> Problem {
    let message = format!("The update failed for {failures} members of '{part}'.");
    Problem { code: "MemberUpdateFailed", message }
}
