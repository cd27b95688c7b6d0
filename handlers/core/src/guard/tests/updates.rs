//! Writes to gates and runs, whoever wishes them.

use super::*;
use crate::{
    command::Target,
    ledger::Override,
    plan::UpdateAction,
    updates::{
        GateKind, GateSeen, GroupSeen, MemberUpdate, Phase, RunSeen, StageSeen, Timing, Update, UpdateState,
        UpgradeKind,
    },
    world::UpdatesSeen,
};

/// A run before its only stage, with one member whose origin is out of traffic.
struct Scene {
    config: FleetConfig,
    seen: UpdatesSeen,
    ledger: Ledger,
    planned: Vec<UpdateAction>,
}

fn in_fleet(suffix: &str) -> ArmId {
    config().fleet.child(suffix).expect("an id")
}

fn gate_id() -> ArmId {
    in_fleet("gates/g1")
}

fn run_id(name: &str) -> ArmId {
    in_fleet(&format!("updateRuns/{name}"))
}

fn phase(state: UpdateState) -> Phase {
    Phase { state, ..Phase::default() }
}

fn a_run(name: &str, state: UpdateState) -> RunSeen {
    let member = MemberUpdate {
        name: "aks".to_owned(),
        cluster: Some(aks().id),
        phase: phase(UpdateState::NotStarted),
        message: None,
    };
    let group = GroupSeen {
        name: "g".to_owned(),
        phase: Phase::default(),
        members: vec![member],
        before: Vec::new(),
        after: Vec::new(),
        failure_count: None,
        allowed_failures: None,
    };
    let stage = StageSeen {
        name: "canary".to_owned(),
        phase: Phase::default(),
        groups: vec![group],
        before: Vec::new(),
        after: Vec::new(),
        failure_count: None,
        allowed_failures: None,
    };
    RunSeen {
        id: run_id(name),
        update: Update { kind: UpgradeKind::NodeImageOnly, kubernetes: None, image_selection: None },
        strategy: None,
        profile: None,
        plan: Vec::new(),
        phase: phase(state),
        stages: vec![stage],
        failure_count: None,
        images: Vec::new(),
        etag: None,
    }
}

fn scene() -> Scene {
    let run = a_run("r1", UpdateState::Pending);
    let gate = GateSeen {
        id: gate_id(),
        kind: GateKind::Approval,
        display_name: None,
        run: run.id.clone(),
        scope: run.scope("canary", None),
        timing: Timing::Before,
        state: UpdateState::Pending,
        etag: None,
    };
    let mut seen = UpdatesSeen::unread(minute(0));
    (seen.runs, seen.gates) = (Ok(vec![run]), Ok(vec![gate]));
    seen.origins = Some(Ok(vec![an_origin_of(&aks())]));
    Scene { config: config(), seen, ledger: remembering(&aks(), None), planned: Vec::new() }
}

impl Scene {
    fn gate(&mut self) -> &mut GateSeen {
        &mut self.seen.gates.as_mut().expect("gates were read")[0]
    }

    fn runs(&mut self) -> &mut Vec<RunSeen> {
        self.seen.runs.as_mut().expect("runs were read")
    }

    fn member(&mut self) -> &mut MemberUpdate {
        &mut self.runs()[0].stages[0].groups[0].members[0]
    }

    fn enabled(mut self) -> Self {
        self.seen.origins = Some(Ok(vec![an_origin_of(&aks()).enabled_at(500)]));
        self
    }

    fn review(&self, action: &UpdateAction) -> Result<(), Refusal> {
        let Self { config, seen, ledger, planned } = self;
        review_update(action, UpdateCase { config, seen, ledger, planned, now: minute(1) })
    }

    fn approval(&self) -> Result<(), Refusal> {
        self.review(&UpdateAction::Approve { gate: gate_id(), etag: None })
    }
}

fn start(name: &str) -> UpdateAction {
    UpdateAction::Start { run: run_id(name) }
}

const SERVES: fn() -> Result<(), Refusal> = || Err(Refusal::StillInTraffic { stamp: "aks".to_owned() });

#[test]
fn only_an_approval_gate_that_was_seen_waiting_with_its_run_is_approved() {
    assert_eq!(scene().approval(), Ok(()));
    type Change = fn(&mut Scene);
    let table: [(&str, Change); 6] = [
        ("another type", |scene| scene.gate().kind = GateKind::Other("ScheduledStart".to_owned())),
        ("completed already", |scene| scene.gate().state = UpdateState::Completed),
        ("not there", |scene| scene.seen.gates = Ok(Vec::new())),
        ("not read", |scene| scene.seen.gates = Err(unread("gates"))),
        ("its run is not there", |scene| scene.runs().clear()),
        ("its run was not read", |scene| scene.seen.runs = Err(unread("update runs"))),
    ];
    for (what, change) in table {
        let mut scene = scene();
        change(&mut scene);
        assert_eq!(scene.approval(), Err(Refusal::NotWaiting), "{what}");
    }
}

