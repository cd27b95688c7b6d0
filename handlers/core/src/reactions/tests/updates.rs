//! The stamp's side of updates: its hold follows what they want, and the guard has the last word.

use super::*;
use crate::{
    plan::{Action, Hold},
    testing::config_with_updates,
    updates::Support,
    world::Channels,
};

const CANARY: &str = "r1/canary";

fn update(name: &str) -> Owner {
    Owner::Update(name.to_owned())
}

/// The stamp serves beside a peer that answers so.
fn beside(peer: Probe) -> Story {
    let name = a_cluster("aks-neu-01");
    let mut story = serving();
    story.config = config_with_updates();
    story.seen = story.seen.with_peer(&name, peer);
    story.ledger = story.ledger.and(&name, Some(note()));
    story
}

fn wanted_out(story: Story, owner: &str) -> Story {
    Story { ledger: story.ledger.wanting_out(&aks(), owner), ..story }
}

/// The stamp was taken out for an update, and nothing else keeps it out.
fn out() -> Story {
    let mut story = wanted_out(beside(Probe::Good), CANARY);
    assert_eq!(writes(&story.round()), ["disable origin aks-weu-01-c691adb8"]);
    assert_eq!(owners(&story), [update(CANARY)]);
    story
}

fn owners(story: &Story) -> Vec<Owner> {
    let note = story.ledger.stamp(&aks().id).and_then(|record| record.traffic.clone());
    note.unwrap_or_default().holds.into_iter().map(|hold| hold.owner).collect()
}

fn writes(plan: &Plan) -> Vec<String> {
    plan.actions.iter().map(ToString::to_string).collect()
}

#[test]
fn a_stamp_that_an_update_wants_out_is_held_together_with_the_write_that_takes_it_out() {
    let mut story = wanted_out(beside(Probe::Good), CANARY);
    let plan = story.round();
    assert_eq!(writes(&plan), ["disable origin aks-weu-01-c691adb8"]);
    let note = plan.record.and_then(|record| record.traffic).expect("a note");
    assert_eq!((note.holds[0].reason.as_str(), note.taken_out), ("a test says so", true));
    assert!(story.round().is_noop() && owners(&story) == [update(CANARY)]);
}

#[test]
fn where_the_guard_keeps_the_stamp_in_traffic_no_hold_counts_it_as_lost() {
    let story = wanted_out(beside(Probe::Bad("503".to_owned())), CANARY);
    let plan = story.plan();
    assert!(plan.is_noop(), "{plan}");
    let refused = plan.holds.iter().any(|hold| matches!(hold, Hold::Refused { .. }));
    let record = plan.record.expect("remembered");
    assert!(refused && record.traffic.is_some_and(|note| note.holds.is_empty()));
    assert!(!plan.holds.iter().any(|hold| hold.to_string().contains("held out")), "{:?}", plan.holds);
    assert_eq!(record.report.holds, []);
    assert!(record.wake.is_some(), "it is tried again");
}

#[test]
fn a_known_hold_stays_although_somebody_enabled_the_origin_and_the_guard_keeps_it_so() {
    let mut story = out();
    let origins = story.seen.front_door().origins.as_mut().expect("origins were seen");
    origins.iter_mut().for_each(|origin| origin.enabled = true);
    story.seen.front_door().peers[0].1 = Probe::Bad("503".to_owned());
    assert!(story.round().is_noop());
    assert_eq!(owners(&story), [update(CANARY)]);
}

#[test]
fn a_stamp_comes_back_by_its_ramp_when_updates_let_it_go() {
    let mut story = out();
    story.ledger.updates.out.clear();
    let told: Vec<String> = (0..4).flat_map(|_| writes(&story.round())).collect();
    let expected =
        ["enable origin aks-weu-01-c691adb8 at weight 50", "set origin aks-weu-01-c691adb8 to weight 500"];
    assert_eq!((told, owners(&story)), (expected.map(str::to_owned).to_vec(), vec![]));
}

#[test]
fn a_hold_changes_its_name_without_a_moment_in_traffic() {
    let mut story = wanted_out(out(), "r1 failed");
    assert!(story.round().is_noop());
    assert_eq!(owners(&story), [update("r1 failed")]);
}

#[test]
fn nobody_elses_hold_is_released_with_an_updates_and_the_other_way_round() {
    let ann = Owner::Operator("ann".to_owned());
    let both = || {
        let mut story = out();
        let record = story.ledger.stamps.get_mut(aks().id.key()).expect("on record");
        let note = record.traffic.take().expect("a note");
        record.traffic = Some(note.held_by(ann.clone()));
        story
    };
    let mut done = both();
    done.ledger.updates.out.clear();
    assert!(done.round().is_noop() && owners(&done) == [ann.clone()]);
    let mut goes_on = both();
    assert!(goes_on.round().is_noop());
    assert_eq!(owners(&goes_on), [update(CANARY), ann.clone()]);
}

fn updating() -> ClusterSeen {
    ClusterSeen { progress: Progress::Busy, state: "Updating".to_owned(), ..aks() }
}

