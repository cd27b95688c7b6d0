//! What a decision asks to see before it is made.

use std::collections::BTreeSet;

use super::{script::run_id, *};
use crate::{
    command::{Command, Order},
    testing::{minute, unread},
    updates::{
        GateKind,
        Timing::{After, Before},
        UpdateState,
    },
};

/// A fleet that knows only runs and gates.
fn at_first(script: Script) -> Fleet {
    let mut fleet = fleet_of([script]);
    fleet.seen.clusters.clear();
    fleet.seen.probes.clear();
    fleet.seen.offers.clear();
    fleet.seen.origins = None;
    fleet
}

fn second(fleet: &Fleet, order: Option<&Command>) -> SecondRound {
    let Fleet { config, seen, ledger, now } = fleet;
    second_round(&Question { trigger: NudgeKind::WakeUp, config, seen, ledger, order, now: *now })
}

fn first(fleet: &Fleet, trigger: NudgeKind) -> FirstRound {
    first_round(&fleet.config, &fleet.ledger, trigger, None, fleet.now)
}

fn gate(timing: crate::updates::Timing) -> Script {
    let script = a_run("r1").stage("canary", &["neu", "weu"]).all(&UpdateState::Completed);
    let mut script = script.gate(timing, UpdateState::Pending);
    script.run.stages[0].groups[0].members[0].phase.state = UpdateState::NotStarted;
    script
}

#[test]
fn before_an_update_its_clusters_their_origins_and_what_their_regions_offer_are_looked_at() {
    let round = second(&at_first(gate(Before)), None);
    assert_eq!(round.clusters, BTreeSet::from([cluster("neu")]), "weu is done");
    assert_eq!(round.offers, BTreeSet::from(["region-of-neu".to_owned()]));
    assert!(round.origins && round.probes.is_empty() && round.runs.is_empty());
}

#[test]
fn after_an_update_its_clusters_and_their_health_paths_are_looked_at() {
    let round = second(&at_first(gate(After)), None);
    assert_eq!(round.clusters, BTreeSet::from([cluster("neu"), cluster("weu")]));
    let asked: Vec<_> = round.probes.iter().map(|(id, host)| (id.name(), host.as_str())).collect();
    assert_eq!(asked, [("neu", "aks.example"), ("weu", "aks.example")]);
    assert!(!round.origins && round.offers.is_empty());
}

#[test]
fn what_was_seen_is_not_asked_for_again_even_if_it_could_not_be_read() {
    assert!(second(&fleet_of([gate(Before)]), None).is_empty());
    assert!(second(&fleet_of([gate(After)]), None).is_empty());
    let mut blind = at_first(gate(Before));
    blind.seen.origins = Some(Err(unread("origins")));
    blind.seen.clusters.insert(cluster("neu").key().to_owned(), Err(unread("the cluster")));
    blind.seen.offers.insert("region-of-neu".to_owned(), Err(unread("offers")));
    assert!(second(&blind, None).is_empty());
}

#[test]
fn the_run_of_a_gate_is_read_where_nobody_has_unless_it_is_gone() {
    let mut fleet = at_first(gate(Before));
    fleet.runs().clear();
    assert_eq!(second(&fleet, None).runs, [run_id("r1")].into());
    fleet.seen.gone.push(run_id("r1"));
    assert!(second(&fleet, None).is_empty());
}

#[test]
fn nothing_is_asked_about_gates_that_nobody_answers_until_an_operator_asks() {
    let mut fleet = at_first(gate(Before));
    fleet.gate("r1-canary-before").display_name = None;
    assert!(second(&fleet, None).is_empty());
    let command = Command {
        id: "c-1".to_owned(),
        requested_by: "ann".to_owned(),
        reason: "a test".to_owned(),
        dry_run: false,
        order: Order::ApproveGate { gate: "r1-canary-before".to_owned() },
    };
    assert!(!second(&fleet, Some(&command)).is_empty());
    fleet.gate("r1-canary-before").kind = GateKind::Other("ScheduledStart".to_owned());
    assert!(second(&fleet, Some(&command)).is_empty());
}

#[test]
fn all_runs_are_listed_when_somebody_tells_of_them_and_every_so_often() {
    let mut fleet = fleet_of([]);
    assert!(first(&fleet, NudgeKind::WakeUp).list, "never listed");
    fleet.look();
    fleet.pass(14);
    assert!(!first(&fleet, NudgeKind::WakeUp).list);
    for told in [NudgeKind::RunChanged, NudgeKind::VersionsChanged, NudgeKind::Sweep] {
        assert!(first(&fleet, told).list, "{told:?}");
    }
    fleet.pass(1);
    assert!(first(&fleet, NudgeKind::WakeUp).list);
    assert_eq!(fleet.ledger.updates.listed, Some(minute(0)));
}

#[test]
fn runs_that_matter_are_read_one_by_one_until_they_are_over() {
    let mut fleet = fleet_of([gate(Before), a_run("r2").that_is(UpdateState::NotStarted)]);
    fleet.look();
    assert_eq!(first(&fleet, NudgeKind::WakeUp).runs, [run_id("r1")].into());
    fleet.order(Order::StartUpdate { run: "r2".to_owned() });
    assert_eq!(first(&fleet, NudgeKind::WakeUp).runs, [run_id("r1")].into(), "one at a time: it was refused");
    fleet.gate_is("r1-canary-before", &UpdateState::Completed);
    fleet.run_is("r1", UpdateState::Completed);
    fleet.order(Order::StartUpdate { run: "r2".to_owned() });
    assert_eq!(first(&fleet, NudgeKind::WakeUp).runs, [run_id("r2")].into());
}