#[test]
fn nothing_of_another_fleet_is_written() {
    let elsewhere = |suffix: &str| shared(&format!("Microsoft.ContainerService/fleets/fleet-two/{suffix}"));
    let writes = [
        UpdateAction::Approve { gate: elsewhere("gates/g1"), etag: None },
        UpdateAction::Start { run: elsewhere("updateRuns/r1") },
        UpdateAction::Stop { run: elsewhere("updateRuns/r1") },
        UpdateAction::Skip { run: elsewhere("updateRuns/r1"), members: vec!["aks".to_owned()] },
        UpdateAction::Generate { profile: elsewhere("autoUpgradeProfiles/stable") },
    ];
    for write in writes {
        assert_eq!(scene().review(&write), NOT_OURS, "{write}");
    }
}

#[test]
fn no_gate_is_approved_before_an_update_of_a_stamp_whose_origin_takes_traffic() {
    assert_eq!(scene().enabled().approval(), SERVES());
    for state in [UpdateState::Failed, UpdateState::Stopped, UpdateState::Running] {
        let mut again = scene().enabled();
        again.member().phase.state = state.clone();
        assert_eq!(again.approval(), SERVES(), "{state}: its run may take it up again");
    }
    for state in [UpdateState::Completed, UpdateState::Skipped] {
        let mut done = scene().enabled();
        done.member().phase.state = state.clone();
        assert_eq!(done.approval(), Ok(()), "{state}");
    }
    let mut after = scene().enabled();
    after.gate().timing = Timing::After;
    assert_eq!(after.approval(), Ok(()));
}

#[test]
fn an_origin_that_somebody_else_made_for_the_stamp_counts_and_so_does_one_of_a_stamp_that_nobody_remembers() {
    let mut adopted = scene();
    let by_hand = an_origin_of(&aks()).named("by-hand");
    let record = adopted.ledger.stamps.get_mut(aks().id.key()).expect("on record");
    record.report.origin.as_mut().expect("an origin").id = by_hand.id.clone();
    adopted.seen.origins = Some(Ok(vec![an_origin_of(&aks()), by_hand.enabled_at(500)]));
    assert_eq!(adopted.approval(), SERVES());
    let mut forgotten = scene().enabled();
    forgotten.ledger = Ledger::default();
    assert_eq!(forgotten.approval(), SERVES());
}

#[test]
fn without_sight_of_the_origins_no_update_begins_where_traffic_is_managed() {
    for origins in [None, Some(Err(unread("origins")))] {
        let mut scene = scene();
        scene.seen.origins = origins;
        assert_eq!(scene.approval(), BLIND);
        scene.config = config_where(|document| document["traffic"]["mode"] = "off".into());
        assert_eq!(scene.approval(), Ok(()));
    }
}

#[test]
fn an_operator_may_have_a_stamp_updated_in_traffic() {
    let broken = |guard, until| {
        let mut scene = scene().enabled();
        let (target, by, reason) = (Target::Stamp("aks".to_owned()), "ann".to_owned(), "a test".to_owned());
        scene.ledger.break_glass("c-1", &Override { target, guard, by, reason, until }, minute(0));
        scene.approval()
    };
    assert_eq!(broken(GuardRule::Evidence, minute(60)), Ok(()));
    assert_eq!(broken(GuardRule::Evidence, minute(1)), SERVES(), "it is over");
    assert_eq!(broken(GuardRule::Minimum, minute(60)), SERVES());
}

#[test]
fn one_run_at_a_time_is_started_or_made() {
    let make = UpdateAction::Generate { profile: in_fleet("autoUpgradeProfiles/stable") };
    let busy = || Err(Refusal::AnotherRun { run: "r1".to_owned() });
    for state in [UpdateState::Running, UpdateState::Pending, UpdateState::Stopping] {
        let mut scene = scene();
        scene.runs()[0].phase.state = state.clone();
        assert_eq!(scene.review(&start("r2")), busy(), "{state}");
        assert_eq!(scene.review(&make), busy(), "{state}");
        assert_eq!(scene.review(&start("r1")), Ok(()), "{state}: it is the one");
        assert_eq!(scene.review(&UpdateAction::Stop { run: run_id("r1") }), Ok(()));
    }
    for state in [UpdateState::NotStarted, UpdateState::Stopped, UpdateState::Completed] {
        let mut scene = scene();
        scene.runs()[0].phase.state = state.clone();
        assert_eq!((scene.review(&start("r2")), scene.review(&make)), (Ok(()), Ok(())), "{state}");
        scene.planned = vec![start("r1")];
        assert_eq!((scene.review(&start("r2")), scene.review(&make)), (busy(), busy()), "planned already");
    }
    let mut blind = scene();
    blind.seen.runs = Err(unread("update runs"));
    assert_eq!((blind.review(&start("r2")), blind.review(&make)), (BLIND, BLIND));
}
