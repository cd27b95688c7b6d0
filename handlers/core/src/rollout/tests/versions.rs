//! Runs for new versions of Kubernetes.

use super::{
    fleet::{offer, writes},
    script::{phase, run_id},
    *,
};
use crate::{
    config::{Follow, NewVersionAction},
    testing::unread,
    updates::{NoticeKind, Offer, UpdateState},
};

/// A fleet on 1.33.5 whose regions all offer these, and that makes runs by a strategy.
fn offering(versions: &[&str]) -> Fleet {
    let mut fleet = fleet_of([]).where_updates(|updates| {
        updates.new_versions.action = NewVersionAction::Create;
        updates.new_versions.strategy = Some("two-stages".to_owned());
    });
    for name in NAMES {
        offered(&mut fleet, name, versions);
    }
    fleet
}

fn offered(fleet: &mut Fleet, name: &str, versions: &[&str]) {
    let offers = versions.iter().map(|version| offer(version)).collect();
    fleet.seen.offers.insert(format!("region-of-{name}"), Ok(offers));
}

fn following_minors(fleet: Fleet) -> Fleet {
    fleet.where_updates(|updates| updates.new_versions.follow = Follow::Minor)
}

fn made(fleet: &Fleet) -> Vec<String> {
    writes(&fleet.plan())
}

const MADE: &str = "make update run auto-1-33-7 for Kubernetes 1.33.7 by strategy two-stages";
const NOTHING: [&str; 0] = [];

#[test]
fn a_run_is_made_for_the_newest_patch_of_the_fleets_minor_version() {
    assert_eq!(made(&offering(&["1.33.5", "1.33.7", "1.33.6", "1.34.1", "1.32.9"])), [MADE]);
}

#[test]
fn the_next_minor_version_only_where_it_is_followed_and_never_the_one_after() {
    let versions = ["1.33.7", "1.34.1", "1.35.0"];
    let minor = following_minors(offering(&versions));
    assert_eq!(made(&minor), ["make update run auto-1-34-1 for Kubernetes 1.34.1 by strategy two-stages"]);
    assert_eq!(made(&following_minors(offering(&["1.35.0"]))), NOTHING);
}

#[test]
fn only_what_every_region_offers_and_not_for_trying_out() {
    let mut one_behind = offering(&["1.33.6", "1.33.7"]);
    offered(&mut one_behind, "weu", &["1.33.6"]);
    assert_eq!(
        made(&one_behind),
        ["make update run auto-1-33-6 for Kubernetes 1.33.6 by strategy two-stages"]
    );
    let mut preview = offering(&["1.33.7"]);
    let offer = Offer { preview: true, ..offer("1.33.7") };
    preview.seen.offers.insert("region-of-weu".to_owned(), Ok(vec![offer]));
    assert_eq!(made(&preview), NOTHING);
}

#[test]
fn what_nobody_knows_of_a_stamp_or_region_makes_no_run_and_is_said() {
    let mut unknown = offering(&["1.33.7"]);
    unknown.record("neu").facts.version = None;
    let mut not_looked = offering(&["1.33.7"]);
    not_looked.seen.offers.remove("region-of-neu");
    let mut not_read = offering(&["1.33.7"]);
    not_read.seen.offers.insert("region-of-neu".to_owned(), Err(unread("offers")));
    let table = [
        (unknown, "no run for a new version: what neu runs is not known"),
        (not_looked, "no run for a new version: what region-of-neu offers was not looked at"),
        (not_read, "no run for a new version: offers could not be read: 503 ServiceUnavailable"),
    ];
    for (mut fleet, expected) in table {
        let plan = fleet.look();
        assert_eq!((writes(&plan), plan.why_not), (vec![], vec![expected.to_owned()]));
        fleet.seen.listed = false;
        assert_eq!(fleet.look().why_not, [expected], "it is said until somebody knows better");
    }
}

#[test]
fn never_below_what_any_cluster_runs_and_never_two_minor_versions_at_once() {
    let mut mixed = offering(&["1.33.7"]);
    mixed.runs_version("neu", "1.34.0");
    assert_eq!(made(&mixed), NOTHING, "one is ahead already");
    offered_everywhere(&mut mixed, &["1.33.7", "1.34.2"]);
    assert_eq!(made(&mixed), ["make update run auto-1-34-2 for Kubernetes 1.34.2 by strategy two-stages"]);
    mixed.runs_version("weu", "1.32.0");
    assert_eq!(made(&mixed), NOTHING, "one is two behind");
    let mut stragglers = offering(&["1.33.5"]);
    stragglers.runs_version("weu", "1.33.4");
    assert_eq!(
        made(&stragglers),
        ["make update run auto-1-33-5 for Kubernetes 1.33.5 by strategy two-stages"]
    );
}

fn offered_everywhere(fleet: &mut Fleet, versions: &[&str]) {
    NAMES.into_iter().for_each(|name| offered(fleet, name, versions));
}

#[test]
fn while_a_run_is_under_way_none_is_made_and_that_is_said() {
    let mut fleet = offering(&["1.33.7"]);
    fleet.add(a_run("r1").that_is(UpdateState::Pending));
    let plan = fleet.plan();
    assert_eq!(
        (writes(&plan), plan.why_not),
        (vec![], vec!["no run for a new version: update run r1 is under way".to_owned()])
    );
}