#[test]
fn a_cluster_that_is_not_ready_leaves_traffic_for_an_update_all_the_same() {
    let mut story = wanted_out(beside(Probe::Good), CANARY);
    story.seen.cluster = Ok(Some(updating()));
    assert_eq!(writes(&story.round()), ["disable origin aks-weu-01-c691adb8"]);
    assert_eq!(owners(&story), [update(CANARY)]);
}

#[test]
fn a_stamp_that_updates_let_go_comes_back_only_when_its_cluster_is_ready() {
    let mut story = out();
    story.seen.cluster = Ok(Some(updating()));
    story.ledger.updates.out.clear();
    assert!(story.round().is_noop() && story.round().is_noop());
    story.seen.cluster = Ok(Some(aks()));
    assert_eq!(writes(&story.round()), ["enable origin aks-weu-01-c691adb8 at weight 50"]);
}

#[test]
fn without_updates_or_traffic_to_enforce_a_stamp_is_let_back() {
    type Change = fn(&mut Story);
    let table: [(&str, Change); 3] = [
        ("updates observed", |story| {
            story.config.updates.as_mut().expect("configured").mode = crate::facets::Mode::Observe;
        }),
        ("updates off", |story| {
            story.config.updates.as_mut().expect("configured").mode = crate::facets::Mode::Off;
        }),
        ("no section", |story| story.config.updates = None),
    ];
    for (what, change) in table {
        let mut story = out();
        change(&mut story);
        let plan = story.round();
        assert_eq!(writes(&plan), ["enable origin aks-weu-01-c691adb8 at weight 50"], "{what}");
    }
}

#[test]
fn where_traffic_is_only_observed_no_stamp_is_taken_out_for_an_update() {
    let mut story = wanted_out(beside(Probe::Good), CANARY);
    story.config.traffic.as_mut().expect("configured").mode = crate::facets::Mode::Observe;
    let plan = story.round();
    assert!(!plan.actions.iter().any(|action| matches!(action, Action::Traffic(_))), "{plan}");
    assert_eq!(owners(&story), []);
}

// ---- what is said about the cluster itself

fn told(story: &Story) -> Vec<String> {
    let about = |hold: &&Hold| matches!(hold, Hold::UpdatesItself(_) | Hold::SupportEnds { .. });
    story.plan().holds.iter().filter(about).map(ToString::to_string).collect()
}

fn with_channels(upgrade: Option<&str>, node_os: Option<&str>) -> Vec<String> {
    let mut story = beside(Probe::Good);
    let owned = |name: Option<&str>| name.map(str::to_owned);
    let channels = Channels { upgrade: owned(upgrade), node_os: owned(node_os) };
    story.seen.cluster = Ok(Some(ClusterSeen { channels, ..aks() }));
    told(&story)
}

#[test]
fn a_cluster_whose_own_channels_compete_with_the_fleets_runs_is_reported() {
    for (upgrade, node_os) in [(None, None), (Some("none"), Some("None")), (None, Some("Unmanaged"))] {
        assert_eq!(with_channels(upgrade, node_os), [""; 0], "{upgrade:?}, {node_os:?}");
    }
    let table = [
        (Some("patch"), None, "auto-upgrade channel patch"),
        (None, Some("nodeimage"), "node OS channel nodeimage"),
        (
            Some("stable"),
            Some("SecurityPatch"),
            "auto-upgrade channel stable and node OS channel SecurityPatch",
        ),
    ];
    for (upgrade, node_os, expected) in table {
        let told = with_channels(upgrade, node_os);
        assert!(told.len() == 1 && told[0].contains(expected), "{told:?}");
    }
    let mut unaccompanied = serving();
    let channels = Channels { upgrade: Some("patch".to_owned()), node_os: None };
    unaccompanied.seen.cluster = Ok(Some(ClusterSeen { channels, ..aks() }));
    assert_eq!(told(&unaccompanied), [""; 0]);
}

fn supported(version: &str, ends: Option<i64>, over: bool) -> Vec<(Option<i64>, bool)> {
    let mut story = beside(Probe::Good);
    let mut cluster = aks();
    cluster.runs.version = Some("1.30.4".to_owned());
    story.seen.cluster = Ok(Some(cluster));
    let ends = ends.map(|hours| minute(1 + 60 * hours));
    let support = Support { version: version.to_owned(), ends, over, said: minute(0) };
    story.ledger.updates.support.insert(aks().id.key().to_owned(), support);
    let ending = |hold: Hold| match hold {
        Hold::SupportEnds { days, over, .. } => Some((days, over)),
        _ => None,
    };
    story.plan().holds.into_iter().filter_map(ending).collect()
}

#[test]
fn the_end_of_support_of_the_version_that_a_cluster_runs_is_reported_with_the_days_left() {
    let table = [
        (("1.30", Some(47), false), Some((Some(1), false))),
        (("1.30", Some(0), false), Some((Some(0), false))),
        (("1.30", Some(-1), false), Some((None, true))),
        (("1.30.1", None, false), Some((None, false))),
        (("1.30", None, true), Some((None, true))),
        (("", Some(24), false), Some((Some(1), false))),
        (("1.29", Some(24), false), None),
        (("1.3", Some(24), false), None),
    ];
    for ((version, hours, over), expected) in table {
        let told = supported(version, hours, over);
        assert_eq!(told, expected.into_iter().collect::<Vec<_>>(), "{version} in {hours:?} hours");
    }
}
