//! Each piece of evidence by itself: missing, it alone keeps the gate closed, and says so.

use super::{
    fleet::{offer, writes},
    *,
};
use crate::{
    command::{GuardRule, Target},
    facets::{Progress, traffic::Probe},
    health::Standing,
    testing::{minute, note, unread},
    updates::{
        Found,
        Timing::{After, Before},
        UpdateState, UpgradeKind,
    },
};

/// A run before and one after its only stage, each about to be approved.
fn waiting_before() -> Fleet {
    let run = a_run("r1").stage("canary", &["neu"]).gate(Before, UpdateState::Pending);
    let mut fleet = fleet_of([run]);
    fleet.look_and_follow();
    soaked(fleet)
}

fn waiting_after() -> Fleet {
    let run = a_run("r1")
        .stage("canary", &["neu"])
        .all(&UpdateState::Completed)
        .gate(Before, UpdateState::Completed)
        .gate(After, UpdateState::Pending);
    let mut fleet = fleet_of([run]);
    fleet.run("r1").images = vec!["AKSUbuntu-2204-202603.02.0".to_owned()];
    soaked(fleet)
}

fn soaked(mut fleet: Fleet) -> Fleet {
    fleet.look();
    fleet.pass(5);
    assert_eq!(fleet.plan().approved.len(), 1, "it would be approved: {:?}", fleet.plan().why_not);
    fleet
}

