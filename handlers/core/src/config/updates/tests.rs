//! Which rule answers which gate.

use super::*;
use crate::{
    testing::shared,
    updates::{GateKind, Scope, UpdateState},
};

fn rule() -> GateRule {
    GateRule {
        display_name: None,
        stage: None,
        group: None,
        timing: None,
        soak_minutes: default_soak(),
        patience_minutes: default_patience(),
    }
}

fn named(display_name: &str) -> GateRule {
    GateRule { display_name: Some(display_name.to_owned()), ..rule() }
}

/// Whether a rule fits the gate of a group that people named `before weu`.
fn fits_group_gate(rule: GateRule) -> bool {
    let updates = Updates { gates: vec![rule], ..Updates::default() };
    updates.rule(Some("before weu"), "canary", Some("weu-1"), Timing::Before).is_some()
}

#[test]
fn a_rule_that_states_nothing_fits_every_gate() {
    assert!(fits_group_gate(rule()));
    let updates = Updates { gates: vec![rule()], ..Updates::default() };
    assert_eq!(updates.rule(None, "canary", None, Timing::After), Some(&rule()));
}

#[test]
fn without_rules_every_gate_is_left_to_people() {
    assert_eq!(Updates::default().rule(Some("before weu"), "canary", None, Timing::Before), None);
}

#[test]
fn a_name_fits_in_whole_and_a_beginning_where_it_ends_in_a_star() {
    for fitting in ["before weu", "before *", "before weu*", "*"] {
        assert!(fits_group_gate(named(fitting)), "{fitting}");
    }
    for other in ["before", "before w", "Before weu", "after *", "before weu *"] {
        assert!(!fits_group_gate(named(other)), "{other}");
    }
}

#[test]
fn stage_group_and_timing_must_fit_each() {
    let stage = |stage: &str| GateRule { stage: Some(stage.to_owned()), ..rule() };
    let group = |group: &str| GateRule { group: Some(group.to_owned()), ..rule() };
    let timing = |timing| GateRule { timing: Some(timing), ..rule() };
    assert_eq!([stage("canary"), stage("can*"), stage("prod")].map(fits_group_gate), [true, true, false]);
    assert_eq!([group("weu-1"), group("weu*"), group("neu*")].map(fits_group_gate), [true, true, false]);
    assert_eq!([timing(Timing::Before), timing(Timing::After)].map(fits_group_gate), [true, false]);
    let one_wrong = GateRule { stage: Some("prod".to_owned()), ..named("before *") };
    assert!(!fits_group_gate(one_wrong));
}

#[test]
fn a_gate_without_a_name_or_a_group_fits_no_rule_that_wants_one() {
    let fits = |rule: GateRule| {
        let updates = Updates { gates: vec![rule], ..Updates::default() };
        updates.rule(None, "canary", None, Timing::Before).is_some()
    };
    assert!(!fits(named("*")));
    assert!(!fits(GateRule { group: Some("*".to_owned()), ..rule() }));
    assert!(fits(GateRule { stage: Some("*".to_owned()), ..rule() }));
}

#[test]
fn the_first_rule_that_fits_answers() {
    let soaks = |minutes, rule: GateRule| GateRule { soak_minutes: minutes, ..rule };
    let gates = vec![soaks(1, named("after *")), soaks(2, named("before *")), soaks(3, rule())];
    let updates = Updates { gates, ..Updates::default() };
    let soak =
        |name: &str| updates.rule(Some(name), "canary", None, Timing::Before).map(|rule| rule.soak_minutes);
    assert_eq!((soak("after weu"), soak("before weu"), soak("weu")), (Some(1), Some(2), Some(3)));
}

#[test]
fn a_gate_that_was_reached_is_answered_as_one_that_was_not() {
    let fleet = "Microsoft.ContainerService/fleets/fleet-one";
    let gate = GateSeen {
        id: shared(&format!("{fleet}/gates/6a5b8c1f-2d3e-4f50-8172-93a4b5c6d7e8")),
        kind: GateKind::Approval,
        display_name: Some("before weu".to_owned()),
        run: shared(&format!("{fleet}/updateRuns/run-7")),
        scope: Scope { run: "run-7".to_owned(), stage: "canary".to_owned(), group: Some("weu-1".to_owned()) },
        timing: Timing::Before,
        state: UpdateState::Pending,
        etag: None,
    };
    let wanted = GateRule {
        stage: Some("canary".to_owned()),
        group: Some("weu-1".to_owned()),
        timing: Some(Timing::Before),
        ..named("before weu")
    };
    let other =
        |rule: GateRule| Updates { gates: vec![rule], ..Updates::default() }.rule_for(&gate).is_some();
    assert!(other(wanted.clone()));
    assert!(!other(GateRule { timing: Some(Timing::After), ..wanted.clone() }));
    assert!(!other(GateRule { group: Some("neu-1".to_owned()), ..wanted }));
}