#[test]
fn one_run_is_made_for_one_version_and_told_of_when_it_is_there() {
    let mut fleet = offering(&["1.33.7"]);
    assert_eq!(writes(&fleet.look()), [MADE]);
    assert_eq!(writes(&fleet.look()), NOTHING, "the write is not seen yet");
    fleet.pass(5);
    fleet.add(a_run("auto-1-33-7").that_is(UpdateState::NotStarted));
    let plan = fleet.look();
    let told: Vec<_> = plan.notices.iter().map(|notice| (notice.notice, notice.id.as_str())).collect();
    assert_eq!((writes(&plan), told), (vec![], vec![(NoticeKind::RunCreated, "run-created:auto-1-33-7")]));
    fleet.pass(5);
    let again = fleet.look();
    assert_eq!((writes(&again), again.notices), (vec![], vec![]));
}

#[test]
fn a_run_that_people_deleted_is_not_made_again_and_a_newer_version_gets_one() {
    let mut fleet = offering(&["1.33.7"]);
    fleet.look();
    fleet.pass(5);
    fleet.add(a_run("auto-1-33-7").that_is(UpdateState::NotStarted));
    fleet.look();
    fleet.runs().clear();
    for _ in 0..3 {
        fleet.pass(60);
        assert_eq!(writes(&fleet.look()), NOTHING);
    }
    offered_everywhere(&mut fleet, &["1.33.8"]);
    assert_eq!(made(&fleet), ["make update run auto-1-33-8 for Kubernetes 1.33.8 by strategy two-stages"]);
}

#[test]
fn a_write_that_was_lost_is_made_again() {
    let mut fleet = offering(&["1.33.7"]);
    let plan = fleet.plan();
    plan.begin(&mut fleet.ledger, &fleet.config.fleet, "event-1", "killed", fleet.now);
    fleet.pass(1);
    assert_eq!(writes(&fleet.look()), NOTHING, "somebody may be at it");
    fleet.pass(1);
    assert_eq!(writes(&fleet.look()), [MADE]);
}

#[test]
fn a_run_that_people_made_for_the_version_is_enough() {
    let mut fleet = offering(&["1.33.7"]);
    let mut script = a_run("by-hand").that_is(UpdateState::NotStarted);
    script.run.update.kubernetes = Some("1.33.7".to_owned());
    fleet.add(script);
    assert_eq!(made(&fleet), NOTHING);
}

#[test]
fn nothing_is_made_where_it_is_off_or_only_observed_or_not_all_runs_are_known() {
    let off =
        offering(&["1.33.7"]).where_updates(|updates| updates.new_versions.action = NewVersionAction::Off);
    let mut not_listed = offering(&["1.33.7"]);
    not_listed.seen.listed = false;
    for fleet in [off, not_listed] {
        assert_eq!((made(&fleet), fleet.plan().why_not), (vec![], vec![]));
    }
    let observed = offering(&["1.33.7"]).where_updates(|updates| updates.mode = Mode::Observe);
    let plan = observed.plan();
    assert!(plan.actions.is_empty() && plan.note.asked.is_none());
    assert_eq!(plan.why_not[0], format!("only observed: would {MADE}"));
}

// ---- by an auto-upgrade profile

fn by_profile() -> Fleet {
    fleet_of([]).where_updates(|updates| {
        updates.new_versions.action = NewVersionAction::Create;
        updates.new_versions.profile = Some("stable".to_owned());
    })
}

const GENERATED: &str = "have auto-upgrade profile stable make an update run";

#[test]
fn a_profile_is_asked_when_a_version_appears_and_at_most_once_a_day_otherwise() {
    let mut fleet = by_profile();
    assert_eq!(writes(&fleet.look()), NOTHING, "the first look of all is no news");
    let told = fleet.asked(NudgeKind::VersionsChanged, None);
    assert_eq!(writes(&told), [GENERATED], "somebody has told of one");
    fleet.store(&told);
    fleet.pass(30);
    assert_eq!(
        writes(&fleet.asked(NudgeKind::VersionsChanged, None)),
        NOTHING,
        "as every cluster of a region does"
    );
    fleet.pass(24 * 60);
    assert_eq!(writes(&fleet.look()), [GENERATED]);
}

#[test]
fn the_run_that_a_profile_made_is_found_told_of_once_and_started_where_that_is_configured() {
    let mut fleet = by_profile();
    let told = fleet.asked(NudgeKind::VersionsChanged, None);
    assert_eq!(writes(&told), [GENERATED]);
    fleet.store(&told);
    fleet.runs_version("weu", "1.33.4");
    fleet.pass(5);
    let mut script = a_run("auto-stable-1").that_is(UpdateState::NotStarted);
    script.run.profile = fleet.config.fleet.child("autoUpgradeProfiles/stable").ok();
    script.run.phase = phase(UpdateState::NotStarted);
    fleet.add(script);
    let notices: Vec<_> = (0..4).flat_map(|_| fleet.look().notices).map(|notice| notice.run).collect();
    assert_eq!(notices, [run_id("auto-stable-1")]);
    fleet.config.traffic = None;
    fleet = fleet.where_updates(|updates| updates.new_versions.action = NewVersionAction::CreateAndStart);
    assert_eq!(made(&fleet), ["start update run auto-stable-1"]);
}