type Row = (&'static str, Change);

fn check(table: impl IntoIterator<Item = Row>, fleet: fn() -> Fleet) {
    for (expected, change) in table {
        let mut fleet = fleet();
        change(&mut fleet);
        let plan = fleet.look();
        assert_eq!(writes(&plan), [""; 0], "{expected}");
        let note = fleet.ledger.updates.gates.values().next().expect("a gate");
        assert_eq!(note.waits.why, [expected]);
        assert_eq!((&note.approval, note.waits.complete_since), (&None, None), "{expected}");
        let said = plan.why_not.iter().any(|why| why.ends_with(expected));
        assert!(said, "{expected} is not among {:?}", plan.why_not);
    }
}

fn neu_is_not_on_record(fleet: &mut Fleet) {
    fleet.ledger.stamps.remove(cluster("neu").key());
}

fn see(fleet: &mut Fleet, seen: crate::facets::Sight<Option<crate::world::ClusterSeen>>) {
    fleet.seen.clusters.insert(cluster("neu").key().to_owned(), seen);
}

/// Rows that count before and after an update.
const EITHER_WAY: [Row; 10] = [
    ("neu: not a stamp of ours: it was not looked at", |fleet| fleet.seen.clusters.clear()),
    ("neu: not a stamp of ours: the cluster could not be read: 503 ServiceUnavailable", |fleet| {
        see(fleet, Err(unread("the cluster")));
    }),
    ("neu: not a stamp of ours: no stamp of this cluster is on record", neu_is_not_on_record),
    ("not a stamp of ours: the run names no cluster for member neu", |fleet| {
        fleet.member("r1", "neu").cluster = None;
    }),
    ("neu: not running: it is stopped", |fleet| fleet.cluster("neu").running = false),
    ("neu: not idle: its provisioning state is Updating", |fleet| {
        fleet.cluster("neu").progress = Progress::Busy;
        fleet.cluster("neu").state = "Updating".to_owned();
    }),
    ("neu: not idle: its provisioning state is Failed", |fleet| {
        fleet.cluster("neu").progress = Progress::Failed;
        fleet.cluster("neu").state = "Failed".to_owned();
    }),
    ("neu: not node pools ready: work not", |fleet| {
        fleet.cluster("neu").runs.pools[0].progress = Progress::Busy;
    }),
    ("neu: not node pools ready: work not", |fleet| {
        fleet.cluster("neu").runs.pools[0].progress = Progress::Failed;
    }),
    (
        "not the rest serves: 1 other healthy origin(s) would be left in traffic, the configured minimum is 2",
        |fleet| ["eus", "swc"].iter().for_each(|name| fleet.record(name).health.standing = Standing::Sick),
    ),
];

#[test]
fn whatever_is_missing_before_an_update_keeps_its_gate_closed_and_is_named() {
    let table: [Row; 9] = [
        ("neu: not out of traffic: its origin was not looked at", |fleet| fleet.seen.origins = None),
        ("neu: not out of traffic: origins could not be read: 503 ServiceUnavailable", |fleet| {
            fleet.seen.origins = Some(Err(unread("origins")));
        }),
        ("neu: not out of traffic: origin neu-f2792fd2 is enabled", |fleet| {
            fleet.origins().iter_mut().for_each(|origin| origin.enabled = true);
        }),
        ("neu: not out of traffic: a write to its origin is under way", |fleet| {
            fleet.origins().iter_mut().for_each(|origin| origin.progress = Progress::Busy);
        }),
        ("neu: not out of traffic: a write to its origin is under way", |fleet| {
            let record = fleet.record("neu").clone();
            let origin = record.report.origin.clone().expect("an origin").id;
            fleet.ledger.begin(Some(&record), &record.cluster, &[origin], "another", fleet.now);
        }),
        ("neu: not out of traffic: nobody keeps it out for this update yet", |fleet| {
            fleet.record("neu").traffic = Some(note().held_by(crate::facets::traffic::Owner::Incident));
        }),
        ("neu: not out of traffic: traffic is only observed", |fleet| fleet.traffic().mode = Mode::Observe),
        ("neu: not version offered: region-of-neu does not offer 1.33.5", |fleet| {
            let elsewhere = vec![offer("1.33.50"), offer("1.33.4")];
            fleet.seen.offers.insert("region-of-neu".to_owned(), Ok(elsewhere));
        }),
        ("neu: not version offered: what region-of-neu offers was not looked at", |fleet| {
            fleet.seen.offers.clear();
        }),
    ];
    check(table, waiting_before);
    check(EITHER_WAY.into_iter().take(9), waiting_before);
}

#[test]
fn whatever_is_missing_after_an_update_keeps_its_gate_closed_and_is_named() {
    let table: [Row; 7] = [
        ("neu: not done by the run: Failed: DrainFailed: a pod would not go", |fleet| {
            fleet.member_is("r1", "neu", UpdateState::Failed);
            fleet.member("r1", "neu").phase.error = Some("DrainFailed: a pod would not go".to_owned());
        }),
        ("neu: not done by the run: Running", |fleet| {
            fleet.member_is("r1", "neu", UpdateState::Running);
        }),
        ("neu: not version reached: control plane runs 1.33.4", |fleet| {
            fleet.cluster("neu").runs.version = Some("1.33.4".to_owned());
        }),
        ("neu: not version reached: work runs nobody knows what", |fleet| {
            fleet.cluster("neu").runs.pools[0].version = None;
        }),
        ("neu: not node image reached: work runs AKSUbuntu-2204-202512.02.0", |fleet| {
            fleet.cluster("neu").runs.pools[0].image = Some("AKSUbuntu-2204-202512.02.0".to_owned());
        }),
        ("neu: not answers well: its health path was not asked", |fleet| fleet.seen.probes.clear()),
        ("neu: not answers well: it answers 503", |fleet| {
            let bad = Probe::Bad("it answers 503".to_owned());
            fleet.seen.probes.insert(cluster("neu").key().to_owned(), bad);
        }),
    ];
    check(table, waiting_after);
    check(EITHER_WAY, waiting_after);
}

#[test]
fn a_newer_version_or_image_counts_as_reached_and_another_family_does_not() {
    let image = |image: &str| {
        let mut fleet = waiting_after();
        fleet.cluster("neu").runs.pools[0].image = Some(image.to_owned());
        fleet.plan().approved.len()
    };
    assert_eq!(image("AKSUbuntu-2204-202603.10.0"), 1, "numbers, not letters, are compared");
    assert_eq!(image("AKSAzureLinux-V3-202603.02.0"), 0);
    let mut newer = waiting_after();
    newer.runs_version("neu", "1.34.0");
    assert_eq!(newer.plan().approved.len(), 1);
}

#[test]
fn nodes_are_not_asked_for_a_version_that_only_control_planes_get() {
    let mut fleet = waiting_after();
    fleet.cluster("neu").runs.pools[0].version = Some("1.32.0".to_owned());
    assert_eq!(fleet.plan().approved.len(), 0);
    fleet.run("r1").update.kind = UpgradeKind::ControlPlaneOnly;
    assert_eq!(fleet.plan().approved.len(), 1);
}

#[test]
fn a_stamp_whose_cluster_is_gone_is_not_waited_for_unless_its_origin_serves() {
    let mut fleet = waiting_after();
    see(&mut fleet, Ok(None));
    assert_eq!(fleet.plan().approved.len(), 1);
    let mut fleet = waiting_before();
    see(&mut fleet, Ok(None));
    assert_eq!(fleet.plan().approved.len(), 1);
    fleet.origins().iter_mut().for_each(|origin| origin.enabled = true);
    let plan = fleet.plan();
    assert_eq!(writes(&plan), [""; 0]);
    let expected =
        "refused to approve gate r1-canary-before: neu would be updated while its origin takes traffic";
    assert_eq!(plan.why_not, [expected]);
}

#[test]
fn members_that_are_done_or_left_out_are_not_asked_about_before_an_update_and_all_others_are() {
    let left_alone = [UpdateState::Completed, UpdateState::Skipped];
    let asked = [UpdateState::Stopped, UpdateState::Failed, UpdateState::Pending, UpdateState::Running];
    for (states, approved) in [(left_alone.as_slice(), 1), (asked.as_slice(), 0)] {
        for state in states {
            let mut fleet = waiting_before();
            fleet.member("r1", "neu").phase.state = state.clone();
            fleet.ledger.updates.out.clear();
            fleet.stamps_follow();
            assert_eq!(fleet.plan().approved.len(), approved, "{state}");
        }
    }
}

#[test]
fn where_traffic_is_not_managed_nobody_asks_about_it() {
    for managed in ["off", "left out"] {
        let mut fleets = [waiting_before(), waiting_after()];
        for fleet in &mut fleets {
            fleet.seen.origins = None;
            fleet.seen.probes.clear();
            match managed {
                "off" => fleet.traffic().mode = Mode::Off,
                _ => fleet.config.traffic = None,
            }
            for record in fleet.ledger.stamps.values_mut() {
                record.report.origin = None;
            }
            assert_eq!(fleet.plan().approved.len(), 1, "{managed}: {:?}", fleet.plan().why_not);
        }
    }
}

#[test]
fn an_override_excuses_what_is_missing_for_its_stamp_and_is_kept_with_the_approval() {
    let stamp = |name: &str| Target::Stamp(name.to_owned());
    let mut other = waiting_after().overridden(stamp("weu"), GuardRule::Evidence);
    other.cluster("neu").running = false;
    assert_eq!(other.plan().approved.len(), 0, "another stamp's");
    let mut another_rule = waiting_after().overridden(stamp("neu"), GuardRule::Minimum);
    another_rule.cluster("neu").running = false;
    assert_eq!(another_rule.plan().approved.len(), 0, "another rule's");

    let mut fleet = waiting_after().overridden(stamp("neu"), GuardRule::Evidence);
    fleet.cluster("neu").running = false;
    fleet.look();
    let approval = fleet.note_of("r1-canary-after").approval.clone().expect("approved");
    let excused: Vec<_> =
        approval.evidence.into_iter().filter(|piece| !matches!(piece.found, Found::Good(_))).collect();
    let found = Found::Excused { missing: "it is stopped".to_owned(), by: "ann: a test".to_owned() };
    assert_eq!(excused.iter().map(|piece| &piece.found).collect::<Vec<_>>(), [&found]);

    let mut expired = waiting_after().overridden(stamp("neu"), GuardRule::Evidence);
    expired.cluster("neu").running = false;
    expired.now = minute(600);
    assert_eq!(expired.plan().approved.len(), 0, "it is over");
}

#[test]
fn what_is_missing_of_the_fleet_is_excused_only_for_every_stamp_of_the_part() {
    let fleet = || {
        let run = a_run("r1")
            .stage("canary", &["neu", "weu"])
            .all(&UpdateState::Completed)
            .gate(After, UpdateState::Pending);
        let mut fleet = fleet_of([run]).at_least(5);
        fleet.config.updates.as_mut().expect("configured").gates[0].soak_minutes = 0;
        fleet
    };
    let one = fleet().overridden(Target::Stamp("neu".to_owned()), GuardRule::Evidence);
    assert_eq!(one.plan().approved.len(), 0);
    let both = one.overridden(Target::Stamp("weu".to_owned()), GuardRule::Evidence);
    assert_eq!(both.plan().approved.len(), 1);
    let fleets = fleet().overridden(Target::Fleet, GuardRule::Evidence);
    assert_eq!(fleets.plan().approved.len(), 1);
}
